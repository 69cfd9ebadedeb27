"""Bare counts of an engine made into the choices people see: with words, in a steady order, what is chosen always among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.catalogue import categories
from app.kit import money
from app.reference import regions
from search import schema
from search.engines.port import Hits, Wanted


@dataclass(frozen=True)
class Bucket:
    """`value` is what the filter takes (a price: `25000-49999`, the last one open: `500000-`)."""

    value: str
    label: str
    count: int


HALAL = "ya"


def of(hits: Hits, wanted: Wanted, category: str | None) -> dict[str, tuple[Bucket, ...]]:
    """The buckets of all four facets. Those of price and district, and the top categories, add up to the total without that
    facet's own choice."""
    return {
        "category": kinds(hits.counts["category"], category),
        "district": districts(hits.counts["district"], wanted.district),
        "halal": halal(hits.counts["halal"], chosen=wanted.halal),
        "price": prices(hits.counts["price"]),
    }


def kinds(counts: Mapping[str, int], chosen: str | None) -> tuple[Bucket, ...]:
    """The top categories with everything under them; the one in which something is chosen is opened."""
    sums: Counter[str] = Counter()
    for slug, count in counts.items():
        sums[slug] += count
        if categories.top_of(slug) != slug:
            sums[categories.top_of(slug)] += count
    opened = categories.top_of(chosen) if chosen else None
    known = [kind for kind in categories.everything() if kind.parent in (None, opened)]
    found = [Bucket(kind.slug, kind.name, sums[kind.slug]) for kind in known if sums[kind.slug] or kind.slug == chosen]
    left_the_file = sorted(slug for slug in sums if categories.get(slug) is None)
    return (*found, *(Bucket(slug, slug, sums[slug]) for slug in left_the_file))


def districts(counts: Mapping[str, int], chosen: str | None) -> tuple[Bucket, ...]:
    """The fullest first."""
    shown = dict(counts)
    if chosen and regions.get(chosen):
        shown.setdefault(chosen, 0)
    buckets = [Bucket(code, regions.name(code), count) for code, count in shown.items()]
    return tuple(sorted(buckets, key=lambda bucket: (-bucket.count, bucket.label)))


def halal(counts: Mapping[str, int], *, chosen: bool) -> tuple[Bucket, ...]:
    count = counts.get("true", 0)
    return (Bucket(HALAL, "Halal", count),) if count or chosen else ()


def prices(counts: Mapping[str, int]) -> tuple[Bucket, ...]:
    found = []
    for band in sorted(int(value) for value in counts):
        lowest, highest = schema.band_limits(band)
        if highest is None:
            label = f"{money.rupiah(lowest)} ke atas"
        elif lowest == 0:
            label = f"di bawah {money.rupiah(highest + 1)}"
        else:
            label = f"{money.rupiah(lowest)} – {money.rupiah(highest)}"
        found.append(Bucket(f"{lowest}-{'' if highest is None else highest}", label, counts[str(band)]))
    return tuple(found)
