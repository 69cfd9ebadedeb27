"""Owners are told what the office decided about their business: reactions of this domain."""

from __future__ import annotations

from sqlmodel import Session

from app.db import Transactions
from app.notifications import recipients, sending
from app.notifications.models import Fact
from app.notifications.sending import Notice
from app.registry import events
from app.registry.models import Business


def on_business_approved(begin: Transactions, event: events.BusinessApproved) -> None:
    with begin() as session:
        business = session.get_one(Business, event.business_id)
        tell_owner(session, "business_approved", business, f"/usaha/{business.slug}")


def on_business_returned(begin: Transactions, event: events.BusinessReturned) -> None:
    with begin() as session:
        tell_decision(session, "business_returned", session.get_one(Business, event.business_id))


def on_business_rejected(begin: Transactions, event: events.BusinessRejected) -> None:
    with begin() as session:
        tell_decision(session, "business_rejected", session.get_one(Business, event.business_id))


def on_business_suspended(begin: Transactions, event: events.BusinessSuspended) -> None:
    with begin() as session:
        tell_decision(session, "business_suspended", session.get_one(Business, event.business_id))


def on_business_reinstated(begin: Transactions, event: events.BusinessReinstated) -> None:
    with begin() as session:
        business = session.get_one(Business, event.business_id)
        tell_owner(session, "business_reinstated", business, f"/usaha/{business.slug}")


def tell_decision(session: Session, event: str, business: Business) -> None:
    tell_owner(session, event, business, f"/jual/usaha/{business.number}", reason=business.decision_reason)


def tell_owner(session: Session, event: str, business: Business, path: str, **more: Fact) -> None:
    """The moment of the decision tells it from the next one: a business may be returned twice."""
    decision = business.decided_at.isoformat() if business.decided_at else str(business.version)
    for account_id in recipients.of_business(session, business.id):
        notice = Notice(
            template=f"{event}/owner",
            facts={"business": business.name, "number": business.number, **more},
            dedupe_key=f"{event}/owner:{business.id}:{decision}:{account_id}",
            thread=f"business:{business.id}:{account_id}",
            district_code=business.district_code,
            village_code=business.village_code,
            link_path=path,
            happened_at=business.decided_at,
        )
        sending.to_account(session, account_id, notice)
