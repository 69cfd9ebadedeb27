"""Build the tables, and open a number down to its records.

The office (administrator, analyst, verifier) sees live tables. Everybody else gets the totals of the regency, and no
money of fewer than three sellers, until releases with disclosure control exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.audit import record
from app.catalogue import categories
from app.errors import Forbidden, Invalid
from app.kit import clock
from app.reference import regency, regions
from app.statistics import definitions, marketplace, periods, size_counts
from app.statistics.definitions import CRITERIA, MEASURES, TOTAL, UNKNOWN, Definition, Row, Table, Value
from app.statistics.periods import Period

OFFICE_ROLES: tuple[Literal["administrator", "analyst", "verifier"], ...] = ("administrator", "analyst", "verifier")

A_PAGE = 100
LAST_PAGE = 10_000

TOTALS_NOTE = "Untuk umum hanya jumlah kabupaten; rincian menunggu pengamanan kerahasiaan."


@dataclass(frozen=True)
class Record:
    """One record behind a number. Orders say on which day and with how much money they are in it."""

    kind: Literal["business", "order"]
    id: UUID
    number: str
    name: str
    happened_on: date | None = None
    amount: int | None = None


@dataclass(frozen=True)
class Records:
    """The records behind one cell: `total` of them, those of one page in `items`; `amount` is the money of all together."""

    total: int
    items: tuple[Record, ...]
    amount: int | None = None

    @property
    def pages(self) -> int:
        return -(-self.total // A_PAGE)


def sees_everything(actor: Actor) -> bool:
    return actor.has(*OFFICE_ROLES)


def build(
    session: Session, actor: Actor, table_id: str, *, ref_date: str | None = None, period: str | None = None
) -> Table:
    """The table as this person may see it: of a reference date (today if none) or of a period (this month if none).

    Raises NotFound for an unknown table, Invalid for an impossible date or period.
    """
    definition = definitions.find(table_id)
    if definition.by_period:
        refuse_other(ref_date, "ref_date", "Tabel ini memakai periode, bukan tanggal acuan.")
        return trade(
            session, definition, periods.read(period) if period else periods.this_month(), sees_everything(actor)
        )
    refuse_other(period, "period", "Tabel ini memakai tanggal acuan, bukan periode.")
    return sizes(session, definition, periods.read_date(ref_date), sees_everything(actor))


def refuse_other(given: str | None, field: str, sentence: str) -> None:
    if given:
        raise Invalid.one(field, sentence, code=f"{field}_not_used")


def area() -> str:
    return regency.current().code


def district_labels(extra: Iterable[str] = ()) -> dict[str, str]:
    own = regency.current()
    labels = {place.code: place.name for place in regions.districts()}
    labels |= {
        code: "Belum diketahui" if code == UNKNOWN else regions.name(code) for code in extra if code not in labels
    }
    return labels | {own.code: own.name}


def category_tops() -> dict[str, str]:
    """The top category above each: a fact keeps the category it was sold under, a table shows the one at the top."""
    return {kind.slug: categories.top_of(kind.slug) for kind in categories.everything()}


def sizes(session: Session, definition: Definition, on: date, everything: bool) -> Table:
    found = {criterion: size_counts.counts(session, criterion, on, area()) for criterion in CRITERIA}
    met = sorted({district for counts in found.values() for district, _ in counts} - {area()})
    districts = district_labels(met)
    if everything:
        rows = [row for criterion in CRITERIA for row in size_counts.rows(criterion, found[criterion], districts)]
    else:
        rows = list(size_counts.total_rows(found, area()))
    labels = {"district": districts, "criterion": CRITERIA, "size_class": size_counts.SIZE_LABELS}
    return made(definition, on, None, labels, rows, everything)


def trade(session: Session, definition: Definition, period: Period, everything: bool) -> Table:
    cells = marketplace.sums(session, period, category_tops(), area())
    districts = district_labels(district for district, _ in cells)
    shown = {kind.slug: kind.name for kind in categories.tops()}
    shown |= {slug: slug for _, slug in cells if slug not in shown and slug != TOTAL} | {TOTAL: "Jumlah"}
    if everything:
        rows = list(marketplace.rows(period, cells, districts, list(shown)))
    else:
        whole = cells.get((area(), TOTAL), marketplace.Sums())
        rows = list(marketplace.guarded(whole, marketplace.measured(period, area(), TOTAL, whole)))
    labels = {
        "period": {period.code: period.label},
        "district": districts,
        "category": shown,
        "measure": {name: label for name, (label, _) in MEASURES.items()},
    }
    return made(definition, min(period.last, clock.today()), period, labels, rows, everything)


def made(
    definition: Definition,
    ref_date: date,
    period: Period | None,
    labels: Mapping[str, Mapping[str, str]],
    rows: Sequence[Row],
    everything: bool,
) -> Table:
    notes = definition.notes if everything else (*definition.notes, TOTALS_NOTE)
    if period is not None and period.last > clock.today():
        notes = (*notes, "Periode belum berakhir: angka sementara.")
    return Table(
        definition=definition,
        ref_date=ref_date,
        made_at=clock.now(),
        period=period.code if period else None,
        dimensions=definition.dimensions,
        labels=labels,
        rows=tuple(rows),
        notes=notes,
        totals_only=not everything,
        index={tuple(row.codes[dimension] for dimension in definition.dimensions): row for row in rows},
    )


def records(
    session: Session,
    actor: Actor,
    table_id: str,
    cell: Mapping[str, str],
    *,
    ref_date: str | None = None,
    period: str | None = None,
    page: int = 1,
) -> Records:
    """A page of the records a number counts, by the codes of its cell (a dimension left out, or its total, means all of it).
    For the office alone; that somebody looked is kept in the audit.

    Raises NotFound for an unknown table, Forbidden outside the office, Invalid for an impossible date, period or code.
    """
    definition = definitions.find(table_id)
    if not sees_everything(actor):
        raise Forbidden("Rincian angka hanya untuk petugas dinas.")
    offset = (max(1, min(page, LAST_PAGE)) - 1) * A_PAGE
    asked = {dimension: cell[dimension] for dimension in definition.dimensions if dimension in cell}
    district = narrowed(cell.get("district"), area())
    if definition.by_period:
        found = orders_behind(session, cell, district, periods.read(period) if period else periods.this_month(), offset)
    else:
        found = businesses_behind(session, cell, district, periods.read_date(ref_date), offset)
    record.note(
        session,
        actor,
        action="statistics.records_read",
        subject_kind="table",
        subject_id=table_id,
        detail={"cell": asked, "ref_date": ref_date, "period": period, "total": found.total},
    )
    session.flush()
    return found


def narrowed(code: str | None, total: str) -> str | None:
    return None if code in (None, "", total) else code


def businesses_behind(
    session: Session, cell: Mapping[str, str], district: str | None, on: date, offset: int
) -> Records:
    criterion = cell.get("criterion", "capital")
    if criterion not in CRITERIA:
        raise Invalid.one("criterion", "Kriteria: capital atau turnover.")
    size_class = narrowed(cell.get("size_class"), TOTAL)
    total, found = size_counts.businesses_of(
        session, criterion, on, district=district, size_class=size_class, limit=A_PAGE, offset=offset
    )
    return Records(total, tuple(Record("business", *row) for row in found))


def orders_behind(
    session: Session, cell: Mapping[str, str], district: str | None, period: Period, offset: int
) -> Records:
    measure = cell.get("measure", "orders")
    if measure not in MEASURES:
        raise Invalid.one("measure", "Ukuran itu tidak ada di tabel ini.")
    top = narrowed(cell.get("category"), TOTAL)
    below = categories.with_children(top) if top is not None else None
    found = marketplace.orders_of(
        session, period, measure=measure, district=district, categories=below, limit=A_PAGE, offset=offset
    )
    items = (Record("order", row.id, row.number, row.business_name, row.happened_on, row.amount) for row in found.some)
    return Records(found.total, tuple(items), found.amount)


def monthly(session: Session, actor: Actor, measure: str, *, months: int = 6) -> list[tuple[Period, Value]]:
    """One measure of the whole regency over the last months, the present one last; None where it may not be shown.

    Raises Invalid for an unknown measure.
    """
    if measure not in MEASURES:
        raise Invalid.one("measure", "Ukuran itu tidak ada di tabel ini.")
    found: list[tuple[Period, Value]] = []
    for period in periods.last_months(months):
        whole = marketplace.sums(session, period, category_tops(), area()).get((area(), TOTAL), marketplace.Sums())
        shown = marketplace.measured(period, area(), TOTAL, whole)
        if not sees_everything(actor):
            shown = marketplace.guarded(whole, shown)
        found += [(period, row.value) for row in shown if row.codes["measure"] == measure]
    return found
