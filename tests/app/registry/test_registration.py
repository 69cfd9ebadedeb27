"""Registering: a few fields, a draft kept at every step, for oneself or for somebody one helps."""

from __future__ import annotations

import threading
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from app.accounts.models import Account
from app.actor import GUEST, Actor
from app.audit import queries as audit
from app.audit.models import AuditRecord
from app.errors import DomainError, Invalid, NotFound, SignInRequired
from app.outbox.models import OutboxEvent
from app.registry import files, people, registration, verification
from app.registry.errors import NotInYourPlace, Outdated, OwnerRegisteredElsewhere, WrongStatus
from app.registry.models import Business, BusinessOwner, BusinessReport
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.conftest import Database
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error.field for error in refusal.value.errors]


def count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def owner_of(session: Session, business: Business) -> BusinessOwner:
    assert business.owner_id is not None
    return session.get_one(BusinessOwner, business.owner_id)


def test_a_few_fields_make_a_draft_and_everything_else_stays_unknown(session: Session) -> None:
    person = accounts.person(session, name="Akun Uji")
    business = registration.start(session, accounts.actor(session, person), registry.draft())

    assert business.number.startswith("KT-")
    assert (business.status, business.source, business.version) == ("draft", "self", 1)
    assert [
        getattr(business, field)
        for field in ("village_code", "address", "kbli_version", "kbli_code", "started_on", "nib", "registered_on")
    ] == [None] * 7
    owner = owner_of(session, business)
    assert (owner.account_id, owner.name, owner.sex, owner.nik_sealed) == (person.id, "Akun Uji", None, None)
    assert count(session, BusinessReport) == 0


def test_a_name_is_enough_to_begin_with(session: Session) -> None:
    business = registration.start(session, accounts.somebody(session), BusinessDraft(name="Usaha Baru"))
    assert (business.name, business.district_code, business.main_product) == ("Usaha Baru", None, None)


def test_a_guest_signs_in_first_and_nothing_is_begun(session: Session) -> None:
    with pytest.raises(SignInRequired):
        registration.start(session, GUEST, registry.draft())
    assert count(session, Business) == 0


def test_every_fault_is_named_at_once_and_nothing_is_begun(session: Session) -> None:
    wrong = BusinessDraft(
        name="Usaha\0",
        district_code="64.01.01",
        village_code="64.08.05.2001",
        kbli_version=2025,
        kbli_code="04999",
        nib="12",
        owner=OwnerDraft(nik="1"),
    )
    with pytest.raises(Invalid) as refusal:
        registration.start(session, accounts.somebody(session), wrong)
    assert fields_of(refusal) == ["name", "nib", "owner.nik", "district_code", "village_code", "kbli"]
    assert count(session, Business) == 0


def test_a_village_of_another_district_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        registry.started(session, village_code="64.08.05.2001")
    assert fields_of(refusal) == ["village_code"]


def test_each_step_keeps_what_it_gave_and_leaves_the_rest(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner, address="Jalan Contoh 7")

    registration.save_step(session, owner, business.id, BusinessDraft(nib="12345.67890.123"))
    registration.save_step(session, owner, business.id, BusinessDraft(started_on=date(2015, 3, 1)))

    assert (business.address, business.nib, business.started_on) == (
        "Jalan Contoh 7",
        "1234567890123",
        date(2015, 3, 1),
    )
    assert business.version == 3


def test_what_was_emptied_on_purpose_is_unknown_again(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registration.start(session, owner, registry.with_everything())
    cleared = frozenset({"nib", "kbli", "address", "village_code"})

    registration.save_step(session, owner, business.id, BusinessDraft(cleared=cleared))

    assert (business.nib, business.kbli_version, business.kbli_code, business.address, business.village_code) == (
        None,
        None,
        None,
        None,
        None,
    )
    assert business.name == "Amplang Uji"


def test_another_district_leaves_no_village_of_the_old_one(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner, village_code=TELUK_LINGGA)
    registration.save_step(session, owner, business.id, BusinessDraft(district_code=SANGKULIRANG))
    assert (business.district_code, business.village_code) == (SANGKULIRANG, None)


def test_money_and_workers_are_dated_reports_that_stay(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner, turnover_amount=10_000_000)
    registration.save_step(session, owner, business.id, BusinessDraft(turnover_amount=12_000_000))
    registration.save_step(session, owner, business.id, BusinessDraft(address="Jalan Contoh 8"))

    reports = session.exec(select(BusinessReport).order_by(BusinessReport.id)).all()  # type: ignore[arg-type]
    assert [(row.turnover_amount, row.capital_amount) for row in reports] == [(10_000_000, None), (12_000_000, None)]
    assert {row.reported_by for row in reports} == {owner.account_id}


def test_a_form_opened_before_somebody_else_saved_is_refused(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner)
    seen = business.version
    registration.save_step(session, owner, business.id, BusinessDraft(address="Jalan Satu"), expected_version=seen)
    with pytest.raises(Outdated):
        registration.save_step(session, owner, business.id, BusinessDraft(address="Jalan Dua"), expected_version=seen)
    assert business.address == "Jalan Satu"


def test_submitting_needs_the_required_fields_and_nothing_more(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registration.start(session, owner, BusinessDraft(name="Usaha Baru"))

    with pytest.raises(Invalid) as refusal:
        registration.submit(session, owner, business.id)
    assert fields_of(refusal) == ["district_code", "main_product"]
    assert business.status == "draft"

    registration.save_step(
        session, owner, business.id, BusinessDraft(district_code=SANGATTA_UTARA, main_product="amplang")
    )
    assert registration.submit(session, owner, business.id).status == "submitted"


def test_what_the_office_is_looking_at_does_not_change_under_its_eyes(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.submitted(session, owner)
    with pytest.raises(WrongStatus):
        registration.save_step(session, owner, business.id, BusinessDraft(name="Nama Lain"))
    with pytest.raises(WrongStatus):
        registration.submit(session, owner, business.id)
    assert business.name == "Amplang Uji"


def test_an_active_business_changes_with_a_new_version_and_says_so(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.active(session, owner)
    before = business.version

    registration.change(session, owner, business.id, BusinessDraft(name="Amplang Baru"))

    assert (business.name, business.status, business.version) == ("Amplang Baru", "active", before + 1)
    events = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "BusinessChanged")).all()
    assert [event.payload["version"] for event in events] == [before + 1]


def test_a_closed_business_stays_on_record_and_is_never_edited_again(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.active(session, owner)
    registration.close(session, owner, business.id)
    assert (business.status, business.closed_on is not None) == ("closed", True)
    for act in (
        lambda: registration.close(session, owner, business.id),
        lambda: registration.change(session, owner, business.id, BusinessDraft(name="Lain")),
        lambda: registration.submit(session, owner, business.id),
    ):
        with pytest.raises(WrongStatus):
            act()


# for somebody else ------------------------------------------------------------------------------------------------------


def for_another(phone: str, **facts: object) -> BusinessDraft:
    return registry.draft(owner=OwnerDraft(name="Pemilik Uji", phone=phone), **facts)


def test_a_facilitator_registers_for_an_owner_who_gets_an_account_and_is_named_in_the_audit(session: Session) -> None:
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)

    business = registration.start(session, facilitator, for_another("081293000001"))

    owner = session.exec(select(Account).where(Account.phone_e164 == "+6281293000001")).one()
    assert (owner.name, owner.password_hash) == ("Pemilik Uji", None)
    assert business.source == "facilitator"
    assert [own.number for own in files.mine(session, accounts.actor(session, owner))] == [business.number]
    assert files.mine(session, facilitator) == []
    (act,) = audit.of_subject(session, "business", business.id)
    assert (act.action, act.actor_account_id, act.beneficiary_account_id, act.channel) == (
        "business.started",
        facilitator.account_id,
        owner.id,
        "facilitator",
    )


def test_an_officer_registers_for_an_owner_anywhere(session: Session) -> None:
    business = registration.start(
        session, accounts.staff(session, "verifier"), for_another("081293000002", district_code=SANGKULIRANG)
    )
    assert business.source == "office"


@pytest.mark.parametrize(
    ("district", "village"),
    [(SANGKULIRANG, None), (SANGATTA_UTARA, "64.08.04.2001"), (SANGATTA_UTARA, None), (None, None)],
)
def test_a_facilitator_registers_in_the_own_village_only(
    session: Session, district: str | None, village: str | None
) -> None:
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA, village_code=TELUK_LINGGA)
    with pytest.raises(NotInYourPlace):
        registration.start(
            session, facilitator, for_another("081293000003", district_code=district, village_code=village)
        )
    assert count(session, Business) == 0
    assert session.exec(select(Account).where(Account.phone_e164 == "+6281293000003")).all() == []


def test_a_facilitator_does_not_carry_a_business_out_of_the_own_place(session: Session) -> None:
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    business = registration.start(session, facilitator, for_another("081293000004"))
    with pytest.raises(NotInYourPlace):
        registration.save_step(session, facilitator, business.id, BusinessDraft(district_code=SANGKULIRANG))


@pytest.mark.parametrize(
    ("owner", "field"),
    [(OwnerDraft(name="Pemilik", phone="123"), "owner.phone"), (OwnerDraft(phone="081293000005"), "owner.name")],
)
def test_a_fault_of_the_owner_is_named_beside_the_owners_field(session: Session, owner: OwnerDraft, field: str) -> None:
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    with pytest.raises(Invalid) as refusal:
        registration.start(session, facilitator, registry.draft(owner=owner))
    assert fields_of(refusal) == [field]


def test_a_facilitator_never_rewrites_a_person_who_is_registered_elsewhere(session: Session) -> None:
    account = accounts.person(session, name="Nama Sendiri", phone="081293000006")
    own = OwnerDraft(name="Nama Sendiri", nik="6408045708900777", sex="female")
    mine = accounts.actor(session, account)
    elsewhere = registration.start(session, mine, registry.draft(district_code=SANGKULIRANG, owner=own))
    registration.submit(session, mine, elsewhere.id)
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)

    for draft in (
        OwnerDraft(name="Nama Lain", phone="081293000006"),
        OwnerDraft(name="Nama Sendiri", phone="081293000006", nik="6408045708900778"),
    ):
        with pytest.raises(Invalid) as refusal:
            registration.start(session, facilitator, registry.draft(owner=draft))
        assert fields_of(refusal) == ["owner.name"]
        assert "Nama Sendiri" not in str([error.message for error in refusal.value.errors])

    owner = owner_of(session, elsewhere)
    assert owner.name == "Nama Sendiri"
    assert owner.nik_index == people.index_of("6408045708900777")
    again = registration.start(
        session, facilitator, registry.draft(owner=OwnerDraft(name="nama  sendiri", phone="081293000006"))
    )
    assert again.owner_id == elsewhere.owner_id


def test_a_facilitator_mends_the_draft_of_the_person_being_helped(session: Session) -> None:
    facilitator = accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)
    business = registration.start(session, facilitator, for_another("081293000007"))
    registration.save_step(
        session, facilitator, business.id, BusinessDraft(owner=OwnerDraft(name="Pemilik Benar", sex="female"))
    )
    assert owner_of(session, business).name == "Pemilik Benar"


# one NIK, one person ----------------------------------------------------------------------------------------------------


def test_a_nik_is_stored_sealed_and_nowhere_in_clear(session: Session) -> None:
    nik = registry.fresh_nik()
    business = registration.start(session, accounts.somebody(session), registry.draft(owner=OwnerDraft(nik=nik)))
    owner = owner_of(session, business)
    assert owner.nik_sealed is not None
    assert owner.nik_index is not None
    assert nik.encode() not in bytes(owner.nik_sealed)
    assert nik.encode() not in bytes(owner.nik_index)


def test_a_nik_is_registered_once_and_the_refusal_does_not_say_whose_it_is(session: Session) -> None:
    nik = registry.fresh_nik()
    first = registration.start(
        session, accounts.somebody(session), registry.draft(owner=OwnerDraft(name="Pemilik Pertama", nik=nik))
    )
    second = registration.start(session, accounts.somebody(session), registry.draft())
    other = accounts.actor(session, session.get_one(Account, owner_of(session, second).account_id))

    with pytest.raises(OwnerRegisteredElsewhere) as refusal:
        registration.save_step(session, other, second.id, BusinessDraft(owner=OwnerDraft(nik=nik)))

    told = str([error.message for error in refusal.value.errors])
    assert "Pertama" not in told
    assert nik not in told
    assert first.number not in told
    assert owner_of(session, second).nik_sealed is None


def test_one_owner_registers_several_businesses_with_one_nik(session: Session) -> None:
    owner, nik = accounts.somebody(session), registry.fresh_nik()
    first = registration.start(session, owner, registry.draft(owner=OwnerDraft(nik=nik)))
    second = registration.start(session, owner, registry.draft(owner=OwnerDraft(nik=nik)))
    assert first.owner_id == second.owner_id
    assert first.number != second.number
    assert first.slug != second.slug


def at_once(*acts: object) -> list[str]:
    answers: list[str] = []
    start = threading.Barrier(len(acts))

    def run(act: object) -> None:
        start.wait()
        try:
            act()  # type: ignore[operator]
            answers.append("done")
        except DomainError as refusal:
            answers.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers)


def test_one_nik_registered_by_several_people_at_once_makes_one_owner_with_it(database: Database) -> None:
    nik = registry.fresh_nik()
    with database.begin() as session:
        actors = [accounts.somebody(session) for _ in range(6)]

    def register(actor: Actor) -> None:
        with database.begin() as session:
            registration.start(session, actor, registry.draft(owner=OwnerDraft(nik=nik)))

    answers = at_once(*(lambda actor=actor: register(actor) for actor in actors))

    assert answers == ["OwnerRegisteredElsewhere"] * 5 + ["done"]
    with database.begin() as session:
        assert count(session, BusinessOwner) == 1
        assert count(session, Business) == 1


def test_two_first_businesses_of_one_person_at_once_have_one_owner(database: Database) -> None:
    with database.begin() as session:
        actor = accounts.somebody(session)

    def register() -> None:
        with database.begin() as session:
            registration.start(session, actor, registry.draft())

    assert at_once(*[register] * 5) == ["done"] * 5
    with database.begin() as session:
        assert count(session, BusinessOwner) == 1
        assert len(set(session.exec(select(Business.number)).all())) == 5


# whose it is ------------------------------------------------------------------------------------------------------------

EDITS = {
    "save_step": lambda session, actor, id: registration.save_step(session, actor, id, BusinessDraft(address="X")),
    "change": lambda session, actor, id: registration.change(session, actor, id, BusinessDraft(address="X")),
    "submit": registration.submit,
    "close": registration.close,
}


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize(
    "who", ["guest", "stranger", "analyst", "facilitator elsewhere", "verifier elsewhere", "former member"]
)
def test_a_foreign_business_is_missing_for_every_verb(session: Session, verb: str, who: str) -> None:
    business = registry.started(session)
    actor = {
        "guest": lambda: GUEST,
        "stranger": lambda: accounts.somebody(session),
        "analyst": lambda: accounts.staff(session, "analyst"),
        "facilitator elsewhere": lambda: accounts.staff(session, "facilitator", district_code=SANGKULIRANG),
        "verifier elsewhere": lambda: accounts.staff(session, "verifier", district_code=SANGKULIRANG),
        "former member": lambda: former_member(session, business),
    }[who]()

    refusals = []
    for business_id in (business.id, uuid4()):
        with pytest.raises(NotFound) as refusal:
            EDITS[verb](session, actor, business_id)
        refusals.append((type(refusal.value), refusal.value.sentence))

    assert refusals[0] == refusals[1]
    assert (business.status, business.address, business.version) == ("draft", None, 1)


def former_member(session: Session, business: Business) -> Actor:
    helper = accounts.somebody(session)
    assert helper.account_id is not None
    gone = registration.membership.add_owner(session, business, helper.account_id)
    gone.until = gone.since
    session.flush()
    return helper


@pytest.mark.parametrize("verb", EDITS)
@pytest.mark.parametrize("who", ["owner", "facilitator", "verifier"])
def test_those_who_may_act_leave_their_name_in_the_audit(session: Session, verb: str, who: str) -> None:
    owner = accounts.somebody(session)
    business = registry.started(session, owner)
    actor = {
        "owner": lambda: owner,
        "facilitator": lambda: accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA),
        "verifier": lambda: accounts.staff(session, "verifier"),
    }[who]()

    EDITS[verb](session, actor, business.id)

    newest = audit.of_subject(session, "business", business.id)[0]
    assert newest.actor_account_id == actor.account_id
    assert newest.beneficiary_account_id == owner.account_id
    assert newest.channel == ("facilitator" if who == "facilitator" else "web")


def test_no_personal_fact_is_in_any_audit_row_or_event(session: Session) -> None:
    owner = accounts.person(session, name="Kenari Sembilan", phone="081293111222")
    actor = accounts.actor(session, owner)
    nik = "6408045708906543"
    draft = registry.with_everything(owner=OwnerDraft(name="Kenari Sembilan", nik=nik, sex="female"))
    business = registration.start(session, actor, draft)
    registration.submit(session, actor, business.id)
    verifier = accounts.staff(session, "verifier")
    verification.send_back(session, verifier, business.id, reason="Alamat Kenari belum jelas", fields=["address"])
    registration.save_step(session, actor, business.id, draft)
    registration.submit(session, actor, business.id)
    verification.approve(session, verifier, business.id, ["identity", "nib"])
    registration.change(session, actor, business.id, BusinessDraft(turnover_amount=1_234_567_899))
    verification.suspend(session, verifier, business.id, reason="Kenari tidak di tempat")

    told = str([row.model_dump() for row in session.exec(select(AuditRecord))])
    told += str([row.model_dump() for row in session.exec(select(OutboxEvent))])
    assert business.number in told
    for canary in (
        nik,
        "81293111222",
        "1234567891",
        "1234567899",
        "987654321",
        "1234567890123",
        "Kenari",
        "Jalan Contoh",
    ):
        assert canary not in told
