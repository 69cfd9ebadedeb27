"""What of a table one wants to see: which moment, which measure, cut how. Read from the address, so that a view can be shared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.statistics import definitions, periods
from app.statistics.definitions import CRITERIA, MEASURES, TOTAL

NAMED: Mapping[str, str] = {"ref_date": "tanggal", "period": "periode"}
CUTS = ("kecamatan", "kategori", "silang")
"""Districts by measure, categories by measure, districts by category."""

MONTHS_BACK = 12
YEARS_BACK = 2


@dataclass(frozen=True)
class SizeChoice:
    """Of T01: the reference date, the criterion, and the size class the chart shows."""

    on: str
    criterion: str
    size_class: str


@dataclass(frozen=True)
class TradeChoice:
    """Of T21: the period, the cut, the measure the chart shows, and what the other dimension is held at."""

    period: str
    cut: str
    measure: str
    district: str
    category: str


def known(given: str, choices: Mapping[str, object] | tuple[str, ...], otherwise: str) -> str:
    """What was asked for if it is one of the choices; anything else is the usual view, never a fault."""
    return given if given in choices else otherwise


def sizes(query: Mapping[str, str], classes: Mapping[str, str]) -> SizeChoice:
    return SizeChoice(
        on=query.get("tanggal", "").strip(),
        criterion=known(query.get("kriteria", ""), CRITERIA, "capital"),
        size_class=known(query.get("skala", ""), classes, TOTAL),
    )


def trade(query: Mapping[str, str]) -> TradeChoice:
    return TradeChoice(
        period=query.get("periode", "").strip(),
        cut=known(query.get("potongan", ""), CUTS, "kecamatan"),
        measure=known(query.get("ukuran", ""), MEASURES, "net_amount"),
        district=query.get("kecamatan", ""),
        category=query.get("kategori", ""),
    )


def period_options() -> list[tuple[str, list[tuple[str, str]]]]:
    """The last months, the quarters and years they lie in: what a report is written about. Any other period can be typed
    into the address."""
    months = periods.last_months(MONTHS_BACK)[::-1]
    quarters = dict.fromkeys(f"{month.first.year}-Q{(month.first.month + 2) // 3}" for month in months)
    latest = months[0].first.year
    years = [str(latest - back) for back in range(YEARS_BACK)]
    return [
        ("Bulan", [(month.code, month.label) for month in months]),
        ("Triwulan", [(code, periods.read(code).label) for code in quarters]),
        ("Tahun", [(year, year) for year in years]),
    ]


def cell_of(query: Mapping[str, str], table_id: str) -> dict[str, str]:
    """The codes of one cell, from the address of its records."""
    wanted = definitions.find(table_id).dimensions
    return {dimension: query[dimension] for dimension in wanted if query.get(dimension)}
