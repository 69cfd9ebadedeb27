"""Signing in: failures are counted, everything else is free, and an unknown phone looks like a wrong password."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from app.accounts import signin, standing
from app.accounts.errors import TooManyAttempts
from app.accounts.models import SignInFailure
from app.audit.models import AuditRecord
from app.kit import clock
from tests.conftest import Database
from tests.factories import accounts

PHONE = "081291000001"


def wrong(session: Session, phone: str = PHONE, address: str = "192.0.2.1") -> object:
    return signin.attempt(session, phone=phone, password="bukan-kata-sandinya", address=address)


def right(session: Session, phone: str = PHONE, address: str = "192.0.2.1") -> object:
    return signin.attempt(session, phone=phone, password=accounts.PASSWORD, address=address)


def failures(session: Session) -> int:
    return session.exec(select(func.count()).select_from(SignInFailure)).one()


def test_a_wrong_password_is_an_answer_and_one_failure_of_account_and_address(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    assert wrong(session) is None
    kinds = session.exec(select(SignInFailure.counted_by)).all()
    assert sorted(kinds) == ["account", "address"]


def test_success_counts_nothing_however_often(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    for _ in range(15):
        assert right(session) is not None
    assert failures(session) == 0


def test_after_ten_failures_even_the_right_password_is_not_tried(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    for _ in range(10):
        assert wrong(session) is None

    with pytest.raises(TooManyAttempts) as refusal:
        right(session)

    assert 1 <= refusal.value.retry_after <= 15 * 60 + 1
    assert failures(session) == 20  # what was refused is not counted again, so the wait does end


def test_the_limit_ends_fifteen_minutes_after_the_failures(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    start = clock.now()
    with clock.at(start):
        for _ in range(10):
            wrong(session)
    with clock.at(start + timedelta(minutes=14, seconds=59)), pytest.raises(TooManyAttempts) as refusal:
        right(session)
    assert refusal.value.retry_after <= 2
    with clock.at(start + timedelta(minutes=15, seconds=1)):
        assert right(session) is not None


def test_the_same_account_by_other_spellings_and_addresses_is_still_the_same_account(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    for number in range(10):
        wrong(
            session,
            phone=["081291000001", "+6281291000001", "62 812-9100-0001"][number % 3],
            address=f"192.0.2.{number}",
        )
    with pytest.raises(TooManyAttempts):
        right(session, address="198.51.100.7")


def test_other_accounts_of_a_locked_village_address_still_get_in(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    neighbour = accounts.person(session)
    for _ in range(10):
        wrong(session)
    assert right(session, phone=neighbour.phone_e164) is not None


def test_an_address_is_refused_after_a_hundred_failures_and_not_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.accounts.passwords.verified", lambda password, stored: (False, None))
    for number in range(100):
        assert wrong(session, phone=f"08139900{number:04d}") is None
    with pytest.raises(TooManyAttempts):
        wrong(session, phone="081399009999")
    assert wrong(session, phone="081399009999", address="198.51.100.7") is None


def test_without_a_known_address_only_the_account_is_counted(session: Session) -> None:
    wrong(session, address="")
    assert session.exec(select(SignInFailure.counted_by)).all() == ["account"]


@pytest.mark.parametrize("typed", ["", "bukan nomor", "0812\0", "\ud800", "9" * 5000])
def test_something_that_is_no_phone_number_is_simply_wrong(session: Session, typed: str) -> None:
    assert wrong(session, phone=typed) is None
    assert failures(session) == 2


@pytest.mark.parametrize("typed", ["", "\0", "\ud800", "x" * 1_000_000])
def test_a_hostile_password_is_simply_wrong(session: Session, typed: str) -> None:
    accounts.person(session, phone=PHONE)
    assert signin.attempt(session, phone=PHONE, password=typed, address="192.0.2.1") is None


def test_a_disabled_account_is_told_the_same_as_a_wrong_password(session: Session) -> None:
    account = accounts.person(session, phone=PHONE)
    standing.disable(session, accounts.staff(session, "administrator"), account.id)
    assert right(session) is None


def test_an_unknown_phone_takes_as_long_as_a_wrong_password(session: Session) -> None:
    accounts.person(session, phone=PHONE)
    wrong(session, phone="081291009998")

    def seconds(phone: str) -> float:
        begun = time.perf_counter()
        with session.begin_nested() as attempt:
            wrong(session, phone=phone)
            attempt.rollback()
        return time.perf_counter() - begun

    known, unknown = [], []
    for _ in range(15):
        known.append(seconds(PHONE))
        unknown.append(seconds("081291009999"))
    assert statistics.median(unknown) == pytest.approx(statistics.median(known), rel=0.35)


def test_failures_are_audited_without_the_number(session: Session) -> None:
    account = accounts.person(session, phone=PHONE)
    wrong(session)
    wrong(session, phone="081291009999")
    acts = session.exec(select(AuditRecord).where(AuditRecord.action == "account.sign_in_failed")).all()
    assert sorted(act.subject_id for act in acts) == sorted([str(account.id), "unknown"])
    assert all("8129100" not in str(act.model_dump()) for act in acts)


def test_the_audit_says_through_which_door_somebody_came_or_tried_to(session: Session) -> None:
    account = accounts.person(session, phone=PHONE)
    signin.attempt(session, phone=PHONE, password=accounts.PASSWORD, address="", channel="api")
    signin.attempt(session, phone=PHONE, password="bukan-kata-sandinya", address="", channel="api")
    right(session)
    acts = session.exec(select(AuditRecord).where(AuditRecord.subject_id == str(account.id)).order_by("id")).all()
    assert [(act.action, act.channel) for act in acts if act.action.startswith("account.sign")] == [
        ("account.signed_in", "api"),
        ("account.sign_in_failed", "api"),
        ("account.signed_in", "web"),
    ]


def test_twenty_wrong_passwords_at_once_are_ten_tries_and_ten_refusals(database: Database) -> None:
    with database.begin() as session:
        accounts.person(session, phone=PHONE)

    def attempt(_: int) -> str:
        with database.begin() as session:
            try:
                return "wrong" if wrong(session) is None else "in"
            except TooManyAttempts:
                return "refused"

    with ThreadPoolExecutor(20) as pool:
        answers = sorted(pool.map(attempt, range(20)))

    assert answers == ["refused"] * 10 + ["wrong"] * 10
    with database.begin() as session:
        assert failures(session) == 20


def test_old_failures_are_forgotten_and_young_ones_are_not(database: Database) -> None:
    start = clock.now()
    with clock.at(start - timedelta(minutes=16)), database.begin() as session:
        wrong(session)
    with clock.at(start - timedelta(minutes=14)), database.begin() as session:
        wrong(session)

    with clock.at(start):
        assert signin.forget_old_failures(database.begin) == 2
        assert signin.forget_old_failures(database.begin) == 0

    with database.begin() as session:
        assert failures(session) == 2
