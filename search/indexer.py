"""Keep the copies true: read products as they are now, then store or remove them. The only way anything gets into an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

import structlog
from sqlalchemy.dialects.postgresql import insert

from app.db import Transactions
from app.kit import clock
from search import documents, vocabulary
from search.documents import Document
from search.engines import choosing
from search.engines.port import EngineAway, EngineName, OutsideEngine
from search.engines.postgres import PostgresEngine
from search.models import SearchIndex

CHUNK = 500
MOST_ROUNDS = 4

log = structlog.get_logger(__name__)


def refresh(begin: Transactions, product_ids: Collection[UUID]) -> None:
    """Bring these products to what they are now, in every index. May be repeated, and run beside itself."""
    for chunk in chunks(sorted(set(product_ids))):
        refresh_chunk(begin, chunk)


def refresh_chunk(begin: Transactions, product_ids: Sequence[UUID]) -> None:
    engine = choosing.outside()
    found = copy(begin, product_ids)
    if engine is None:
        return
    try:
        tell(begin, engine, product_ids, found)
    except EngineAway as fault:
        log.warning("search_engine_not_told", engine=engine.name, products=len(product_ids), fault=str(fault))
        mark_stale(begin, engine.name)


def copy(begin: Transactions, product_ids: Sequence[UUID]) -> list[Document]:
    """PostgreSQL's own copy. Under the lock nobody else writes it, so an older reading never comes after a newer one."""
    with begin() as session:
        session.execute(vocabulary.LOCK)
        found = documents.read(session, product_ids)
        postgres = PostgresEngine(session)
        postgres.put(found)
        postgres.remove(gone(product_ids, found))
    return found


def tell(begin: Transactions, engine: OutsideEngine, product_ids: Sequence[UUID], found: Sequence[Document]) -> None:
    """Hand the documents over, then look again: if they changed meanwhile, somebody else may have handed over the newer ones
    before us. Whoever looks last sees the truth and sends it."""
    for _ in range(MOST_ROUNDS):
        engine.put(found)
        engine.remove(gone(product_ids, found))
        with begin() as session:
            now = documents.read(session, product_ids)
        if now == found:
            return
        found = now
    mark_stale(begin, engine.name)


def gone(product_ids: Sequence[UUID], found: Sequence[Document]) -> list[UUID]:
    return sorted(set(product_ids) - {document.product_id for document in found})


def mark_stale(begin: Transactions, engine: EngineName) -> None:
    """Something did not get through: the timetable builds the index again as soon as the engine answers."""
    with begin() as session:
        session.execute(
            insert(SearchIndex)
            .values(engine=engine, stale_since=clock.now())
            .on_conflict_do_update(index_elements=["engine"], set_={"stale_since": clock.now()})
        )


def chunks(product_ids: Sequence[UUID]) -> list[Sequence[UUID]]:
    return [product_ids[start : start + CHUNK] for start in range(0, len(product_ids), CHUNK)]
