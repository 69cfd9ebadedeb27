"""Search on PostgreSQL alone. Words are found in the copy; visibility, price, category and stock are read live, so a hidden
product is neither found nor counted, however old the copy is. Without words not even the copy is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    delete,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY, insert
from sqlmodel import Session, col

from app.catalogue.models import COUNTED, Product, Stock
from app.registry.models import Business
from search import schema, words
from search.documents import Document, of_public
from search.engines.port import FACETS, EngineName, Facet, Hits, Wanted
from search.models import SearchDocument, SearchWord

FIELD_GAP = 10
"""Between two texts of a product, so that a phrase never runs from one into the next."""

SHORTEST_BEGINNING = 2
"""A single letter is a word, not the beginning of half the catalogue."""

LAST_POSITION = 16_000


class PostgresEngine:
    """The engine over one session; nothing is kept between calls."""

    name: EngineName = "postgres"

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, wanted: Wanted) -> Hits:
        """One statement: the matching goods once, then the page, the total and each facet counted from them."""
        matched = matching(wanted)
        conditions = choices(wanted, matched)
        kept = and_(true(), *conditions.values())
        parts = [
            page_of(wanted, matched, kept),
            select(literal_column("'total'"), null(), func.count()).select_from(matched).where(kept),
        ]
        for facet in FACETS:
            others = and_(true(), *(condition for name, condition in conditions.items() if name != facet))
            value = matched.c[facet]
            parts.append(
                select(literal_column(f"'{facet}'"), cast(value, Text), func.count()).where(others).group_by(value)
            )
        ids: list[tuple[int, UUID]] = []
        total = 0
        counts: dict[Facet, dict[str, int]] = {facet: {} for facet in FACETS}
        for part, value, number in self.session.execute(union_all(*parts)):
            if part == "page":
                ids.append((number, UUID(value)))
            elif part == "total":
                total = number
            elif value is not None:
                counts[part][value] = number
        return Hits(tuple(product_id for _, product_id in sorted(ids)), total, counts)

    def put(self, documents: Sequence[Document]) -> None:
        """A row is touched only when something of it differs."""
        if not documents:
            return
        rows = [
            {"product_id": document.product_id, "version": document.version, "words": vector(document)}
            for document in documents
        ]
        statement = insert(SearchDocument).values(rows)
        fresh = statement.excluded
        self.session.execute(
            statement.on_conflict_do_update(
                index_elements=["product_id"],
                set_={"version": fresh.version, "words": fresh.words},
                where=or_(col(SearchDocument.version) != fresh.version, col(SearchDocument.words) != fresh.words),
            )
        )
        self.learn(documents)

    def learn(self, documents: Sequence[Document]) -> None:
        """New words join the vocabulary at once; how often they are used is counted now and then (`vocabulary.recount`)."""
        naming: dict[str, bool] = {}
        for document in documents:
            for name, text in document.texts.items():
                for word in words.of_text(text):
                    naming[word] = naming.get(word, False) or schema.WEIGHTS[name] in schema.NAMING
        rows = [
            {"word": word, "length": len(word), "uses": 1, "named": int(named)}
            for word, named in sorted(naming.items())
        ]
        if rows:
            self.session.execute(insert(SearchWord).values(rows).on_conflict_do_nothing())

    def remove(self, product_ids: Sequence[UUID]) -> None:
        if product_ids:
            self.session.execute(delete(SearchDocument).where(col(SearchDocument.product_id).in_(product_ids)))

    def size(self) -> int:
        return int(self.session.execute(select(func.count()).select_from(SearchDocument)).scalar_one())


def matching(wanted: Wanted) -> CTE:
    """The public goods with these words, whatever else is chosen; evaluated once."""
    found = of_public(
        col(Product.id).label("id"),
        col(Product.category_slug).label("category"),
        col(Business.district_code).label("district"),
        (col(Product.halal) == "certified").label("halal"),
        func.width_bucket(col(Product.price_amount), cast(list(schema.PRICE_STEPS), ARRAY(BigInteger))).label("price"),
        col(Product.price_amount).label("price_amount"),
        col(Product.published_at).label("published_at"),
        and_(col(Stock.mode) == COUNTED, col(Stock.on_hand) <= col(Stock.reserved)).label("sold_out"),
        (rank(wanted.words) if wanted.words else literal_column("0")).label("rank"),
    )
    if wanted.words is not None:
        found = found.join(SearchDocument, col(SearchDocument.product_id) == Product.id).where(
            col(SearchDocument.words).op("@@")(tsquery(wanted.words, beginnings=True))
        )
    return found.cte("matched").prefix_with("MATERIALIZED", dialect="postgresql")


def choices(wanted: Wanted, matched: CTE) -> dict[Facet, ColumnElement[bool]]:
    """The condition of each facet in which something is chosen."""
    column = matched.c
    found: dict[Facet, ColumnElement[bool]] = {}
    if wanted.categories is not None:
        found["category"] = column.category.in_(wanted.categories)
    if wanted.district is not None:
        found["district"] = column.district == wanted.district
    if wanted.halal:
        found["halal"] = column.halal
    limits = []
    if wanted.price_min is not None:
        limits.append(column.price_amount >= wanted.price_min)
    if wanted.price_max is not None:
        limits.append(column.price_amount <= wanted.price_max)
    if limits:
        found["price"] = and_(*limits)
    return found


def page_of(wanted: Wanted, matched: CTE, kept: ColumnElement[bool]) -> Select[Any]:
    """The ids of one page with their places in the order."""
    place = func.row_number().over(order_by=order(wanted, matched))
    page = (
        select(matched.c.id, place.label("place"))
        .where(kept)
        .order_by(place)
        .limit(wanted.per_page)
        .offset(wanted.offset)
        .subquery("page")
    )
    return select(literal_column("'page'").label("part"), cast(page.c.id, Text).label("value"), page.c.place)


def order(wanted: Wanted, matched: CTE) -> list[ColumnElement[Any]]:
    """A complete order, so that pages never overlap: what can be bought comes before what is sold out, the id decides last."""
    column = matched.c
    newest: list[ColumnElement[Any]] = [column.published_at.desc().nulls_last(), column.id.desc()]
    best = [column.sold_out, column.rank.desc(), *newest]
    if wanted.sort == "price":
        return [column.price_amount, *best]
    if wanted.sort == "-price":
        return [column.price_amount.desc(), *best]
    if wanted.sort == "newest":
        return newest
    if wanted.sort == "near" and wanted.districts_by_distance:
        codes = cast(list(wanted.districts_by_distance), ARRAY(Text))
        return [func.array_position(codes, cast(column.district, Text)).nulls_last(), *best]
    return best


def rank(asked: Sequence[str]) -> ColumnElement[float]:
    """The words as they were typed count twice what their continuations and synonyms do."""
    stored = col(SearchDocument.words)
    whole = func.ts_rank(stored, tsquery(asked, beginnings=False, synonyms=False))
    return 2 * whole + func.ts_rank(stored, tsquery(asked, beginnings=True))


def tsquery(asked: Sequence[str], *, beginnings: bool, synonyms: bool = True) -> ColumnElement[Any]:
    return cast(question(asked, beginnings=beginnings, synonyms=synonyms), TSQUERY)


def question(asked: Sequence[str], *, beginnings: bool, synonyms: bool = True) -> str:
    """All the words, each by itself or through a phrase that means the same; the last may go on (`amp` finds amplang)."""
    terms = []
    position = 0
    while position < len(asked):
        length, others = phrase_at(asked, position) if synonyms else (1, ())
        ends = position + length == len(asked)
        lexemes = [quoted(word) for word in asked[position : position + length]]
        if beginnings and ends and len(asked[-1]) >= SHORTEST_BEGINNING:
            lexemes[-1] += ":*"
        same = [" <-> ".join(quoted(word) for word in other) for other in others]
        terms.append(" | ".join(f"({term})" for term in [" & ".join(lexemes), *same]))
        position += length
    return " & ".join(f"({term})" for term in terms)


def phrase_at(asked: Sequence[str], position: int) -> tuple[int, tuple[schema.Phrase, ...]]:
    """How many words from here make the longest known phrase, and what else means the same."""
    for length in range(schema.longest_phrase(), 1, -1):
        phrase = tuple(asked[position : position + length])
        if len(phrase) == length and phrase in schema.synonyms():
            return length, schema.synonyms()[phrase]
    return 1, schema.synonyms().get((asked[position],), ())


def vector(document: Document) -> str:
    """The words of a document with their places and weights, as PostgreSQL writes them."""
    places: dict[str, list[str]] = {}
    position = 1
    for name in schema.SEARCHED:
        for word in words.of_text(document.texts[name]):
            places.setdefault(word, []).append(f"{min(position, LAST_POSITION)}{schema.WEIGHTS[name]}")
            position += 1
        position += FIELD_GAP
    return " ".join(f"{quoted(word)}:{','.join(found)}" for word, found in places.items())


def quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
