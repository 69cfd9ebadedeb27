"""What the list of goods is asked for: words, filters, order and page, all of them in the address."""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.errors import FieldError
from app.kit import money
from search.queries import Query, Sort

FIELDS = ("q", "kategori", "kecamatan", "harga_min", "harga_maks", "halal", "urut", "lat", "lon")
YES = "ya"
BEST = "relevan"
SORTS: Mapping[str, Sort] = {
    BEST: "relevance",
    "harga": "price",
    "-harga": "-price",
    "terbaru": "newest",
    "terdekat": "near",
}
LONGEST_WORDS = 100
LONGEST_CODE = 40
MOST_PAGES = 400
PLACE = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,9})?")
PER_PAGE = 24


def asked_of(address: Mapping[str, str]) -> dict[str, str]:
    """What was asked, as typed, to be shown again; NUL is dropped, because PostgreSQL cannot compare with it."""
    found = {name: address.get(name, "").replace("\0", "").strip() for name in FIELDS}
    found["q"] = " ".join(found["q"][:LONGEST_WORDS].split())
    found["urut"] = found["urut"] if found["urut"] in SORTS else BEST
    return found


def page_of(address: Mapping[str, str]) -> int:
    """The page number in an address; anything that is none is the first page."""
    text = address.get("halaman", "")
    return min(max(1, int(text)), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def query_of(asked: Mapping[str, str], page: int) -> tuple[Query, tuple[FieldError, ...]]:
    """The query, and a fault for each price that cannot be read; such a price narrows nothing."""
    faults: list[FieldError] = []
    least, most = amount(asked, "harga_min", faults), amount(asked, "harga_maks", faults)
    if least is not None and most is not None and least > most:
        faults.append(
            FieldError("harga_maks", "too_small", "Harga paling tinggi lebih kecil dari harga paling rendah.")
        )
    query = Query(
        text=asked["q"],
        category=asked["kategori"][:LONGEST_CODE] or None,
        district=asked["kecamatan"][:LONGEST_CODE] or None,
        price_min=least,
        price_max=most,
        halal=asked["halal"] == YES,
        sort=SORTS[asked["urut"]],
        lat=degrees(asked["lat"], most=90),
        lon=degrees(asked["lon"], most=180),
        page=page,
        per_page=PER_PAGE,
    )
    return query, tuple(faults)


def amount(asked: Mapping[str, str], field: str, faults: list[FieldError]) -> int | None:
    if not asked[field]:
        return None
    try:
        return money.parse(asked[field])
    except ValueError as fault:
        faults.append(FieldError(field, "not_an_amount", str(fault)))
        return None


def degrees(text: str, *, most: int) -> float | None:
    """Part of a place on earth; None for anything else, and the goods are then sorted as without a place."""
    if not PLACE.fullmatch(text):
        return None
    found = float(text)
    return found if abs(found) <= most else None
