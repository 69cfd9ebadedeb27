"""What search asks of an engine, and what an engine answers. Which one stands behind it is nobody's business above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

from search.documents import Document
from search.places import Point

EngineName = Literal["meilisearch", "postgres"]
Sort = Literal["relevance", "price", "-price", "newest", "near"]
Facet = Literal["category", "district", "halal", "price"]
FACETS: tuple[Facet, ...] = ("category", "district", "halal", "price")


class EngineAway(Exception):
    """The engine does not answer, or answers nonsense; whoever asked goes elsewhere."""


@dataclass(frozen=True)
class Wanted:
    """A question an engine can answer as it stands. `words` None: everything. `categories` None: any; empty: none there is.

    `districts_by_distance` and `place` are given together, for `near` only.
    """

    words: tuple[str, ...] | None = None
    categories: tuple[str, ...] | None = None
    district: str | None = None
    price_min: int | None = None
    price_max: int | None = None
    halal: bool = False
    sort: Sort = "relevance"
    place: Point | None = None
    districts_by_distance: tuple[str, ...] = ()
    page: int = 1
    per_page: int = 24

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page

    @property
    def narrowed_by(self) -> frozenset[Facet]:
        """The facets in which something is chosen."""
        chosen: dict[Facet, bool] = {
            "category": self.categories is not None,
            "district": self.district is not None,
            "halal": self.halal,
            "price": self.price_min is not None or self.price_max is not None,
        }
        return frozenset(facet for facet in FACETS if chosen[facet])


@dataclass(frozen=True)
class Hits:
    """`counts[facet][value]`: how many there are with all other choices kept, so a choice never hides its neighbours."""

    product_ids: tuple[UUID, ...] = ()
    total: int = 0
    counts: Mapping[Facet, Mapping[str, int]] = field(default_factory=lambda: {facet: {} for facet in FACETS})


class Engine(Protocol):
    """All methods raise EngineAway when the engine cannot be reached."""

    @property
    def name(self) -> EngineName: ...

    def find(self, wanted: Wanted) -> Hits: ...

    def put(self, documents: Sequence[Document]) -> None:
        """Store these, in place of what was there under their ids."""

    def remove(self, product_ids: Sequence[UUID]) -> None: ...

    def size(self) -> int | None:
        """How many documents it holds; None when there is no index yet."""


class OutsideEngine(Engine, Protocol):
    """An engine in a process of its own: its index is built beside the old one and then takes its place."""

    def replace(self, batches: Iterable[Sequence[Document]]) -> None: ...

    def busy(self) -> bool:
        """Whether something handed over is not yet in the index."""

    def healthy(self) -> bool: ...
