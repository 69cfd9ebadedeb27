"""Buyers, sellers and the office are told where money stands: reactions of this domain."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.db import Transactions
from app.notifications import recipients, sending, telling
from app.notifications.models import Fact
from app.notifications.sending import Notice
from app.orders.models import CustomerOrder, OrderGroup
from app.payments import events
from app.payments.models import DIRECT, Payment, Refund

OFFICE_PAGE = "/dinas/pembayaran"


def on_payment_needs_review(begin: Transactions, event: events.PaymentNeedsReview) -> None:
    """The buyer need not fear for the money; the office has something to decide."""
    with begin() as session:
        group = session.get_one(OrderGroup, event.group_id)
        order = first_order(session, group.id)
        subject = f"{event.payment_id}:{event.amount}"
        notice = Notice(
            template="payment_needs_review/buyer",
            facts={"number": group.number},
            dedupe_key=f"payment_needs_review/buyer:{subject}",
            thread=f"payment:{event.payment_id}:buyer",
            district_code=order.district_code,
            village_code=order.village_code,
            order_group_id=group.id,
            link_path=f"/pesanan/{group.number}",
        )
        telling.tell_whoever_ordered(session, group, notice)
        tell_office(session, "payment_needs_review", subject, {"number": group.number, "amount": event.amount})


def on_refund_opened(begin: Transactions, event: events.RefundOpened) -> None:
    """What no gateway sends back by itself is for whoever holds the money: the seller, or the office."""
    if not event.manual:
        return
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        payment = session.get_one(Payment, session.get_one(Refund, event.refund_id).payment_id)
        if payment.method in DIRECT:
            telling.tell_seller(session, "refund_opened", order, subject=event.refund_id, amount=event.amount)
        else:
            facts: dict[str, Fact] = {
                "number": order.number,
                "business": order.business_name,
                "amount": event.amount,
            }
            tell_office(session, "refund_opened", str(event.refund_id), facts)


def on_refund_succeeded(begin: Transactions, event: events.RefundSucceeded) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        telling.tell_buyer(session, "refund_succeeded", order, subject=event.refund_id, amount=event.amount)


def first_order(session: Session, group_id: UUID) -> CustomerOrder:
    """The order whose place decides on which desk a message about the whole checkout lies."""
    query = select(CustomerOrder).where(CustomerOrder.group_id == group_id)
    return session.exec(query.order_by(col(CustomerOrder.position)).limit(1)).one()


def tell_office(session: Session, event: str, subject: str, facts: dict[str, Fact]) -> None:
    """To those of the office who decide about money."""
    accounts = {*recipients.with_role(session, "administrator"), *recipients.with_role(session, "verifier")}
    for account_id in sorted(accounts):
        notice = Notice(
            template=f"{event}/office",
            facts=facts,
            dedupe_key=f"{event}/office:{subject}:{account_id}",
            thread=f"{event}:{subject}:{account_id}",
            link_path=OFFICE_PAGE,
        )
        sending.to_account(session, account_id, notice)
