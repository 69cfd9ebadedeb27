"""What the faces ask of search: which products in what order, how many in each facet, what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from sqlmodel import Session

Sort = Literal["relevance", "price", "-price", "newest", "near"]
EngineName = Literal["meilisearch", "postgres"]


@dataclass(frozen=True)
class Query:
    """`price_min` and `price_max` in whole rupiah; `category` a slug (its children included), `district` a code."""

    text: str = ""
    category: str | None = None
    district: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    halal: bool = False
    sort: Sort = "relevance"
    lat: float | None = None
    lon: float | None = None
    page: int = 1
    per_page: int = 24


@dataclass(frozen=True)
class Bucket:
    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Found:
    """`facets` has `category`, `district`, `halal` and `price`."""

    product_ids: tuple[UUID, ...]
    total: int
    facets: Mapping[str, tuple[Bucket, ...]]
    engine: EngineName
    corrected_query: str | None = None


@dataclass(frozen=True)
class Suggestion:
    text: str
    kind: Literal["product", "business", "category"]
    url: str


def products(session: Session, query: Query) -> Found:
    return Found((), 0, {"category": (), "district": (), "halal": (), "price": ()}, "postgres")


def suggest(session: Session, q: str, *, limit: int = 8) -> list[Suggestion]:
    return []


def engine_state(session: Session) -> Literal["ok", "degraded"]:
    return "ok"
