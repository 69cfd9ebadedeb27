"""How an order ends before its time: cancelled by a side, or expired because nobody paid or answered. Stock is free again."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.actor import SYSTEM, Actor
from app.catalogue import stock
from app.catalogue.events import HoldReleased
from app.db import Transactions
from app.kit import clock
from app.orders import fulfilment, models, moving, rules
from app.orders.errors import GatewayOpen, MoveRefused
from app.orders.models import CustomerOrder

BATCH = 200
SOLD_OUT = "Stok ternyata tidak cukup."
NO_ANSWER = "Penjual tidak menjawab sampai batas waktu."
NOT_PAID = "Tidak dibayar sampai batas waktu."


def cancel(
    session: Session, actor: Actor, order_id: UUID, *, reason: str = "", key: str | None = None
) -> list[CustomerOrder]:
    """The buyer takes an order back, until the seller has accepted it. Returns what was cancelled.

    While a checkout waits for one gateway payment it is cancelled whole: a part of a payment cannot be taken away from the page
    it is being paid on. Raises NotFound unless the actor placed it or `key` opens it, and MoveRefused once it was accepted.
    """
    order = whole_checkout_locked(session, actor, order_id, key)
    if order.status not in rules.BUYER_CANCELS:
        raise MoveRefused(order.number, order.status, models.CANCELLED)
    told = fulfilment.required_reason(reason) if reason.strip() else None
    together = [order]
    if order.status == models.AWAITING_PAYMENT and order.payment_method in rules.GATEWAYS:
        _, siblings = moving.lock_group(session, order.group_id)
        together = [sibling for sibling in siblings if sibling.status == models.AWAITING_PAYMENT]
    for part in together:
        moving.move(session, actor, part, models.CANCELLED, party="buyer", reason=told)
        stock.release_order(session, part.id)
    return together


def whole_checkout_locked(session: Session, actor: Actor, order_id: UUID, key: str | None) -> CustomerOrder:
    """The order with its siblings locked in the common order, when the actor is the buyer."""
    group_id = session.exec(select(CustomerOrder.group_id).where(CustomerOrder.id == order_id)).one_or_none()
    if group_id is not None:
        moving.lock_group(session, group_id)
    return fulfilment.of_buyer(session, actor, order_id, key)


def cancel_as_seller(session: Session, actor: Actor, order_id: UUID, *, reason: str) -> CustomerOrder:
    """The seller cannot fulfil it after all, up to hand-over; paid money goes back.

    Raises NotFound (foreign too), Invalid without a reason, MoveRefused, and GatewayOpen while the buyer may be paying on a
    gateway's page for the whole checkout.
    """
    order = fulfilment.of_seller(session, actor, order_id)
    order.require_move(models.CANCELLED)
    if order.status == models.AWAITING_PAYMENT and order.payment_method in rules.GATEWAYS:
        raise GatewayOpen
    moving.move(session, actor, order, models.CANCELLED, party="seller", reason=fulfilment.required_reason(reason))
    stock.release_order(session, order.id)
    return order


def expire(session: Session, order_id: UUID) -> bool:
    """End the wait of an order at once: its payment can no longer come. False when it was not waiting (any more)."""
    order = moving.lock(session, order_id)
    if order.status not in models.OPEN_UNPAID:
        return False
    reason = NOT_PAID if order.status == models.AWAITING_PAYMENT else NO_ANSWER
    moving.move(session, SYSTEM, order, models.EXPIRED, party="system", reason=reason)
    stock.expire_order(session, order.id)
    return True


def expire_due(begin: Transactions) -> int:
    """End every wait whose time is over, each order in a transaction of its own, so that one that cannot be ended holds up no
    other; returns how many.

    The hold of a gateway payment includes its grace, so by then the gateway's page is closed and no payment can be under way.
    """
    with begin() as session:
        due = session.exec(
            select(CustomerOrder.id)
            .where(col(CustomerOrder.hold_until) <= clock.now())
            .order_by(col(CustomerOrder.hold_until))
            .limit(BATCH)
        ).all()
    return moving.one_by_one(begin, due, expire_if_due)


def expire_if_due(session: Session, order: CustomerOrder) -> bool:
    return order.hold_until is not None and order.hold_until <= clock.now() and expire(session, order.id)


def on_hold_released(begin: Transactions, event: HoldReleased) -> None:
    """The seller has less than was held for this unpaid order: it ends, and the buyer is told. Repeating does nothing."""
    with begin() as session:
        order = moving.lock(session, event.order_id)
        if order.status in models.OPEN_UNPAID:
            moving.move(session, SYSTEM, order, models.CANCELLED, party="system", reason=SOLD_OUT)
            stock.release_order(session, order.id)
