"""Official lists: places, kinds of goods, business classification."""

from __future__ import annotations

from collections.abc import Sequence

from api.v1.schemas.fields import Outgoing
from app.catalogue.categories import Kind
from app.reference.kbli import KbliEntry
from app.reference.regions import Level, Place


class Region(Outgoing):
    """`code` is that of the Ministry of Home Affairs, `bps_code` that of Statistics Indonesia."""

    code: str
    bps_code: str | None
    name: str
    level: Level
    parent: str | None

    @classmethod
    def of(cls, place: Place) -> Region:
        return cls(
            code=place.code, bps_code=place.bps_code, name=place.name, level=place.level, parent=place.parent_code
        )


class Category(Outgoing):
    slug: str
    name: str
    parent: str | None

    @classmethod
    def of(cls, kind: Kind) -> Category:
        return cls(slug=kind.slug, name=kind.name, parent=kind.parent)


class KbliCode(Outgoing):
    version: int
    code: str
    title: str
    level: str
    parent: str | None

    @classmethod
    def of(cls, entry: KbliEntry) -> KbliCode:
        return cls(
            version=entry.version, code=entry.code, title=entry.title, level=entry.level, parent=entry.parent_code
        )


class Regions(Outgoing):
    items: Sequence[Region]
    next: str | None = None


class Categories(Outgoing):
    items: Sequence[Category]
    next: str | None = None


class KbliCodes(Outgoing):
    items: Sequence[KbliCode]
    next: str | None = None
