"""What pages and programs read of payments: frozen, and complete enough to be shown without another question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.payments.models import GATEWAYS


@dataclass(frozen=True)
class Instructions:
    """How to pay a seller. For cash only the sentence and the amount; for a transfer the account and the odd rupiah in it."""

    sentence: str
    amount: int
    suffix: int = 0
    bank_name: str = ""
    account_number: str = ""
    account_holder: str = ""
    pay_until: datetime | None = None


@dataclass(frozen=True)
class RefundView:
    """Money on its way back to the buyer of one order."""

    id: UUID
    order_id: UUID
    order_number: str
    business_name: str
    method: str
    amount: int
    status: str
    route: str
    source: str
    reason: str
    requested_at: datetime
    finished_at: datetime | None

    @property
    def by_hand(self) -> bool:
        return self.status == "manual_pending"


@dataclass(frozen=True)
class PaymentView:
    """One payment of a checkout, as its buyer sees it. `instructions` only while there is something to pay."""

    id: UUID
    method: str
    status: str
    amount: int
    suffix: int
    received_amount: int
    refunded_amount: int
    paid_at: datetime | None
    order_ids: tuple[UUID, ...]
    orders: tuple[str, ...]
    """The numbers of its orders."""

    payable: bool
    """There is a gateway to go to (`checkout.start`)."""

    redirect_url: str | None
    """The open page of the gateway, when there is one."""

    instructions: Instructions | None
    takes_proof: bool
    proofs: tuple[UUID, ...]
    refunds: tuple[RefundView, ...]

    @property
    def by_gateway(self) -> bool:
        return self.method in GATEWAYS


@dataclass(frozen=True)
class SellerPayment:
    """How one order is paid, as its seller sees it. A gateway's money is with the platform, so its seller has nothing to
    confirm."""

    id: UUID
    order_id: UUID
    method: str
    status: str
    amount: int
    suffix: int
    account: str
    """Where the buyer of a transfer was told to send it: bank, number, holder; it may no longer be the shop's."""

    paid_at: datetime | None
    can_confirm: bool
    """A transfer the seller may confirm now (also a late one)."""

    can_collect: bool
    """Cash to be collected with the hand-over."""

    proofs: tuple[UUID, ...]
    refunds: tuple[RefundView, ...]


@dataclass(frozen=True)
class TransferView:
    """A transfer a seller may look for in their account now. Without a proof it is only awaited."""

    payment_id: UUID
    order_number: str
    buyer_name: str
    amount: int
    suffix: int
    order_status: str
    pay_until: datetime | None
    proof_count: int

    @property
    def late(self) -> bool:
        """The buyer sent a slip for an order that has ended: the money may have come all the same."""
        return self.pay_until is None


@dataclass(frozen=True)
class ReviewView:
    """Money that fits no open order, for the office. `in_suspense`: how much of it is not yet back with its buyer."""

    payment_id: UUID
    group_number: str
    orders: tuple[str, ...]
    method: str
    status: str
    reason: str
    amount: int
    received_amount: int
    in_suspense: int
    provider_ref: str | None
    came_at: datetime

    @property
    def can_close(self) -> bool:
        return self.in_suspense == 0


@dataclass(frozen=True)
class DeadNotice:
    """A gateway's message that was given up after many tries."""

    id: UUID
    provider: str
    kind: str
    attempts: int
    last_error: str
    received_at: datetime
    dead_at: datetime
