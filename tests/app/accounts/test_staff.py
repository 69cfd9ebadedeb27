"""Who works here: for administrators, with numbers masked."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.accounts import roles, staff, standing
from app.errors import Forbidden, NotFound
from app.kit import phone
from app.kit.ids import uuid7
from tests.factories import accounts


def test_everybody_with_a_role_is_listed_by_name_and_nobody_else(session: Session) -> None:
    chief = accounts.staff(session, "administrator", name="A Kepala")
    helper = accounts.staff(session, "facilitator", name="B Pendamping", district_code="64.08.04")
    accounts.person(session, name="C Warga")
    found = [
        person
        for person in staff.working_here(session, chief)
        if person.account_id in (chief.account_id, helper.account_id)
    ]
    assert [person.name for person in found] == ["A Kepala", "B Pendamping"]
    assert [(role.role, role.district_code) for role in found[1].roles] == [("facilitator", "64.08.04")]
    assert "C Warga" not in [person.name for person in staff.working_here(session, chief)]
    assert len(staff.working_here(session, chief, limit=1)) == 1


def test_a_role_taken_back_is_no_role(session: Session) -> None:
    chief = accounts.staff(session, "administrator")
    other = accounts.staff(session, "analyst", name="Mantan Analis")
    (held,) = staff.account(session, chief, other.account_id).roles  # type: ignore[arg-type]
    roles.revoke(session, chief, held.id)
    assert staff.account(session, chief, other.account_id).roles == ()  # type: ignore[arg-type]
    assert other.account_id not in [person.account_id for person in staff.working_here(session, chief)]


def test_one_account_shows_its_state_and_a_masked_number(session: Session) -> None:
    chief = accounts.staff(session, "administrator")
    number = accounts.fresh_phone()
    person = accounts.person(session, name="Warga", phone=number)
    standing.disable(session, chief, person.id)
    seen = staff.account(session, chief, person.id)
    assert (seen.name, seen.status, seen.has_password) == ("Warga", "disabled", True)
    assert seen.masked_phone == phone.masked(phone.normalise(number))
    with pytest.raises(NotFound):
        staff.account(session, chief, uuid7())


def test_nobody_but_an_administrator_looks(session: Session) -> None:
    person = accounts.person(session)
    for actor in (accounts.staff(session, "verifier"), accounts.staff(session, "analyst"), accounts.somebody(session)):
        with pytest.raises(Forbidden):
            staff.working_here(session, actor)
        with pytest.raises(Forbidden):
            staff.account(session, actor, person.id)


def test_names_behind_acts_are_for_the_office(session: Session) -> None:
    person = accounts.person(session, name="Nama Uji")
    assert staff.names(session, accounts.staff(session, "verifier"), [person.id, uuid7()]) == {person.id: "Nama Uji"}
    with pytest.raises(Forbidden):
        staff.names(session, accounts.staff(session, "facilitator", district_code="64.08.04"), [person.id])
