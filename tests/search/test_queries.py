"""What people type and what they find, on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.search.goods import Market


def test_words_are_found_whatever_their_case_accents_and_place(market: Market) -> None:
    assert set(market.names("amplang")) == {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}
    assert market.names("AMPLANG Tenggiri") == ["Amplang ikan tenggiri 250 g"]
    assert market.names("tenggiri amplang") == ["Amplang ikan tenggiri 250 g"]
    assert market.names("cafe") == market.names("Café") == ["Kopi robusta"]
    assert market.names("café") == ["Kopi robusta"]


def test_all_words_must_be_there(market: Market) -> None:
    assert market.names("amplang balado") == []
    assert market.find("amplang balado").corrected_query is None


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("amplng", "amplang", {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}),
        ("ampalng", "amplang", {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}),
        ("amplang tengiri", "amplang tenggiri", {"Amplang ikan tenggiri 250 g"}),
        ("kelullut", "kelulut", {"Madu kelulut 250 ml"}),
        ("gulaaren", "gula aren", {"Gula aren cair"}),
        ("battik", "batik", {"Batik wakaroros tulis", "Tas anyaman rotan"}),
        ("amplang zzzzzz", "amplang", {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}),
        ("mdu", "madu", {"Madu kelulut 250 ml"}),
    ],
)
def test_a_slip_is_mended_and_said(market: Market, typed: str, meant: str, found: set[str]) -> None:
    answer = market.find(typed)
    assert answer.corrected_query == meant
    assert {name for name, id_ in market.ids.items() if id_ in answer.product_ids} == found
    assert answer.total == len(found)


def test_kripik_is_keripik(market: Market) -> None:
    """A spelling everybody uses is a synonym, not a slip."""
    answer = market.find("kripik")
    assert answer.product_ids == (market.ids["Keripik singkong balado"],)
    assert answer.corrected_query is None
