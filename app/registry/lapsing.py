"""A check counts for what was checked: when that fact changes, the check ends, and its badge with it."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, select

from app.actor import Actor
from app.audit import record
from app.kit import clock
from app.outbox import publish
from app.registry.events import BusinessChanged
from app.registry.models import ACTIVE, Business, BusinessOwner, BusinessVerification

CHECKED: dict[str, tuple[str, ...]] = {
    "place": ("district_code", "village_code", "address"),
    "nib": ("nib",),
    "product": ("main_product",),
}
"""Which facts each kind of check is about. `identity` is about the owner; `registry` is about the declaration as a whole, which
the owner may keep up to date."""

Facts = dict[str, tuple[object, ...]]


def facts(business: Business) -> Facts:
    """What is checked of a business, as it stands."""
    return {kind: tuple(getattr(business, field) for field in fields) for kind, fields in CHECKED.items()}


def end_changed(session: Session, actor: Actor, business: Business, before: Facts) -> None:
    """End the checks of facts that are no longer what they were `before`."""
    now = facts(business)
    end(session, actor, business, [kind for kind in CHECKED if now[kind] != before[kind]])


def end_identity(session: Session, actor: Actor, owner: BusinessOwner) -> None:
    """The owner's name, NIK or sex became another: whoever's card was checked, this is not that person as known."""
    for business in session.exec(select(Business).where(Business.owner_id == owner.id).order_by(col(Business.id))):
        if end(session, actor, business, ["identity"]) and business.status == ACTIVE:
            business.version += 1
            publish.announce(session, BusinessChanged(business.id, business.number, business.version))


def end(session: Session, actor: Actor, business: Business, kinds: Collection[str]) -> bool:
    """Whether there were checks to end."""
    standing = session.exec(
        select(BusinessVerification).where(
            BusinessVerification.business_id == business.id,
            col(BusinessVerification.kind).in_(kinds),
            col(BusinessVerification.withdrawn_at).is_(None),
        )
    ).all()
    for check in standing:
        check.withdrawn_at = clock.now()
    if standing:
        session.flush()
        record.note(
            session,
            actor,
            action="business.checks_ended",
            subject_kind="business",
            subject_id=business.id,
            detail={"checks": sorted(check.kind for check in standing)},
        )
    return bool(standing)
