"""Roles are given and taken by an administrator, never by oneself, and one administrator always remains."""

from __future__ import annotations

import threading
from uuid import uuid4

import pytest
from sqlmodel import Session, col, select

from app.accounts import roles
from app.accounts.errors import AlreadyGranted
from app.accounts.models import RoleGrant
from app.actor import GUEST, Actor, Grant
from app.audit import queries as audit
from app.errors import Forbidden, Invalid, NotFound
from tests.conftest import Database
from tests.factories import accounts


def grants(session: Session, account_id: object) -> frozenset[Grant]:
    return roles.actor_of(session, account_id).grants  # type: ignore[arg-type]


def test_an_administrator_gives_and_takes_a_role_with_its_place(session: Session) -> None:
    administrator = accounts.staff(session, "administrator")
    account = accounts.person(session)

    given = roles.grant(
        session, administrator, account.id, "facilitator", district_code="64.08.04", village_code="64.08.04.1010"
    )

    assert grants(session, account.id) == {Grant("facilitator", "64.08.04", "64.08.04.1010")}
    roles.revoke(session, administrator, given.id)
    assert grants(session, account.id) == frozenset()
    acts = [act for act in audit.of_subject(session, "account", account.id) if act.action.startswith("role.")]
    told = {"role": "facilitator", "place": "64.08.04.1010"}
    assert [(act.action, act.actor_account_id, act.beneficiary_account_id, act.detail) for act in acts] == [
        ("role.revoked", administrator.account_id, account.id, told),
        ("role.granted", administrator.account_id, account.id, told),
    ]


def test_nobody_else_gives_or_takes_roles(session: Session) -> None:
    account = accounts.person(session)
    administrator = accounts.staff(session, "administrator")
    given = roles.grant(session, administrator, account.id, "analyst")
    for actor in (
        GUEST,
        accounts.somebody(session),
        accounts.staff(session, "verifier"),
        accounts.actor(session, account),
    ):
        with pytest.raises(Forbidden):
            roles.grant(session, actor, account.id, "administrator")
        with pytest.raises(Forbidden):
            roles.revoke(session, actor, given.id)
    assert grants(session, account.id) == {Grant("analyst")}


def test_an_administrator_does_not_change_the_own_rights(session: Session) -> None:
    administrator = accounts.staff(session, "administrator")
    assert administrator.account_id is not None
    own = session.exec(select(RoleGrant).where(RoleGrant.account_id == administrator.account_id)).one()
    with pytest.raises(Forbidden):
        roles.grant(session, administrator, administrator.account_id, "verifier")
    with pytest.raises(Forbidden):
        roles.revoke(session, administrator, own.id)
    assert grants(session, administrator.account_id) == {Grant("administrator")}


def test_the_same_role_twice_is_refused_and_another_place_is_another_role(session: Session) -> None:
    administrator, account = accounts.staff(session, "administrator"), accounts.person(session)
    roles.grant(session, administrator, account.id, "facilitator", district_code="64.08.04")
    with pytest.raises(AlreadyGranted):
        roles.grant(session, administrator, account.id, "facilitator", district_code="64.08.04")
    roles.grant(session, administrator, account.id, "facilitator", district_code="64.08.05")
    assert len(grants(session, account.id)) == 2


@pytest.mark.parametrize(
    ("place", "field"),
    [
        ({}, "district_code"),
        ({"district_code": "64.01.01"}, "district_code"),
        ({"district_code": "64.08.04", "village_code": "64.08.05.2001"}, "village_code"),
    ],
)
def test_a_facilitator_needs_a_place_of_ours(session: Session, place: dict[str, str], field: str) -> None:
    administrator, account = accounts.staff(session, "administrator"), accounts.person(session)
    with pytest.raises(Invalid) as refusal:
        roles.grant(session, administrator, account.id, "facilitator", **place)
    assert [error.field for error in refusal.value.errors] == [field]
    assert grants(session, account.id) == frozenset()


def test_an_account_or_grant_that_is_not_there_is_not_found(session: Session) -> None:
    administrator, account = accounts.staff(session, "administrator"), accounts.person(session)
    with pytest.raises(NotFound):
        roles.grant(session, administrator, uuid4(), "analyst")
    with pytest.raises(NotFound):
        roles.revoke(session, administrator, uuid4())
    given = roles.grant(session, administrator, account.id, "analyst")
    roles.revoke(session, administrator, given.id)
    with pytest.raises(NotFound):
        roles.revoke(session, administrator, given.id)


def at_once(*acts: object) -> list[str]:
    """Run the acts in threads that start together; the name of what each raised, or "done"."""
    answers: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]
            answers.append("done")
        except Exception as refusal:  # noqa: BLE001 - the test asserts on the name
            answers.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_two_administrators_who_revoke_each_other_at_once_leave_one(database: Database) -> None:
    with database.begin() as session:
        first, second = accounts.staff(session, "administrator"), accounts.staff(session, "administrator")
        held = {row.account_id: row.id for row in session.exec(select(RoleGrant))}

    def revoke(actor: Actor, other: Actor) -> None:
        with database.begin() as session:
            roles.revoke(session, actor, held[other.account_id])  # type: ignore[index]

    assert at_once(lambda: revoke(first, second), lambda: revoke(second, first)) == ["Forbidden", "done"]
    with database.begin() as session:
        left = session.exec(select(RoleGrant).where(col(RoleGrant.revoked_at).is_(None))).all()
        assert len(left) == 1


def test_the_same_role_given_twice_at_once_is_given_once(database: Database) -> None:
    with database.begin() as session:
        first, second = accounts.staff(session, "administrator"), accounts.staff(session, "administrator")
        account_id = accounts.person(session).id

    def give(actor: Actor) -> None:
        with database.begin() as session:
            roles.grant(session, actor, account_id, "verifier")

    assert at_once(lambda: give(first), lambda: give(second)) == ["AlreadyGranted", "done"]
    with database.begin() as session:
        assert grants(session, account_id) == {Grant("verifier")}
