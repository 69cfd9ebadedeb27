"""PP 7/2021: the upper bounds belong to the class."""

from __future__ import annotations

import pytest

from app.reference import size_classes
from app.reference.size_classes import SizeClass

BILLION = 1_000_000_000


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (None, None),
        (0, SizeClass.MICRO),
        (1 * BILLION, SizeClass.MICRO),
        (1 * BILLION + 1, SizeClass.SMALL),
        (5 * BILLION, SizeClass.SMALL),
        (5 * BILLION + 1, SizeClass.MEDIUM),
        (10 * BILLION, SizeClass.MEDIUM),
        (10 * BILLION + 1, SizeClass.LARGE),
    ],
)
def test_capital_bounds_are_inclusive(amount: int | None, expected: SizeClass | None) -> None:
    assert size_classes.by_capital(amount) == expected


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (None, None),
        (2 * BILLION, SizeClass.MICRO),
        (2 * BILLION + 1, SizeClass.SMALL),
        (15 * BILLION, SizeClass.SMALL),
        (15 * BILLION + 1, SizeClass.MEDIUM),
        (50 * BILLION, SizeClass.MEDIUM),
        (50 * BILLION + 1, SizeClass.LARGE),
    ],
)
def test_turnover_bounds_are_inclusive(amount: int | None, expected: SizeClass | None) -> None:
    assert size_classes.by_turnover(amount) == expected


def test_a_negative_amount_is_refused_rather_than_called_micro() -> None:
    with pytest.raises(ValueError, match="negative"):
        size_classes.by_capital(-1)
