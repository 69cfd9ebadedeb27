"""The list of goods: search, filters and order, with nothing but links and one form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.catalogue import categories
from app.catalogue import queries as catalogue
from app.catalogue.views import Card
from app.db import Session
from app.orders import arrivals
from app.reference import regions
from search import queries as search
from search.queries import Bucket, Found, Query
from web.deps import PUBLIC, AnyVisit, Reads, Visit
from web.forms import listing
from web.forms.sending import see_other
from web.links import Here
from web.templating import Show

router = APIRouter()

TEMPLATE = "storefront/products.html"


@dataclass(frozen=True)
class Choice:
    """One way to narrow the list, and how many goods it leaves."""

    value: str
    label: str
    count: int | None


@dataclass(frozen=True)
class Band:
    """Prices from `least` to `most` (None: without end), as a way to narrow the list."""

    least: int | None
    most: int | None
    label: str
    count: int
    chosen: bool


@router.get("/produk", dependencies=[PUBLIC])
def show(request: Request, reads: Reads, pages: Show, visit: AnyVisit) -> Response:
    """A price that cannot be read narrows nothing and is answered 422 beside its field; a page past the end is the last."""
    asked = listing.asked_of(request.query_params)
    query, faults = listing.query_of(asked, listing.page_of(request.query_params))
    found, (cards, arriving) = search.products_and(
        reads, query, lambda session, product_ids: shown(session, product_ids, visit)
    )
    last = max(1, -(-found.total // query.per_page))
    if query.page > last:
        return see_other(Here(request)(halaman=last if last > 1 else None))
    context: dict[str, Any] = {
        "asked": asked,
        "narrowing": query,
        "category": categories.get(query.category),
        "district": regions.get(query.district) if query.district else None,
        "cards": cards,
        "arrivals": arriving,
        "total": found.total,
        "corrected_query": found.corrected_query,
        "facets": facets_of(found, query),
        "bands": bands(found, query),
        "filtered": narrowed(query) or query.page > 1,
        "suggestions": categories.tops(),
        "page_number": query.page,
        "page_count": min(last, listing.MOST_PAGES),
    }
    if faults:
        return pages.refuse(TEMPLATE, faults, **context)
    return pages.show(TEMPLATE, **context)


def shown(
    session: Session, product_ids: Sequence[UUID], visit: Visit
) -> tuple[list[Card], Mapping[UUID, arrivals.Arrival]]:
    cards = catalogue.cards(session, product_ids)
    return cards, arrivals.of_cards(session, cards, visit.destination)


def narrowed(query: Query) -> bool:
    return bool(query.district or query.halal or query.price_min is not None or query.price_max is not None)


def facets_of(found: Found, query: Query) -> Mapping[str, tuple[Choice, ...]]:
    """The choices beside the list. Of halal there is one: certified, or no filter."""
    halal = tuple(Choice(listing.YES, "Bersertifikat halal", bucket.count) for bucket in found.facets["halal"][:1])
    return {
        "category": choices(found.facets["category"], query.category),
        "district": choices(found.facets["district"], query.district),
        "halal": halal,
    }


def choices(buckets: tuple[Bucket, ...], chosen: str | None) -> tuple[Choice, ...]:
    """Choices that leave something, and the chosen one even when it leaves nothing."""
    return tuple(
        Choice(bucket.value, bucket.label, bucket.count) for bucket in buckets if bucket.count or bucket.value == chosen
    )


def bands(found: Found, query: Query) -> tuple[Band, ...]:
    """Price bands that leave something; the search names them `lowest-highest`."""
    read = []
    for bucket in found.facets["price"]:
        lowest, _, highest = bucket.value.partition("-")
        least, most = int(lowest) or None, int(highest) if highest else None
        chosen = (least, most) == (query.price_min, query.price_max)
        read.append(Band(least, most, bucket.label, bucket.count, chosen))
    return tuple(band for band in read if band.count or band.chosen)
