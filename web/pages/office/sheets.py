"""A table of statistics cut to rows and columns: every number with the address of the records it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.kit import money
from app.statistics import charts, tables
from app.statistics.charts import Bar
from app.statistics.definitions import MEASURES, TOTAL, Row, Table

WITHOUT_RECORDS = frozenset({"average_order_amount"})
"""A mean counts nothing of its own: its records are those of the orders beside it."""


@dataclass(frozen=True)
class Cell:
    """One number as it is shown; no address where there is nothing to open."""

    text: str
    address: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True)
class Sheet:
    """`heads` are the labels of the columns, the first being that of the rows."""

    heads: tuple[str, ...]
    lines: tuple[Line, ...]


def words(row: Row | None) -> str:
    """The number as Indonesian readers write it, or why there is none."""
    if row is None or row.value is None:
        return "dirahasiakan" if row is not None and row.status == "suppressed" else "–"
    return money.rupiah(int(row.value)) if row.unit == "rupiah" else charts.grouped(row.value)


def is_total(dimension: str, code: str) -> bool:
    return code == TOTAL or (dimension == "district" and code == tables.area())


def cut(
    table: Table, heading: str, *, rows: str, columns: str, held: Mapping[str, str], moment: Mapping[str, str]
) -> Sheet:
    """The table with one dimension down and one across, every other held at one code."""
    lines = tuple(
        Line(
            table.label(rows, down),
            tuple(cell_of(table, {**held, rows: down, columns: across}, moment) for across in table.labels[columns]),
            is_total(rows, down),
        )
        for down in table.labels[rows]
    )
    return Sheet((heading, *table.labels[columns].values()), lines)


def cell_of(table: Table, codes: Mapping[str, str], moment: Mapping[str, str]) -> Cell:
    row = table.cell(**codes)
    opens = row is not None and bool(row.value) and codes.get("measure") not in WITHOUT_RECORDS
    shown = {name: code for name, code in codes.items() if name != "period"}
    address = f"/dinas/statistik/{table.id}/rincian?{urlencode({**shown, **moment})}" if opens else ""
    return Cell(words(row), address)


def bars(table: Table, *, rows: str, held: Mapping[str, str]) -> list[Bar]:
    """One column of the table as bars, the longest first, without its total."""
    found = [
        (table.label(rows, code), table.cell(**{**held, rows: code}))
        for code in table.labels[rows]
        if not is_total(rows, code)
    ]
    drawn = [Bar(label, row.value if row else None, words(row)) for label, row in found]
    return sorted(drawn, key=lambda bar: -(bar.value or 0))


def measure_title(measure: str) -> tuple[str, str]:
    """Label and unit of a measure."""
    return MEASURES[measure]
