"""Which engine answers: the configured one, or PostgreSQL while that one is away."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlmodel import col, select

from app.config import settings
from app.db import Transactions
from app.reference import regency
from search.engines.meilisearch import MeilisearchEngine
from search.engines.port import EngineAway, EngineName, OutsideEngine
from search.models import SearchIndex

REST = 15.0
"""Seconds an engine that failed is left alone, so that an outage costs one buyer in fifteen seconds a wait, not everybody."""

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


@dataclass
class Breaker:
    """Whether the outside engine is being left alone, for this process."""

    rests_until: float = 0.0

    @property
    def open(self) -> bool:
        return time.monotonic() < self.rests_until

    def trip(self) -> None:
        self.rests_until = time.monotonic() + REST

    def close(self) -> None:
        self.rests_until = 0.0


breaker = Breaker()


def outside() -> OutsideEngine | None:
    """The engine in a process of its own, if one is configured."""
    chosen = settings()
    if not chosen.meilisearch_url:
        return None
    key = chosen.meilisearch_key.get_secret_value() if chosen.meilisearch_key else None
    return MeilisearchEngine(chosen.meilisearch_url, key, index=index_name())


def index_name() -> str:
    """One per regency, so that several installations may share a server."""
    return f"pasar-{regency.current().code.replace('.', '-')}"


def preferred() -> EngineName:
    return "meilisearch" if outside() is not None and not breaker.open else "postgres"


def ask(there: Callable[[OutsideEngine], Answer], here: Callable[[], Answer]) -> tuple[Answer, EngineName]:
    """The answer and who gave it: the outside engine, whose time is bounded by its own short limits, or PostgreSQL while there is
    none or it is away. It crosses the network, so it is asked while no transaction is open."""
    engine = outside()
    if engine is not None and not breaker.open:
        try:
            return there(engine), engine.name
        except EngineAway as fault:
            breaker.trip()
            log.warning("search_engine_away", engine=engine.name, fault=str(fault))
    return here(), "postgres"


def complete(begin: Transactions) -> bool:
    """Whether the preferred engine answers, from an index that missed nothing."""
    engine = outside()
    if engine is None:
        return True
    if breaker.open or not engine.healthy():
        return False
    with begin() as session:
        stale = session.exec(select(SearchIndex.stale_since).where(col(SearchIndex.engine) == engine.name)).first()
    try:
        return stale is None and engine.size() is not None
    except EngineAway:
        return False
