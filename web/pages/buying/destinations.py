"""Where the shops of a cart deliver: the choices of the checkout form."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.db import Session
from app.orders import offers


@dataclass(frozen=True)
class Destinations:
    """Districts a seller's courier reaches and regencies a parcel service reaches, as (code, name) by name."""

    districts: tuple[tuple[str, str], ...]
    regencies: tuple[tuple[str, str], ...]


def offered(session: Session, shop_ids: Sequence[UUID]) -> Destinations:
    """The places at least one of the shops delivers to; the quote says which shop does not."""
    districts: dict[str, str] = {}
    regencies: dict[str, str] = {}
    for rates in offers.rates_of(session, shop_ids).values():
        districts.update({rate.district_code: rate.district_name for rate in rates.courier})
        regencies.update({rate.regency_code: rate.regency_name for rate in rates.expedition})
    return Destinations(by_name(districts), by_name(regencies))


def by_name(found: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(found.items(), key=lambda item: item[1]))
