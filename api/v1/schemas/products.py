"""Goods."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from api.v1.schemas.fields import Amount, Incoming, Outgoing, Text, Whole
from app.catalogue.listing import Goods
from app.catalogue.models import MOST_PHOTOS
from app.catalogue.rules import ProductDraft
from app.catalogue.views import Card, Picture

StockMode = Literal["counted", "made_to_order", "ask_first"]
LIST_WIDTH = 360
PAGE_WIDTH = 720


def picture_url(base_url: str, picture_id: UUID, width: int) -> str:
    return f"{base_url.rstrip('/')}/foto/{picture_id}/{width}.jpg"


class Seller(Outgoing):
    """The business that sells. `district` is a code."""

    number: str
    name: str
    slug: str
    district: str


class Stock(Outgoing):
    """`available` is null where nothing is counted."""

    mode: StockMode
    available: int | None


class OwnStock(Stock):
    """What its seller sees: how many are there, and how many of them are promised."""

    on_hand: int
    reserved: int


def stock_of(goods: Goods) -> Stock | OwnStock:
    facts = {"mode": goods.stock_mode, "available": goods.available}
    if goods.on_hand is None or goods.reserved is None:
        return Stock.model_validate(facts)
    return OwnStock.model_validate(facts | {"on_hand": goods.on_hand, "reserved": goods.reserved})


class Image(Outgoing):
    """`width` and `height` are those of the picture sent; `url` is it at most 720, `small_url` at most 360 pixels wide."""

    id: UUID
    width: int
    height: int
    url: str
    small_url: str

    @classmethod
    def of(cls, picture: Picture, base_url: str) -> Image:
        return cls(
            id=picture.id,
            width=picture.width,
            height=picture.height,
            url=picture_url(base_url, picture.id, PAGE_WIDTH),
            small_url=picture_url(base_url, picture.id, LIST_WIDTH),
        )


class Product(Outgoing):
    """`variant` is the size within a group of one thing in several sizes, null outside one."""

    id: UUID
    slug: str
    name: str
    variant: str | None
    description: str
    category: str
    price_amount: Amount
    unit: str
    weight_gram: int | None
    stock: OwnStock | Stock
    business: Seller
    halal: bool
    images: Sequence[Image]
    status: str
    version: int

    @classmethod
    def of(cls, goods: Goods, base_url: str) -> Product:
        return cls(
            id=goods.id,
            slug=goods.slug,
            name=goods.name,
            variant=goods.variant,
            description=goods.description,
            category=goods.category_slug,
            price_amount=goods.price_amount,
            unit=goods.unit,
            weight_gram=goods.weight_gram,
            stock=stock_of(goods),
            business=Seller(
                number=goods.business_number,
                name=goods.business_name,
                slug=goods.business_slug,
                district=goods.district_code,
            ),
            halal=goods.halal,
            images=[Image.of(picture, base_url) for picture in goods.pictures],
            status=goods.status,
            version=goods.version,
        )


class Products(Outgoing):
    items: Sequence[Product]
    next: str | None


class FoundProduct(Outgoing):
    """A product in a list of what was found."""

    id: UUID
    slug: str
    name: str
    price_amount: Amount
    business: Seller
    halal: bool
    image: str | None

    @classmethod
    def of(cls, card: Card, base_url: str) -> FoundProduct:
        return cls(
            id=card.product_id,
            slug=card.slug,
            name=card.name,
            price_amount=card.price_amount,
            business=Seller(
                number=card.business_number,
                name=card.business_name,
                slug=card.business_slug,
                district=card.district_code,
            ),
            halal=card.halal,
            image=picture_url(base_url, card.photo_id, LIST_WIDTH) if card.photo_id else None,
        )


def sound(text: str) -> str:
    decoded(text)
    return text


def decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as fault:
        raise PydanticCustomError("base64", "not base64") from fault


Encoded = Annotated[str, Field(strict=True), AfterValidator(sound)]


class StockIn(Incoming):
    mode: StockMode | None = None
    on_hand: Whole | None = None


class ProductChange(Incoming):
    """What is to change; what is left out or null stays."""

    name: Text | None = None
    variant: Text | None = None
    description: Text | None = None
    category: Text | None = None
    price_amount: Whole | None = None
    unit: Text | None = None
    weight_gram: Whole | None = None
    stock: StockIn | None = None

    def draft(self) -> ProductDraft:
        return ProductDraft(
            name=self.name,
            variant=self.variant,
            description=self.description,
            category=self.category,
            price_amount=self.price_amount,
            unit=self.unit,
            weight_gram=self.weight_gram,
            stock_mode=self.stock.mode if self.stock else None,
            on_hand=self.stock.on_hand if self.stock else None,
        )


class ProductIn(ProductChange):
    """A new product: name, category, price and, when it is counted, how many there are. `business` is needed only by who acts
    for several. `photos` in base64 while the whole call stays under 1 MB; larger ones follow by `POST /products/{id}/photos`."""

    name: Text
    category: Text
    price_amount: Whole
    business: Annotated[Text | None, Field(description="number of the business that sells it")] = None
    photos: Annotated[list[Encoded], Field(max_length=MOST_PHOTOS)] = []

    def photo_files(self) -> list[bytes]:
        return [decoded(text) for text in self.photos]
