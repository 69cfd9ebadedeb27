"""What the office decides: with four eyes, in its own places, once, and only about what can have been checked."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.actor import GUEST, Actor
from app.audit import queries as audit
from app.errors import DomainError, Forbidden, Invalid, NotFound
from app.kit import clock, ids
from app.outbox.models import OutboxEvent
from app.reference import regency
from app.registry import membership, queries, registration, verification
from app.registry.errors import OwnDecision, WrongStatus
from app.registry.models import Business, BusinessVerification
from app.registry.queries import Badge
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.conftest import Database
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

Verb = Callable[[Session, Actor, UUID], Business]

VERBS: dict[str, Verb] = {
    "approve": verification.approve,
    "send_back": lambda session, actor, id: verification.send_back(
        session, actor, id, reason="Alamat belum jelas", fields=["address"]
    ),
    "reject": lambda session, actor, id: verification.reject(session, actor, id, reason="Bukan usaha"),
    "suspend": lambda session, actor, id: verification.suspend(session, actor, id, reason="Diperiksa"),
    "reinstate": verification.reinstate,
    "recheck": lambda session, actor, id: verification.recheck(session, actor, id, ["place"]),
}

WORKS = {
    "submitted": {"approve": "active", "send_back": "needs_correction", "reject": "rejected"},
    "active": {"suspend": "suspended", "recheck": "active"},
    "suspended": {"reinstate": "active"},
    "draft": {},
    "needs_correction": {},
    "rejected": {},
    "closed": {},
}

EVENTS = {
    "approve": "BusinessApproved",
    "send_back": "BusinessReturned",
    "reject": "BusinessRejected",
    "suspend": "BusinessSuspended",
    "reinstate": "BusinessReinstated",
    "recheck": "BusinessChanged",
}


def arranged(session: Session, status: str, owner: Actor | None = None) -> Business:
    """A business brought to that status by people who are not the test's officer."""
    owner = owner or accounts.somebody(session)
    business = registry.started(session, owner)
    if status == "draft":
        return business
    if status == "closed":
        return registration.close(session, owner, business.id)
    registration.submit(session, owner, business.id)
    steps = {
        "needs_correction": ["send_back"],
        "rejected": ["reject"],
        "active": ["approve"],
        "suspended": ["approve", "suspend"],
    }
    for step in steps.get(status, ()):
        VERBS[step](session, accounts.staff(session, "verifier"), business.id)
    return business


def facts(session: Session, business: Business) -> tuple[Any, ...]:
    session.flush()
    return (
        business.model_dump(),
        len(audit.of_subject(session, "business", business.id)),
        len(session.exec(select(OutboxEvent)).all()),
        len(session.exec(select(BusinessVerification)).all()),
    )


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", WORKS)
def test_every_decision_in_every_status_happens_whole_or_not_at_all(session: Session, status: str, verb: str) -> None:
    business, officer = arranged(session, status), accounts.staff(session, "verifier")
    before = facts(session, business)
    if verb not in WORKS[status]:
        with pytest.raises(WrongStatus):
            VERBS[verb](session, officer, business.id)
        assert facts(session, business) == before
        return
    version = business.version
    assert VERBS[verb](session, officer, business.id).status == WORKS[status][verb]
    assert business.version == version + 1
    event = session.exec(select(OutboxEvent).order_by(col(OutboxEvent.id).desc())).first()
    assert event is not None
    assert (event.kind, event.payload["number"]) == (EVENTS[verb], business.number)
    newest = audit.of_subject(session, "business", business.id)[0]
    assert newest.actor_account_id == officer.account_id
    assert newest.beneficiary_account_id == membership.owner_account(session, business.id)


def test_approving_dates_the_registration_once_and_says_who_decided(session: Session) -> None:
    owner, officer = accounts.somebody(session), accounts.staff(session, "verifier")
    business = registry.submitted(session, owner)
    with clock.at(NOON):
        verification.approve(session, officer, business.id)
    assert (business.registered_on, business.decided_at, business.decided_by) == (
        date(2026, 3, 1), NOON, officer.account_id,
    )  # fmt: skip
    with clock.at(NOON + timedelta(days=30)):
        verification.suspend(session, officer, business.id, reason="Diperiksa")
        verification.reinstate(session, officer, business.id)
    assert (business.registered_on, business.decision_reason) == (date(2026, 3, 1), None)


def test_returning_marks_the_fields_and_a_second_submission_clears_them(session: Session) -> None:
    owner, officer = accounts.somebody(session), accounts.staff(session, "verifier")
    business = registry.submitted(session, owner)
    verification.send_back(session, officer, business.id, reason=" Kurang jelas ", fields=["nib", "address", "nib"])
    assert (business.status, business.decision_reason, business.correction_fields) == (
        "needs_correction", "Kurang jelas", ["address", "nib"],
    )  # fmt: skip
    newest = audit.of_subject(session, "business", business.id)[0]
    assert newest.detail == {"fields": ["address", "nib"]}, "the reason is for the owner, not for the audit"
    registration.save_step(session, owner, business.id, BusinessDraft(address="Jalan Baru 1"))
    registration.submit(session, owner, business.id)
    assert (business.status, business.decision_reason, business.correction_fields) == ("submitted", None, [])


@pytest.mark.parametrize("fields", [[], ["address", "sandi"], ["id"], ["status"]])
def test_only_fields_of_the_form_can_be_marked(session: Session, fields: list[str]) -> None:
    business = registry.submitted(session)
    with pytest.raises(Invalid) as refusal:
        verification.send_back(session, accounts.staff(session, "verifier"), business.id, reason="", fields=fields)
    assert [error.field for error in refusal.value.errors] == ["reason", "fields"]
    assert business.status == "submitted"


@pytest.mark.parametrize(("reason", "code"), [("  ", "missing"), ("x" * 501, "too_long"), ("nu\0l", "unwritable")])
@pytest.mark.parametrize("verb", ["send_back", "reject", "suspend"])
def test_a_decision_against_somebody_has_a_reason(session: Session, verb: str, reason: str, code: str) -> None:
    business = arranged(session, "active" if verb == "suspend" else "submitted")
    more = {"fields": ["name"]} if verb == "send_back" else {}
    officer = accounts.staff(session, "verifier")
    before = facts(session, business)
    with pytest.raises(Invalid) as refusal:
        getattr(verification, verb)(session, officer, business.id, reason=reason, **more)
    assert [(error.field, error.code) for error in refusal.value.errors] == [("reason", code)]
    assert facts(session, business) == before


# checks and badges ---------------------------------------------------------------------------------------------------


def test_a_badge_says_what_was_checked_by_which_office_and_until_when(session: Session) -> None:
    business = registration.start(session, owner := accounts.somebody(session), registry.with_everything())
    registration.submit(session, owner, business.id)
    with clock.at(NOON):
        verification.approve(session, accounts.staff(session, "verifier"), business.id, ["nib", "identity", "nib"])
        badges = queries.by_id(session, business.id).badges
    assert badges == tuple(
        Badge(kind, regency.current().office_name, date(2026, 3, 1), date(2027, 3, 1))
        for kind in ("identity", "nib", "registry")
    )


def test_a_badge_counts_through_its_last_day_and_not_a_day_longer(session: Session) -> None:
    business = registry.submitted(session)
    with clock.at(NOON):
        verification.approve(session, accounts.staff(session, "verifier"), business.id, ["place"])
    # midnight in the regency is 16:00 UTC
    last_minute = datetime(2027, 3, 1, 15, 59, tzinfo=UTC)
    with clock.at(last_minute):
        assert [badge.kind for badge in queries.by_id(session, business.id).badges] == ["place", "registry"]
        assert [row.id for row in queries.listing(session, verified=True).items] == [business.id]
    with clock.at(last_minute + timedelta(minutes=1)):
        assert queries.by_id(session, business.id).badges == ()
        assert queries.listing(session, verified=True).items == []
        assert [row.id for row in queries.listing(session, verified=False).items] == [business.id]


def test_a_new_check_takes_the_place_of_the_old_one_which_stays_on_record(session: Session) -> None:
    officer = accounts.staff(session, "verifier")
    business = registry.submitted(session)
    with clock.at(NOON):
        verification.approve(session, officer, business.id, ["place"])
    with clock.at(NOON + timedelta(days=100)):
        verification.recheck(session, officer, business.id, ["place"])
        badges = {badge.kind: badge.checked_on for badge in queries.by_id(session, business.id).badges}
    assert badges == {"registry": date(2026, 3, 1), "place": date(2026, 6, 9)}
    rows = session.exec(
        select(BusinessVerification)
        .where(BusinessVerification.kind == "place")
        .order_by(col(BusinessVerification.checked_on))
    ).all()
    assert [row.withdrawn_at for row in rows] == [NOON + timedelta(days=100), None]


@pytest.mark.parametrize("checks", [["nib"], ["identity"], ["halal"], ["place", "nib", "identity"]])
def test_nothing_is_claimed_to_be_checked_that_is_not_there(session: Session, checks: list[str]) -> None:
    business, officer = registry.submitted(session), accounts.staff(session, "verifier")
    with pytest.raises(Invalid) as refusal:
        verification.approve(session, officer, business.id, checks)
    assert {error.field for error in refusal.value.errors} == {"checks"}
    assert (business.status, session.exec(select(BusinessVerification)).all()) == ("submitted", [])
    verification.approve(session, officer, business.id)
    for wrong in ([], checks):
        with pytest.raises(Invalid):
            verification.recheck(session, officer, business.id, wrong)


def test_the_database_keeps_one_live_check_of_a_kind(session: Session) -> None:
    registry.active(session)
    with pytest.raises(IntegrityError, match="uq_business_verification_live"), session.begin_nested():
        session.execute(
            text(
                "INSERT INTO business_verification (id, business_id, kind, checked_by, office, checked_on, valid_until)"
                " SELECT gen_random_uuid(), business_id, kind, checked_by, office, checked_on, valid_until"
                " FROM business_verification"
            )
        )


# four eyes -----------------------------------------------------------------------------------------------------------


def member(session: Session, business: Business) -> Actor:
    officer = accounts.staff(session, "administrator")
    assert officer.account_id is not None
    membership.add_owner(session, business, officer.account_id)
    return officer


def editor(session: Session, business: Business) -> Actor:
    officer = accounts.staff(session, "administrator")
    assert officer.account_id is not None
    business.edited_by = [*business.edited_by, str(officer.account_id)]
    session.flush()
    return officer


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("involved", [member, editor])
def test_nobody_decides_what_they_own_or_edited(
    session: Session, verb: str, involved: Callable[[Session, Business], Actor]
) -> None:
    status = next(status for status, verbs in WORKS.items() if verb in verbs)
    business = arranged(session, status)
    officer = involved(session, business)
    before = facts(session, business)
    with pytest.raises(OwnDecision):
        VERBS[verb](session, officer, business.id)
    assert facts(session, business) == before


def test_an_officer_who_registered_a_business_needs_a_colleague(session: Session) -> None:
    officer = accounts.staff(session, "verifier")
    business = registration.start(
        session, officer, registry.draft(owner=OwnerDraft(name="Pemilik Uji", phone="081293007001"))
    )
    registration.submit(session, officer, business.id)
    with pytest.raises(OwnDecision):
        verification.approve(session, officer, business.id)
    assert verification.approve(session, accounts.staff(session, "verifier"), business.id).status == "active"


@pytest.mark.parametrize("verb", VERBS)
def test_who_may_act_for_it_but_not_decide_is_told_so(session: Session, verb: str) -> None:
    owner = accounts.somebody(session)
    status = next(status for status, verbs in WORKS.items() if verb in verbs)
    business = arranged(session, status, owner)
    before = facts(session, business)
    for actor in (owner, accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA)):
        with pytest.raises(Forbidden):
            VERBS[verb](session, actor, business.id)
    session.flush()
    assert business.status == before[0]["status"]


@pytest.mark.parametrize("verb", VERBS)
def test_for_everybody_else_it_is_missing(session: Session, verb: str) -> None:
    status = next(status for status, verbs in WORKS.items() if verb in verbs)
    business = arranged(session, status)
    strangers = [
        GUEST,
        accounts.somebody(session),
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code=SANGKULIRANG),
        accounts.staff(session, "verifier", district_code=SANGKULIRANG),
        accounts.staff(session, "verifier", district_code=SANGATTA_UTARA, village_code=TELUK_LINGGA),
    ]
    before = facts(session, business)
    sentences = set()
    for actor, business_id in [
        *((actor, business.id) for actor in strangers),
        (accounts.staff(session, "verifier"), ids.uuid7()),
    ]:
        with pytest.raises(NotFound) as refusal:
            VERBS[verb](session, actor, business_id)
        sentences.add(refusal.value.sentence)
    assert len(sentences) == 1
    session.refresh(business)
    assert business.model_dump() == before[0]


def test_two_officers_at_once_decide_once(database: Database) -> None:
    with database.begin() as session:
        business = registry.submitted(session)
        officers = [accounts.staff(session, "verifier") for _ in range(6)]
        acts = [VERBS["approve"], VERBS["reject"]] * 3

    def decide(turn: int) -> str:
        try:
            with database.begin() as session:
                return acts[turn](session, officers[turn], business.id).status
        except DomainError as refusal:
            return refusal.code

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(decide, range(6)))
    assert outcomes.count("wrong_status") == 5
    with database.begin() as session:
        decided = session.exec(
            select(OutboxEvent.kind).where(col(OutboxEvent.kind).in_(("BusinessApproved", "BusinessRejected")))
        ).all()
        assert len(decided) == 1
