"""Every place goods may go to, for whoever does not find theirs in the short list."""

from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter
from fastapi.responses import Response

from app.orders import arrivals
from app.reference import regency, regions
from web import destination, redirects
from web.deps import PUBLIC, DbSession
from web.templating import Show

router = APIRouter()

GOODS = "/produk"


@dataclass(frozen=True)
class Reached:
    """A place with how many open shops go there, and the page one came from with that place chosen."""

    name: str
    shops: int
    address: str


@router.get("/tujuan", dependencies=[PUBLIC])
def show(session: DbSession, pages: Show, kembali: str = "") -> Response:
    """Links back to the page one came from; only places that somebody sends to, because the others would be a dead end."""
    back = redirects.own_path(kembali, GOODS)
    shops = arrivals.shops_by_place(session)
    own = regency.current()
    provinces = sorted(regions.provinces(), key=lambda place: (place.code != own.province_code, place.name))
    groups = [(own.name, regions.districts())]
    groups += [(province.name, regions.regencies(province.code)) for province in provinces]
    return pages.show(
        "storefront/destinations.html",
        groups=[
            (name, [Reached(place.name, shops[place.code], chosen(back, place.code)) for place in places])
            for name, within in groups
            if (places := [place for place in destination.by_name(within) if place.code in shops])
        ],
        back=back,
    )


def chosen(back: str, code: str) -> str:
    parts = urlsplit(back)
    kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in (destination.FIELD, "kabar")]
    return f"{parts.path}?{urlencode([*kept, (destination.FIELD, code)])}#kirim-ke"
