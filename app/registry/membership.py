"""Who may act for a business."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from app.actor import Actor
from app.kit import clock
from app.registry import rules
from app.registry.models import Business, Membership


def add_owner(session: Session, business: Business, account_id: UUID) -> Membership:
    made = Membership(business_id=business.id, account_id=account_id, role="owner", since=clock.now())
    session.add(made)
    session.flush()
    return made


def acts_for(session: Session, actor: Actor, business: Business) -> bool:
    """Whether the actor may act for this business: a member, a facilitator of its place, an officer who keeps the register
    there."""
    if actor.account_id is None:
        return False
    if rules.keeps_register(actor, business.district_code, business.village_code):
        return True
    if is_member(session, actor.account_id, business.id):
        return True
    return business.district_code is not None and actor.facilitates(business.district_code, business.village_code)


def is_member(session: Session, account_id: UUID, business_id: UUID) -> bool:
    found = session.exec(
        select(Membership.id).where(
            Membership.business_id == business_id, Membership.account_id == account_id, col(Membership.until).is_(None)
        )
    ).first()
    return found is not None


def owner_account(session: Session, business_id: UUID) -> UUID | None:
    """The account of the owner, who is told what is decided."""
    return owner_accounts(session, [business_id]).get(business_id)


def owner_accounts(session: Session, business_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The owners' accounts by business; of several owners the first."""
    owners = (
        select(Membership.business_id, Membership.account_id)
        .ext(distinct_on(col(Membership.business_id)))
        .where(
            col(Membership.business_id).in_(business_ids), Membership.role == "owner", col(Membership.until).is_(None)
        )
        .order_by(col(Membership.business_id), col(Membership.since))
    )
    return dict(session.exec(owners).all())


def member_accounts(session: Session, business_id: UUID) -> list[UUID]:
    return list(
        session.exec(
            select(Membership.account_id).where(Membership.business_id == business_id, col(Membership.until).is_(None))
        )
    )
