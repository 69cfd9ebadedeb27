"""What the office decides: approve with checks, send back with marked fields, reject, suspend, reinstate."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select

from app.actor import Actor
from app.audit import record
from app.errors import FieldError, Forbidden, Invalid, NotFound
from app.kit import clock
from app.outbox import publish
from app.reference import regency
from app.registry import membership, rules
from app.registry.errors import OwnDecision, WrongStatus
from app.registry.events import (
    BusinessApproved,
    BusinessChanged,
    BusinessEvent,
    BusinessReinstated,
    BusinessRejected,
    BusinessReturned,
    BusinessSuspended,
)
from app.registry.models import (
    ACTIVE,
    CHECK_KINDS,
    NEEDS_CORRECTION,
    REJECTED,
    SUBMITTED,
    SUSPENDED,
    Business,
    BusinessOwner,
    BusinessVerification,
)

CORRECTABLE = (
    "name", "owner.name", "owner.nik", "owner.sex", "district_code", "village_code", "address", "main_product", "kbli",
    "started_on", "nib", "capital_amount", "turnover_amount", "workers_male", "workers_female",
)  # fmt: skip
"""The fields an officer can mark when sending a registration back."""

LONGEST_REASON = 500


def approve(session: Session, actor: Actor, business_id: UUID, checks: Sequence[str] = ()) -> Business:
    """Take it into the register, with what was checked. Raises NotFound, Forbidden, OwnDecision, WrongStatus, Invalid.

    Approving is itself a check of what was declared (`registry`); nothing else is claimed that the officer did not tick. Each
    check counts for a year from today; only a NIK or NIB that is there can have been checked.
    """
    business = for_decision(session, actor, business_id)
    checks = ("registry", *checks)
    faults = check_faults(session, business, checks)
    if faults:
        raise Invalid(*faults)
    move(business, actor, SUBMITTED, ACTIVE)
    business.registered_on = business.registered_on or clock.today()
    business.correction_fields, business.decision_reason = [], None
    confirm(session, actor, business, checks)
    session.flush()
    decided(session, actor, business, "business.approved", BusinessApproved, {"checks": sorted(set(checks))})
    return business


def send_back(session: Session, actor: Actor, business_id: UUID, *, reason: str, fields: Sequence[str]) -> Business:
    """Back to the owner with the fields to mend marked. Raises Invalid without a reason or a known field."""
    business = for_decision(session, actor, business_id)
    faults = reason_faults(reason)
    if not fields or any(field not in CORRECTABLE for field in fields):
        faults.append(FieldError("fields", "invalid", "Tandai isian yang perlu diperbaiki."))
    if faults:
        raise Invalid(*faults)
    move(business, actor, SUBMITTED, NEEDS_CORRECTION)
    business.correction_fields, business.decision_reason = sorted(set(fields)), reason.strip()
    session.flush()
    decided(session, actor, business, "business.returned", BusinessReturned, {"fields": sorted(set(fields))})
    return business


def reject(session: Session, actor: Actor, business_id: UUID, *, reason: str) -> Business:
    """Not a business of this register. Raises Invalid without a reason."""
    business = for_decision(session, actor, business_id)
    refuse_without(reason)
    move(business, actor, SUBMITTED, REJECTED)
    business.decision_reason = reason.strip()
    session.flush()
    decided(session, actor, business, "business.rejected", BusinessRejected)
    return business


def suspend(session: Session, actor: Actor, business_id: UUID, *, reason: str) -> Business:
    """Take it off sale at once: its shop and goods are invisible from the next read on."""
    business = for_decision(session, actor, business_id)
    refuse_without(reason)
    move(business, actor, ACTIVE, SUSPENDED)
    business.decision_reason = reason.strip()
    session.flush()
    decided(session, actor, business, "business.suspended", BusinessSuspended)
    return business


def reinstate(session: Session, actor: Actor, business_id: UUID) -> Business:
    business = for_decision(session, actor, business_id)
    move(business, actor, SUSPENDED, ACTIVE)
    business.decision_reason = None
    session.flush()
    decided(session, actor, business, "business.reinstated", BusinessReinstated)
    return business


def recheck(session: Session, actor: Actor, business_id: UUID, checks: Sequence[str]) -> Business:
    """Check an active business again: the old check is withdrawn, the new one counts for a year."""
    business = for_decision(session, actor, business_id)
    if business.status != ACTIVE:
        raise WrongStatus
    faults = check_faults(session, business, checks)
    if faults:
        raise Invalid(*faults)
    confirm(session, actor, business, checks)
    business.version += 1
    session.flush()
    note(session, actor, business, "business.rechecked", {"checks": sorted(set(checks))})
    publish.announce(session, BusinessChanged(business.id, business.number, business.version))
    return business


def for_decision(session: Session, actor: Actor, business_id: UUID) -> Business:
    """The business, locked, for an officer of its place who neither owns nor edited it. Who may see it but not decide it
    (owner, facilitator) is told so; for everybody else it is missing."""
    business = session.exec(
        select(Business)
        .where(Business.id == business_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if business is None or not membership.acts_for(session, actor, business):
        raise NotFound
    if not rules.keeps_register(actor, business.district_code, business.village_code):
        raise Forbidden("Hanya petugas pemeriksa dinas yang dapat memutuskan ini.")
    if not rules.may_decide(actor.account_id, owner_account_id=None, edited_by=business.edited_by) or (
        actor.account_id in membership.member_accounts(session, business.id)
    ):
        raise OwnDecision
    return business


def move(business: Business, actor: Actor, before: str, after: str) -> None:
    if business.status != before:
        raise WrongStatus
    business.move_to(after)
    business.decided_at = clock.now()
    business.decided_by = actor.account_id


def confirm(session: Session, actor: Actor, business: Business, checks: Sequence[str]) -> None:
    if actor.account_id is None:
        raise Forbidden
    today = clock.today()
    for kind in sorted(set(checks)):
        standing = session.exec(
            select(BusinessVerification).where(
                BusinessVerification.business_id == business.id,
                BusinessVerification.kind == kind,
                col(BusinessVerification.withdrawn_at).is_(None),
            )
        ).one_or_none()
        if standing is not None:
            standing.withdrawn_at = clock.now()
            session.flush()
        session.add(
            BusinessVerification(
                business_id=business.id,
                kind=kind,
                checked_by=actor.account_id,
                office=regency.current().office_name,
                checked_on=today,
                valid_until=today + rules.CHECK_COUNTS_FOR,
            )
        )


def check_faults(session: Session, business: Business, checks: Sequence[str]) -> list[FieldError]:
    if not checks or any(kind not in CHECK_KINDS for kind in checks):
        return [FieldError("checks", "invalid", "Tandai apa saja yang sudah diperiksa.")]
    found = []
    if "nib" in checks and business.nib is None:
        found.append(
            FieldError("checks", "nothing_to_check", "NIB belum diisi, jadi belum dapat ditandai sudah diperiksa.")
        )
    if "identity" in checks:
        owner = session.get(BusinessOwner, business.owner_id) if business.owner_id else None
        if owner is None or owner.nik_index is None:
            found.append(
                FieldError(
                    "checks", "nothing_to_check", "NIK pemilik belum diisi, jadi identitas belum dapat ditandai."
                )
            )
    return found


def reason_faults(reason: str) -> list[FieldError]:
    if not reason.strip():
        return [FieldError("reason", "missing", "Tulis alasannya: pemilik akan membacanya.")]
    return rules.text_faults("reason", reason, LONGEST_REASON, "Alasan")


def refuse_without(reason: str) -> None:
    faults = reason_faults(reason)
    if faults:
        raise Invalid(*faults)


def decided(
    session: Session,
    actor: Actor,
    business: Business,
    action: str,
    event: type[BusinessEvent],
    detail: dict[str, object] | None = None,
) -> None:
    note(session, actor, business, action, detail)
    publish.announce(session, event(business.id, business.number))


def note(
    session: Session, actor: Actor, business: Business, action: str, detail: dict[str, object] | None = None
) -> None:
    record.note(
        session,
        actor,
        action=action,
        subject_kind="business",
        subject_id=business.id,
        detail=detail,
        beneficiary=membership.owner_account(session, business.id),
    )
