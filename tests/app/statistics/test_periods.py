"""Periods and reference dates of the statistics."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.kit import clock
from app.statistics import periods

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "first", "last", "label"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "Triwulan 1 2026"),
        ("2026-Q4", date(2026, 10, 1), date(2026, 12, 31), "Triwulan 4 2026"),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), "Feb 2024"),
        ("2025-12", date(2025, 12, 1), date(2025, 12, 31), "Des 2025"),
        (" 2026-11 ", date(2026, 11, 1), date(2026, 11, 30), "Nov 2026"),
    ],
)
def test_a_period_is_a_year_a_quarter_or_a_month(code: str, first: date, last: date, label: str) -> None:
    with clock.at(NOW):
        period = periods.read(code)
    assert (period.first, period.last, period.label) == (first, last, label)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "26",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-Q0",
        "2026-1",
        "2026-11-01",
        "1999",
        "9999",
        "2026-12",
        "２０２６",
    ],
)
def test_an_impossible_period_and_one_that_has_not_begun_are_refused(code: str) -> None:
    with clock.at(NOW), pytest.raises(Invalid) as refused:
        periods.read(code)
    assert refused.value.errors[0].field == "period"


def test_a_month_begins_in_the_regencys_zone() -> None:
    with clock.at(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)):
        assert periods.this_month().code == "2026-12"
        assert periods.read_date(None) == date(2026, 12, 1)
    with clock.at(datetime(2026, 11, 30, 15, 59, tzinfo=UTC)):
        assert periods.this_month().code == "2026-11"


def test_the_last_months_run_over_the_turn_of_the_year() -> None:
    with clock.at(datetime(2026, 2, 10, tzinfo=UTC)):
        assert [period.code for period in periods.last_months(4)] == ["2025-11", "2025-12", "2026-01", "2026-02"]


@given(st.dates(date(2001, 1, 1), date(2099, 12, 31)))
def test_every_day_lies_in_exactly_one_month_quarter_and_year(day: date) -> None:
    month = periods.month_of(day)
    quarter = periods.spanning(day.year, str((day.month + 2) // 3), None)
    year = periods.spanning(day.year, None, None)
    assert month.first <= day <= month.last
    assert year.first <= quarter.first <= month.first
    assert month.last <= quarter.last <= year.last


@pytest.mark.parametrize("text", ["2026-02-30", "31-03-2026", "kemarin", "2026-11-25", "1999-12-31", "0001-01-01"])
def test_an_impossible_date_and_the_future_are_refused(text: str) -> None:
    with clock.at(NOW), pytest.raises(Invalid) as refused:
        periods.read_date(text)
    assert refused.value.errors[0].field == "ref_date"


def test_a_reference_date_is_read_as_written() -> None:
    with clock.at(NOW):
        assert periods.read_date("2026-03-31") == date(2026, 3, 31)
        assert periods.read_date("") == date(2026, 11, 24)
