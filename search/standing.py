"""How the indexes stand, for whoever runs the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import select

from app.catalogue import queries as catalogue
from app.db import Transactions
from search import reindex
from search.engines import choosing
from search.engines.port import EngineAway, EngineName, OutsideEngine
from search.engines.postgres import PostgresEngine
from search.models import SearchIndex

State = Literal["complete", "incomplete", "away"]


@dataclass(frozen=True)
class Standing:
    """`held` documents of the `public` products there are; None where there is no index or no answer."""

    engine: EngineName
    held: int | None
    public: int
    rebuilt_at: datetime | None
    state: State


def of_every_index(begin: Transactions) -> list[Standing]:
    """PostgreSQL's copy, and before it the outside engine's index where one is configured."""
    with begin() as session:
        public = catalogue.public_count(session)
        held = PostgresEngine(session).size()
        missing = bool(reindex.differing(session))
        known = {row.engine: row for row in session.exec(select(SearchIndex))}
    own = Standing("postgres", held, public, built(known.get("postgres")), "incomplete" if missing else "complete")
    engine = choosing.outside()
    return [own] if engine is None else [outside(engine, known.get(engine.name), public), own]


def built(row: SearchIndex | None) -> datetime | None:
    return row.rebuilt_at if row else None


def outside(engine: OutsideEngine, row: SearchIndex | None, public: int) -> Standing:
    try:
        held = engine.size()
    except EngineAway:
        return Standing(engine.name, None, public, built(row), "away")
    whole = held == public and (row is None or row.stale_since is None)
    return Standing(engine.name, held, public, built(row), "complete" if whole else "incomplete")
