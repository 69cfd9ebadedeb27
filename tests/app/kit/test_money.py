"""Rupiah are whole, written as people write them, and never lost in a split."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import money


@pytest.mark.parametrize(
    ("amount", "written"),
    [(0, "Rp0"), (500, "Rp500"), (15_000, "Rp15.000"), (1_234_567, "Rp1.234.567"), (-2_000, "-Rp2.000")],
)
def test_rupiah_are_written_without_sen(amount: int, written: str) -> None:
    assert money.rupiah(amount) == written


@pytest.mark.parametrize(
    "typed", ["15000", "15.000", "Rp15.000", "Rp 15.000", "rp. 15000", " 15 000 ", "15.000,-", "15.000,00"]
)
def test_what_people_type_is_understood(typed: str) -> None:
    assert money.parse(typed) == 15_000


@pytest.mark.parametrize(
    "typed",
    ["", "gratis", "-5", "1.5", "15,5", "1e3", "1.50.000", "٣٠٠", "0x10", "15.000.00", "1,000", "NaN", "9" * 13],
)
def test_what_could_mean_two_amounts_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        money.parse(typed)


@given(st.integers(0, money.LARGEST))
def test_an_amount_written_and_read_is_the_same(amount: int) -> None:
    assert money.parse(money.rupiah(amount)) == amount


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(ValueError):
        assert 0 <= money.parse(text) <= money.LARGEST


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_a_split_sums_exactly_and_strays_less_than_one_rupiah(total: int, weights: list[int]) -> None:
    parts = money.split_by_largest_remainder(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        for part, weight in zip(parts, weights, strict=True):
            assert total * weight // whole <= part <= total * weight // whole + 1


def test_nobody_to_split_among_is_an_error() -> None:
    with pytest.raises(ValueError, match="weights"):
        money.split_by_largest_remainder(10, [])
