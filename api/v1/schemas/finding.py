"""What search answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from api.v1.schemas.fields import Outgoing
from api.v1.schemas.products import FoundProduct
from search import queries
from search.queries import Found


class Bucket(Outgoing):
    value: str
    label: str
    count: int

    @classmethod
    def of(cls, bucket: queries.Bucket) -> Bucket:
        return cls(value=bucket.value, label=bucket.label, count=bucket.count)


class FoundProducts(Outgoing):
    """`facets` has `category`, `district`, `halal` and `price`. `corrected_query` is what was searched for instead, if
    anything."""

    items: Sequence[FoundProduct]
    total: int
    facets: Mapping[str, Sequence[Bucket]]
    engine: Literal["meilisearch", "postgres"]
    corrected_query: str | None

    @classmethod
    def of(cls, found: Found, items: Sequence[FoundProduct]) -> FoundProducts:
        return cls(
            items=items,
            total=found.total,
            facets={name: [Bucket.of(bucket) for bucket in buckets] for name, buckets in found.facets.items()},
            engine=found.engine,
            corrected_query=found.corrected_query,
        )


class Suggestion(Outgoing):
    text: str
    kind: str
    url: str

    @classmethod
    def of(cls, found: queries.Suggestion) -> Suggestion:
        return cls(text=found.text, kind=found.kind, url=found.url)


class Suggestions(Outgoing):
    items: Sequence[Suggestion]
    next: str | None = None
