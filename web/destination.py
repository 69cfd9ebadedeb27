"""Where the goods are to go: `?tujuan=` of the address, else the remembered place, else nowhere in particular.

Districts of the own regency, where a seller's courier may come, and the other regencies and cities, where a parcel may be sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from app.reference import regency, regions
from app.reference.regency import Regency
from app.reference.regions import Place
from web import cookies

FIELD = "tujuan"
NOWHERE = ""
"""Asked for in the address, it forgets the place."""


def place_of(code: str | None) -> Place | None:
    """The place a code means, if goods can be told to go there: any other code is nothing."""
    place = regions.get(code) if code else None
    if place is None or place.code == regency.current().code:
        return None
    if place.level == "district":
        return place if regions.is_own_district(place.code) else None
    return place if place.level == "regency" else None


def chosen(request: Request) -> Place | None:
    asked = request.query_params.get(FIELD)
    if asked == NOWHERE:
        return None
    return place_of(asked) or place_of(cookies.read(request, cookies.DESTINATION))


def remember(request: Request, response: Response) -> None:
    """Keep what the address of this page asks for; a code that means no place changes nothing."""
    asked, settings = request.query_params.get(FIELD), request.app.state.settings
    if (place := place_of(asked)) is not None:
        cookies.write(response, settings, cookies.DESTINATION, place.code, max_age=cookies.DESTINATION_AGE)
    elif asked == NOWHERE and cookies.read(request, cookies.DESTINATION) is not None:
        cookies.clear(response, settings, cookies.DESTINATION)


@dataclass(frozen=True)
class Offered:
    """The places one can choose on any page; everywhere else is a page of its own."""

    districts: tuple[Place, ...]
    neighbours: tuple[Place, ...]
    """The other regencies and cities of the province."""


def offered() -> Offered:
    return offered_in(regency.current())


@lru_cache(maxsize=8)
def offered_in(own: Regency) -> Offered:
    neighbours = (place for place in regions.regencies(own.province_code) if place.code != own.code)
    return Offered(by_name(regions.districts()), by_name(neighbours))


def by_name(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(sorted(places, key=lambda place: place.name))
