"""What it costs to get one of each of these goods to a place, and when it is there: for lists of goods. One read a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, Uuid, bindparam, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col, select

from app.catalogue.models import MADE_TO_ORDER, Product, Shop, Stock
from app.catalogue.views import Card
from app.db import Prepared
from app.kit import clock
from app.orders import offers, rules
from app.orders.models import CourierRate, ExpeditionRate
from app.reference.regions import Place
from app.registry.models import ACTIVE, Business

SELLING = (col(Shop.status) == "open", col(Business.status) == ACTIVE)


@dataclass(frozen=True)
class Arrival:
    """How one of a product reaches a place. `method` is courier or expedition, or None when its shop does not deliver there and
    the goods can only be picked up. `days` is None while the seller has not said, and for what is still to be made."""

    method: str | None
    amount: int | None = None
    days: int | None = None
    made_first: bool = False
    weight_missing: bool = False
    """Its shop sends there, but nobody can say for how much."""

    @property
    def day(self) -> date | None:
        """When it would be there if it were ordered now."""
        return None if self.days is None else rules.first_day(clock.now()) + timedelta(days=self.days)

    @property
    def in_days(self) -> int | None:
        """How many days from today that is."""
        return None if self.day is None else (self.day - clock.today()).days


WAYS = Prepared(
    select(  # type: ignore[call-overload]
        col(Product.id), col(Product.weight_gram), col(Stock.mode),
        col(CourierRate.price_amount), col(CourierRate.days).label("courier_days"),
        col(ExpeditionRate.per_kilogram_amount), col(ExpeditionRate.minimum_amount),
        col(ExpeditionRate.days).label("expedition_days"),
    )
    .join(Stock, col(Stock.product_id) == Product.id)
    .outerjoin(
        CourierRate,
        (col(CourierRate.shop_id) == Product.shop_id)
        & (col(CourierRate.district_code) == bindparam("district", type_=Text())),
    )
    .outerjoin(
        ExpeditionRate,
        (col(ExpeditionRate.shop_id) == Product.shop_id)
        & (col(ExpeditionRate.regency_code) == bindparam("regency", type_=Text())),
    )
    .where(col(Product.id) == func.any(bindparam("ids", type_=ARRAY(Uuid()))))
)  # fmt: skip


PLACES = Prepared(
    select(col(CourierRate.district_code).label("place"), func.count().label("shops"))
    .join(Shop, col(Shop.id) == CourierRate.shop_id)
    .join(Business, col(Business.id) == Shop.business_id)
    .where(*SELLING)
    .group_by(col(CourierRate.district_code))
    .union_all(
        select(col(ExpeditionRate.regency_code), func.count())
        .join(Shop, col(Shop.id) == ExpeditionRate.shop_id)
        .join(Business, col(Business.id) == Shop.business_id)
        .where(*SELLING)
        .group_by(col(ExpeditionRate.regency_code))
    )
)


def shops_by_place(session: Session) -> dict[str, int]:
    """How many open shops deliver to each place somebody delivers to, by the code of its district or regency."""
    return {row.place: row.shops for row in PLACES.rows(session)}


def of(session: Session, product_ids: Sequence[UUID], region_code: str | None) -> dict[UUID, Arrival]:
    """By product, at what the shops' own rates say now; empty while no place is chosen."""
    if region_code is None or not product_ids:
        return {}
    rows = WAYS.rows(
        session,
        ids=list(set(product_ids)),
        district=offers.district_in(region_code),
        regency=offers.regency_in(region_code),
    )
    return {row.id: arrival(row) for row in rows}


def of_cards(session: Session, cards: Sequence[Card], place: Place | None) -> dict[UUID, Arrival]:
    return of(session, [card.product_id for card in cards], place.code if place else None)


def arrival(row: Row[Any]) -> Arrival:
    """The courier comes to the door; a parcel service is asked where the courier does not go."""
    made_first = row.mode == MADE_TO_ORDER
    if row.price_amount is not None:
        return Arrival("courier", row.price_amount, None if made_first else row.courier_days, made_first)
    if row.per_kilogram_amount is None:
        return Arrival(None)
    if row.weight_gram is None:
        return Arrival(None, weight_missing=True)
    amount = rules.expedition_amount(
        row.weight_gram, per_kilogram_amount=row.per_kilogram_amount, minimum_amount=row.minimum_amount
    )
    return Arrival("expedition", amount, None if made_first else row.expedition_days, made_first)
