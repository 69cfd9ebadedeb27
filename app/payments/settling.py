"""Settle: record that a payment happened. Order, stock and money book in one transaction, whoever brings the news.

The webhook's worker, the page the buyer comes back to and reconciliation all end here, with the charge as its gateway tells it
now; sellers end here when they confirm money they received. What a payment becomes depends on what it is at this moment, so
news may come twice, late and in any order.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.actor import SYSTEM, Actor
from app.audit import record
from app.catalogue import queries as catalogue
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock
from app.orders import cancelling, fulfilment, placing
from app.orders import models as orders
from app.orders.errors import HoldLost, MoveRefused
from app.orders.models import CustomerOrder
from app.outbox import publish
from app.payments import checkout, locking, models, posting, refunds
from app.payments.errors import NotPayable, OtherAmount
from app.payments.events import PaymentNeedsReview
from app.payments.locking import Held
from app.payments.models import GATEWAYS, Payment
from app.payments.providers.port import Seen

RECEIVED = (models.PAID, models.REVIEW)


def sync(begin: Transactions, payment_id: UUID) -> str:
    """Ask the gateway for the charge and settle by its answer. Returns the status of the payment then.

    Raises NotFound, GatewayDown. A payment nobody was asked about yet, or of no gateway, is left as it is.
    """
    with begin() as session:
        payment = session.get(Payment, payment_id)
        if payment is None:
            raise NotFound
    if payment.method not in GATEWAYS or payment.provider_ref is None:
        return payment.status
    gateway = checkout.gateway_of(payment, begin)
    seen = gateway.fetch(payment.provider_ref)
    with begin() as session:
        settle(session, payment_id, seen, livemode=gateway.livemode)
        return session.get_one(Payment, payment_id).status


def settle(session: Session, payment_id: UUID, seen: Seen, *, livemode: bool) -> str:
    """Make the payment what its charge is. Returns what came of it: `paid`, `review`, `processing`, `expired`, `failed`,
    `cancelled`, `already` (nothing new), `foreign` (not ours: another shop, environment or mode).

    Never raises for what a gateway may say. Raises NotFound for a payment that does not exist.
    """
    held = locking.held(session, payment_id)
    payment = held.payment
    if not seen.ours or seen.livemode != livemode or seen.payment_id not in (None, payment.id) or held.direct:
        return "foreign"
    other_charge = payment.provider_ref not in (None, seen.ref)
    payment.looked_at = clock.now()
    if seen.state == "paid":
        if payment.status in RECEIVED:
            return paid_twice(session, held, seen) if other_charge else "already"
        payment.provider_ref = seen.ref
        return collected(session, held, seen)
    if other_charge:
        return "already"
    payment.provider_ref = seen.ref
    if seen.state == "processing":
        return processing(session, held)
    if seen.state in ("expired", "failed"):
        return close(session, held, seen.state)
    return "already"


def processing(session: Session, held: Held) -> str:
    if held.payment.status not in (models.CREATED, models.PENDING):
        return "already"
    move(session, SYSTEM, held.payment, models.PROCESSING)
    return models.PROCESSING


def close(session: Session, held: Held, status: str) -> str:
    """No money will come: the payment is over, and so is the wait of its orders, whose stock is free again."""
    if not held.live:
        return "already"
    ended = {order.status for order in held.orders}
    if not held.awaited and orders.EXPIRED not in ended:
        status = models.CANCELLED
    move(session, SYSTEM, held.payment, status)
    for order in held.orders:
        cancelling.expire(session, order.id)
    return status


def collected(session: Session, held: Held, seen: Seen) -> str:
    """Money came through a gateway. Only exactly what was asked for makes a sale; anything else waits in suspense for a
    decision."""
    if seen.currency != held.payment.currency or seen.amount is None:
        return unreadable(session, held)
    held.payment.received_amount = seen.amount
    if seen.amount != held.payment.amount:
        return unfitting(session, held, "amount")
    return fitted(session, SYSTEM, held)


def unreadable(session: Session, held: Held) -> str:
    """Money of another currency, or of parts of a rupiah: the book cannot hold it, so somebody must look at the gateway."""
    held.payment.review_reason = "currency"
    close_orders(session, held)
    needs_review(session, held.payment, 0)
    return models.REVIEW


def unfitting(session: Session, held: Held, reason: str) -> str:
    """A whole sum that fits no order: all of it to suspense, and all of it is to go back."""
    payment = held.payment
    payment.review_reason = reason
    close_orders(session, held)
    if payment.received_amount == 0:
        needs_review(session, payment, 0)
        return models.REVIEW
    posting.received(session, held)
    needs_review(session, payment, payment.received_amount)
    refunds.open_of_suspense(session, held, held.orders[0].id, payment.received_amount, reason=reason)
    return models.REVIEW


def close_orders(session: Session, held: Held) -> None:
    """The page is used up: these orders cannot be paid on it any more."""
    for order in held.orders:
        cancelling.expire(session, order.id)


def fitted(session: Session, actor: Actor, held: Held) -> str:
    """The exact sum came: every order that can still become a sale does; the shares of the others wait in suspense and go
    back."""
    payment = held.payment
    paid_at = clock.now()
    homeless = []
    for order in held.orders:
        sold = sell(session, order, held)
        held.shares[order.id].state = "sold" if sold else "suspense"
        homeless += [] if sold else [order]
    status = models.REVIEW if len(homeless) == len(held.orders) else models.PAID
    payment.paid_at = paid_at
    payment.review_reason = "order_ended" if homeless else None
    session.flush()
    posting.received(session, held)
    if not homeless:
        move(session, actor, payment, status)
        return status
    if status == models.PAID:
        move(session, actor, payment, status)
        publish_review(session, payment, sum(held.shares[order.id].amount for order in homeless))
    else:
        needs_review(session, payment, payment.received_amount, actor=actor)
    for order in homeless:
        share = held.shares[order.id]
        refunds.open_of_suspense(session, held, order.id, share.amount, reason="order_ended", of_share=True)
    return status


def sell(session: Session, order: CustomerOrder, held: Held) -> bool:
    """Whether the money made this order a sale: one that waits for it, or one that expired and whose stock is still free."""
    try:
        if order.status == orders.AWAITING_PAYMENT:
            return placing.confirm(session, order.id, paid_at=clock.now())
        return placing.revive(session, order.id, paid_at=clock.now())
    except (HoldLost, MoveRefused):
        cancelling.expire(session, order.id)
        return False


def paid_twice(session: Session, held: Held, seen: Seen) -> str:
    """Another charge of the same payment was paid as well: nobody may keep that money."""
    payment = held.payment
    if seen.currency != payment.currency or not seen.amount:
        return "already"
    if not posting.received_again(session, payment, seen.ref, seen.amount):
        return "already"
    payment.received_amount += seen.amount
    payment.review_reason = "twice"
    payment.reviewed_at = None
    session.flush()
    publish_review(session, payment, seen.amount)
    refunds.open_of_suspense(session, held, held.orders[0].id, seen.amount, reason=f"twice:{seen.ref}", manual=True)
    return models.REVIEW


# --- money that goes straight to the seller --------------------------------------------------------------------------


def confirm_transfer(session: Session, actor: Actor, payment_id: UUID, amount: int) -> Payment:
    """The seller found the money in their account. It must be the exact amount, odd rupiah included.

    A transfer that came after the order ended makes it a sale if the stock is still free; otherwise the seller owes it back,
    and a task says so. Repeating does nothing. Raises NotFound (foreign too), OtherAmount, NotPayable, and MoveRefused while
    the seller has not agreed to an ask-first order.
    """
    held = of_seller(session, actor, payment_id)
    payment = held.payment
    if payment.method != "transfer":
        raise NotFound
    if amount != payment.amount:
        raise OtherAmount
    if payment.status in RECEIVED:
        return payment
    (order,) = held.orders
    if order.status == orders.AWAITING_SELLER:
        raise MoveRefused(order.number, order.status, orders.CONFIRMED)
    payment.received_amount = payment.amount
    fitted(session, actor, held)
    return payment


def collect_cash(session: Session, actor: Actor, order_id: UUID) -> CustomerOrder:
    """Goods and cash change hands in one act: the order is handed over, the money is booked. Raises NotFound (foreign too),
    NotPayable for an order that is not paid in cash, and MoveRefused when it is not ready."""
    payment_id = locking.payment_of_order(session, order_id)
    if payment_id is None:
        raise NotFound
    held = of_seller(session, actor, payment_id)
    payment = held.payment
    if payment.method != "cod":
        raise NotPayable
    now = clock.now()
    order = fulfilment.hand_over(session, actor, order_id, paid_at=now)
    payment.received_amount, payment.paid_at = payment.amount, now
    held.shares[order_id].state = "sold"
    move(session, actor, payment, models.PAID)
    posting.received(session, held)
    return order


def of_seller(session: Session, actor: Actor, payment_id: UUID) -> Held:
    """The locked payment, for whoever runs the shop it goes to. Raises NotFound, also for a gateway's."""
    held = locking.held(session, payment_id)
    if held.payment.shop_id is None:
        raise NotFound
    catalogue.shop_to_run(session, actor, held.payment.shop_id)
    return held


# --- the one way a payment changes its status ------------------------------------------------------------------------


def move(session: Session, actor: Actor, payment: Payment, status: str) -> None:
    came_from, payment.status = payment.status, status
    payment.changed_at = clock.now()
    session.add(payment)
    record.note(
        session,
        actor,
        action=f"payment.{status}",
        subject_kind="payment",
        subject_id=payment.id,
        detail={"from": came_from, "method": payment.method, "amount": payment.received_amount or payment.amount},
    )
    session.flush()


def needs_review(session: Session, payment: Payment, amount: int, *, actor: Actor = SYSTEM) -> None:
    payment.paid_at = payment.paid_at or clock.now()
    move(session, actor, payment, models.REVIEW)
    publish_review(session, payment, amount)


def publish_review(session: Session, payment: Payment, amount: int) -> None:
    publish.announce(session, PaymentNeedsReview(payment.id, payment.group_id, amount))
