"""Write the facts of trade as they happen. Every function may be called again, and in any order, without counting
twice.

A sale is dated by the day it was paid; what undoes it is dated by its own day, so a month once reported does not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.db import Transactions
from app.kit import clock, money
from app.orders import events as order_events
from app.orders.models import CustomerOrder, OrderLine
from app.payments import events as payment_events
from app.statistics.models import SaleFact

UNDONE = frozenset({"rejected", "cancelled", "expired"})
"""Statuses in which an order ended without being fulfilled."""


@dataclass(frozen=True)
class Remaining:
    """What is left of the sale of one product after what was undone."""

    amount: int
    quantity: int


def on_order_paid(begin: Transactions, event: order_events.OrderPaid) -> None:
    """Record the sale."""
    with begin() as session:
        record_sale(session, event.order_id)


def on_order_cancelled(begin: Transactions, event: order_events.OrderCancelled) -> None:
    """Record that the order came to nothing, and undo its sale if there was one."""
    end_order(begin, event.order_id)


def on_order_rejected(begin: Transactions, event: order_events.OrderRejected) -> None:
    end_order(begin, event.order_id)


def on_order_expired(begin: Transactions, event: order_events.OrderExpired) -> None:
    end_order(begin, event.order_id)


def on_refund_succeeded(begin: Transactions, event: payment_events.RefundSucceeded) -> None:
    """Record the money given back, and undo the part of the sale it stands for. Money that never became a sale (paid
    twice, or too late) is no matter of sales."""
    if not event.of_sale:
        return
    with begin() as session:
        record_refund(session, event.order_id, event.refund_id, event.amount, on=event.business_date)


def end_order(begin: Transactions, order_id: UUID) -> None:
    with begin() as session:
        order = record_sale(session, order_id)
        if order.status not in UNDONE or order.ended_at is None:
            return  # a late payment has brought it back
        lines = lines_of(session, order_id)
        on = clock.business_date(order.ended_at)
        write(session, (fact(order, line, "cancellation", order.id, on, 0, 0) for line in lines))
        undo(session, order, lines, remaining(session, order_id), source_id=order.id, on=on)


def record_sale(session: Session, order_id: UUID) -> CustomerOrder:
    """Write the sale of an order that was paid, if it is not written yet; returns the order, locked against its other
    facts."""
    # one at a time for each order, whichever event comes first
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"sale_fact:{order_id}", 0))))
    order = session.exec(select(CustomerOrder).where(CustomerOrder.id == order_id)).one()
    if order.paid_at is not None:
        on = clock.business_date(order.paid_at)
        lines = lines_of(session, order_id)
        write(session, (fact(order, line, "sale", order.id, on, line.line_amount, line.quantity) for line in lines))
    return order


def record_refund(session: Session, order_id: UUID, refund_id: UUID, amount: int, *, on: date) -> None:
    """Share a refund of one order (whole rupiah, delivery included) among its products. What is undone of the sale is
    the goods' part of the money; once all the money is back, all of the sale is undone."""
    order = record_sale(session, order_id)
    known = select(SaleFact.id).where(SaleFact.order_id == order_id, SaleFact.source_id == refund_id)
    if session.exec(known.limit(1)).first() is not None:
        return
    lines = lines_of(session, order_id)
    weights = [line.line_amount for line in lines]
    shares = money.split_by_largest_remainder(amount, weights)
    pairs = zip(lines, shares, strict=True)
    write(session, (fact(order, line, "refund", refund_id, on, -share, 0) for line, share in pairs))
    left = remaining(session, order_id)
    if refunded(session, order_id) < order.total_amount:
        left = part_of(left, amount * order.items_amount // order.total_amount)
    undo(session, order, lines, left, source_id=refund_id, on=on)


def part_of(left: Mapping[UUID, Remaining], amount: int) -> dict[UUID, Remaining]:
    """`amount` of what is left, shared in proportion and never more than there is; no goods come back with part of
    the money."""
    total = sum(rest.amount for rest in left.values())
    if total == 0:
        return {}
    shares = money.split_by_largest_remainder(min(amount, total), [rest.amount for rest in left.values()])
    return {product: Remaining(share, 0) for product, share in zip(left, shares, strict=True)}


def undo(
    session: Session,
    order: CustomerOrder,
    lines: Sequence[OrderLine],
    parts: Mapping[UUID, Remaining],
    *,
    source_id: UUID,
    on: date,
) -> None:
    undone = [(line, parts[line.product_id]) for line in lines if line.product_id in parts]
    write(
        session,
        (
            fact(order, line, "reversal", source_id, on, -part.amount, -part.quantity)
            for line, part in undone
            if part.amount or part.quantity
        ),
    )


def remaining(session: Session, order_id: UUID) -> dict[UUID, Remaining]:
    """By product, what the sale still stands for."""
    rows = session.exec(
        select(SaleFact.product_id, func.sum(SaleFact.gross_amount), func.sum(SaleFact.quantity))
        .where(SaleFact.order_id == order_id, col(SaleFact.kind).in_(["sale", "reversal"]))
        .group_by(col(SaleFact.product_id))
    )
    return {product: Remaining(int(amount), int(quantity)) for product, amount, quantity in rows}


def refunded(session: Session, order_id: UUID) -> int:
    """Money given back for an order so far, whole rupiah."""
    given_back = select(func.sum(SaleFact.gross_amount)).where(SaleFact.order_id == order_id, SaleFact.kind == "refund")
    return -int(session.exec(given_back).one() or 0)


def lines_of(session: Session, order_id: UUID) -> Sequence[OrderLine]:
    query = select(OrderLine).where(OrderLine.order_id == order_id).order_by(col(OrderLine.position))
    return session.exec(query).all()


def fact(
    order: CustomerOrder, line: OrderLine, kind: str, source_id: UUID, on: date, amount: int, quantity: int
) -> SaleFact:
    return SaleFact(
        order_id=order.id,
        product_id=line.product_id,
        business_id=order.business_id,
        kind=kind,
        source_id=source_id,
        business_date=on,
        district_code=order.district_code,
        village_code=order.village_code,
        category_slug=line.category_slug,
        channel=order.payment_method,
        gross_amount=amount,
        quantity=quantity,
        recorded_at=clock.now(),
    )


def write(session: Session, facts: Iterable[SaleFact]) -> None:
    """Insert what is not there yet."""
    rows = [row.model_dump() for row in facts]
    if rows:
        session.execute(insert(SaleFact).on_conflict_do_nothing(constraint="uq_sale_fact_once"), rows)
        session.flush()
