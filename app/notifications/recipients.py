"""Who stands behind a business or an office: the accounts a message goes to."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.registry.models import Business, BusinessOwner, Membership


def of_business(session: Session, business_id: UUID) -> list[UUID]:
    """Everybody who may act for a business now; its owner when nobody else is named. Empty for an unclaimed import."""
    members = select(Membership.account_id).where(
        Membership.business_id == business_id, col(Membership.until).is_(None)
    )
    found = list(session.exec(members.order_by(col(Membership.since), col(Membership.account_id))))
    if found:
        return found
    owner = (
        select(BusinessOwner.account_id)
        .join(Business, col(Business.owner_id) == col(BusinessOwner.id))
        .where(Business.id == business_id)
    )
    return list(session.exec(owner))


def with_role(session: Session, role: str) -> list[UUID]:
    """The active accounts that hold a role for the whole regency."""
    query = (
        select(RoleGrant.account_id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(
            RoleGrant.role == role,
            col(RoleGrant.revoked_at).is_(None),
            col(RoleGrant.district_code).is_(None),
            Account.status == "active",
        )
        .distinct()
    )
    return sorted(session.exec(query))
