"""How much of everything a rehearsal has, and the dice it is thrown with."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

SEED = 640_800
DAYS_OF_TRADE = 182
"""Orders of half a year, ending today."""


@dataclass(frozen=True)
class Scale:
    """`waiting` is how many registrations lie at each desk of the office."""

    businesses: int
    products: int
    orders: int
    """Checkouts: one in eight is of two shops, and so of two orders."""
    buyers: int
    waiting: int


FULL = Scale(businesses=415, products=3_020, orders=1_395, buyers=150, waiting=9)
"""What `make run` shows: CONTRACT section 3 with a little to spare."""

SMALL = Scale(businesses=28, products=80, orders=40, buyers=12, waiting=1)
"""For tests: every kind of thing, few of each."""


def dice(part: str) -> Random:
    """The same throws at every run; each part has its own, so that a change in one does not shift the others."""
    return Random(f"{SEED}:{part}")  # noqa: S311 - invented lives need no cryptography
