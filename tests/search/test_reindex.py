"""The copy can be lost, fall behind or hold too much: it is made again from the catalogue."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from app.registry.models import Business
from search import reindex
from tests.factories import orders
from tests.search.goods import Market, indexed_words


def held(session: Session) -> int:
    return int(session.execute(text("SELECT count(*) FROM search_document")).scalar_one())


def lose_everything(session: Session) -> None:
    for table in ("search_document", "search_word", "search_index"):
        session.execute(text(f"DELETE FROM {table}"))


def test_everything_lost_is_built_again_with_progress(market: Market, session: Session) -> None:
    before = indexed_words(session)
    lose_everything(session)
    done: list[int] = []
    assert reindex.steps(session) == 10
    assert reindex.rebuild(market.begin, done.append) == 10
    assert sum(done) == 10
    assert indexed_words(session) == before
    assert len(market.names("amplang")) == 2
    assert reindex.differing(session) == []


def test_a_rebuild_removes_what_is_no_longer_public(market: Market, session: Session) -> None:
    with market.begin() as inner:
        orders.hide(inner, market.sellers["Dapur Etam"], market.ids["Sambal terasi"])
    assert held(session) == 10
    assert reindex.differing(session) == [market.ids["Sambal terasi"]]
    assert reindex.rebuild(market.begin) == 9
    assert held(session) == 9


def test_the_timetable_mends_what_no_event_told(market: Market, session: Session) -> None:
    """A missing copy, an old one and one too many."""
    seller = market.sellers["Dapur Etam"]
    session.execute(text("DELETE FROM search_document WHERE product_id = :p"), {"p": market.ids["Kopi robusta"]})
    with market.begin() as inner:
        orders.set_price(inner, seller, market.ids["Amplang ikan bandeng"], 21_000)
        inner.get_one(Business, market.sellers["Rumah Batik Karangan"].business_id).status = "suspended"
    expected = {"Kopi robusta", "Amplang ikan bandeng", "Batik wakaroros tulis", "Tas anyaman rotan"}
    assert set(reindex.differing(session)) == {market.ids[name] for name in expected}
    reindex.keep_complete(market.begin)
    assert reindex.differing(session) == []
    assert held(session) == 8


def test_a_whole_copy_is_left_alone(market: Market, session: Session) -> None:
    def rows() -> list[tuple[str, str]]:
        found = session.execute(text("SELECT CAST(ctid AS text), CAST(product_id AS text) FROM search_document"))
        return sorted((row[0], row[1]) for row in found)

    before = rows()
    reindex.keep_complete(market.begin)
    reindex.rebuild(market.begin)
    assert rows() == before
