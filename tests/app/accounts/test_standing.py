"""Only another administrator closes an account, and the closing is on record."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlmodel import Session

from app.accounts import signin, standing
from app.actor import GUEST
from app.audit import queries as audit
from app.errors import Forbidden, NotFound
from tests.factories import accounts


def test_disabling_and_enabling_are_audited_once_each(session: Session) -> None:
    account = accounts.person(session)
    administrator = accounts.staff(session, "administrator")
    for _ in range(2):
        standing.disable(session, administrator, account.id)
    for _ in range(2):
        standing.enable(session, administrator, account.id)

    acts = [act for act in audit.of_subject(session, "account", account.id) if act.action != "account.opened"]
    assert [act.action for act in acts] == ["account.enabled", "account.disabled"]
    assert {(act.actor_account_id, act.beneficiary_account_id) for act in acts} == {
        (administrator.account_id, account.id)
    }
    assert signin.attempt(session, phone=account.phone_e164, password=accounts.PASSWORD, address="") is not None


def test_nobody_but_an_administrator_disables_anybody(session: Session) -> None:
    account = accounts.person(session)
    others = [
        GUEST,
        accounts.somebody(session),
        accounts.staff(session, "verifier"),
        accounts.staff(session, "facilitator", district_code="64.08.04"),
        accounts.actor(session, account),
    ]
    for actor in others:
        with pytest.raises(Forbidden):
            standing.disable(session, actor, account.id)
        with pytest.raises(Forbidden):
            standing.enable(session, actor, account.id)
    assert account.status == "active"


def test_an_administrator_does_not_disable_the_own_account(session: Session) -> None:
    administrator = accounts.staff(session, "administrator")
    assert administrator.account_id is not None
    with pytest.raises(Forbidden):
        standing.disable(session, administrator, administrator.account_id)


def test_an_account_that_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        standing.disable(session, accounts.staff(session, "administrator"), uuid4())
