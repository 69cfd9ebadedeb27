"""The one way an order changes its status: locked, checked against the table of moves, written down, announced."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from app.actor import Actor
from app.audit import record
from app.audit.models import AuditRecord
from app.db import Transactions, put_in, row_of
from app.errors import NotFound
from app.kit import clock
from app.orders import models
from app.orders.events import (
    OrderAccepted,
    OrderAgreed,
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderExpired,
    OrderHandedOver,
    OrderPaid,
    OrderReady,
    OrderRejected,
)
from app.orders.models import CustomerOrder, OrderEvent, OrderGroup
from app.outbox import publish
from app.outbox.event import Event

log = structlog.get_logger(__name__)

Party = Literal["buyer", "seller", "system"]

STAMPS = {
    models.ACCEPTED: "accepted_at",
    models.READY: "ready_at",
    models.HANDED_OVER: "handed_over_at",
    models.DELIVERED: "delivered_at",
    models.COMPLETED: "ended_at",
    models.EXPIRED: "ended_at",
    models.REJECTED: "ended_at",
    models.CANCELLED: "ended_at",
}


def paid(order: CustomerOrder) -> OrderPaid:
    """The sale as a fact. Raises ValueError for an order nobody paid."""
    if order.paid_at is None:
        raise ValueError(f"order {order.number} is not paid")
    return OrderPaid(order.id, order.total_amount, order.paid_at, clock.business_date(order.paid_at))


def agreed(order: CustomerOrder) -> OrderAgreed:
    if order.hold_until is None:
        raise ValueError(f"order {order.number} waits for nobody")
    return OrderAgreed(order.id, order.hold_until)


FACTS: dict[str, Callable[[CustomerOrder], Event]] = {
    models.AWAITING_PAYMENT: agreed,
    models.CONFIRMED: paid,
    models.ACCEPTED: lambda order: OrderAccepted(order.id),
    models.REJECTED: lambda order: OrderRejected(order.id, order.was_paid),
    models.READY: lambda order: OrderReady(order.id),
    models.HANDED_OVER: lambda order: OrderHandedOver(order.id),
    models.DELIVERED: lambda order: OrderDelivered(order.id),
    models.COMPLETED: lambda order: OrderCompleted(order.id),
    models.EXPIRED: lambda order: OrderExpired(order.id),
    models.CANCELLED: lambda order: OrderCancelled(order.id, order.was_paid),
}


def lock(session: Session, order_id: UUID) -> CustomerOrder:
    """The order as it is now, nobody else able to move it until this transaction ends. Raises NotFound."""
    order = session.exec(
        select(CustomerOrder)
        .where(CustomerOrder.id == order_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if order is None:
        raise NotFound
    return order


def lock_group(session: Session, group_id: UUID) -> tuple[OrderGroup, list[CustomerOrder]]:
    """A checkout with its orders by id, all locked, in the order everybody locks. Raises NotFound."""
    group = session.exec(
        select(OrderGroup).where(OrderGroup.id == group_id).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if group is None:
        raise NotFound
    orders = session.exec(
        select(CustomerOrder)
        .where(CustomerOrder.group_id == group_id)
        .order_by(col(CustomerOrder.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return group, list(orders)


def one_by_one(begin: Transactions, order_ids: Sequence[UUID], act: Callable[[Session, CustomerOrder], bool]) -> int:
    """`act` on each order, locked, in a transaction of its own; returns for how many it said True. An order that fails is logged
    and holds up no other; the first fault is raised when all had their turn."""
    acted, faults = 0, []
    for order_id in order_ids:
        try:
            with begin() as session:
                acted += act(session, lock(session, order_id))
        except Exception as fault:
            log.exception("order_failed", order_id=str(order_id))
            faults.append(fault)
    if faults:
        raise faults[0]
    return acted


def move(
    session: Session,
    actor: Actor,
    order: CustomerOrder,
    to: str,
    *,
    party: Party,
    reason: str | None = None,
    hold_until: datetime | None = None,
    paid_at: datetime | None = None,
) -> None:
    """Move a locked order. Raises MoveRefused before anything is written; otherwise history, audit and event are part of the
    same transaction."""
    order.require_move(to)
    came_from, order.status = order.status, to
    order.hold_until = hold_until
    if to in STAMPS:
        setattr(order, STAMPS[to], clock.now())
    if paid_at is not None:
        order.paid_at = paid_at
    if to in models.ENDED:
        order.reason = reason
    elif order.ended_at is not None:  # revived: it has not ended after all
        order.ended_at = order.reason = None
    session.add(order)
    fact = FACTS[to](order)
    put_in(session, *written_down(actor, order, came_from=came_from, party=party, reason=reason), publish.stored(fact))


def written_down(
    actor: Actor, order: CustomerOrder, *, came_from: str | None, party: Party, reason: str | None = None
) -> tuple[OrderEvent, AuditRecord]:
    """One line in the order's history and one in the audit, for its present status."""
    step = row_of(
        OrderEvent,
        order_id=order.id,
        at=clock.now(),
        from_status=came_from,
        to_status=order.status,
        party=party,
        actor_account_id=actor.account_id,
        reason=reason,
    )
    act = record.act(
        actor,
        action=f"order.{order.status}",
        subject_kind="order",
        subject_id=order.id,
        detail={"number": order.number, "from": came_from, "party": party},
    )
    return step, act
