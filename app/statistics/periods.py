"""Reporting periods and reference dates, on the business calendar of the regency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.errors import Invalid
from app.kit import clock, dates

FIRST_YEAR = 2000
LAST_YEAR = 2100

SHAPE = re.compile(r"(?P<year>[0-9]{4})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True)
class Period:
    """Business dates from `first` up to and including `last`; `code` is `2026`, `2026-Q1` or `2026-03`."""

    code: str
    first: date
    last: date

    @property
    def label(self) -> str:
        year, _, part = self.code.partition("-")
        if not part:
            return year
        if part.startswith("Q"):
            return f"Triwulan {part[1]} {year}"
        return f"{dates.SHORT_MONTHS[int(part) - 1]} {year}"


def read(code: str) -> Period:
    """The period a code means. Raises Invalid for anything else, and for a period that has not begun."""
    shape = SHAPE.fullmatch(code.strip())
    if shape is None or not FIRST_YEAR <= int(shape["year"]) <= LAST_YEAR:
        raise Invalid.one("period", "Periode ditulis 2026, 2026-Q1, atau 2026-03.", code="period_unknown")
    period = spanning(int(shape["year"]), shape["quarter"], shape["month"])
    if period.first > clock.today():
        raise Invalid.one("period", "Periode itu belum dimulai.", code="period_future")
    return period


def spanning(year: int, quarter: str | None, month: str | None) -> Period:
    if quarter:
        start = int(quarter) * 3 - 2
        return Period(f"{year}-Q{quarter}", date(year, start, 1), end_of_month(year, start + 2))
    if month:
        return month_of(date(year, int(month), 1))
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def end_of_month(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def month_of(day: date) -> Period:
    return Period(f"{day:%Y-%m}", day.replace(day=1), end_of_month(day.year, day.month))


def this_month() -> Period:
    return month_of(clock.today())


def last_months(count: int) -> list[Period]:
    """The given number of months up to the present one, the oldest first."""
    months = [this_month()]
    while len(months) < count:
        months.append(month_of(months[-1].first - timedelta(days=1)))
    return months[::-1]


def read_date(text: str | None) -> date:
    """The reference date, today if none is given. Raises Invalid for an impossible one and for the future."""
    if text is None or not text.strip():
        return clock.today()
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Invalid.one(
            "ref_date", "Tanggal acuan ditulis tahun-bulan-tanggal, misalnya 2026-03-31.", code="date_invalid"
        )
    if day > clock.today():
        raise Invalid.one("ref_date", "Tanggal acuan belum tiba.", code="date_future")
    return day
