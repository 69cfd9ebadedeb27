"""What happens to payments."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class PaymentEvent(Event):
    payment_id: UUID

    @property
    def key(self) -> str:
        return f"payment:{self.payment_id}"


@dataclass(frozen=True)
class PaymentNeedsReview(PaymentEvent):
    """Money that fits no open order: somebody of the office must look. `amount` is what came, in rupiah."""

    group_id: UUID
    amount: int


@dataclass(frozen=True)
class RefundOpened(Event):
    """Somebody is owed money back. `manual`: a person must send it and say so."""

    refund_id: UUID
    order_id: UUID
    amount: int
    manual: bool

    @property
    def key(self) -> str:
        return f"refund:{self.refund_id}"


@dataclass(frozen=True)
class RefundSucceeded(Event):
    """The buyer has the money back. `of_sale`: it undoes a sale; else it only returns money that never became one."""

    refund_id: UUID
    order_id: UUID
    amount: int
    business_date: date
    of_sale: bool

    @property
    def key(self) -> str:
        return f"refund:{self.refund_id}"
