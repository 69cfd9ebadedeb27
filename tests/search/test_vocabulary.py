"""The catalogue's own words, and what a mistyped one probably meant."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from search import vocabulary
from tests.factories import orders
from tests.search.goods import Good, Market, indexed_words


def counts(session: Session, word: str) -> tuple[int, int] | None:
    row = session.execute(text("SELECT uses, named FROM search_word WHERE word = :w"), {"w": word}).one_or_none()
    return (row.uses, row.named) if row else None


def test_words_are_known_at_once_and_counted_later(market: Market, session: Session) -> None:
    assert counts(session, "amplang") == (1, 1)
    vocabulary.recount(market.begin)
    assert counts(session, "amplang") == (2, 2)
    assert counts(session, "renyah") == (1, 0)
    assert counts(session, "sangatta") == (4, 0)


def test_words_no_product_carries_any_more_are_forgotten(market: Market, session: Session) -> None:
    with market.begin() as inner:
        orders.hide(inner, market.sellers["Rumah Batik Karangan"], market.ids["Tas anyaman rotan"])
    market.stock_up()
    assert "rotan" in indexed_words(session)
    session.execute(text("DELETE FROM search_document WHERE product_id = :p"), {"p": market.ids["Tas anyaman rotan"]})
    vocabulary.recount(market.begin)
    assert "rotan" not in indexed_words(session)
    assert "batik" in indexed_words(session)


@pytest.mark.parametrize("word", ["amplang", "amp", "tenggiri", "kripik", "coffee"])
def test_a_known_word_a_beginning_or_a_synonym_is_not_mended(market: Market, session: Session, word: str) -> None:
    assert vocabulary.corrected(session, [word]) is None


def test_only_the_last_word_may_be_a_beginning(market: Market, session: Session) -> None:
    assert vocabulary.corrected(session, ["tenggi", "amplang"]) == ("tenggiri", "amplang")


def test_what_names_many_goods_is_meant_rather_than_what_names_few(market: Market, session: Session) -> None:
    market.stock_up(
        *(Good("Dapur Etam", f"Bawang goreng {number}", "bumbu", 10_000) for number in range(3)),
        Good("Dapur Etam", "Bayang", "kerajinan", 10_000),
    )
    vocabulary.recount(market.begin)
    assert vocabulary.corrected(session, ["baeang"]) == ("bawang",)


def test_short_words_and_numbers_are_not_guessed_at(market: Market, session: Session) -> None:
    assert vocabulary.corrected(session, ["ab"]) is None
    assert vocabulary.corrected(session, ["251"]) is None
    assert vocabulary.corrected(session, ["251", "madu"]) == ("madu",)


def test_hostile_patterns_are_words_like_others(market: Market, session: Session) -> None:
    for word in ("%", "_", "\\", "amp%", "a_plang"):
        assert vocabulary.unknown_words(session, [word]) == {word}
