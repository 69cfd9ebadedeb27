"""Opening accounts: one phone, one account, whoever opens it and however many at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from app.accounts import passwords, roles, signin, signup
from app.accounts.errors import PhoneTaken
from app.accounts.models import Account
from app.actor import GUEST, Actor
from app.audit import queries as audit
from app.errors import Forbidden, Invalid
from app.outbox.models import OutboxEvent
from tests.conftest import Database
from tests.factories import accounts


def accounts_of(session: Session, e164: str) -> list[Account]:
    return list(session.exec(select(Account).where(Account.phone_e164 == e164)))


def test_somebody_who_signs_up_can_sign_in_by_any_spelling_of_the_phone(session: Session) -> None:
    account = signup.open_account(
        session, GUEST, name="  Akun   Uji ", phone="0812-9000 0001", password=accounts.PASSWORD
    )

    assert (account.name, account.phone_e164, account.status) == ("Akun Uji", "+6281290000001", "active")
    for spelling in ("081290000001", "+62 812 9000 0001", "6281290000001"):
        found = signin.attempt(session, phone=spelling, password=accounts.PASSWORD, address="192.0.2.1")
        assert found is not None
        assert found.id == account.id


def test_the_password_is_stored_as_argon2id_and_nothing_else(session: Session) -> None:
    account = accounts.person(session)
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$")
    assert accounts.PASSWORD not in account.password_hash


def test_signing_up_is_audited_and_announced_without_phone_or_name(session: Session) -> None:
    account = accounts.person(session, name="Nama Kenari", phone="081290000002")

    (act,) = audit.of_subject(session, "account", account.id)
    (event,) = session.exec(select(OutboxEvent).where(OutboxEvent.key == f"account:{account.id}")).all()
    assert (act.action, act.beneficiary_account_id, act.channel) == ("account.opened", account.id, "web")
    assert event.kind == "AccountOpened"
    for told in (str(act.detail), str(event.payload)):
        assert "Kenari" not in told
        assert "81290000002" not in told


def test_every_fault_is_named_at_once_and_nothing_is_opened(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        signup.open_account(session, GUEST, name=" ", phone="123", password="pendek")
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("name", "missing"),
        ("phone", "invalid"),
        ("password", "too_short"),
    ]
    assert session.exec(select(Account).where(Account.name == "")).all() == []


@pytest.mark.parametrize("name", ["Uji\0", "Uji\u202e", "\ud800Uji", "n" * 121])
def test_a_name_the_database_cannot_keep_is_refused_beside_its_field(session: Session, name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        signup.open_account(session, GUEST, name=name, phone="081290000003", password=accounts.PASSWORD)
    assert [error.field for error in refusal.value.errors] == ["name"]
    assert accounts_of(session, "+6281290000003") == []


@pytest.mark.parametrize("password", ["12345678", "BISMILLAH", "081290000004", "6281290000004", "p" * 129, "abc\0defg"])
def test_a_password_everybody_tries_first_is_refused(session: Session, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        signup.open_account(session, GUEST, name="Akun Uji", phone="081290000004", password=password)
    assert [error.field for error in refusal.value.errors] == ["password"]


def test_a_taken_phone_is_refused_and_its_password_stays(session: Session) -> None:
    account = accounts.person(session, phone="081290000005")
    before = account.password_hash

    with pytest.raises(PhoneTaken) as refusal:
        signup.open_account(session, GUEST, name="Orang Lain", phone="+6281290000005", password="kata-sandi-lain")

    assert [error.field for error in refusal.value.errors] == ["phone"]
    session.refresh(account)
    assert (account.password_hash, account.name) == (before, "Akun Uji")


def test_one_phone_signed_up_twice_at_once_makes_one_account(database: Database) -> None:
    def sign_up(attempt: int) -> str:
        try:
            with database.begin() as session:
                accounts.person(session, name=f"Akun {attempt}", phone="081290000006")
        except PhoneTaken:
            return "taken"
        return "opened"

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(sign_up, range(8)))

    assert answers == ["opened"] + ["taken"] * 7
    with database.begin() as session:
        assert len(accounts_of(session, "+6281290000006")) == 1
        announced = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "AccountOpened")).all()
        assert len(announced) == 1


@pytest.mark.parametrize("role", ["administrator", "verifier", "facilitator"])
def test_staff_open_an_account_for_an_owner_that_nobody_can_enter_yet(session: Session, role: str) -> None:
    place = "64.08.04" if role == "facilitator" else None
    helper = accounts.staff(session, role, district_code=place)  # type: ignore[arg-type]

    owner = signup.open_for_owner(session, helper, name="Pemilik Uji", phone="081290000007")

    assert owner.password_hash is None
    assert owner.opened_by == helper.account_id
    assert signin.attempt(session, phone="081290000007", password="", address="") is None
    (act,) = [act for act in audit.of_subject(session, "account", owner.id) if act.action == "account.opened_for"]
    assert (act.actor_account_id, act.beneficiary_account_id) == (helper.account_id, owner.id)


def test_an_owner_who_has_an_account_keeps_it_unchanged(session: Session) -> None:
    account = accounts.person(session, name="Nama Sendiri", phone="081290000008")
    helper = accounts.staff(session, "facilitator", district_code="64.08.04")

    again = signup.open_for_owner(session, helper, name="Nama Lain", phone="081290000008")

    assert (again.id, again.name) == (account.id, "Nama Sendiri")
    assert passwords.verified(accounts.PASSWORD, again.password_hash)[0]


@pytest.mark.parametrize("role", [None, "analyst"])
def test_nobody_else_opens_accounts_for_others(session: Session, role: str | None) -> None:
    other = accounts.staff(session, "analyst") if role else accounts.somebody(session)
    for actor in (other, GUEST, Actor()):
        with pytest.raises(Forbidden):
            signup.open_for_owner(session, actor, name="Pemilik Uji", phone="081290000009")
    assert accounts_of(session, "+6281290000009") == []


def test_the_first_officer_of_an_empty_system_gets_the_role(session: Session) -> None:
    officer = signup.create_officer(
        session, phone="081290000010", role="administrator", name="Petugas Uji", password=accounts.PASSWORD
    )
    assert roles.actor_of(session, officer.id).has("administrator")


def test_an_officer_made_from_an_account_keeps_the_own_password(session: Session) -> None:
    account = accounts.person(session, phone="081290000011")
    officer = signup.create_officer(
        session, phone="081290000011", role="verifier", name="Petugas Uji", password="sandi-dari-perintah"
    )
    assert officer.id == account.id
    assert passwords.verified(accounts.PASSWORD, officer.password_hash)[0]
    assert roles.actor_of(session, account.id).has("verifier")
