"""Size classes of PP 7/2021 (art. 35): computed from what is known, never typed.

Upper bounds belong to the class (inclusive). Capital (modal usaha, own and borrowed, without land and building of the
place of business) is the criterion at founding and registration; yearly turnover (hasil penjualan tahunan) that for
facilities and for businesses founded before 2 February 2021.
"""

from __future__ import annotations

from enum import StrEnum


class SizeClass(StrEnum):
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


LABELS: dict[SizeClass, str] = {
    SizeClass.MICRO: "Mikro",
    SizeClass.SMALL: "Kecil",
    SizeClass.MEDIUM: "Menengah",
    SizeClass.LARGE: "Besar",
}

CAPITAL_BOUNDS = (
    (1_000_000_000, SizeClass.MICRO),
    (5_000_000_000, SizeClass.SMALL),
    (10_000_000_000, SizeClass.MEDIUM),
)
"""Whole rupiah up to and including which a class reaches."""

TURNOVER_BOUNDS = (
    (2_000_000_000, SizeClass.MICRO),
    (15_000_000_000, SizeClass.SMALL),
    (50_000_000_000, SizeClass.MEDIUM),
)


def by_capital(amount: int | None) -> SizeClass | None:
    """The class by capital in whole rupiah; None when it is not known."""
    return classify(amount, CAPITAL_BOUNDS)


def by_turnover(amount: int | None) -> SizeClass | None:
    """The class by yearly turnover in whole rupiah; None when it is not known."""
    return classify(amount, TURNOVER_BOUNDS)


def classify(amount: int | None, bounds: tuple[tuple[int, SizeClass], ...]) -> SizeClass | None:
    """Raises ValueError for a negative amount."""
    if amount is None:
        return None
    if amount < 0:
        raise ValueError("an amount of money held or earned is not negative")
    return next((size for bound, size in bounds if amount <= bound), SizeClass.LARGE)
