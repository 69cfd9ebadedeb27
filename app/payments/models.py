"""Tables of payments."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db import Timestamp
from app.kit.ids import uuid7

CREATED = "created"
PENDING = "pending"
PROCESSING = "processing"
PAID = "paid"
FAILED = "failed"
EXPIRED = "expired"
CANCELLED = "cancelled"
REVIEW = "review"

STATUSES = (CREATED, PENDING, PROCESSING, PAID, FAILED, EXPIRED, CANCELLED, REVIEW)
LIVE = (CREATED, PENDING, PROCESSING)
DIRECT = ("cod", "transfer")
GATEWAYS = ("sandbox", "stripe")
METHODS = (*DIRECT, *GATEWAYS)
REFUND_STATUSES = ("requested", "submitted", "manual_pending", "succeeded", "failed")


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({','.join(repr(value) for value in values)})"


class Payment(SQLModel, table=True):
    """One sum a buyer owes: of one order when the money goes to its seller, of the whole checkout when a gateway collects it.

    `amount` is what must arrive, in rupiah: the orders' totals plus `suffix`, the one to three odd rupiah by which a seller
    recognises a transfer; `received_amount` is what came, and `refunded_amount` what is promised back of it. What a gateway is
    asked is frozen here before it is asked, so that a repetition asks the same.
    """

    __tablename__ = "payment"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status_known"),
        CheckConstraint(one_of("method", METHODS), name="method_known"),
        CheckConstraint("currency = 'IDR'", name="currency_idr"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("suffix BETWEEN 0 AND 999", name="suffix_bounds"),
        CheckConstraint("suffix = 0 OR method = 'transfer'", name="suffix_of_transfer"),
        CheckConstraint("received_amount >= 0", name="received_not_negative"),
        CheckConstraint("refunded_amount BETWEEN 0 AND received_amount", name="refunded_within_received"),
        CheckConstraint("(order_id IS NULL) = (method IN ('sandbox','stripe'))", name="order_of_direct_payment"),
        CheckConstraint("(status = 'paid') <= (paid_at IS NOT NULL)", name="paid_is_dated"),
        UniqueConstraint("method", "provider_ref"),
        Index("uq_payment_of_order", "order_id", unique=True, postgresql_where=text("order_id IS NOT NULL")),
        Index("uq_payment_of_group", "group_id", unique=True, postgresql_where=text("order_id IS NULL")),
        Index(
            "uq_payment_open_transfer", "shop_id", "amount",
            unique=True, postgresql_where=text("method = 'transfer' AND status IN ('created','pending','processing')"),
        ),
        Index("ix_payment_shop", "shop_id", "status", postgresql_where=text("shop_id IS NOT NULL")),
        Index(
            "ix_payment_review", "paid_at", "id",
            postgresql_where=text("review_reason IS NOT NULL AND reviewed_at IS NULL"),
        ),
        Index("ix_payment_live", "status", "created_at", postgresql_where=text("status IN ('created','pending','processing')")),
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    group_id: UUID = Field(foreign_key="order_group.id", index=True)
    order_id: UUID | None = Field(default=None, foreign_key="customer_order.id")
    shop_id: UUID | None = Field(default=None, foreign_key="shop.id")
    method: str
    status: str = CREATED
    currency: str = "IDR"
    amount: int = Field(sa_type=BigInteger)
    suffix: int = 0
    received_amount: int = Field(default=0, sa_type=BigInteger)
    refunded_amount: int = Field(default=0, sa_type=BigInteger)
    payee: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    attempt: int = 0
    provider_ref: str | None = None
    redirect_url: str | None = None
    asked: dict[str, object] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)
    changed_at: datetime = Field(sa_type=Timestamp)
    looked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    paid_at: datetime | None = Field(default=None, sa_type=Timestamp)
    review_reason: str | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reviewed_by: UUID | None = Field(default=None, foreign_key="account.id")
    review_note: str | None = None


class PaymentShare(SQLModel, table=True):
    """What part of a payment is for which order; the parts make the amount.

    `state`: `open` until money comes, then `sold` when it made the order a sale, or `suspense` when it found no open order.
    """

    __tablename__ = "payment_share"
    __table_args__ = (
        CheckConstraint("amount > 0 AND refunded_amount BETWEEN 0 AND amount", name="refunded_within_share"),
        CheckConstraint("state IN ('open','sold','suspense')", name="state_known"),
    )

    payment_id: UUID = Field(primary_key=True, foreign_key="payment.id")
    order_id: UUID = Field(primary_key=True, foreign_key="customer_order.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    refunded_amount: int = Field(default=0, sa_type=BigInteger)
    state: str = "open"


class PaymentProof(SQLModel, table=True):
    """A photo of a transfer slip: a help for the seller's eyes, never a reason to mark anything paid."""

    __tablename__ = "payment_proof"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    uploaded_at: datetime = Field(sa_type=Timestamp)


class PaymentNotice(SQLModel, table=True):
    """The inbox: one message of a gateway as it came, stored once, worked off afterwards.

    `due_at` is when it may be tried next; taking a message moves it ahead, so that two workers seldom take the same.
    """

    __tablename__ = "payment_notice"
    __table_args__ = (
        UniqueConstraint("provider", "livemode", "event_id"),
        CheckConstraint("processed_at IS NULL OR dead_at IS NULL", name="one_end"),
        Index("ix_payment_notice_open", "due_at", postgresql_where=text("processed_at IS NULL AND dead_at IS NULL")),
        Index("ix_payment_notice_dead", "dead_at", postgresql_where=text("dead_at IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    provider: str
    livemode: bool
    event_id: str
    kind: str
    raw: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    provider_ref: str | None = None
    payment_id: UUID | None = None
    received_at: datetime = Field(sa_type=Timestamp)
    due_at: datetime = Field(sa_type=Timestamp)
    attempts: int = 0
    last_error: str | None = None
    processed_at: datetime | None = Field(default=None, sa_type=Timestamp)
    dead_at: datetime | None = Field(default=None, sa_type=Timestamp)
    outcome: str | None = None


class Refund(SQLModel, table=True):
    """Money owed back for one order. The amount is set aside in the payment before anybody is asked to send it.

    `key` makes it one refund however often it is asked for, here and at the gateway. `note` is how a person sent it.
    """

    __tablename__ = "refund"
    __table_args__ = (
        CheckConstraint(one_of("status", REFUND_STATUSES), name="status_known"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("route IN ('gateway','manual')", name="route_known"),
        CheckConstraint("source IN ('sale','suspense')", name="source_known"),
        Index(
            "ix_refund_open",
            "status",
            "requested_at",
            postgresql_where=text("status IN ('requested','submitted','manual_pending')"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    payment_id: UUID = Field(foreign_key="payment.id", index=True)
    order_id: UUID = Field(foreign_key="customer_order.id", index=True)
    key: str = Field(unique=True)
    status: str = "requested"
    route: str
    source: str
    amount: int = Field(sa_type=BigInteger)
    reason: str
    provider_ref: str | None = None
    note: str | None = None
    requested_at: datetime = Field(sa_type=Timestamp)
    requested_by: UUID | None = Field(default=None, foreign_key="account.id")
    finished_at: datetime | None = Field(default=None, sa_type=Timestamp)
    finished_by: UUID | None = Field(default=None, foreign_key="account.id")


class SandboxCharge(SQLModel, table=True):
    """The rehearsal gateway's own record of a charge: ours only in that it lies in the same database."""

    __tablename__ = "sandbox_charge"
    __table_args__ = (
        CheckConstraint("status IN ('open','processing','paid','failed','expired')", name="status_known"),
        CheckConstraint("refunded_amount BETWEEN 0 AND paid_amount", name="refunded_within_paid"),
    )

    ref: str = Field(primary_key=True)
    key: str = Field(unique=True)
    payment_id: UUID
    amount: int = Field(sa_type=BigInteger)
    paid_amount: int = Field(default=0, sa_type=BigInteger)
    refunded_amount: int = Field(default=0, sa_type=BigInteger)
    status: str = "open"
    return_url: str
    expires_at: datetime = Field(sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class SandboxRefund(SQLModel, table=True):
    """A refund at the rehearsal gateway, once per key."""

    __tablename__ = "sandbox_refund"

    key: str = Field(primary_key=True)
    ref: str = Field(foreign_key="sandbox_charge.ref")
    amount: int = Field(sa_type=BigInteger)
