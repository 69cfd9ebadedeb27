"""The kinds of goods: two levels, kept in a file, loaded at start."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session

from app.catalogue.models import Category

FILE = Path(__file__).parent / "data" / "categories.csv"


@dataclass(frozen=True)
class Kind:
    """`parent` is None for the eight at the top."""

    slug: str
    name: str
    parent: str | None


@lru_cache
def everything() -> tuple[Kind, ...]:
    """All categories in the order they are shown, children after their parent."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        return tuple(Kind(row["slug"], row["name"], row["parent"] or None) for row in csv.DictReader(stream))


def tops() -> Sequence[Kind]:
    return [kind for kind in everything() if kind.parent is None]


@lru_cache
def by_slug() -> Mapping[str, Kind]:
    return {kind.slug: kind for kind in everything()}


def get(slug: str | None) -> Kind | None:
    return by_slug().get(slug) if slug else None


def name(slug: str) -> str:
    found = get(slug)
    return found.name if found else slug


def with_children(slug: str) -> list[str]:
    """A category and everything under it; an unknown one is only itself."""
    return [slug, *(kind.slug for kind in everything() if kind.parent == slug)]


def top_of(slug: str) -> str:
    found = get(slug)
    return found.parent if found and found.parent else slug


def load(session: Session) -> None:
    """Bring the table to what the file says. Categories that left the file stay, because goods and sales name them."""
    rows = [
        {"slug": kind.slug, "name": kind.name, "parent_slug": kind.parent, "position": position}
        for position, kind in enumerate(everything())
    ]
    statement = insert(Category).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["slug"],
            set_={column: getattr(statement.excluded, column) for column in ("name", "parent_slug", "position")},
        )
    )
