"""A NIK lies sealed in its row, is found by its blind index, and is read by an officer who leaves a trace."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.accounts.models import Account
from app.actor import GUEST
from app.audit import queries as audit
from app.errors import Forbidden, Invalid
from app.kit import sealing
from app.registry import people, registration
from app.registry.errors import OwnerRegisteredElsewhere
from app.registry.models import Business, BusinessOwner
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG

NIK = "6408045708905511"


def owner_with(session: Session, nik: str = NIK) -> BusinessOwner:
    business = registration.start(session, accounts.somebody(session), registry.draft(owner=OwnerDraft(nik=nik)))
    assert business.owner_id is not None
    return session.get_one(BusinessOwner, business.owner_id)


def test_the_table_holds_no_nik_in_clear_and_equal_niks_are_found_by_their_index(session: Session) -> None:
    owner = owner_with(session)
    row = session.execute(text("SELECT row_to_json(o)::text AS all_of_it, * FROM business_owner o")).one()
    assert NIK not in row.all_of_it
    assert NIK.encode().hex() not in row.all_of_it
    assert bytes(row.nik_index) == people.index_of(NIK)
    assert people.index_of("6408045708905512") != people.index_of(NIK)
    found = session.exec(select(BusinessOwner).where(BusinessOwner.nik_index == people.index_of(NIK))).one()
    assert found.id == owner.id


def test_two_people_sealed_under_one_key_have_nothing_in_common(session: Session) -> None:
    one, other = owner_with(session), owner_with(session, "6408045708905522")
    assert one.nik_sealed is not None
    assert other.nik_sealed is not None
    assert bytes(one.nik_sealed)[15:] != bytes(other.nik_sealed)[15:]
    one.nik_sealed = other.nik_sealed
    session.flush()
    with pytest.raises(sealing.CannotOpen):
        people.read_nik(session, accounts.staff(session, "verifier"), one)


def test_an_officer_reads_it_and_the_reading_is_on_record_without_it(session: Session) -> None:
    owner, officer = owner_with(session), accounts.staff(session, "verifier")
    assert people.read_nik(session, officer, owner, purpose="complaint") == NIK
    (act,) = audit.of_subject(session, "business_owner", owner.id)
    assert (act.action, act.actor_account_id, act.beneficiary_account_id, act.detail) == (
        "owner.nik_read", officer.account_id, owner.account_id, {"purpose": "complaint"},
    )  # fmt: skip


def test_nobody_else_reads_it_not_even_the_owner_and_nothing_is_on_record(session: Session) -> None:
    owner = owner_with(session)
    me = accounts.actor(session, session.get_one(Account, owner.account_id))
    helper = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    for actor in (me, GUEST, helper, accounts.staff(session, "analyst")):
        with pytest.raises(Forbidden):
            people.read_nik(session, actor, owner)
    assert audit.of_subject(session, "business_owner", owner.id) == []


def test_an_owner_without_a_nik_has_none_to_read(session: Session) -> None:
    business = registry.started(session)
    owner = session.get_one(BusinessOwner, business.owner_id)
    assert people.read_nik(session, accounts.staff(session, "verifier"), owner) is None
    assert audit.of_subject(session, "business_owner", owner.id) == []


def test_the_same_nik_typed_again_is_not_sealed_anew(session: Session) -> None:
    owner = owner_with(session)
    sealed = owner.nik_sealed
    people.seal_nik(session, owner, NIK)
    assert owner.nik_sealed == sealed


def test_a_nik_tells_the_sex_where_nobody_said_and_overrules_nobody_who_did(session: Session) -> None:
    assert owner_with(session).sex == "female"
    owner = session.get_one(BusinessOwner, registry.started(session, owner=accounts.somebody(session)).owner_id)
    owner.sex = "male"
    people.seal_nik(session, owner, "6408045708905533")
    assert owner.sex == "male"


def test_a_nik_of_somebody_else_is_refused_and_what_was_known_stays(session: Session) -> None:
    first, second = owner_with(session), owner_with(session, "6408045708905544")
    with pytest.raises(OwnerRegisteredElsewhere) as refusal:
        people.seal_nik(session, second, NIK)
    assert [error.field for error in refusal.value.errors] == ["owner.nik"]
    session.refresh(second)
    assert second.nik_index == people.index_of("6408045708905544")
    assert first.nik_index == people.index_of(NIK)


@pytest.mark.parametrize(
    ("name", "sex", "nik", "differs"),
    [
        (None, None, None, False),
        ("akun  UJI", None, None, False),
        ("Akun Lain", None, None, True),
        (None, "female", None, False),
        (None, "male", None, True),
        (None, None, "640804-570890-5511", False),
        (None, None, "6408045708905555", True),
    ],
)
def test_filling_a_gap_or_writing_the_same_otherwise_changes_nobody(
    session: Session, name: str | None, sex: str | None, nik: str | None, differs: bool
) -> None:
    owner = owner_with(session)
    assert people.differs(owner, OwnerDraft(name=name, sex=sex, nik=nik)) is differs


def test_a_facilitator_changes_a_person_only_while_everything_is_open_and_near(session: Session) -> None:
    account = accounts.person(session)
    me = accounts.actor(session, account)
    helper = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    officer = accounts.staff(session, "verifier")
    business = registry.started(session, me)
    owner = session.get_one(BusinessOwner, business.owner_id)
    assert people.may_change(session, helper, owner)
    registration.submit(session, me, business.id)
    assert not people.may_change(session, helper, owner)
    assert people.may_change(session, me, owner)
    assert people.may_change(session, officer, owner)
    elsewhere = registry.started(session, me, district_code=SANGKULIRANG)
    assert not people.may_change(session, accounts.staff(session, "verifier", district_code=SANGATTA_UTARA), owner)
    with pytest.raises(Invalid):
        registration.save_step(
            session,
            accounts.staff(session, "facilitator", district_code=SANGKULIRANG),
            elsewhere.id,
            BusinessDraft(owner=OwnerDraft(name="Nama Karangan")),
        )
    assert session.get_one(Business, elsewhere.id).owner_id == owner.id
    assert owner.name == "Akun Uji"


@pytest.mark.parametrize(
    "change", ["nik_sealed = NULL", "nik_index = NULL", "nik_index = '\\x00'", "sex = 'P'", "name = ''"]
)
def test_the_database_refuses_half_a_nik(session: Session, change: str) -> None:
    owner_with(session)
    with pytest.raises(IntegrityError, match="ck_business_owner_"), session.begin_nested():
        session.execute(text(f"UPDATE business_owner SET {change}"))
