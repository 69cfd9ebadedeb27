"""Who may act for a business."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, exists
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from app.actor import Actor
from app.db import Prepared
from app.kit import clock
from app.registry import rules
from app.registry.models import Business, Membership

ACCOUNT, BUSINESS = bindparam("account", type_=Uuid()), bindparam("business", type_=Uuid())


def held_by(account_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether that account is a member of the business a read is about, for reads that ask for the permission with the thing."""
    return exists().where(
        col(Membership.business_id) == Business.id,
        col(Membership.account_id) == account_id,
        col(Membership.until).is_(None),
    )


MEMBER = Prepared(
    select(Membership.id).where(
        Membership.business_id == BUSINESS, Membership.account_id == ACCOUNT, col(Membership.until).is_(None)
    )
)
OWNER = Prepared(
    select(Membership.account_id)
    .where(Membership.business_id == BUSINESS, Membership.role == "owner", col(Membership.until).is_(None))
    .order_by(col(Membership.since))
    .limit(1)
)


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
    return MEMBER.rows(session, account=account_id, business=business_id).first() is not None


def owner_account(session: Session, business_id: UUID) -> UUID | None:
    """The account of the owner, who is told what is decided; of several the first."""
    found: UUID | None = OWNER.rows(session, business=business_id).scalar_one_or_none()
    return found


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
