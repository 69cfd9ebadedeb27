"""What happened to an order, for everybody above: payments, notifications, statistics."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class OrderFact(Event):
    """Events of one order are handled in the order they happened."""

    order_id: UUID

    @property
    def key(self) -> str:
        return f"order:{self.order_id}"


@dataclass(frozen=True)
class OrderPlaced(OrderFact):
    group_id: UUID


@dataclass(frozen=True)
class OrderAgreed(OrderFact):
    """The seller said yes to an ask-first order that is paid beforehand: now the buyer pays, until `pay_until`."""

    pay_until: datetime


@dataclass(frozen=True)
class OrderPaid(OrderFact):
    """The sale: money received (prepaid) or collected at hand-over (cash). `business_date` is the regency's date of `paid_at`."""

    amount: int
    paid_at: datetime
    business_date: date


@dataclass(frozen=True)
class OrderAccepted(OrderFact):
    """The seller will deliver; stock is promised."""


@dataclass(frozen=True)
class OrderRejected(OrderFact):
    """The seller declined. `was_paid`: the buyer's money must go back."""

    was_paid: bool


@dataclass(frozen=True)
class OrderReady(OrderFact):
    """Packed: waits for the buyer or the courier."""


@dataclass(frozen=True)
class OrderHandedOver(OrderFact):
    """With the buyer or on its way; it left the seller's shelf."""


@dataclass(frozen=True)
class OrderDelivered(OrderFact):
    """It arrived."""


@dataclass(frozen=True)
class OrderCompleted(OrderFact):
    """The buyer confirmed, or was silent long enough."""


@dataclass(frozen=True)
class OrderExpired(OrderFact):
    """Neither money nor an answer came in time; the stock is free again."""


@dataclass(frozen=True)
class OrderCancelled(OrderFact):
    """`was_paid`: the buyer's money must go back."""

    was_paid: bool
