"""What the faces ask of search: which products in what order, how many in each facet, what was probably meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar
from uuid import UUID

from sqlmodel import Session, col

from app.catalogue import categories
from app.catalogue.models import Product
from app.db import Transactions
from app.kit import texts
from search import facets, places, suggesting, vocabulary, words
from search.documents import of_public
from search.engines import choosing
from search.engines.port import EngineName, Hits, OutsideEngine, Sort, Wanted
from search.engines.postgres import PostgresEngine
from search.facets import Bucket
from search.suggesting import Suggestion

__all__ = ["Bucket", "Found", "Query", "Sort", "Suggestion", "engine_state", "products", "products_and", "suggest"]

MOST_A_PAGE = 60
LAST_PAGE = 100_000
LARGEST_PRICE = 2**62

Read = TypeVar("Read")
Answer = tuple[Hits, str | None]
"""What was found, and the words that were searched for instead, if any."""


@dataclass(frozen=True)
class Query:
    """`price_min` and `price_max` in whole rupiah; `category` a slug (its children included), `district` a code."""

    text: str = ""
    category: str | None = None
    district: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    halal: bool = False
    sort: Sort = "relevance"
    lat: float | None = None
    lon: float | None = None
    page: int = 1
    per_page: int = 24


@dataclass(frozen=True)
class Found:
    """`facets` has `category`, `district`, `halal` and `price`. With `corrected_query`, nothing matched what was typed and this
    is the answer to those words instead."""

    product_ids: tuple[UUID, ...]
    total: int
    facets: Mapping[str, tuple[Bucket, ...]]
    engine: EngineName
    corrected_query: str | None = None


def products(begin: Transactions, query: Query) -> Found:
    """Never raises for what somebody typed: what cannot be read finds nothing. Only what anybody may see now is in the answer.

    Opens its own short transactions, because none may be open while an outside engine is asked over the network.
    """
    wanted = wanted_by(query)
    if wanted.words == ():
        return told((Hits(), None), wanted, query, choosing.preferred())
    answer, engine = choosing.ask(
        lambda engine: found_outside(begin, engine, wanted), lambda: found_here(begin, wanted)
    )
    return told(answer, wanted, query, engine)


def products_and(
    begin: Transactions, query: Query, read: Callable[[Session, Sequence[UUID]], Read]
) -> tuple[Found, Read]:
    """`products`, and what `read` knows of them: in the same transaction where no outside engine is to be asked."""
    if choosing.outside() is None:
        wanted = wanted_by(query)
        with begin() as session:
            answer = found_in(session, wanted) if wanted.words != () else (Hits(), None)
            return told(answer, wanted, query, "postgres"), read(session, answer[0].product_ids)
    found = products(begin, query)
    with begin() as session:
        return found, read(session, found.product_ids)


def told(answer: Answer, wanted: Wanted, query: Query, engine: EngineName) -> Found:
    hits, mended = answer
    return Found(hits.product_ids, hits.total, facets.of(hits, wanted, query.category), engine, mended)


def found_here(begin: Transactions, wanted: Wanted) -> Answer:
    with begin() as session:
        return found_in(session, wanted)


def found_in(session: Session, wanted: Wanted) -> Answer:
    return search(PostgresEngine(session).find, lambda asked: vocabulary.corrected(session, asked), wanted)


def found_outside(begin: Transactions, engine: OutsideEngine, wanted: Wanted) -> Answer:
    """Raises EngineAway."""

    def corrected(asked: Sequence[str]) -> tuple[str, ...] | None:
        with begin() as session:
            return vocabulary.corrected(session, asked)

    return search(lambda wanted: still_public(begin, engine.find(wanted)), corrected, wanted)


def search(
    find: Callable[[Wanted], Hits], corrected: Callable[[Sequence[str]], tuple[str, ...] | None], wanted: Wanted
) -> Answer:
    """Ask as it was typed; when nothing at all matches and a word is unknown, ask again as it was probably meant."""
    hits = find(wanted)
    if hits.total or not wanted.words:
        return hits, None
    mended = corrected(wanted.words)
    if mended is None or mended == wanted.words:
        return hits, None
    return find(replace(wanted, words=mended)), words.joined(mended)


def still_public(begin: Transactions, hits: Hits) -> Hits:
    """An engine of its own hears of a change a moment later; what is hidden meanwhile is neither shown nor counted."""
    if not hits.product_ids:
        return hits
    with begin() as session:
        rows = session.execute(of_public(Product.id).where(col(Product.id).in_(hits.product_ids)))
        public = set(rows.scalars())
    shown = tuple(product_id for product_id in hits.product_ids if product_id in public)
    return Hits(shown, hits.total - (len(hits.product_ids) - len(shown)), hits.counts)


def wanted_by(query: Query) -> Wanted:
    """The question as an engine can answer it: words cut, categories spread, numbers within bounds, `near` only with a place."""
    by_distance = places.nearest_districts(query.lat, query.lon) if query.sort == "near" else ()
    categories_wanted = None
    if query.category:
        categories_wanted = () if texts.unwritable(query.category) else tuple(categories.with_children(query.category))
    return Wanted(
        words=words.of_question(query.text),
        categories=categories_wanted,
        district=("" if texts.unwritable(query.district) else query.district) if query.district else None,
        price_min=bounded(query.price_min),
        price_max=bounded(query.price_max),
        halal=query.halal,
        sort="relevance" if query.sort == "near" and not by_distance else query.sort,
        place=(query.lat, query.lon) if by_distance and query.lat is not None and query.lon is not None else None,
        districts_by_distance=by_distance,
        page=max(1, min(query.page, LAST_PAGE)),
        per_page=max(1, min(query.per_page, MOST_A_PAGE)),
    )


def bounded(amount: int | None) -> int | None:
    return None if amount is None else max(-LARGEST_PRICE, min(amount, LARGEST_PRICE))


def suggest(session: Session, q: str, *, limit: int = 8) -> list[Suggestion]:
    """What somebody may be about to type: categories, products, businesses. Always from PostgreSQL; never raises for what was
    typed."""
    return suggesting.suggestions(session, q, limit=limit)


def engine_state(begin: Transactions) -> Literal["ok", "degraded"]:
    """`degraded` while the configured engine is away or has no complete index, so that PostgreSQL answers in its place."""
    return "ok" if choosing.complete(begin) else "degraded"
