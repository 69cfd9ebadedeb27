"""Which ways of delivery a shop offers to a place, and their charge. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col, func, select

from app.db import Prepared
from app.orders import rules
from app.orders.models import CourierRate, ExpeditionRate
from app.reference import regions

METHODS = ("pickup", "courier", "expedition")
NAMED_PLACES = 4
"""How many places a sentence names before it says "and others"."""


@dataclass(frozen=True)
class CourierRateView:
    """`days`: in how many days goods that are there arrive; None while the seller has not said."""

    district_code: str
    district_name: str
    price_amount: int
    days: int | None = None


@dataclass(frozen=True)
class ExpeditionRateView:
    regency_code: str
    regency_name: str
    per_kilogram_amount: int
    minimum_amount: int
    days: int | None = None


@dataclass(frozen=True)
class Rates:
    """Every place a shop delivers to, by code; amounts in whole rupiah."""

    courier: tuple[CourierRateView, ...] = ()
    expedition: tuple[ExpeditionRateView, ...] = ()

    def to_district(self, code: str) -> CourierRateView | None:
        return next((rate for rate in self.courier if rate.district_code == code), None)

    def to_regency(self, code: str) -> ExpeditionRateView | None:
        return next((rate for rate in self.expedition if rate.regency_code == code), None)

    @property
    def sentence(self) -> str:
        """What the shop offers, for somebody whose place is not among it."""
        offers = ["ambil sendiri"]
        if self.courier:
            offers.append(f"kurir ke {places(rate.district_name for rate in self.courier)}")
        if self.expedition:
            offers.append(f"ekspedisi ke {places(rate.regency_name for rate in self.expedition)}")
        return f"Yang tersedia: {'; '.join(offers)}."


@dataclass(frozen=True)
class DeliveryOption:
    """One way to receive from one shop at the chosen destination: its charge in rupiah and the days it takes as far as the seller
    said, or why it is not offered."""

    method: str
    amount: int | None
    why_not: str | None = None
    days: int | None = None


def places(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:NAMED_PLACES]) + (" dan lainnya" if len(listed) > NAMED_PLACES else "")


SHOPS = bindparam("shops", type_=ARRAY(Uuid()))
COURIER = Prepared(
    select(CourierRate.shop_id, CourierRate.district_code, CourierRate.price_amount, CourierRate.days)
    .where(col(CourierRate.shop_id) == func.any(SHOPS))
    .order_by(CourierRate.district_code)
)
EXPEDITION = Prepared(
    select(ExpeditionRate).where(col(ExpeditionRate.shop_id) == func.any(SHOPS)).order_by(ExpeditionRate.regency_code)
)


def rates_of(session: Session, shop_ids: Sequence[UUID]) -> dict[UUID, Rates]:
    """The rates of these shops; a shop without any has empty ones."""
    courier: defaultdict[UUID, list[CourierRateView]] = defaultdict(list)
    for rate in COURIER.rows(session, shops=list(shop_ids)):
        district = rate.district_code
        courier[rate.shop_id].append(CourierRateView(district, regions.name(district), rate.price_amount, rate.days))
    expedition: defaultdict[UUID, list[ExpeditionRateView]] = defaultdict(list)
    for rate in EXPEDITION.rows(session, shops=list(shop_ids)):
        expedition[rate.shop_id].append(
            ExpeditionRateView(
                rate.regency_code,
                regions.name(rate.regency_code),
                rate.per_kilogram_amount,
                rate.minimum_amount,
                rate.days,
            )
        )
    return {shop_id: Rates(tuple(courier[shop_id]), tuple(expedition[shop_id])) for shop_id in shop_ids}


def options(
    shop: str, rates: Rates, *, weight_gram: int | None, region_code: str | None, ways: Sequence[str] = METHODS
) -> tuple[DeliveryOption, ...]:
    """These ways to receive from the shop named `shop`: pick-up, courier to a district or village of the regency, expedition to a
    regency."""
    made = {
        "pickup": lambda: DeliveryOption("pickup", 0),
        "courier": lambda: courier(shop, rates, region_code),
        "expedition": lambda: expedition(shop, rates, weight_gram, region_code),
    }
    return tuple(made[way]() for way in ways)


def courier(shop: str, rates: Rates, region_code: str | None) -> DeliveryOption:
    district = district_in(region_code)
    if district is None:
        return DeliveryOption("courier", None, "Pilih kecamatan tujuan untuk diantar kurir.")
    rate = rates.to_district(district)
    if rate is None:
        return DeliveryOption(
            "courier", None, f"{shop} tidak mengantar dengan kurir ke {regions.name(district)}. {rates.sentence}"
        )
    return DeliveryOption("courier", rate.price_amount, days=rate.days)


def expedition(shop: str, rates: Rates, weight_gram: int | None, region_code: str | None) -> DeliveryOption:
    regency = regency_in(region_code)
    if regency is None:
        return DeliveryOption("expedition", None, "Pilih kabupaten atau kota tujuan untuk dikirim dengan ekspedisi.")
    rate = rates.to_regency(regency)
    if rate is None:
        return DeliveryOption(
            "expedition", None, f"{shop} tidak mengirim dengan ekspedisi ke {regions.name(regency)}. {rates.sentence}"
        )
    if weight_gram is None:
        return DeliveryOption(
            "expedition",
            None,
            f"Berat barang {shop} belum diisi penjual, jadi ongkos ekspedisi tidak dapat dihitung. {rates.sentence}",
        )
    return DeliveryOption(
        "expedition",
        rules.expedition_amount(
            weight_gram, per_kilogram_amount=rate.per_kilogram_amount, minimum_amount=rate.minimum_amount
        ),
        days=rate.days,
    )


def district_in(region_code: str | None) -> str | None:
    """The own district a code means: itself, or that of a village."""
    if region_code is None:
        return None
    if regions.is_own_village(region_code):
        return regions.district_of(region_code)
    return region_code if regions.is_own_district(region_code) else None


def regency_in(region_code: str | None) -> str | None:
    """The regency or city a code means: itself, or that of a place of the own regency."""
    place = regions.get(region_code) if region_code else None
    if place is None or place.level == "province":
        return None
    return regions.regency_of(place.code)


def destination(region_code: str | None) -> str:
    """A place with what it lies in, for people: "Sangatta Utara, Kabupaten Kutai Timur". Empty for pick-up."""
    names = []
    place = regions.get(region_code) if region_code else None
    while place is not None and place.level != "province":
        names.append(place.name)
        place = regions.get(place.parent_code) if place.parent_code else None
    return ", ".join(names)
