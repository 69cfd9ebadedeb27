"""Tables of the catalogue."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Computed, Index, text
from sqlmodel import Field, SQLModel

from app.db import Timestamp
from app.kit.ids import uuid7

COUNTED = "counted"
MADE_TO_ORDER = "made_to_order"
ASK_FIRST = "ask_first"
STOCK_MODES = (COUNTED, MADE_TO_ORDER, ASK_FIRST)

LARGEST_PRICE = 999_999_999
LARGEST_STOCK = 999_999
HEAVIEST_GRAM = 1_000_000
MOST_PHOTOS = 8


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({','.join(repr(value) for value in values)})"


class Category(SQLModel, table=True):
    """A kind of goods; the tree is two levels deep and comes from a file."""

    __tablename__ = "category"

    slug: str = Field(primary_key=True)
    name: str
    parent_slug: str | None = Field(default=None, foreign_key="category.slug", index=True)
    position: int


class Shop(SQLModel, table=True):
    """The selling side of one registered business. `trusted`: its new goods go live without being looked at first."""

    __tablename__ = "shop"
    __table_args__ = (
        CheckConstraint(one_of("status", ("preparing", "open", "paused", "suspended", "closed")), name="status_known"),
        CheckConstraint(
            "(bank_name IS NULL) = (bank_account_number IS NULL) AND (bank_name IS NULL) = (bank_account_holder IS NULL)",
            name="bank_account_whole",
        ),
        CheckConstraint("NOT takes_transfer OR bank_name IS NOT NULL", name="transfer_needs_account"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id", unique=True)
    status: str = "preparing"
    description: str | None = None
    pickup_address: str | None = None
    takes_cod: bool = True
    takes_transfer: bool = False
    takes_gateway: bool = True
    bank_name: str | None = None
    bank_account_number: str | None = None
    bank_account_holder: str | None = None
    trusted: bool = False
    version: int = 1
    opened_at: datetime | None = Field(default=None, sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class ProductGroup(SQLModel, table=True):
    """Goods that are one thing in several sizes: each size is a product of its own, with its own price and stock."""

    __tablename__ = "product_group"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    shop_id: UUID = Field(foreign_key="shop.id", index=True)
    name: str
    created_at: datetime = Field(sa_type=Timestamp)


class Product(SQLModel, table=True):
    """One thing one can buy. `variant` is its size within a group, None outside one."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint(one_of("status", ("draft", "pending", "published", "hidden", "archived")), name="status_known"),
        CheckConstraint(f"price_amount BETWEEN 1 AND {LARGEST_PRICE}", name="price_bounds"),
        CheckConstraint(f"weight_gram BETWEEN 1 AND {HEAVIEST_GRAM}", name="weight_bounds"),
        CheckConstraint("halal IN ('certified','declared_non_halal','none')", name="halal_known"),
        CheckConstraint("(group_id IS NULL) = (variant IS NULL)", name="variant_in_group"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        Index("ix_product_shop", "shop_id", "status"),
        Index("ix_product_newest", text("published_at DESC"), "id", postgresql_where=text("status = 'published'")),
        Index("ix_product_counted", "category_slug", "shop_id", postgresql_where=text("status = 'published'")),
        Index(
            "ix_product_found",
            "id",
            postgresql_include=["shop_id", "category_slug", "price_amount", "halal", "published_at"],
            postgresql_where=text("status = 'published'"),
        ),  # all that counting and sorting what a search found needs, without the long rows
        Index("ix_product_pending", "created_at", postgresql_where=text("status = 'pending'")),
        Index(
            "uq_product_variant",
            "group_id",
            text("lower(variant)"),
            unique=True,
            postgresql_where=text("status <> 'archived'"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    shop_id: UUID = Field(foreign_key="shop.id")
    group_id: UUID | None = Field(default=None, foreign_key="product_group.id", index=True)
    variant: str | None = None
    slug: str = Field(unique=True)
    name: str
    description: str = ""
    category_slug: str = Field(foreign_key="category.slug")
    price_amount: int = Field(sa_type=BigInteger)
    unit: str
    weight_gram: int | None = None
    halal: str = "none"
    status: str = "draft"
    version: int = 1
    created_at: datetime = Field(sa_type=Timestamp)
    changed_at: datetime = Field(sa_type=Timestamp)
    published_at: datetime | None = Field(default=None, sa_type=Timestamp)
    refusal_reason: str | None = None


class Stock(SQLModel, table=True):
    """How many are there and how many of them are promised. Only counted goods have numbers that bind.

    `missing` is how many were promised to paid orders beyond what the seller counted: `on_hand` stands above the shelf by so
    many until orders are cut or the seller counts again, and nothing is free meanwhile.
    """

    __tablename__ = "stock"
    __table_args__ = (
        CheckConstraint(one_of("mode", STOCK_MODES), name="mode_known"),
        CheckConstraint(f"on_hand BETWEEN 0 AND {LARGEST_STOCK}", name="on_hand_bounds"),
        CheckConstraint("reserved >= 0", name="reserved_not_negative"),
        CheckConstraint("mode <> 'counted' OR reserved <= on_hand", name="reserved_within_on_hand"),
        CheckConstraint(
            "missing = 0 OR (missing > 0 AND on_hand = reserved AND mode = 'counted')", name="missing_held"
        ),
    )

    product_id: UUID = Field(primary_key=True, foreign_key="product.id")
    mode: str = COUNTED
    on_hand: int = 0
    reserved: int = 0
    missing: int = 0

    @property
    def on_shelf(self) -> int:
        """What the seller counted, less what left since."""
        return self.on_hand - self.missing

    def give_back(self, quantity: int) -> None:
        """So many are no longer promised. What was never there does not become free by that."""
        self.reserved -= quantity
        gone = min(self.missing, quantity)
        self.missing -= gone
        self.on_hand -= gone

    def hand_out(self, quantity: int) -> None:
        """So many promised ones left the shelf."""
        self.reserved -= quantity
        self.on_hand -= quantity
        self.missing = min(self.missing, self.on_hand)


SOLD_OUT = Column(
    "sold_out", Boolean, Computed(f"mode = '{COUNTED}' AND on_hand <= reserved", persisted=True), nullable=False
)
"""Kept by the database for lists, which put what cannot be bought last: an index of its own knows these few rows, and since that
index changes only when goods run out or come back, an ordinary reservation still rewrites nothing but its row."""
Stock.__table__.append_column(SOLD_OUT)  # type: ignore[attr-defined]
Index("ix_stock_sold_out", Stock.__table__.c.product_id, postgresql_where=SOLD_OUT)  # type: ignore[attr-defined]


class StockReservation(SQLModel, table=True):
    """What one order holds of one product. `counted` says whether it stands in the stock row's `reserved`."""

    __tablename__ = "stock_reservation"
    __table_args__ = (
        CheckConstraint(one_of("status", ("active", "committed", "consumed", "released", "expired")), name="status_known"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(
            "ix_stock_reservation_live", "product_id", text("created_at DESC"),
            postgresql_where=text("status IN ('active','committed')"),
        ),
    )  # fmt: skip

    order_id: UUID = Field(primary_key=True)
    product_id: UUID = Field(primary_key=True, foreign_key="product.id")
    quantity: int
    counted: bool
    status: str = "active"
    expires_at: datetime = Field(sa_type=Timestamp)
    created_at: datetime = Field(sa_type=Timestamp)


class ProductPhoto(SQLModel, table=True):
    """One picture of a product; its sizes lie in the object store under its id, without any metadata of the original.

    Several products may show the same picture: the sizes of one thing, or what was photographed together.
    """

    __tablename__ = "product_photo"
    __table_args__ = (CheckConstraint("position >= 0", name="position_not_negative"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    product_id: UUID = Field(primary_key=True, foreign_key="product.id", index=True)
    position: int
    width: int
    height: int
    created_at: datetime = Field(sa_type=Timestamp)
