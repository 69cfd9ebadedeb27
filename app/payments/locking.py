"""The order in which everybody who touches money locks: order group, its orders by id, the payment (then stock, then the
book)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session, col, select

from app.errors import NotFound
from app.orders import placing
from app.orders.models import OPEN_UNPAID, CustomerOrder, OrderGroup
from app.payments.models import DIRECT, LIVE, Payment, PaymentShare


@dataclass(frozen=True)
class Held:
    """A payment with everything it is about, nobody else able to move any of it until this transaction ends."""

    payment: Payment
    group: OrderGroup
    orders: tuple[CustomerOrder, ...]
    shares: dict[UUID, PaymentShare]

    @property
    def direct(self) -> bool:
        return self.payment.method in DIRECT

    @property
    def live(self) -> bool:
        return self.payment.status in LIVE

    @property
    def awaited(self) -> bool:
        """Whether an order of this payment still waits for the seller's answer or for the money."""
        return any(order.status in OPEN_UNPAID for order in self.orders)


def held(session: Session, payment_id: UUID) -> Held:
    """The payment, locked after its orders. Raises NotFound."""
    group_id = session.exec(select(Payment.group_id).where(Payment.id == payment_id)).one_or_none()
    if group_id is None:
        raise NotFound
    group, siblings = placing.lock_group(session, group_id)
    payment = session.exec(
        select(Payment).where(Payment.id == payment_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    shares = shares_of(session, payment_id)
    return Held(payment, group, tuple(order for order in siblings if order.id in shares), shares)


def shares_of(session: Session, payment_id: UUID) -> dict[UUID, PaymentShare]:
    rows: Sequence[PaymentShare] = session.exec(
        select(PaymentShare)
        .where(PaymentShare.payment_id == payment_id)
        .order_by(col(PaymentShare.order_id))
        .execution_options(populate_existing=True)
    ).all()
    return {row.order_id: row for row in rows}


def payment_of_order(session: Session, order_id: UUID) -> UUID | None:
    """The payment an order is paid by; None when none was made."""
    return session.exec(select(PaymentShare.payment_id).where(PaymentShare.order_id == order_id)).one_or_none()
