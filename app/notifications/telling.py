"""Who is told what when something happens to an order: reactions of this domain.

Each may be delivered more than once; a message is made once for each event, order and side. Whoever did a thing
themselves is not told of it.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.db import Transactions
from app.notifications import recipients, sending
from app.notifications.models import Fact
from app.notifications.sending import Notice
from app.orders import events
from app.orders.models import CustomerOrder, OrderEvent, OrderGroup


def on_order_placed(begin: Transactions, event: events.OrderPlaced) -> None:
    """The buyer gets the link; the seller hears of it when it is theirs to answer (a prepaid order only once it is
    paid)."""
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        waits_for = "seller" if waits_for_seller(order) else "payment"
        tell_buyer(session, "order_placed", order, order.placed_at, waits_for=waits_for)
        if waits_for == "seller":
            tell_seller(session, "order_placed", order, order.placed_at)


def on_order_agreed(begin: Transactions, event: events.OrderAgreed) -> None:
    with begin() as session:
        tell_buyer(session, "order_agreed", session.get_one(CustomerOrder, event.order_id))


def on_order_paid(begin: Transactions, event: events.OrderPaid) -> None:
    """Cash is paid hand in hand: nobody needs a message about that."""
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        if order.payment_method != "cod":
            tell_buyer(session, "order_paid", order, event.paid_at)
            tell_seller(session, "order_paid", order, event.paid_at)


def on_order_accepted(begin: Transactions, event: events.OrderAccepted) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        tell_buyer(session, "order_accepted", order, order.accepted_at)


def on_order_rejected(begin: Transactions, event: events.OrderRejected) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        tell_buyer(session, "order_rejected", order, order.ended_at, reason=order.reason, was_paid=event.was_paid)


def on_order_ready(begin: Transactions, event: events.OrderReady) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        tell_buyer(
            session,
            "order_ready",
            order,
            order.ready_at,
            delivery_method=order.delivery_method,
            pickup_address=order.pickup_address,
        )


def on_order_handed_over(begin: Transactions, event: events.OrderHandedOver) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        tell_buyer(session, "order_handed_over", order, order.handed_over_at, delivery_method=order.delivery_method)


def on_order_expired(begin: Transactions, event: events.OrderExpired) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        silent_seller = waits_for_seller(order) and order.accepted_at is None
        tell_buyer(session, "order_expired", order, order.ended_at, waited_for="seller" if silent_seller else "payment")
        if silent_seller:
            tell_seller(session, "order_expired", order, order.ended_at)


def on_order_cancelled(begin: Transactions, event: events.OrderCancelled) -> None:
    with begin() as session:
        order = session.get_one(CustomerOrder, event.order_id)
        party = cancelled_by(session, order)
        if party != "buyer" or event.was_paid:
            tell_buyer(session, "order_cancelled", order, order.ended_at, reason=order.reason, was_paid=event.was_paid)
        known_to_seller = waits_for_seller(order) or event.was_paid
        if party != "seller" and known_to_seller:
            tell_seller(session, "order_cancelled", order, order.ended_at, reason=order.reason)


def waits_for_seller(order: CustomerOrder) -> bool:
    """Whether the seller had to answer before anything was paid."""
    return order.ask_first or order.payment_method == "cod"


def cancelled_by(session: Session, order: CustomerOrder) -> str | None:
    query = select(OrderEvent.party).where(OrderEvent.order_id == order.id, OrderEvent.to_status == "cancelled")
    return session.exec(query.order_by(col(OrderEvent.id).desc()).limit(1)).first()


def order_facts(order: CustomerOrder) -> dict[str, Fact]:
    return {"number": order.number, "business": order.business_name, "total_amount": order.total_amount}


def tell_buyer(
    session: Session,
    event: str,
    order: CustomerOrder,
    at: datetime | None = None,
    *,
    subject: UUID | None = None,
    **more: Fact,
) -> None:
    """To whoever placed the order. `subject` is what the message is about if there may be several in one order (a
    refund)."""
    group = session.get_one(OrderGroup, order.group_id)
    about = subject or order.id
    notice = Notice(
        template=f"{event}/buyer",
        facts=order_facts(order) | more,
        dedupe_key=f"{event}/buyer:{about}",
        thread=f"order:{about}:buyer",
        district_code=order.district_code,
        village_code=order.village_code,
        order_group_id=group.id,
        link_path=f"/pesanan/{group.number}",
        happened_at=at,
    )
    tell_whoever_ordered(session, group, notice)


def tell_whoever_ordered(session: Session, group: OrderGroup, notice: Notice) -> None:
    """Their account if they were signed in when ordering, else the number they gave."""
    if group.account_id is not None:
        sending.to_account(session, group.account_id, notice)
    else:
        sending.to_phone(session, group.contact_phone, notice, name=group.contact_name)


def tell_seller(
    session: Session,
    event: str,
    order: CustomerOrder,
    at: datetime | None = None,
    *,
    subject: UUID | None = None,
    **more: Fact,
) -> None:
    """To everybody who may act for the business; `subject` as with the buyer."""
    about = subject or order.id
    for account_id in recipients.of_business(session, order.business_id):
        notice = Notice(
            template=f"{event}/seller",
            facts=order_facts(order) | more,
            dedupe_key=f"{event}/seller:{about}:{account_id}",
            thread=f"order:{about}:seller:{account_id}",
            district_code=order.district_code,
            village_code=order.village_code,
            link_path=f"/jual/pesanan/{order.number}",
            happened_at=at,
        )
        sending.to_account(session, account_id, notice)
