"""What pages and programs read of carts and orders: frozen, and complete enough to be shown without another question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.kit import phone
from app.orders import models, offers, rules


@dataclass(frozen=True)
class CartLineView:
    """One product in the cart at its present price. `available` is None where stock is not counted."""

    product_id: UUID
    name: str
    slug: str
    unit: str
    quantity: int
    price_amount: int
    available: int | None
    stock_mode: str
    purchasable: bool
    warnings: tuple[str, ...]

    @property
    def line_amount(self) -> int:
        return self.price_amount * self.quantity


@dataclass(frozen=True)
class CartShop:
    shop_id: UUID
    name: str
    slug: str
    district_code: str
    district_name: str
    lines: tuple[CartLineView, ...]

    @property
    def items_amount(self) -> int:
        """Of what can be bought now."""
        return sum(line.line_amount for line in self.lines if line.purchasable)


@dataclass(frozen=True)
class CartView:
    """The cart by shop. `gone` are products that are not shown to the public any more; they can only be removed."""

    shops: tuple[CartShop, ...] = ()
    gone: tuple[UUID, ...] = ()

    @property
    def items_amount(self) -> int:
        return sum(shop.items_amount for shop in self.shops)

    @property
    def count(self) -> int:
        return sum(len(shop.lines) for shop in self.shops) + len(self.gone)

    @property
    def can_check_out(self) -> bool:
        return (
            bool(self.shops) and not self.gone and all(line.purchasable for shop in self.shops for line in shop.lines)
        )


@dataclass(frozen=True)
class LineView:
    """One product as sold."""

    product_id: UUID
    name: str
    slug: str
    unit: str
    quantity: int
    unit_price_amount: int
    line_amount: int


@dataclass(frozen=True)
class Step:
    """One status an order came to; `party` is buyer, seller or system."""

    at: datetime
    status: str
    party: str
    reason: str | None


@dataclass(frozen=True)
class OrderView:
    """One shop's part of a checkout, as its buyer sees it."""

    id: UUID
    number: str
    shop_id: UUID
    business_name: str
    business_number: str
    shop_slug: str
    pickup_address: str | None
    status: str
    payment_method: str
    delivery_method: str
    items_amount: int
    delivery_amount: int
    total_amount: int
    hold_until: datetime | None
    paid_at: datetime | None
    reason: str | None
    lines: tuple[LineView, ...]
    timeline: tuple[Step, ...]
    delivery_days: int | None = None
    arrives_by: date | None = None
    """The day the goods were promised for; None without a promise, or until the money of a prepaid order came."""

    @property
    def can_cancel(self) -> bool:
        return self.status in rules.BUYER_CANCELS

    @property
    def can_confirm_received(self) -> bool:
        return self.status in {models.HANDED_OVER, models.DELIVERED}


@dataclass(frozen=True)
class GroupView:
    """A checkout with its orders, for whoever holds its key or placed it."""

    id: UUID
    number: str
    key: str
    placed_at: datetime
    business_date: date
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None
    address: str | None
    payment_method: str
    items_amount: int
    delivery_amount: int
    total_amount: int
    orders: tuple[OrderView, ...]

    @property
    def status(self) -> str:
        return rules.group_status([order.status for order in self.orders])

    @property
    def destination(self) -> str:
        return offers.destination(self.region_code)

    @property
    def contact_phone_masked(self) -> str:
        return phone.masked(self.contact_phone)


@dataclass(frozen=True)
class RowOrder:
    number: str
    business_name: str
    status: str
    total_amount: int


@dataclass(frozen=True)
class GroupRow:
    """A checkout in a list of the buyer's own."""

    id: UUID
    number: str
    key: str
    placed_at: datetime
    total_amount: int
    payment_method: str
    orders: tuple[RowOrder, ...]

    @property
    def status(self) -> str:
        return rules.group_status([order.status for order in self.orders])


@dataclass(frozen=True)
class SellerOrderRow:
    """An order in the list of the shop that fulfils it. `next_steps` are the verbs its seller may do now."""

    id: UUID
    number: str
    shop_id: UUID
    placed_at: datetime
    status: str
    buyer_name: str
    total_amount: int
    line_count: int
    payment_method: str
    delivery_method: str
    hold_until: datetime | None
    next_steps: tuple[str, ...]


@dataclass(frozen=True)
class SellerOrderView(SellerOrderRow):
    """The order as its seller needs it to fulfil it. The phone is whole only while there is something to fulfil."""

    lines: tuple[LineView, ...]
    timeline: tuple[Step, ...]
    contact_phone: str | None
    contact_phone_masked: str
    region_code: str | None
    address: str | None
    items_amount: int
    delivery_amount: int
    reason: str | None
    paid_at: datetime | None
    arrives_by: date | None

    @property
    def destination(self) -> str:
        return offers.destination(self.region_code)
