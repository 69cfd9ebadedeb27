"""What pages and programs read of goods: frozen, and complete enough to be shown without another question."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.registry.queries import PublicBusiness


@dataclass(frozen=True)
class SaleItem:
    """What buying needs to know of a product now. `available` is None where stock is not counted; too little of it is no
    reason in `why_not`, it is told by the number."""

    product_id: UUID
    shop_id: UUID
    business_id: UUID
    business_name: str
    business_number: str
    shop_slug: str
    district_code: str
    village_code: str | None
    name: str
    slug: str
    unit: str
    price_amount: int
    weight_gram: int | None
    stock_mode: str
    available: int | None
    category_slug: str
    purchasable: bool
    why_not: str | None
    version: int


@dataclass(frozen=True)
class Card:
    """A product in a list."""

    product_id: UUID
    slug: str
    name: str
    price_amount: int
    unit: str
    stock_mode: str
    available: int | None
    category_slug: str
    halal: bool
    photo_id: UUID | None
    business_name: str
    business_number: str
    business_slug: str
    district_code: str
    district_name: str


@dataclass(frozen=True)
class Picture:
    id: UUID
    width: int
    height: int


@dataclass(frozen=True)
class Size:
    """One of several sizes of a product, for the links beside it."""

    slug: str
    variant: str
    price_amount: int
    stock_mode: str
    available: int | None
    chosen: bool


@dataclass(frozen=True)
class ProductPage:
    card: Card
    description: str
    weight_gram: int | None
    variant: str | None
    halal_status: str
    photos: tuple[Picture, ...]
    sizes: tuple[Size, ...]
    business: PublicBusiness
    shop_id: UUID
    pickup_address: str | None
    payment_methods: frozenset[str]
    why_not: str | None
    version: int


@dataclass(frozen=True)
class ShopPage:
    """The public page of a business; `shop_id` is None for one that does not sell here."""

    business: PublicBusiness
    shop_id: UUID | None
    status: str | None
    description: str | None
    pickup_address: str | None
    payment_methods: frozenset[str]
    cards: tuple[Card, ...]
    product_count: int


@dataclass(frozen=True)
class ShopTerms:
    """What a shop offers at checkout."""

    shop_id: UUID
    business_id: UUID
    business_name: str
    business_number: str
    name: str
    slug: str
    district_code: str
    village_code: str | None
    pickup_address: str | None
    payment_methods: frozenset[str]
