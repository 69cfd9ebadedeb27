"""The catalogue's own words: which are known, which one a mistyped word probably meant, how often each is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA
from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from app.db import Transactions
from search import schema
from search.models import SearchWord

SHORTEST_MENDED = 3
SHORTEST_PART = 3
LONG_ENOUGH_FOR_TWO = 5
"""From this length on two slips are forgiven, if at least the first letter is right."""

LOCK = text("SELECT pg_advisory_xact_lock(7310005)")
"""Whoever writes the copy holds it to the end of the transaction, so that what is read under it is the newest there is."""

RECOUNT = text(
    """
    WITH counted AS (
        SELECT every.word, every.ndoc AS uses, coalesce(naming.ndoc, 0) AS named
          FROM ts_stat('SELECT words FROM search_document') AS every
          LEFT JOIN ts_stat('SELECT words FROM search_document', 'ab') AS naming USING (word)),
    forgotten AS (
        DELETE FROM search_word WHERE NOT EXISTS (SELECT FROM counted WHERE counted.word = search_word.word))
    INSERT INTO search_word (word, length, uses, named)
    SELECT word, length(word), uses, named FROM counted
        ON CONFLICT (word) DO UPDATE SET uses = excluded.uses, named = excluded.named
     WHERE (search_word.uses, search_word.named) <> (excluded.uses, excluded.named)
    """
)


@dataclass(frozen=True)
class Known:
    word: str
    uses: int
    named: int


def corrected(session: Session, asked: Sequence[str]) -> tuple[str, ...] | None:
    """The question with mistyped words mended and words nobody uses left out; None when there is nothing to mend, or nothing
    would be left. The last word may be the beginning of a known one."""
    unknown = unknown_words(session, asked)
    if not unknown:
        return None
    mended: list[str] = []
    for word in asked:
        mended += mend(session, word) if word in unknown else [word]
    return tuple(mended) or None


def unknown_words(session: Session, asked: Sequence[str]) -> set[str]:
    last = asked[-1]
    conditions = [col(SearchWord.word).in_(set(asked)), col(SearchWord.word).startswith(last, autoescape=True)]
    found = set(session.exec(select(SearchWord.word).where(or_(*conditions)).limit(1_000)))
    known = found & set(asked) | (schema.synonym_words() & set(asked))
    if any(word.startswith(last) for word in found):
        known.add(last)
    return set(asked) - known


def mend(session: Session, word: str) -> list[str]:
    """What was probably meant: one word, two that were run together, or nothing."""
    if len(word) < SHORTEST_MENDED or word.isdigit():
        return []
    candidates = of_length(session, len(word) - 2, len(word) + 2)
    near = process.extract(word, list(candidates), scorer=OSA.distance, score_cutoff=2, limit=None)
    fitting = [
        (int(distance), -candidates[found].named, -candidates[found].uses, found)
        for found, distance, _ in near
        if int(distance) <= most_slips(word, found)
    ]
    if fitting and min(fitting)[0] == 1:
        return [min(fitting)[3]]
    parts = split(session, word)
    if parts or not fitting:
        return parts
    return [min(fitting)[3]]


def most_slips(word: str, meant: str) -> int:
    """Where both are long and begin alike two, else one; no short word is turned into an even shorter one."""
    if len(word) >= LONG_ENOUGH_FOR_TWO and len(meant) >= LONG_ENOUGH_FOR_TWO and word[0] == meant[0]:
        return 2
    return 1 if len(meant) > SHORTEST_MENDED else 0


def of_length(session: Session, shortest: int, longest: int) -> dict[str, Known]:
    rows = session.execute(
        select(SearchWord.word, SearchWord.uses, SearchWord.named).where(
            col(SearchWord.length).between(shortest, longest)
        )
    )
    return {word: Known(word, uses, named) for word, uses, named in rows}


def split(session: Session, word: str) -> list[str]:
    """`gulaaren` is `gula aren`: two known words without the space, each of which names something."""
    cuts = [(word[:at], word[at:]) for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)]
    named = naming_words(session, (part for cut in cuts for part in cut))
    both = [cut for cut in cuts if named.keys() >= set(cut)]
    return list(max(both, key=lambda cut: min(named[part] for part in cut))) if both else []


def naming_words(session: Session, words: Iterable[str]) -> dict[str, int]:
    rows = session.execute(
        select(SearchWord.word, SearchWord.named).where(col(SearchWord.word).in_(set(words)), SearchWord.named > 0)
    )
    return {row.word: row.named for row in rows}


def recount(begin: Transactions) -> None:
    """Count the uses of every word and forget those no product carries any more."""
    with begin() as session:
        session.execute(LOCK)
        session.execute(RECOUNT)
