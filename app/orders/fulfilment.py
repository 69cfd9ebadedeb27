"""From the seller's answer to the buyer's hands. Every verb locks the order, asks whose it is, and moves it one step."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.actor import SYSTEM, Actor
from app.catalogue import access, stock
from app.db import Transactions
from app.errors import Invalid, NotFound
from app.kit import clock, texts
from app.orders import models, moving, queries, rules
from app.orders.errors import CashNotCollected, HoldLost
from app.orders.models import CustomerOrder, OrderGroup
from app.outbox import publish

LONGEST_REASON = 300
BATCH = 200


def accept(session: Session, actor: Actor, order_id: UUID) -> CustomerOrder:
    """The seller will deliver. Cash: stock is promised. Paid beforehand: it was promised at payment. Ask-first goods that are
    paid beforehand: the buyer pays now. Raises NotFound (foreign too), MoveRefused, and HoldLost when the stock is gone."""
    order = of_seller(session, actor, order_id)
    if order.status == models.AWAITING_SELLER and order.payment_method != "cod":
        until = rules.hold_until(models.AWAITING_PAYMENT, order.payment_method, clock.now())
        moving.move(session, actor, order, models.AWAITING_PAYMENT, party="seller", hold_until=until)
        order.accepted_at = clock.now()
        return order
    was_waiting = order.status == models.AWAITING_SELLER
    moving.move(session, actor, order, models.ACCEPTED, party="seller")
    if was_waiting and not (stock.commit_order(session, order.id) or stock.retake_order(session, order.id)):
        raise HoldLost
    return order


def reject(session: Session, actor: Actor, order_id: UUID, *, reason: str) -> CustomerOrder:
    """The seller declines before accepting; stock is free again, money goes back. Raises Invalid without a reason."""
    order = of_seller(session, actor, order_id)
    moving.move(session, actor, order, models.REJECTED, party="seller", reason=required_reason(reason))
    stock.release_order(session, order.id)
    return order


def mark_ready(session: Session, actor: Actor, order_id: UUID) -> CustomerOrder:
    """Packed and waiting. Raises NotFound (foreign too) and MoveRefused."""
    order = of_seller(session, actor, order_id)
    moving.move(session, actor, order, models.READY, party="seller")
    return order


def hand_over(session: Session, actor: Actor, order_id: UUID, *, paid_at: datetime | None = None) -> CustomerOrder:
    """The goods leave the shelf: to the buyer, the courier or the expedition. Stock is consumed.

    `paid_at` is when cash was collected, told by the verb that booked it; a cash order without it raises CashNotCollected, because
    handing over and collecting are one act. For orders paid before it is ignored.
    """
    order = of_seller(session, actor, order_id)
    order.require_move(models.HANDED_OVER)
    cash = order.payment_method == "cod"
    if cash and paid_at is None:
        raise CashNotCollected
    moving.move(session, actor, order, models.HANDED_OVER, party="seller", paid_at=paid_at if cash else None)
    if cash:
        publish.announce(session, moving.paid(order))
    stock.consume_order(session, order.id)
    return order


def mark_delivered(session: Session, actor: Actor, order_id: UUID) -> CustomerOrder:
    """The seller knows that it arrived. Raises NotFound (foreign too) and MoveRefused."""
    order = of_seller(session, actor, order_id)
    moving.move(session, actor, order, models.DELIVERED, party="seller")
    return order


def confirm_received(session: Session, actor: Actor, order_id: UUID, *, key: str | None = None) -> CustomerOrder:
    """The buyer has it, so the order is over. Raises NotFound unless the actor placed it or `key` opens its checkout."""
    order = of_buyer(session, actor, order_id, key)
    if order.status == models.HANDED_OVER:
        moving.move(session, actor, order, models.DELIVERED, party="buyer")
    moving.move(session, actor, order, models.COMPLETED, party="buyer")
    return order


def complete(session: Session, order_id: UUID) -> CustomerOrder:
    """Close an order after long silence. Raises MoveRefused when there is nothing to close."""
    order = moving.lock(session, order_id)
    if order.status == models.HANDED_OVER:
        moving.move(session, SYSTEM, order, models.DELIVERED, party="system")
    moving.move(session, SYSTEM, order, models.COMPLETED, party="system")
    return order


def complete_silent(begin: Transactions) -> int:
    """Close what was delivered 7 days ago, or handed over 14 days ago, without a word since; returns how many."""
    with begin() as session:
        due = session.exec(silent()).all()
    return moving.one_by_one(begin, due, complete_if_quiet)


def complete_if_quiet(session: Session, order: CustomerOrder) -> bool:
    if not quiet(order):
        return False
    complete(session, order.id)
    return True


def silent() -> SelectOfScalar[UUID]:
    now = clock.now()
    return (
        select(CustomerOrder.id)
        .where(
            or_(
                (col(CustomerOrder.status) == models.DELIVERED)
                & (col(CustomerOrder.delivered_at) <= now - rules.COMPLETE_AFTER_DELIVERY),
                (col(CustomerOrder.status) == models.HANDED_OVER)
                & (col(CustomerOrder.handed_over_at) <= now - rules.COMPLETE_AFTER_HAND_OVER),
            )
        )
        .order_by(col(CustomerOrder.handed_over_at))
        .limit(BATCH)
    )


def quiet(order: CustomerOrder) -> bool:
    now = clock.now()
    if order.status == models.DELIVERED and order.delivered_at is not None:
        return order.delivered_at <= now - rules.COMPLETE_AFTER_DELIVERY
    if order.status == models.HANDED_OVER and order.handed_over_at is not None:
        return order.handed_over_at <= now - rules.COMPLETE_AFTER_HAND_OVER
    return False


def of_seller(session: Session, actor: Actor, order_id: UUID) -> CustomerOrder:
    """The locked order, for whoever runs its shop. Raises NotFound, also for a foreign one."""
    order = moving.lock(session, order_id)
    access.shop_to_run(session, actor, order.shop_id)
    return order


def of_buyer(session: Session, actor: Actor, order_id: UUID, key: str | None) -> CustomerOrder:
    """The locked order, for the account that placed it or the holder of its checkout's key. Raises NotFound otherwise."""
    order = moving.lock(session, order_id)
    group = session.get(OrderGroup, order.group_id)
    if group is None or not queries.opens(group, actor, key):
        raise NotFound
    return order


def required_reason(reason: str) -> str:
    """A reason the other side can read, at most 300 characters. Raises Invalid (field `reason`)."""
    told = " ".join(reason.split())
    if not told:
        raise Invalid.one("reason", "Tulis alasannya supaya pihak lain mengerti.", code="required")
    if len(told) > LONGEST_REASON:
        raise Invalid.one("reason", f"Alasan paling panjang {LONGEST_REASON} huruf.", code="too_long")
    if texts.unwritable(told):
        raise Invalid.one("reason", "Alasan memuat tanda yang tidak dapat disimpan. Ketik ulang.", code="unwritable")
    return told
