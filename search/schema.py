"""How goods are arranged for search, for both engines: what is searched first, what means the same, how prices are banded."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

from search import words

SYNONYMS = Path(__file__).parent / "data" / "synonyms.csv"

Phrase = tuple[str, ...]

SEARCHED = ("name", "kind", "business", "description", "place")
"""The texts of a document, the weightiest first."""

WEIGHTS = {"name": "A", "kind": "B", "business": "B", "description": "C", "place": "D"}
"""The same order in PostgreSQL's four weights."""

NAMING = "AB"
"""The weights whose words name things: spelling is corrected towards those first."""

PRICE_STEPS = (25_000, 50_000, 100_000, 250_000, 500_000)
"""Where one band of prices ends and the next begins: below 25,000, from 25,000 to 49,999, ..., from 500,000."""


@lru_cache(maxsize=1)
def synonyms() -> dict[Phrase, tuple[Phrase, ...]]:
    """Each phrase with the others of its group: whoever asks for one finds them all."""
    with SYNONYMS.open(encoding="utf-8", newline="") as stream:
        groups = [tuple(tuple(words.of_text(text)) for text in row) for row in csv.reader(stream) if row]
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for group in groups:
        for phrase in group:
            others = (*found.get(phrase, ()), *(other for other in group if other != phrase))
            found[phrase] = tuple(dict.fromkeys(others))
    return found


@lru_cache(maxsize=1)
def longest_phrase() -> int:
    return max(len(phrase) for phrase in synonyms())


@lru_cache(maxsize=1)
def synonym_words() -> frozenset[str]:
    """Words that need no correction although no goods may carry them."""
    return frozenset(word for phrase in synonyms() for word in phrase)


def price_band(price_amount: int) -> int:
    """The number of the band a price falls into, from 0."""
    return sum(price_amount >= step for step in PRICE_STEPS)


def band_limits(band: int) -> tuple[int, int | None]:
    """The lowest and the highest price of a band; the last has no highest."""
    lowest = PRICE_STEPS[band - 1] if band else 0
    return lowest, PRICE_STEPS[band] - 1 if band < len(PRICE_STEPS) else None
