"""Tables of the statistics office's kind: codes and values, a status for what is not given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from pydantic import JsonValue

from api.v1.schemas.fields import Outgoing
from app.statistics import definitions, exports
from app.statistics.definitions import Definition, Row


class TableEntry(Outgoing):
    id: str
    title: str
    unit: str
    dimensions: Sequence[str]
    by_period: bool

    @classmethod
    def of(cls, found: Definition) -> TableEntry:
        return cls(
            id=found.id, title=found.title, unit=found.unit, dimensions=found.dimensions, by_period=found.by_period
        )


class TableEntries(Outgoing):
    items: Sequence[TableEntry]
    next: str | None = None


class Table(Outgoing):
    """Each row has a code for every dimension, `value`, `unit` and `status` (`ok`, `suppressed`, `not_available`). `_T` is all
    together. `release` is null: these are live numbers."""

    id: str
    title: str
    ref_date: date
    period: str | None
    made_at: datetime
    unit: str
    dimensions: Sequence[str]
    labels: Mapping[str, Mapping[str, str]]
    rows: Sequence[Mapping[str, JsonValue]]
    notes: Sequence[str]
    release: str | None

    @classmethod
    def of(cls, found: definitions.Table) -> Table:
        return cls(
            id=found.id,
            title=found.title,
            ref_date=found.ref_date,
            period=found.period,
            made_at=found.made_at,
            unit=found.unit,
            dimensions=found.dimensions,
            labels=found.labels,
            rows=[row_of(found, row) for row in found.rows],
            notes=found.notes,
            release=None,
        )


def row_of(table: definitions.Table, row: Row) -> dict[str, JsonValue]:
    """Whole numbers are numbers; anything else is text, so that no program rounds it."""
    value = row.value if row.value is None or isinstance(row.value, int) else exports.plain(row.value)
    codes: dict[str, JsonValue] = {dimension: row.codes[dimension] for dimension in table.dimensions}
    return codes | {"value": value, "unit": row.unit or table.unit, "status": row.status}
