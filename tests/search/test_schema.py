"""Synonyms and price bands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search import schema


def test_synonyms_hold_both_ways_and_never_name_themselves() -> None:
    table = schema.synonyms()
    assert table[("kripik",)] == (("keripik",), ("criping",))
    assert table[("kerupuk", "ikan")] == (("amplang",), ("kuku", "macan"))
    for phrase, others in table.items():
        assert phrase not in others
        for other in others:
            assert phrase in table[other]


def test_no_word_stands_in_two_groups() -> None:
    """It would make strangers of each other's friends: whoever searched one group would find half the other."""
    seen: dict[schema.Phrase, frozenset[schema.Phrase]] = {}
    for phrase, others in schema.synonyms().items():
        group = frozenset({phrase, *others})
        assert seen.setdefault(phrase, group) == group
        assert all(frozenset({other, *schema.synonyms()[other]}) == group for other in others)


@given(st.integers(min_value=1, max_value=10**9))
def test_every_price_lies_within_the_limits_of_its_band(price: int) -> None:
    lowest, highest = schema.band_limits(schema.price_band(price))
    assert lowest <= price
    assert highest is None or price <= highest
    assert highest is None or schema.band_limits(schema.price_band(price) + 1)[0] == highest + 1
