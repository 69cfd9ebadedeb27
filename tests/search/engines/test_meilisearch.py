"""The same questions to a real Meilisearch server, whose answers are compared with PostgreSQL's."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import text

from app.orders.events import OrderPlaced
from search import handlers, indexer, reindex
from search.engines import choosing
from search.engines.meilisearch import MeilisearchEngine
from search.engines.port import EngineAway
from search.engines.postgres import PostgresEngine
from search.queries import Query, wanted_by
from tests.factories import orders
from tests.search.goods import BENGALON, HOSTILE, SANGATTA_UTARA, Good, Market

QUESTIONS: tuple[dict[str, Any], ...] = (
    {},
    {"text": "amplang"},
    {"text": "amp"},
    {"text": "ikan amp"},
    {"text": "tenggiri amplang"},
    {"text": "kripik"},
    {"text": "coffee"},
    {"text": "gula merah"},
    {"text": "madu trigona"},
    {"text": "250 g"},
    {"text": "café"},
    {"text": "bengalon"},
    {"text": "amplang madu"},
    {"text": "tidakadasamasekali"},
    {"category": "makanan"},
    {"category": "amplang", "halal": True},
    {"category": "tidak-ada"},
    {"district": BENGALON},
    {"district": SANGATTA_UTARA, "price_min": 20_000, "price_max": 25_000},
    {"text": "madu", "halal": True, "price_min": 100_000},
)


def settle(engine: MeilisearchEngine) -> None:
    """Wait until the server has worked off what it was handed."""
    deadline = time.monotonic() + 20
    while engine.busy():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def both(market: Market, meilisearch: MeilisearchEngine) -> Market:
    """The small catalogue in both engines; Meilisearch is the one asked."""
    reindex.rebuild(market.begin)
    settle(meilisearch)
    return market


def test_both_engines_find_and_count_the_same(both: Market, meilisearch: MeilisearchEngine) -> None:
    for question in QUESTIONS:
        wanted = wanted_by(Query(**question))
        theirs = meilisearch.find(wanted)
        with both.begin() as session:
            ours = PostgresEngine(session).find(wanted)
        assert set(theirs.product_ids) == set(ours.product_ids), question
        assert theirs.total == ours.total, question
        assert theirs.counts == ours.counts, question


def test_both_engines_put_them_in_the_same_order(both: Market, meilisearch: MeilisearchEngine) -> None:
    for question in (
        {"sort": "price"},
        {"sort": "-price"},
        {"sort": "newest"},
        {"text": "ikan", "sort": "price"},
        {"sort": "price", "page": 2, "per_page": 3},
        {"sort": "price", "page": 9, "per_page": 3},
    ):
        wanted = wanted_by(Query(**question))  # type: ignore[arg-type]
        with both.begin() as session:
            assert meilisearch.find(wanted).product_ids == PostgresEngine(session).find(wanted).product_ids, question


def test_pages_neither_overlap_nor_miss_anything(both: Market) -> None:
    for sort in ("relevance", "price", "newest"):
        pages = [both.names(sort=sort, page=page, per_page=3) for page in range(1, 5)]
        assert [len(page) for page in pages] == [3, 3, 3, 1]
        assert sorted(name for page in pages for name in page) == sorted(both.ids)


def test_the_nearest_district_comes_first(both: Market) -> None:
    near_bengalon = both.find(sort="near", lat=0.9, lon=117.4)
    assert near_bengalon.engine == "meilisearch"
    nearest = {name for name, id_ in both.ids.items() if id_ in near_bengalon.product_ids[:4]}
    assert nearest == {"Madu kelulut 250 ml", "Gula aren cair", "Lada putih", "Kopi robusta"}


def test_a_slip_is_forgiven(both: Market) -> None:
    answer = both.find("amplng")
    assert (answer.engine, answer.total) == ("meilisearch", 2)
    assert both.find("amplang zzzzzz").corrected_query == "amplang"


def test_what_is_hidden_meanwhile_is_neither_shown_nor_counted(both: Market) -> None:
    """Before the index has heard of it."""
    with both.begin() as session:
        orders.hide(session, both.sellers["Dapur Etam"], both.ids["Amplang ikan bandeng"])
    answer = both.find("amplang")
    assert (answer.engine, answer.total) == ("meilisearch", 1)
    assert answer.product_ids == (both.ids["Amplang ikan tenggiri 250 g"],)


def test_a_change_reaches_the_index(both: Market, meilisearch: MeilisearchEngine) -> None:
    seller = both.sellers["Dapur Etam"]
    bandeng, tenggiri = both.ids["Amplang ikan bandeng"], both.ids["Amplang ikan tenggiri 250 g"]
    with both.begin() as session:
        orders.hide(session, seller, bandeng)
        orders.set_price(session, seller, tenggiri, 99_000)
    indexer.refresh(both.begin, [bandeng, tenggiri])
    settle(meilisearch)
    wanted = wanted_by(Query(text="amplang"))
    hits = meilisearch.find(wanted)
    assert hits.product_ids == (tenggiri,)
    assert hits.counts["price"] == {"2": 1}


def test_sold_out_goods_come_last_once_the_order_was_told(both: Market, meilisearch: MeilisearchEngine) -> None:
    with both.begin() as session:
        placed = orders.order(session, (both.ids["Amplang ikan tenggiri 250 g"], 10))
        order_id, group_id = placed.id, placed.group_id
    handlers.on_stock_taken_or_freed(both.begin, OrderPlaced(order_id, group_id))
    settle(meilisearch)
    assert both.names("amplang") == ["Amplang ikan bandeng", "Amplang ikan tenggiri 250 g"]


def test_nothing_can_be_read_out_of_the_index_but_ids(both: Market, meilisearch: MeilisearchEngine) -> None:
    raw = meilisearch.client().index(meilisearch.uid).search("amplang", {"attributesToRetrieve": ["*"]})
    assert {key for hit in raw["hits"] for key in hit} == {"id"}


def test_hostile_words_and_filters_do_no_harm(both: Market) -> None:
    for typed in HOSTILE:
        assert both.find(typed).engine == "meilisearch", typed
        assert both.find(category=typed, district=typed).total == 0, typed
    assert choosing.breaker.open is False


def test_without_an_index_postgresql_answers_and_says_so(market: Market, meilisearch: MeilisearchEngine) -> None:
    assert meilisearch.size() is None
    answer = market.find("amplang")
    assert (answer.engine, answer.total) == ("postgres", 2)
    assert choosing.complete(market.begin) is False


def test_a_refresh_before_the_first_build_makes_no_index_without_settings(
    market: Market, meilisearch: MeilisearchEngine
) -> None:
    indexer.refresh(market.begin, list(market.ids.values()))
    assert meilisearch.size() is None


def test_the_timetable_builds_a_missing_index_and_leaves_a_whole_one(
    market: Market, meilisearch: MeilisearchEngine
) -> None:
    reindex.keep_complete(market.begin)
    settle(meilisearch)
    assert meilisearch.size() == 10
    assert choosing.complete(market.begin) is True
    with market.begin() as session:
        built = session.execute(text("SELECT rebuilt_at FROM search_index WHERE engine = 'meilisearch'")).scalar_one()
    reindex.keep_complete(market.begin)
    with market.begin() as session:
        again = session.execute(text("SELECT rebuilt_at FROM search_index WHERE engine = 'meilisearch'")).scalar_one()
    assert again == built


def test_what_could_not_be_told_is_mended_by_building_again(both: Market, meilisearch: MeilisearchEngine) -> None:
    seller, bandeng = both.sellers["Dapur Etam"], both.ids["Amplang ikan bandeng"]
    with both.begin() as session:
        orders.set_price(session, seller, bandeng, 500_000)
    indexer.mark_stale(both.begin, "meilisearch")
    assert choosing.complete(both.begin) is False
    reindex.keep_complete(both.begin)
    settle(meilisearch)
    assert choosing.complete(both.begin) is True
    assert meilisearch.find(wanted_by(Query(text="bandeng"))).counts["price"] == {"5": 1}


def test_what_changed_while_the_index_was_built_is_told_afterwards(
    both: Market, meilisearch: MeilisearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    bandeng = both.ids["Amplang ikan bandeng"]
    built = MeilisearchEngine.replace

    def slowly(engine: MeilisearchEngine, batches: Any) -> None:
        read = list(batches)
        with both.begin() as session:
            orders.hide(session, both.sellers["Dapur Etam"], bandeng)
        both.stock_up(Good("Dapur Etam", "Amplang udang", "amplang", 22_000))
        built(engine, read)

    monkeypatch.setattr(MeilisearchEngine, "replace", slowly)
    reindex.rebuild(both.begin)
    settle(meilisearch)
    found = meilisearch.find(wanted_by(Query(text="amplang"))).product_ids
    assert set(found) == {both.ids["Amplang ikan tenggiri 250 g"], both.ids["Amplang udang"]}


def test_a_wrong_key_or_a_refused_request_is_one_kind_of_fault(meilisearch: MeilisearchEngine) -> None:
    with pytest.raises(EngineAway):
        meilisearch.find(wanted_by(Query(text="amplang")))
    nowhere = MeilisearchEngine("http://127.0.0.1:9", None, index="x")
    for call in (nowhere.size, nowhere.busy, lambda: nowhere.find(wanted_by(Query()))):
        with pytest.raises(EngineAway):
            call()
    assert nowhere.healthy() is False
