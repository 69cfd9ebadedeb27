"""Copies stay true when several hands write at once and when the outside engine is away."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from uuid import UUID

import pytest
from sqlalchemy import text

from search import documents, indexer
from search.documents import Document
from search.engines import choosing
from search.engines.port import EngineAway
from tests.conftest import Database
from tests.factories import orders
from tests.search.fakes import FakeEngine
from tests.search.goods import GOODS, Market


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    engine = FakeEngine()
    monkeypatch.setattr(choosing, "outside", lambda: engine)
    return engine


def stale(market: Market) -> bool:
    with market.begin() as session:
        return session.execute(text("SELECT stale_since FROM search_index")).scalar() is not None


def test_the_outside_engine_is_told_what_is_there_and_what_is_gone(empty: Market, outside: FakeEngine) -> None:
    empty.stock_up(*GOODS[:3])
    assert outside.held.keys() == set(empty.ids.values())
    with empty.begin() as session:
        orders.hide(session, empty.sellers["Dapur Etam"], empty.ids["Amplang ikan bandeng"])
    indexer.refresh(empty.begin, empty.ids.values())
    assert outside.held.keys() == set(empty.ids.values()) - {empty.ids["Amplang ikan bandeng"]}
    assert not stale(empty)


def test_an_engine_that_is_away_is_remembered_and_stops_nothing(empty: Market, outside: FakeEngine) -> None:
    outside.away = True
    empty.stock_up(*GOODS[:3])
    assert outside.held == {}
    assert stale(empty)
    with empty.begin() as session:
        assert len(documents.read_after(session, None, 10)) == 3
        assert session.execute(text("SELECT count(*) FROM search_document")).scalar_one() == 3


def test_whoever_tells_last_has_looked_last(
    empty: Market, outside: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another worker read later and told sooner: our older reading must not stay."""
    empty.stock_up(GOODS[0])
    product_id = empty.ids[GOODS[0].name]
    put = outside.put

    def overtaken(found: Sequence[Document]) -> None:
        monkeypatch.setattr(outside, "put", put)
        with empty.begin() as session:
            orders.set_price(session, empty.sellers["Dapur Etam"], product_id, 77_000)
        put(found)

    monkeypatch.setattr(outside, "put", overtaken)
    indexer.refresh(empty.begin, [product_id])
    assert outside.held[product_id].price_amount == 77_000


def test_a_product_that_never_stands_still_is_left_to_the_timetable(
    empty: Market, outside: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty.stock_up(GOODS[0])
    product_id = empty.ids[GOODS[0].name]
    prices = iter(range(10_000, 99_000, 1_000))

    def moving(found: Sequence[Document]) -> None:
        with empty.begin() as session:
            orders.set_price(session, empty.sellers["Dapur Etam"], product_id, next(prices))

    monkeypatch.setattr(outside, "put", moving)
    indexer.refresh(empty.begin, [product_id])
    assert stale(empty)


def test_two_workers_at_once_leave_the_newest_words(database: Database) -> None:
    market = Market(database.begin)
    market.stock_up(*GOODS)
    product_id = market.ids["Sambal terasi"]
    faults: list[BaseException] = []

    def rename_and_refresh(start: int) -> None:
        try:
            for number in range(start, start + 10):
                with database.begin() as session:
                    session.execute(
                        text("UPDATE product SET name = :n, version = version + 1 WHERE id = :p"),
                        {"n": f"Sambal {number} {'abcdefghijklmnopqrstuvwxyz'[number]}", "p": product_id},
                    )
                indexer.refresh(database.begin, list(market.ids.values()))
        except BaseException as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)

    workers = [threading.Thread(target=rename_and_refresh, args=(start,)) for start in (0, 10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert faults == []
    with database.begin() as session:
        (document,) = documents.read(session, [product_id])
        stored = session.execute(
            text("SELECT version FROM search_document WHERE product_id = :p"), {"p": product_id}
        ).scalar_one()
    assert stored == document.version


def test_nothing_to_refresh_asks_nobody(empty: Market, outside: FakeEngine) -> None:
    outside.away = True
    indexer.refresh(empty.begin, [])
    assert not stale(empty)
    indexer.refresh(empty.begin, [UUID(int=7)])
    with pytest.raises(EngineAway):
        outside.put([])
