"""What somebody may be about to type: kinds of goods, goods, businesses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.catalogue import categories
from app.catalogue.models import Product
from app.catalogue.queries import full_name
from app.registry.models import ACTIVE, Business
from search import vocabulary, words
from search.documents import of_public
from search.engines.postgres import rank, tsquery
from search.models import SearchDocument

SHORTEST = 2
MOST_CATEGORIES = 2
MOST_BUSINESSES = 3
MOST = 20


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: Literal["product", "business", "category"]
    url: str


def suggestions(session: Session, q: str, *, limit: int) -> list[Suggestion]:
    """At most `limit`, no text twice. A beginning nobody uses is read as the word it was probably meant to be."""
    asked = words.of_question(q)
    if not asked or len(words.joined(asked)) < SHORTEST:
        return []
    limit = max(0, min(limit, MOST))
    found = everything(session, asked, limit)
    if found:
        return found
    mended = vocabulary.corrected(session, asked)
    return everything(session, mended, limit) if mended else []


def everything(session: Session, asked: Sequence[str], limit: int) -> list[Suggestion]:
    shops = businesses(session, asked)
    goods = products(session, asked, limit)
    room = limit - min(len(shops), MOST_BUSINESSES)
    firm = list(islice(chain(kinds(asked), goods), max(room, 0)))
    return unique(chain(firm, shops, goods), limit)


def unique(found: Iterable[Suggestion], limit: int) -> list[Suggestion]:
    by_text: dict[tuple[str, str], Suggestion] = {}
    for suggestion in found:
        by_text.setdefault((suggestion.kind, suggestion.text.casefold()), suggestion)
    return list(islice(by_text.values(), limit))


def kinds(asked: Sequence[str]) -> list[Suggestion]:
    found = [
        Suggestion(kind.name, "category", f"/produk?kategori={kind.slug}")
        for kind in categories.everything()
        if begun_in(asked, words.of_text(kind.name))
    ]
    return found[:MOST_CATEGORIES]


def begun_in(asked: Sequence[str], said: Sequence[str]) -> bool:
    """Whether all the words stand there, the last perhaps only begun."""
    return set(asked[:-1]) <= set(said) and any(word.startswith(asked[-1]) for word in said)


def products(session: Session, asked: Sequence[str], limit: int) -> list[Suggestion]:
    """The best-named first; goods of one name are suggested once."""
    wanted = (
        of_public(Product.name, Product.variant, Product.slug)
        .join(SearchDocument, col(SearchDocument.product_id) == Product.id)
        .where(col(SearchDocument.words).op("@@")(tsquery(asked, beginnings=True)))
        .order_by(rank(asked).desc(), col(Product.published_at).desc(), col(Product.id))
        .limit(limit * 3)
    )
    rows = session.execute(wanted)
    return unique((Suggestion(full_name(row), "product", f"/produk/{row.slug}") for row in rows), limit)


def businesses(session: Session, asked: Sequence[str]) -> list[Suggestion]:
    """Active ones with all the words at the beginning of words of their name."""
    name = func.lower(col(Business.name))
    wanted = select(Business.name, Business.slug).where(Business.status == ACTIVE)
    for word in asked:
        wanted = wanted.where(name.startswith(word, autoescape=True) | name.contains(f" {word}", autoescape=True))
    rows = session.execute(wanted.order_by(name, col(Business.id)).limit(MOST_BUSINESSES))
    return [Suggestion(name, "business", f"/usaha/{slug}") for name, slug in rows]
