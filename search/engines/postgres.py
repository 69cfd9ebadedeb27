"""Search on PostgreSQL alone. Words are found in the copy; visibility, price, category and stock are read live, so a hidden
product is neither found nor counted, however old the copy is. Without words not even the copy is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    delete,
    func,
    literal_column,
    not_,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlmodel import Session, col

from app.catalogue.models import SOLD_OUT, Product, Shop, Stock
from app.catalogue.queries import OPEN, PUBLISHED
from app.db import Prepared, fixed
from app.registry.models import Business
from search import schema, words
from search.documents import Document
from search.engines.port import FACETS, EngineName, Facet, Hits, Wanted
from search.models import SearchDocument

FIELD_GAP = 10
"""Between two texts of a product, so that a phrase never runs from one into the next."""

SHORTEST_BEGINNING = 2
"""A single letter is a word, not the beginning of half the catalogue."""

LAST_POSITION = 16_000
STEPS = ",".join(str(step) for step in schema.PRICE_STEPS)

PUT = text(
    """
    INSERT INTO search_document (product_id, version, words)
    SELECT CAST(id AS uuid), version, CAST(vector AS tsvector)
      FROM unnest(CAST(:ids AS text[]), CAST(:versions AS text[]), CAST(:vectors AS text[])) AS fresh (id, version, vector)
        ON CONFLICT (product_id) DO UPDATE SET version = excluded.version, words = excluded.words
     WHERE (search_document.version, search_document.words) IS DISTINCT FROM (excluded.version, excluded.words)
    """
)

LEARN = text(
    """
    INSERT INTO search_word (word, length, uses, named)
    SELECT lexeme, length(lexeme), 1, CAST(bool_or(weights && CAST(:naming AS text[])) AS integer)
      FROM search_document, unnest(search_document.words)
     WHERE product_id = ANY(CAST(:ids AS uuid[]))
       AND NOT EXISTS (SELECT FROM search_word WHERE word = lexeme)
     GROUP BY lexeme ORDER BY lexeme
        ON CONFLICT (word) DO NOTHING
    """
)


class PostgresEngine:
    """The engine over one session; nothing is kept between calls."""

    name: EngineName = "postgres"

    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, wanted: Wanted) -> Hits:
        ids: list[tuple[int, UUID]] = []
        total = 0
        counts: dict[Facet, dict[str, int]] = {facet: {} for facet in FACETS}
        for row in asking(shape_of(wanted)).found(self.session, **values_of(wanted)):
            if row.part == "page":
                ids.append((row.number, UUID(row.value)))
            elif row.part == "total":
                total = row.number
            elif row.value is not None:
                counts[row.part][row.value] = row.number
        return Hits(tuple(product_id for _, product_id in sorted(ids)), total, counts)

    def put(self, documents: Sequence[Document]) -> None:
        """A row is touched only when something of it differs. New words join the vocabulary at once; how often they are used is
        counted now and then (`vocabulary.recount`)."""
        if not documents:
            return
        rows = [(str(document.product_id), document.version, vector(document)) for document in documents]
        ids, versions, vectors = zip(*rows, strict=True)
        self.session.execute(PUT, {"ids": list(ids), "versions": list(versions), "vectors": list(vectors)})
        self.session.execute(LEARN, {"ids": list(ids), "naming": list(schema.NAMING)})

    def remove(self, product_ids: Sequence[UUID]) -> None:
        if product_ids:
            self.session.execute(delete(SearchDocument).where(col(SearchDocument.product_id).in_(product_ids)))

    def size(self) -> int:
        return int(self.session.execute(select(func.count()).select_from(SearchDocument)).scalar_one())


ASKED: tuple[ColumnElement[Any], ...] = tuple(
    bindparam(name, type_=TSQUERY()) for name in ("going_on", "whole", "named")
)


def weight(going_on: ColumnElement[Any], whole: ColumnElement[Any], named: ColumnElement[Any]) -> ColumnElement[Any]:
    """Goods named with the very words come first, then those that hold the very words, then continuations and synonyms; among
    equals, PostgreSQL's own weighing of how often and where (always below 1)."""
    stored = col(SearchDocument.words)
    very_words = case((stored.op("@@")(named), 2), (stored.op("@@")(whole), 1), else_=0)
    return very_words + func.ts_rank(stored, going_on)


WEIGHED = (
    select(col(SearchDocument.product_id), weight(*ASKED).label("rank"))
    .where(col(SearchDocument.words).op("@@")(ASKED[0]))
    .cte("weighed")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
"""What has the words: weighed while it is read, before the long rows of words would go through every join."""


OPEN_SHOP = (
    select(col(Shop.id), col(Business.district_code))
    .join(Business, col(Business.id) == Shop.business_id)
    .where(*OPEN)
    .cte("open_shop")
    .prefix_with("MATERIALIZED", dialect="postgresql")
)
SHUT_SHOP = select(col(Shop.id)).join(Business, col(Business.id) == Shop.business_id).where(not_(and_(*OPEN)))

NOT_TO_BE_HAD = select(col(Stock.product_id)).where(SOLD_OUT)

FACET_VALUES: dict[Facet, Any] = {
    "category": col(Product.category_slug),
    "district": OPEN_SHOP.c.district_code,
    "halal": col(Product.halal) == fixed("certified"),
    "price": func.width_bucket(col(Product.price_amount), literal_column(f"'{{{STEPS}}}'::bigint[]")),
}

NARROWING: dict[str, tuple[Facet, ColumnElement[bool]]] = {
    "only_category": ("category", col(Product.category_slug) == bindparam("only_category", type_=Text())),
    "categories": ("category", col(Product.category_slug) == func.any(bindparam("categories", type_=ARRAY(Text())))),
    "district": ("district", OPEN_SHOP.c.district_code == bindparam("district", type_=Text())),
    "halal": ("halal", FACET_VALUES["halal"]),
    "price_min": ("price", col(Product.price_amount) >= bindparam("price_min", type_=BigInteger())),
    "price_max": ("price", col(Product.price_amount) <= bindparam("price_max", type_=BigInteger())),
}
"""What can be chosen, in which facet, and the condition it makes."""


@dataclass(frozen=True)
class Shape:
    """What a question is like, whatever its values: questions of one shape are one statement."""

    words: bool
    narrowed: frozenset[str]
    sort: str


def shape_of(wanted: Wanted) -> Shape:
    values = values_of(wanted)
    narrowed = frozenset(name for name in NARROWING if values[name] is not None)
    sort = "relevance" if wanted.sort == "near" and not wanted.districts_by_distance else wanted.sort
    return Shape(wanted.words is not None, narrowed, sort)


def values_of(wanted: Wanted) -> dict[str, Any]:
    """A single category is asked for as such: how many goods a list of them has, PostgreSQL would have to plan for each time."""
    several = wanted.categories is not None and len(wanted.categories) != 1
    values: dict[str, Any] = {
        "only_category": wanted.categories[0] if wanted.categories and not several else None,
        "categories": list(wanted.categories or ()) if several else None,
        "district": wanted.district,
        "halal": wanted.halal or None,
        "price_min": wanted.price_min,
        "price_max": wanted.price_max,
        "codes": list(wanted.districts_by_distance),
        "most": wanted.per_page,
        "past": wanted.offset,
    }
    if wanted.words is not None:
        values |= questions(wanted.words)
    return values


@lru_cache(maxsize=512)
def asking(shape: Shape) -> Prepared:
    """One statement: the goods that fit every choice once, from which the page, the total and most facets are read. Only a
    facet in which something is chosen is counted by itself, over what fits the other choices."""
    chosen = choices(shape)
    kept = matching(shape, chosen)
    parts = [page_of(shape, kept), select(literal_column("'total'"), null(), func.count()).select_from(kept)]
    parts += [counted(facet, shape, chosen) for facet in chosen]
    if free := [facet for facet in FACETS if facet not in chosen]:
        parts.append(counted_together(free, kept))
    return Prepared(union_all(*parts))


def counted_together(facets: Sequence[Facet], kept: CTE) -> Select[Any]:
    """How many there are for each value of these facets, in one pass."""
    named = case(*((func.grouping(kept.c[facet]) == 0, literal_column(f"'{facet}'")) for facet in facets))
    value = func.coalesce(*(cast(kept.c[facet], Text) for facet in facets))
    return select(named, value, func.count()).group_by(func.grouping_sets(*(kept.c[facet] for facet in facets)))


def choices(shape: Shape) -> dict[Facet, ColumnElement[bool]]:
    """The condition of each facet in which something is chosen."""
    found: dict[Facet, ColumnElement[bool]] = {}
    for name in sorted(shape.narrowed):
        facet, condition = NARROWING[name]
        found[facet] = and_(found[facet], condition) if facet in found else condition
    return found


def matching(shape: Shape, chosen: Mapping[Facet, ColumnElement[bool]]) -> CTE:
    """The public goods with these words that fit every choice; evaluated once."""
    found: Any = select(
        col(Product.id).label("id"),
        *(value.label(facet) for facet, value in FACET_VALUES.items()),
        col(Product.price_amount).label("price_amount"),
        col(Product.published_at).label("published_at"),
        col(Product.id).in_(NOT_TO_BE_HAD).label("sold_out"),
        (WEIGHED.c.rank if shape.words else literal_column("0")).label("rank"),
    )
    kept = on_sale(found, shape).where(*chosen.values())
    return kept.cte("kept").prefix_with("MATERIALIZED", dialect="postgresql")


def counted(facet: Facet, shape: Shape, chosen: Mapping[Facet, ColumnElement[bool]]) -> Select[Any]:
    """How many there are for each value of a facet, whatever is chosen in it."""
    value = FACET_VALUES[facet]
    others = {name: condition for name, condition in chosen.items() if name != facet}
    if not shape.words and "district" not in (facet, *others):
        return counted_by_difference(facet, others.values())
    goods: Any = select(literal_column(f"'{facet}'"), cast(value, Text), func.count()).select_from(Product)
    return on_sale(goods, shape).where(*others.values()).group_by(value)


def counted_by_difference(facet: Facet, conditions: Iterable[ColumnElement[bool]]) -> Select[Any]:
    """All that is published less what lies in shops that are not open. There are few of those, and for the categories the rest
    is read from the index alone."""
    value = cast(FACET_VALUES[facet], Text).label("value")
    published = select(value, func.count().label("count")).where(PUBLISHED, *conditions).group_by(value)
    shut = select(value, -func.count()).where(PUBLISHED, *conditions, col(Product.shop_id).in_(SHUT_SHOP))
    both = union_all(published, shut.group_by(value)).subquery()
    sums = select(literal_column(f"'{facet}'"), both.c.value, cast(func.sum(both.c.count), BigInteger))
    return sums.group_by(both.c.value).having(func.sum(both.c.count) > 0)


def on_sale(goods: Select[Any], shape: Shape) -> Select[Any]:
    """Those of open shops that are published, and have the words if any are asked for."""
    public = goods.join(OPEN_SHOP, OPEN_SHOP.c.id == Product.shop_id).where(PUBLISHED)
    return public.join(WEIGHED, WEIGHED.c.product_id == Product.id) if shape.words else public


def page_of(shape: Shape, kept: CTE) -> Select[Any]:
    """The ids of one page, numbered as they come: only so many are kept while sorting, whatever there is."""
    page = (
        select(kept.c.id)
        .order_by(*order(shape, kept))
        .limit(bindparam("most", type_=BigInteger()))
        .offset(bindparam("past", type_=BigInteger()))
        .subquery("page")
    )
    place = func.row_number().over()
    return select(literal_column("'page'").label("part"), cast(page.c.id, Text).label("value"), place.label("number"))


def order(shape: Shape, kept: CTE) -> list[ColumnElement[Any]]:
    """A complete order, so that pages never overlap: what can be bought comes before what is sold out, the id decides last."""
    column = kept.c
    newest: list[ColumnElement[Any]] = [column.published_at.desc().nulls_last(), column.id.desc()]
    best = [column.sold_out, column.rank.desc(), *newest]
    if shape.sort == "price":
        return [column.price_amount, *best]
    if shape.sort == "-price":
        return [column.price_amount.desc(), *best]
    if shape.sort == "newest":
        return newest
    if shape.sort == "near":
        codes = bindparam("codes", type_=ARRAY(Text()))
        return [func.array_position(codes, cast(column.district, Text)).nulls_last(), *best]
    return best


def questions(asked: Sequence[str]) -> dict[str, str]:
    """The three questions that find and weigh: with continuations and synonyms, the very words, the very words in a name."""
    return {
        "going_on": question(asked, beginnings=True),
        "whole": question(asked, beginnings=False, synonyms=False),
        "named": " & ".join(f"{quoted(word)}:A" for word in asked),
    }


def rank(asked: Sequence[str]) -> ColumnElement[Any]:
    return weight(*(cast(one, TSQUERY) for one in questions(asked).values()))


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
