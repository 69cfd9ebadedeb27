"""For whom a facilitator may vouch: people whose businesses all lie in the facilitator's own places."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.actor import Actor
from app.registry.models import ACTIVE, CLOSED, SUSPENDED, Business, Membership

Place = tuple[str, str | None]
DECIDED = (ACTIVE, SUSPENDED)


def place_of(session: Session, actor: Actor, account_id: UUID) -> Place | None:
    """The place (district, village) in which this facilitator knows the person, for `accounts.recovery.issue`; None when it
    is not for them to vouch.

    A facilitator can start a draft for any phone number, so a draft alone proves nothing: either the office has taken a
    business of the person into the register, or the account never had a password and there is nothing to take over.
    """
    businesses = session.exec(
        select(Business)
        .join(Membership, col(Membership.business_id) == Business.id)
        .where(
            Membership.account_id == account_id,
            Membership.role == "owner",
            col(Membership.until).is_(None),
            Business.status != CLOSED,
        )
        .order_by(col(Business.created_at))
    ).all()
    if not businesses or not all(actor.facilitates(row.district_code or "", row.village_code) for row in businesses):
        return None
    decided = [row for row in businesses if row.status in DECIDED]
    account = session.get(Account, account_id)
    if not decided and (account is None or account.password_hash is not None):
        return None
    known = (decided or businesses)[0]
    return (known.district_code or "", known.village_code)
