"""A sign-in is a row of ours: new each time, gone when it is ended, too old or its account is disabled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.accounts import roles, sessions, standing
from app.accounts.models import SignIn
from app.actor import GUEST, SYSTEM
from app.audit import queries as audit
from app.errors import SignInRequired
from app.kit import clock, ids
from tests.factories import accounts
from tests.factories.payments import over as within


def test_a_token_resolves_to_its_person_with_the_roles_of_this_moment(session: Session) -> None:
    account = accounts.person(session, name="Akun Uji")
    token = sessions.start(session, account)

    visitor = sessions.resolve(session, token)

    assert visitor is not None
    assert (visitor.account_id, visitor.name, visitor.is_staff) == (account.id, "Akun Uji", False)
    roles.give(session, SYSTEM, account.id, "verifier")
    visitor = sessions.resolve(session, token)
    assert visitor is not None
    assert visitor.is_office


def test_only_the_digest_of_a_token_is_stored(session: Session) -> None:
    token = sessions.start(session, accounts.person(session))
    (row,) = session.exec(select(SignIn)).all()
    assert row.token_hash == ids.fingerprint(token)
    assert len(token) >= 22  # 128 bits and more in base64


def test_every_sign_in_is_a_new_one(session: Session) -> None:
    account = accounts.person(session)
    assert sessions.start(session, account) != sessions.start(session, account)
    assert len(session.exec(select(SignIn)).all()) == 2


@pytest.mark.parametrize("token", ["", "x", "\ud800", "a" * 100_000])
def test_a_token_nobody_was_given_is_nobody(session: Session, token: str) -> None:
    assert sessions.resolve(session, token) is None


def test_a_browsers_token_is_no_programs_token_and_the_other_way_round(session: Session) -> None:
    account = accounts.person(session)
    web, api = sessions.start(session, account, kind="web"), sessions.start(session, account, kind="api")
    assert sessions.resolve(session, web, kind="api") is None
    assert sessions.resolve(session, api, kind="web") is None
    visitor = sessions.resolve(session, api, kind="api")
    assert visitor is not None
    assert visitor.actor.channel == "api"


def test_signing_out_ends_this_sign_in_and_no_other(session: Session) -> None:
    account = accounts.person(session)
    here, there = sessions.start(session, account), sessions.start(session, account)
    sessions.end(session, here)
    sessions.end(session, here)
    assert sessions.resolve(session, here) is None
    assert sessions.resolve(session, there) is not None
    acts = [act.action for act in audit.of_subject(session, "account", account.id)]
    assert acts.count("account.signed_out") == 1


def test_the_audit_says_through_which_door_somebody_left(session: Session) -> None:
    account = accounts.person(session)
    for kind in ("web", "api"):
        sessions.end(session, sessions.start(session, account, kind=kind))
    acts = audit.of_subject(session, "account", account.id)
    assert [act.channel for act in acts if act.action == "account.signed_out"] == ["api", "web"]


def test_signing_out_the_other_devices_is_an_act_that_is_kept(session: Session) -> None:
    account = accounts.person(session)
    here, there = sessions.start(session, account), sessions.start(session, account)
    assert sessions.end_others(session, accounts.actor(session, account), token=here) == 1
    assert sessions.resolve(session, here) is not None
    assert sessions.resolve(session, there) is None
    act = audit.of_subject(session, "account", account.id)[0]
    assert (act.action, act.actor_account_id, act.detail) == (
        "account.others_signed_out",
        account.id,
        {"sign_ins_ended": 1},
    )
    with pytest.raises(SignInRequired):
        sessions.end_others(session, GUEST, token=None)


def test_what_was_over_a_month_ago_is_forgotten_and_nothing_else(session: Session) -> None:
    account = accounts.person(session)
    start = clock.now()
    sessions.end(session, sessions.start(session, account))
    sessions.start(session, account, kind="api")
    kept = sessions.start(session, account)
    with clock.at(start + timedelta(days=29)):
        assert sessions.forget_over(within(session)) == 0
    with clock.at(start + timedelta(days=31, hours=13)):
        assert sessions.forget_over(within(session)) == 2
        assert sessions.forget_over(within(session)) == 0
    assert [row.token_hash for row in session.exec(select(SignIn))] == [ids.fingerprint(kept)]


def test_all_sign_ins_but_the_one_in_hand_can_be_ended(session: Session) -> None:
    account, other = accounts.person(session), accounts.person(session)
    here, there = sessions.start(session, account), sessions.start(session, account)
    foreign = sessions.start(session, other)
    assert sessions.end_all(session, account.id, but_token=here) == 1
    assert sessions.resolve(session, here) is not None
    assert sessions.resolve(session, there) is None
    assert sessions.resolve(session, foreign) is not None


def alive_after(session: Session, token: str, age: timedelta, *, kind: sessions.Kind = "web") -> bool:
    with clock.at(clock.now() + age):
        return sessions.resolve(session, token, kind=kind) is not None


def test_a_person_is_signed_out_after_thirty_days_without_a_visit(session: Session) -> None:
    token = sessions.start(session, accounts.person(session))
    assert not alive_after(session, token, timedelta(days=30, minutes=1))


def test_visits_keep_a_person_signed_in_for_ninety_days_and_no_longer(session: Session) -> None:
    token = sessions.start(session, accounts.person(session))
    for days in (29, 58, 87, 89):
        assert alive_after(session, token, timedelta(days=days))
    assert not alive_after(session, token, timedelta(days=90, minutes=1))


def test_staff_are_signed_out_after_twelve_hours_whatever_they_do(session: Session) -> None:
    account = accounts.person(session)
    roles.give(session, SYSTEM, account.id, "analyst")
    token = sessions.start(session, account)
    assert alive_after(session, token, timedelta(hours=11, minutes=59))
    assert not alive_after(session, token, timedelta(hours=12, minutes=1))


def test_a_sign_in_older_than_its_role_does_not_carry_the_role_beyond_a_working_day(session: Session) -> None:
    account = accounts.person(session)
    token = sessions.start(session, account)
    roles.give(session, SYSTEM, account.id, "administrator")
    assert alive_after(session, token, timedelta(hours=11))
    assert not alive_after(session, token, timedelta(hours=13))


def test_a_program_is_signed_in_for_twelve_hours(session: Session) -> None:
    token = sessions.start(session, accounts.person(session), kind="api")
    assert alive_after(session, token, timedelta(hours=11), kind="api")
    assert not alive_after(session, token, timedelta(hours=12, minutes=1), kind="api")


def test_a_disabled_account_is_out_at_once_and_stays_out_of_old_sign_ins(session: Session) -> None:
    account = accounts.person(session)
    administrator = accounts.staff(session, "administrator")
    token = sessions.start(session, account)
    standing.disable(session, administrator, account.id)
    assert sessions.resolve(session, token) is None
    standing.enable(session, administrator, account.id)
    assert sessions.resolve(session, token) is None
