"""Build the indexes again from nothing but the catalogue, while search goes on with the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import Select, String, case, cast, or_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.catalogue.models import Product
from app.db import Transactions
from app.kit import clock
from app.registry.models import Business
from search import documents, indexer, vocabulary
from search.documents import Document
from search.engines import choosing
from search.engines.port import EngineAway, EngineName, OutsideEngine
from search.engines.postgres import PostgresEngine
from search.models import SearchDocument, SearchIndex

Progress = Callable[[int], None]
"""Told how many more products are done."""

log = structlog.get_logger(__name__)


def rebuild(begin: Transactions, progress: Progress = lambda done: None) -> int:
    """Read every public product again into PostgreSQL's copy, remove what is no longer public, count the words; then the same
    for the outside engine, if there is one. Returns how many products can be found. Raises EngineAway.

    The copy is brought up to date row by row and an outside index is swapped in whole: nothing is ever missing meanwhile.
    """
    with begin() as session:
        everything = candidates(session)
    for chunk in indexer.chunks(everything):
        indexer.copy(begin, chunk)
        progress(len(chunk))
    vocabulary.recount(begin)
    note_rebuilt(begin, "postgres", clock.now())
    engine = choosing.outside()
    if engine is not None:
        replace(begin, engine, progress)
    with begin() as session:
        return PostgresEngine(session).size()


def steps(session: Session) -> int:
    """How many products `rebuild` will tell its progress of."""
    return len(candidates(session)) * (1 if choosing.outside() is None else 2)


def replace(begin: Transactions, engine: OutsideEngine, progress: Progress = lambda done: None) -> None:
    """Build the outside index and swap it in. What changed while it was being built was told to the old one, so it is told
    again afterwards."""
    began = clock.now()
    put: dict[UUID, Document] = {}

    def batches() -> Iterator[Sequence[Document]]:
        for batch in public_batches(begin):
            put.update((document.product_id, document) for document in batch)
            yield batch
            progress(len(batch))

    engine.replace(batches())
    note_rebuilt(begin, engine.name, began)
    choosing.breaker.close()
    changed = set(put)
    for batch in public_batches(begin):
        changed ^= {document.product_id for document in batch if put.get(document.product_id) == document}
        changed |= {document.product_id for document in batch if put.get(document.product_id) != document}
    indexer.refresh(begin, changed)


def public_batches(begin: Transactions) -> Iterator[Sequence[Document]]:
    """All public products by id, each batch read in a transaction of its own that is over before the batch is used."""
    last: UUID | None = None
    while True:
        with begin() as session:
            batch = documents.read_after(session, last, indexer.CHUNK)
        if not batch:
            return
        yield batch
        last = batch[-1].product_id


def candidates(session: Session) -> list[UUID]:
    """Everything public or in the copy."""
    return sorted({*session.execute(public_ids()).scalars(), *session.exec(select(SearchDocument.product_id))})


def public_ids() -> Select[tuple[UUID]]:
    return documents.of_public(Product.id)


def note_rebuilt(begin: Transactions, engine: EngineName, at: datetime) -> None:
    """What could not be told before this moment is in the new index; what failed since is not."""
    stale = case((col(SearchIndex.stale_since) > at, col(SearchIndex.stale_since)))
    with begin() as session:
        session.execute(
            insert(SearchIndex)
            .values(engine=engine, rebuilt_at=at)
            .on_conflict_do_update(index_elements=["engine"], set_={"rebuilt_at": at, "stale_since": stale})
        )


def keep_complete(begin: Transactions) -> None:
    """Find what the copies missed (an event given up, a restored backup, an engine switched on later) and mend it."""
    with begin() as session:
        wrong = differing(session)
    if wrong:
        log.warning("search_copy_mended", products=len(wrong))
        indexer.refresh(begin, wrong)
    engine = choosing.outside()
    if engine is None:
        return
    try:
        if incomplete(begin, engine):
            replace(begin, engine)
            log.info("search_index_rebuilt", engine=engine.name)
    except EngineAway as fault:
        log.warning("search_engine_away", engine=engine.name, fault=str(fault))


def incomplete(begin: Transactions, engine: OutsideEngine) -> bool:
    """Whether the outside index misses something: it is not there, was not told everything, or holds another number."""
    held, busy = engine.size(), engine.busy()
    with begin() as session:
        stale = session.exec(select(SearchIndex.stale_since).where(col(SearchIndex.engine) == engine.name)).first()
        missing = held is None or (not busy and held != PostgresEngine(session).size())
        return stale is not None or missing


def differing(session: Session) -> list[UUID]:
    """Products whose copy is missing, of an older version, or of something no longer public."""
    version = cast(col(Product.version), String) + "." + cast(col(Business.version), String)
    stale = (
        public_ids()
        .join(SearchDocument, col(SearchDocument.product_id) == Product.id, isouter=True)
        .where(or_(col(SearchDocument.version).is_(None), col(SearchDocument.version) != version))
    )
    hidden = select(SearchDocument.product_id).where(col(SearchDocument.product_id).not_in(public_ids()))
    return sorted({*session.execute(stale).scalars(), *session.exec(hidden)})
