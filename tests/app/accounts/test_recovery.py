"""Back in without the password: a code from somebody at a desk, once, shortly, and never for those above oneself."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import Session, select

from app.accounts import recovery, sessions, signin
from app.accounts.errors import NotYourPlace, TooManyAttempts
from app.accounts.models import Account, RecoveryCode
from app.actor import GUEST
from app.audit import queries as audit
from app.errors import Forbidden, Invalid, NotFound, SignInRequired
from app.kit import clock
from app.outbox.models import OutboxEvent
from tests.factories import accounts

NEW = "empat-kapal-merah"
PLACE = ("64.08.04", "64.08.04.1010")


def redeem(session: Session, account: Account, code: str, password: str = NEW) -> Account | None:
    return recovery.redeem(session, phone=account.phone_e164, code=code, new_password=password, address="192.0.2.9")


def opens(session: Session, account: Account, password: str) -> bool:
    return signin.attempt(session, phone=account.phone_e164, password=password, address="") is not None


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def test_a_code_from_the_office_sets_a_new_password_and_ends_every_sign_in(session: Session) -> None:
    account, officer = accounts.person(session), accounts.staff(session, "verifier")
    token = sessions.start(session, account)

    code = recovery.issue(session, officer, account.id)

    assert len(code) == 8
    assert code.isdigit()
    assert redeem(session, account, f"{code[:4]} {code[4:]}") is not None
    assert sessions.resolve(session, token) is None
    assert opens(session, account, NEW)
    assert not opens(session, account, accounts.PASSWORD)


def test_a_code_works_once(session: Session) -> None:
    account = accounts.person(session)
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    assert redeem(session, account, code) is not None
    assert redeem(session, account, code, "lima-kapal-hijau") is None
    assert opens(session, account, NEW)


def test_a_code_is_good_for_fifteen_minutes(session: Session) -> None:
    account = accounts.person(session)
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert redeem(session, account, code) is None
    assert opens(session, account, accounts.PASSWORD)


def test_a_new_code_takes_the_place_of_an_older_one_for_good(session: Session) -> None:
    account, officer = accounts.person(session), accounts.staff(session, "verifier")
    older = recovery.issue(session, officer, account.id)
    newer = recovery.issue(session, officer, account.id)
    assert redeem(session, account, older) is None
    assert redeem(session, account, newer) is not None
    assert redeem(session, account, older, "lima-kapal-hijau") is None


def test_after_five_wrong_codes_the_right_one_is_worth_nothing(session: Session) -> None:
    account = accounts.person(session)
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    for _ in range(5):
        assert redeem(session, account, wrong(code)) is None
    assert redeem(session, account, code) is None
    assert opens(session, account, accounts.PASSWORD)


def test_guessing_codes_meets_the_same_limit_as_guessing_passwords(session: Session) -> None:
    account, officer = accounts.person(session), accounts.staff(session, "verifier")
    for _ in range(2):
        code = recovery.issue(session, officer, account.id)
        for _ in range(5):
            redeem(session, account, wrong(code))
    code = recovery.issue(session, officer, account.id)
    with pytest.raises(TooManyAttempts):
        redeem(session, account, code)
    assert opens(session, account, accounts.PASSWORD)


def test_somebody_locked_out_of_signing_in_still_recovers(session: Session) -> None:
    account = accounts.person(session)
    for _ in range(10):
        signin.attempt(session, phone=account.phone_e164, password="salah-terus-ya", address="192.0.2.1")
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    assert redeem(session, account, code) is not None


@pytest.mark.parametrize("code", ["", "x", "\ud800", "١٢٣٤٥٦٧٨", "1" * 10_000])
def test_a_hostile_code_and_an_unknown_phone_are_simply_wrong(session: Session, code: str) -> None:
    account = accounts.person(session)
    recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    assert redeem(session, account, code) is None
    for phone in ("081299999999", "bukan nomor", "\0"):
        assert recovery.redeem(session, phone=phone, code=code, new_password=NEW) is None


def test_a_password_that_will_not_do_uses_up_nothing(session: Session) -> None:
    account = accounts.person(session)
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    for _ in range(6):
        with pytest.raises(Invalid):
            redeem(session, account, code, "12345678")
    assert redeem(session, account, code) is not None


def test_a_code_stands_in_no_row_log_or_event(session: Session) -> None:
    account = accounts.person(session)
    code = recovery.issue(session, accounts.staff(session, "verifier"), account.id)
    rows = [row.model_dump() for row in session.exec(select(RecoveryCode))]
    acts = [act.model_dump() for act in audit.of_subject(session, "account", account.id)]
    events = [event.model_dump() for event in session.exec(select(OutboxEvent))]
    assert code not in str((rows, acts, events))


def test_issuing_is_audited_with_the_person_it_is_for(session: Session) -> None:
    account, officer = accounts.person(session), accounts.staff(session, "verifier")
    recovery.issue(session, officer, account.id)
    (act,) = [act for act in audit.of_subject(session, "account", account.id) if act.action == "recovery.issued"]
    assert (act.actor_account_id, act.beneficiary_account_id) == (officer.account_id, account.id)


def test_a_facilitator_helps_in_the_own_place_only(session: Session) -> None:
    account = accounts.person(session)
    facilitator = accounts.staff(session, "facilitator", district_code="64.08.04")
    assert redeem(session, account, recovery.issue(session, facilitator, account.id, place=PLACE)) is not None
    for place in (None, ("64.08.05", None)):
        with pytest.raises(NotYourPlace):
            recovery.issue(session, facilitator, account.id, place=place)


@pytest.mark.parametrize("helper", ["verifier", "facilitator"])
@pytest.mark.parametrize("victim", ["administrator", "verifier", "analyst"])
def test_the_account_of_staff_is_never_taken_over_by_a_colleague(session: Session, helper: str, victim: str) -> None:
    target = accounts.staff(session, victim)  # type: ignore[arg-type]
    actor = accounts.staff(session, helper, district_code="64.08.04" if helper == "facilitator" else None)  # type: ignore[arg-type]
    with pytest.raises(Forbidden):
        recovery.issue(session, actor, target.account_id, place=PLACE)  # type: ignore[arg-type]
    assert session.exec(select(RecoveryCode)).all() == []


def test_an_administrator_helps_staff_but_not_oneself(session: Session) -> None:
    administrator, verifier = accounts.staff(session, "administrator"), accounts.staff(session, "verifier")
    assert verifier.account_id is not None
    assert administrator.account_id is not None
    recovery.issue(session, administrator, verifier.account_id)
    with pytest.raises(Forbidden):
        recovery.issue(session, administrator, administrator.account_id)


def test_nobody_without_a_desk_issues_codes(session: Session) -> None:
    account = accounts.person(session)
    for actor in (
        GUEST,
        accounts.somebody(session),
        accounts.actor(session, account),
        accounts.staff(session, "analyst"),
    ):
        with pytest.raises(Forbidden):
            recovery.issue(session, actor, account.id, place=PLACE)
    with pytest.raises(NotFound):
        recovery.issue(session, accounts.staff(session, "verifier"), uuid4())


def test_changing_the_password_keeps_this_sign_in_and_ends_the_others(session: Session) -> None:
    account = accounts.person(session)
    here, there = sessions.start(session, account), sessions.start(session, account)

    recovery.change_password(session, accounts.actor(session, account), current=accounts.PASSWORD, new=NEW, token=here)

    assert sessions.resolve(session, here) is not None
    assert sessions.resolve(session, there) is None
    assert opens(session, account, NEW)
    assert not opens(session, account, accounts.PASSWORD)
    events = session.exec(select(OutboxEvent).where(OutboxEvent.key == f"account:{account.id}")).all()
    assert [event.kind for event in events] == ["AccountOpened", "PasswordChanged"]


def test_a_wrong_current_password_or_a_bad_new_one_changes_nothing(session: Session) -> None:
    account = accounts.person(session)
    actor = accounts.actor(session, account)
    there = sessions.start(session, account)
    for current, new, field in (("salah-sekali", NEW, "current"), (accounts.PASSWORD, "pendek", "password")):
        with pytest.raises(Invalid) as refusal:
            recovery.change_password(session, actor, current=current, new=new, token=None)
        assert [error.field for error in refusal.value.errors] == [field]
    with pytest.raises(SignInRequired):
        recovery.change_password(session, GUEST, current=accounts.PASSWORD, new=NEW, token=None)
    assert opens(session, account, accounts.PASSWORD)
    assert sessions.resolve(session, there) is not None
