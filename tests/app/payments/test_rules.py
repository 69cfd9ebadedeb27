"""Odd rupiah and deadlines, decided without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.payments import rules

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def test_the_odd_rupiah_are_one_to_999_and_free() -> None:
    taken: set[int] = set()
    for place in range(999):
        suffix = rules.suffix_for(50_000, taken, f"PE-{place}")
        assert suffix is not None
        assert 1 <= suffix <= 999
        assert 50_000 + suffix not in taken
        taken.add(50_000 + suffix)
    assert rules.suffix_for(50_000, taken, "PE-x") is None
    assert rules.suffix_for(50_000, taken - {50_007}, "PE-x") == 7
    assert rules.suffix_for(1, [], "PE-1") == rules.suffix_for(9_999, [], "PE-1")


def test_amounts_of_other_totals_may_be_the_same() -> None:
    """Rp50.999 is taken by a cheaper basket; the next basket must not land on it."""
    suffix = rules.suffix_for(50_000, [], "PE-1")
    assert suffix is not None
    assert rules.suffix_for(50_000 + suffix - 5, [50_000 + suffix], "PE-2") != 5


@pytest.mark.parametrize(
    ("method", "hold", "ends"),
    [
        ("sandbox", timedelta(minutes=20), timedelta(minutes=20)),
        ("sandbox", timedelta(seconds=1), timedelta(seconds=1)),
        ("sandbox", timedelta(0), None),
        ("sandbox", timedelta(minutes=-1), None),
        ("stripe", timedelta(minutes=45), timedelta(minutes=31)),
        ("stripe", timedelta(minutes=60), timedelta(minutes=45)),
        ("stripe", timedelta(minutes=31), timedelta(minutes=31)),
        ("stripe", timedelta(minutes=30, seconds=59), None),
    ],
)
def test_a_charge_ends_before_the_stock_is_let_go(method: str, hold: timedelta, ends: timedelta | None) -> None:
    found = rules.charge_ends(method, NOW + hold, NOW)
    assert found == (None if ends is None else NOW + ends)
