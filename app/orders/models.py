"""Tables of orders, and the guard on one order's status."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    Identity,
    Index,
    LargeBinary,
    Sequence,
    UniqueConstraint,
    event,
    text,
)
from sqlmodel import Field, SQLModel

from app.audit.models import insert_only
from app.db import Timestamp
from app.kit.ids import uuid7
from app.orders.errors import MoveRefused

AWAITING_SELLER = "awaiting_seller"
AWAITING_PAYMENT = "awaiting_payment"
CONFIRMED = "confirmed"
ACCEPTED = "accepted"
READY = "ready"
HANDED_OVER = "handed_over"
DELIVERED = "delivered"
COMPLETED = "completed"
EXPIRED = "expired"
REJECTED = "rejected"
CANCELLED = "cancelled"

STATUSES = (
    AWAITING_SELLER, AWAITING_PAYMENT, CONFIRMED, ACCEPTED, READY, HANDED_OVER, DELIVERED, COMPLETED,
    EXPIRED, REJECTED, CANCELLED,
)  # fmt: skip

MOVES: dict[str, frozenset[str]] = {
    AWAITING_SELLER: frozenset({AWAITING_PAYMENT, ACCEPTED, REJECTED, CANCELLED, EXPIRED}),
    AWAITING_PAYMENT: frozenset({CONFIRMED, CANCELLED, EXPIRED}),
    CONFIRMED: frozenset({ACCEPTED, REJECTED, CANCELLED}),
    ACCEPTED: frozenset({READY, CANCELLED}),
    READY: frozenset({HANDED_OVER, CANCELLED}),
    HANDED_OVER: frozenset({DELIVERED}),
    DELIVERED: frozenset({COMPLETED}),
    COMPLETED: frozenset(),
    EXPIRED: frozenset({CONFIRMED}),  # paid too late, and the stock was still free
    REJECTED: frozenset(),
    CANCELLED: frozenset(),
}
"""Every move an order may make; whatever is not here is refused."""

OPEN_UNPAID = frozenset({AWAITING_SELLER, AWAITING_PAYMENT})
"""Holding stock without a promise of either side yet: these have a deadline and count against the buyer's limit."""

ENDED = frozenset({COMPLETED, EXPIRED, REJECTED, CANCELLED})

MOST_LINES = 50
MOST_DAYS = 60
MOST_QUANTITY = 999


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({','.join(repr(value) for value in values)})"


ORDER_NUMBERS = Sequence("order_group_serial", maxvalue=999_999, cycle=True, metadata=SQLModel.metadata)
"""Serials of checkout numbers. A sequence, not a counter row: parallel checkouts do not wait for each other. It does not
start again each year; being unique per year is enough, and the table holds that."""


class Cart(SQLModel, table=True):
    """What somebody means to buy: of a browser (only the SHA-256 of its token is kept) or of an account, never of both."""

    __tablename__ = "cart"
    __table_args__ = (CheckConstraint("num_nonnulls(token_hash, account_id) = 1", name="one_holder"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    token_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    account_id: UUID | None = Field(default=None, foreign_key="account.id", unique=True)
    created_at: datetime = Field(sa_type=Timestamp)
    changed_at: datetime = Field(sa_type=Timestamp, index=True)


class CartLine(SQLModel, table=True):
    """`seen_price_amount` is the price the buyer saw when putting it in: a later change is told, not hidden."""

    __tablename__ = "cart_line"
    __table_args__ = (CheckConstraint(f"quantity BETWEEN 1 AND {MOST_QUANTITY}", name="quantity_bounds"),)

    cart_id: UUID = Field(primary_key=True, foreign_key="cart.id", ondelete="CASCADE")
    product_id: UUID = Field(primary_key=True, foreign_key="product.id")
    quantity: int
    seen_price_amount: int = Field(sa_type=BigInteger)
    added_at: datetime = Field(sa_type=Timestamp)


class OrderGroup(SQLModel, table=True):
    """One checkout, frozen: who, where to, how to pay, and the sum. Its state is that of its orders, so it has none itself.

    `account_id` is only ever the account that was signed in when the order was placed; a phone number proves nothing.
    """

    __tablename__ = "order_group"
    __table_args__ = (
        CheckConstraint("delivery_method IN ('pickup','courier','expedition')", name="delivery_method_known"),
        CheckConstraint("payment_method IN ('cod','transfer','stripe','sandbox')", name="payment_method_known"),
        CheckConstraint("(delivery_method = 'pickup') = (region_code IS NULL)", name="destination_known"),
        CheckConstraint("items_amount >= 0 AND delivery_amount >= 0", name="amounts_not_negative"),
        CheckConstraint("total_amount = items_amount + delivery_amount", name="total_adds_up"),
        Index("ix_order_group_contact_phone", "contact_phone", "placed_at"),
        Index("ix_order_group_account", "account_id", "placed_at", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_order_group_browser", "browser_hash", "placed_at", postgresql_where=text("browser_hash IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    number: str = Field(unique=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    browser_hash: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    channel: str
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None = None
    address: str | None = None
    payment_method: str
    quote_hash: str
    items_amount: int = Field(sa_type=BigInteger)
    delivery_amount: int = Field(sa_type=BigInteger)
    total_amount: int = Field(sa_type=BigInteger)
    placed_at: datetime = Field(sa_type=Timestamp)
    business_date: date


class CustomerOrder(SQLModel, table=True):
    """The part of a checkout one shop fulfils. Seller and amounts are as they were at sale; the status moves.

    `hold_until` is when an answer or the money must have come, with the grace a gateway needs; None when nobody waits.
    `delivery_days` is what the seller promised at sale; None when no day was promised.
    """

    __tablename__ = "customer_order"
    __table_args__ = (
        UniqueConstraint("group_id", "shop_id", name="uq_customer_order_shop_once"),
        CheckConstraint(one_of("status", STATUSES), name="status_known"),
        CheckConstraint("payment_method IN ('cod','transfer','stripe','sandbox')", name="payment_method_known"),
        CheckConstraint("delivery_method IN ('pickup','courier','expedition')", name="delivery_method_known"),
        CheckConstraint("items_amount >= 0 AND delivery_amount >= 0", name="amounts_not_negative"),
        CheckConstraint("total_amount = items_amount + delivery_amount", name="total_adds_up"),
        CheckConstraint(
            "commission_basis_points BETWEEN 0 AND 10000 AND commission_amount BETWEEN 0 AND total_amount",
            name="commission_bounds",
        ),
        CheckConstraint(
            "(status IN ('awaiting_seller','awaiting_payment')) = (hold_until IS NOT NULL)", name="waiting_has_an_end"
        ),
        CheckConstraint(
            "status NOT IN ('handed_over','delivered','completed') OR paid_at IS NOT NULL", name="paid_when_handed_over"
        ),
        CheckConstraint(f"delivery_days BETWEEN 0 AND {MOST_DAYS}", name="delivery_days_bounds"),
        Index("ix_customer_order_shop", "shop_id", "placed_at", "id"),
        Index("ix_customer_order_shop_status", "shop_id", "status"),
        Index("ix_customer_order_due", "hold_until", postgresql_where=text("hold_until IS NOT NULL")),
        Index(
            "ix_customer_order_silent", "handed_over_at", postgresql_where=text("status IN ('handed_over','delivered')")
        ),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    group_id: UUID = Field(foreign_key="order_group.id", index=True)
    number: str = Field(unique=True)
    position: int
    shop_id: UUID = Field(foreign_key="shop.id")
    business_id: UUID = Field(foreign_key="business.id", index=True)
    business_name: str
    business_number: str
    shop_slug: str
    district_code: str
    village_code: str | None = None
    pickup_address: str | None = None
    status: str
    ask_first: bool = False
    payment_method: str
    delivery_method: str
    delivery_days: int | None = None
    weight_gram: int | None = Field(default=None, sa_type=BigInteger)
    items_amount: int = Field(sa_type=BigInteger)
    delivery_amount: int = Field(sa_type=BigInteger)
    total_amount: int = Field(sa_type=BigInteger)
    commission_basis_points: int = 0
    commission_amount: int = Field(default=0, sa_type=BigInteger)
    hold_until: datetime | None = Field(default=None, sa_type=Timestamp)
    placed_at: datetime = Field(sa_type=Timestamp)
    paid_at: datetime | None = Field(default=None, sa_type=Timestamp)
    accepted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ready_at: datetime | None = Field(default=None, sa_type=Timestamp)
    handed_over_at: datetime | None = Field(default=None, sa_type=Timestamp)
    delivered_at: datetime | None = Field(default=None, sa_type=Timestamp)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)
    reason: str | None = None

    @property
    def was_paid(self) -> bool:
        return self.paid_at is not None

    def require_move(self, to: str) -> None:
        """Raises MoveRefused when an order in this status may not become `to`."""
        if to not in MOVES[self.status]:
            raise MoveRefused(self.number, self.status, to)


class OrderLine(SQLModel, table=True):
    """One product of an order as sold. Insert-only: a later price, name or category changes nothing here."""

    __tablename__ = "order_line"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id", name="uq_order_line_product_once"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MOST_QUANTITY}", name="quantity_bounds"),
        CheckConstraint("unit_price_amount > 0", name="price_positive"),
        CheckConstraint("line_amount = unit_price_amount * quantity", name="amount_adds_up"),
        CheckConstraint("stock_mode IN ('counted','made_to_order','ask_first')", name="stock_mode_known"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    order_id: UUID = Field(foreign_key="customer_order.id", index=True)
    position: int
    product_id: UUID = Field(foreign_key="product.id", index=True)
    name: str
    slug: str
    unit: str
    category_slug: str
    stock_mode: str
    weight_gram: int | None = None
    quantity: int
    unit_price_amount: int = Field(sa_type=BigInteger)
    line_amount: int = Field(sa_type=BigInteger)


class OrderEvent(SQLModel, table=True):
    """One step in an order's history. Insert-only. `party` is who moved it, as the other side may read it."""

    __tablename__ = "order_event"
    __table_args__ = (
        CheckConstraint(one_of("to_status", STATUSES), name="to_status_known"),
        CheckConstraint("party IN ('buyer','seller','system')", name="party_known"),
        Index("ix_order_event_order", "order_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    order_id: UUID = Field(foreign_key="customer_order.id")
    at: datetime = Field(sa_type=Timestamp)
    from_status: str | None = None
    to_status: str
    party: str
    actor_account_id: UUID | None = None
    reason: str | None = None


class CourierRate(SQLModel, table=True):
    """What a shop's own courier costs to one district of the regency; 0 is free. `days` is in how many days goods that are there
    arrive, 0 the same day; None while the seller has not said."""

    __tablename__ = "courier_rate"
    __table_args__ = (
        CheckConstraint("price_amount BETWEEN 0 AND 10000000", name="price_bounds"),
        CheckConstraint(f"days BETWEEN 0 AND {MOST_DAYS}", name="days_bounds"),
    )

    shop_id: UUID = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    district_code: str = Field(primary_key=True, foreign_key="region.code")
    price_amount: int = Field(sa_type=BigInteger)
    days: int | None = None
    changed_at: datetime = Field(sa_type=Timestamp)


class ExpeditionRate(SQLModel, table=True):
    """What a shop charges to send a parcel to one regency: per started kilogram, never under the minimum. `days` as in
    CourierRate."""

    __tablename__ = "expedition_rate"
    __table_args__ = (
        CheckConstraint("per_kilogram_amount BETWEEN 1 AND 10000000", name="price_bounds"),
        CheckConstraint("minimum_amount BETWEEN 0 AND 10000000", name="minimum_bounds"),
        CheckConstraint(f"days BETWEEN 0 AND {MOST_DAYS}", name="days_bounds"),
    )

    shop_id: UUID = Field(primary_key=True, foreign_key="shop.id", ondelete="CASCADE")
    regency_code: str = Field(primary_key=True, foreign_key="region.code")
    per_kilogram_amount: int = Field(sa_type=BigInteger)
    minimum_amount: int = Field(default=0, sa_type=BigInteger)
    days: int | None = None
    changed_at: datetime = Field(sa_type=Timestamp)


FROZEN_GROUP = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE TRIGGER order_group_frozen BEFORE UPDATE OF id, number, account_id, payment_method, quote_hash, items_amount,
        delivery_amount, total_amount, placed_at, business_date OR DELETE ON order_group
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """
)

FROZEN_ORDER = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE TRIGGER customer_order_frozen BEFORE UPDATE OF id, group_id, number, shop_id, business_id, district_code,
        payment_method, delivery_method, delivery_days, items_amount, delivery_amount, total_amount,
        commission_basis_points, commission_amount, placed_at OR DELETE ON customer_order
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
    """
)

SUMS_AGREE = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE OR REPLACE FUNCTION order_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT (COALESCE(SUM(items_amount), 0), COALESCE(SUM(delivery_amount), 0)) FROM customer_order
             WHERE group_id = NEW.id) IS DISTINCT FROM (NEW.items_amount::numeric, NEW.delivery_amount::numeric)
           OR EXISTS (SELECT 1 FROM customer_order o
                       WHERE o.group_id = NEW.id
                         AND o.items_amount IS DISTINCT FROM
                             (SELECT SUM(line_amount) FROM order_line l WHERE l.order_id = o.id)) THEN
            RAISE EXCEPTION 'the orders of group %% do not add up', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """
)

SUMS_TRIGGER = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE CONSTRAINT TRIGGER order_group_adds_up AFTER INSERT ON order_group
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION order_group_adds_up()
    """
)

TRIGGERS = (
    "order_group_frozen",
    "order_group_adds_up",
    "customer_order_frozen",
    "order_line_insert_only",
    "order_event_insert_only",
)

for ddl in (FROZEN_GROUP, SUMS_AGREE, SUMS_TRIGGER):
    event.listen(OrderGroup.__table__, "after_create", ddl)  # type: ignore[attr-defined]
event.listen(CustomerOrder.__table__, "after_create", FROZEN_ORDER)  # type: ignore[attr-defined]
event.listen(OrderLine.__table__, "after_create", insert_only("order_line"))  # type: ignore[attr-defined]
event.listen(OrderEvent.__table__, "after_create", insert_only("order_event"))  # type: ignore[attr-defined]
