"""The owner's own businesses, the facilitator's, the officer's desk: each sees what concerns them, foreign is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from app.accounts.models import Account
from app.actor import GUEST
from app.audit import queries as audit
from app.errors import Forbidden, Invalid, NotFound, SignInRequired
from app.kit import clock
from app.registry import files, registration, verification
from app.registry.models import Business, BusinessOwner
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA
from tests.statements import counted_statements

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
NIK = "6408045708908811"


def numbers(rows: list[object]) -> list[str]:
    return [row.number for row in rows]  # type: ignore[attr-defined]


def test_an_owner_sees_the_own_businesses_newest_first_and_no_others(session: Session) -> None:
    owner = accounts.somebody(session)
    registry.started(session)
    with clock.at(NOON):
        first = registry.started(session, owner)
    with clock.at(NOON + timedelta(hours=1)):
        second = registry.started(session, owner)
    assert numbers(list(files.mine(session, owner))) == [second.number, first.number]
    assert files.mine(session, accounts.staff(session, "administrator")) == []
    with pytest.raises(SignInRequired):
        files.mine(session, GUEST)


def test_an_owner_sees_everything_that_was_given_but_the_nik(session: Session) -> None:
    owner = accounts.somebody(session)
    with clock.at(NOON):
        business = registration.start(
            session, owner, registry.with_everything(owner=OwnerDraft(name="Pemilik Uji", nik=NIK))
        )
        registration.save_step(session, owner, business.id, BusinessDraft(workers_male=4, turnover_amount=7))
        registration.submit(session, owner, business.id)
    own = files.for_edit(session, owner, business.number)
    assert (own.name, own.district, own.village, own.address, own.nib) == (
        "Amplang Uji", "Sangatta Utara", "Teluk Lingga", "Jalan Contoh 7", "1234567890123",
    )  # fmt: skip
    assert (own.owner_name, own.owner_sex, own.has_nik) == ("Pemilik Uji", "female", True)
    assert NIK not in str(own)
    # the newest report, as it was given: what it did not say is not filled in from an older one
    assert (own.turnover_amount, own.workers_male, own.workers_female, own.capital_amount) == (7, 4, None, None)
    assert (own.status, own.editable, own.submitted_at, own.expected_by) == (
        "submitted", False, NOON, date(2026, 3, 6),
    )  # fmt: skip


def test_a_foreign_number_a_wrong_one_and_an_odd_one_are_the_same_missing(session: Session) -> None:
    business = registry.started(session)
    outsiders = [
        GUEST,
        accounts.somebody(session),
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code=SANGKULIRANG),
        accounts.staff(session, "verifier", district_code=SANGKULIRANG),
    ]
    sentences = set()
    for read in (files.for_edit, files.id_of, files.at_desk, files.case):
        for actor, number in [
            *((actor, business.number) for actor in outsiders),
            (accounts.staff(session, "verifier"), "KT-2026-999999-9"),
            (accounts.staff(session, "verifier"), "nu\0l"),
        ]:
            with pytest.raises(NotFound) as refusal:
                read(session, actor, number)
            sentences.add(refusal.value.sentence)
    assert len(sentences) == 1


def test_a_facilitator_sees_the_businesses_of_the_own_place(session: Session) -> None:
    here = registry.started(session, village_code=TELUK_LINGGA)
    there = registry.started(session, district_code=SANGKULIRANG)
    registry.started(session, district_code=None)
    for district, village, expected in (
        (SANGATTA_UTARA, None, [here.number]),
        (SANGATTA_UTARA, TELUK_LINGGA, [here.number]),
        (SANGATTA_UTARA, "64.08.04.2001", []),
        (SANGKULIRANG, None, [there.number]),
    ):
        helper = accounts.staff(session, "facilitator", district_code=district, village_code=village)
        assert numbers(list(files.assisted(session, helper))) == expected
    for nobody in (GUEST, accounts.somebody(session), accounts.staff(session, "verifier")):
        assert files.assisted(session, nobody) == []


def test_the_desk_shows_what_waits_oldest_first_and_what_is_late(session: Session) -> None:
    late, fresh = registry.started(session), registry.started(session, district_code=SANGKULIRANG)
    for business, since in ((fresh, NOON), (late, NOON - timedelta(days=5, seconds=1))):
        owner = accounts.actor(session, session.get_one(Account, business.created_by))
        with clock.at(since):
            registration.submit(session, owner, business.id)
    registry.started(session)
    with clock.at(NOON):
        officer = accounts.staff(session, "verifier")
        rows = files.desk(session, officer)
        assert [(row.number, row.days_waiting, row.late) for row in rows] == [
            (late.number, 5, True), (fresh.number, 0, False),
        ]  # fmt: skip
        assert numbers(list(files.desk(session, officer, district=SANGKULIRANG))) == [fresh.number]
        placed = accounts.staff(session, "verifier", district_code=SANGKULIRANG)
        assert numbers(list(files.desk(session, placed))) == [fresh.number]
        assert files.desk(session, placed, district=SANGATTA_UTARA) == []
        assert files.desk(session, officer, district="nu\0l") == []


def test_nobody_but_the_office_has_a_desk(session: Session) -> None:
    business = registry.submitted(session, owner := accounts.somebody(session))
    helper = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    for actor in (GUEST, owner, helper, accounts.staff(session, "analyst")):
        for read in (
            lambda actor=actor: files.desk(session, actor),
            lambda actor=actor: files.nik_at_desk(session, actor, business.number),
        ):
            with pytest.raises(Forbidden):
                read()
        with pytest.raises(NotFound):
            files.case(session, actor, business.number)


def test_a_case_masks_the_phone_and_says_whether_this_officer_may_decide(session: Session) -> None:
    person = accounts.person(session, phone="081293008001")
    business = registry.submitted(session, accounts.actor(session, person))
    officer, involved = accounts.staff(session, "verifier"), accounts.staff(session, "verifier")
    found = files.case(session, officer, business.number)
    assert (found.owner_account_id, found.may_decide, found.source, found.checks) == (person.id, True, "self", ())
    assert "93008" not in found.masked_phone
    assert found.masked_phone.endswith("001")
    business.edited_by = [*business.edited_by, str(involved.account_id)]
    session.flush()
    assert files.case(session, involved, business.number).may_decide is False


def test_a_case_shows_old_checks_as_no_longer_counting(session: Session) -> None:
    officer = accounts.staff(session, "verifier")
    business = registry.submitted(session)
    with clock.at(NOON):
        verification.approve(session, officer, business.id)
        (check,) = files.case(session, officer, business.number).checks
        assert (check.kind, check.checked_on, check.valid_until, check.counts) == (
            "registry", date(2026, 3, 1), date(2027, 3, 1), True,
        )  # fmt: skip
    with clock.at(NOON + timedelta(days=366)):
        (check,) = files.case(session, officer, business.number).checks
        assert check.counts is False


def test_a_nik_is_read_at_the_desk_of_its_place_for_a_purpose(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registration.start(session, owner, registry.draft(owner=OwnerDraft(nik=NIK)))
    officer = accounts.staff(session, "verifier", district_code=SANGATTA_UTARA)
    elsewhere = accounts.staff(session, "verifier", district_code=SANGKULIRANG)
    owner_id = session.get_one(Business, business.id).owner_id
    with pytest.raises(NotFound):
        files.nik_at_desk(session, elsewhere, business.number)
    with pytest.raises(Invalid):
        files.nik_at_desk(session, officer, business.number, purpose="curiosity")
    assert audit.of_subject(session, "business_owner", session.get_one(BusinessOwner, owner_id).id) == []
    assert files.nik_at_desk(session, officer, business.number, purpose="verification") == NIK
    assert len(audit.of_subject(session, "business_owner", session.get_one(BusinessOwner, owner_id).id)) == 1


def test_many_files_cost_as_many_reads_as_one(session: Session) -> None:
    helper = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    officer = accounts.staff(session, "administrator")

    def listed() -> tuple[list[str], int]:
        session.expire_all()
        with counted_statements(session) as statements:
            found = files.assisted(session, helper)
        return numbers(found), len(statements)

    businesses = [registry.submitted(session, name="Satu", turnover_amount=5_000_000)]
    one, cost = listed()
    for name in ("Dua", "Tiga", "Empat"):
        businesses.append(registry.submitted(session, name=name))
    verification.approve(session, officer, businesses[-1].id)
    several, same = listed()
    assert (one, several) == ([businesses[0].number], [business.number for business in reversed(businesses)])
    assert same == cost
    *_, first = files.assisted(session, helper)
    newest = files.assisted(session, helper)[0]
    assert (first.turnover_amount, newest.turnover_amount) == (5_000_000, None)
    assert ([badge.kind for badge in newest.badges], first.badges) == (["registry"], ())
    assert (first.owner_name, newest.owner_name) == ("Akun Uji", "Akun Uji")
