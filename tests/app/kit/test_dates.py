"""Dates read as people here write them, in WITA."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.kit import dates


def test_a_date_is_written_out() -> None:
    assert dates.long_date(date(2026, 11, 24)) == "24 November 2026"


def test_an_instant_late_in_the_utc_day_is_already_tomorrow_here() -> None:
    assert dates.long_date(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == "24 November 2026"
    assert dates.long_date(datetime(2026, 11, 23, 15, 59, tzinfo=UTC)) == "23 November 2026"


def test_a_time_names_its_zone() -> None:
    assert dates.long_time(datetime(2026, 11, 24, 2, 15, tzinfo=UTC)) == "24 Nov 2026 10.15 WITA"


def test_what_is_unknown_is_written_as_nothing() -> None:
    assert dates.long_date(None) == ""
    assert dates.long_time(None) == ""


@given(st.integers(0, 7_000_000_000))
def test_every_instant_is_shown_eight_hours_ahead_of_utc(seconds: int) -> None:
    instant = datetime.fromtimestamp(seconds, UTC)
    local = instant + timedelta(hours=8)
    expected = f"{local.day} {dates.SHORT_MONTHS[local.month - 1]} {local.year} {local:%H.%M} WITA"
    # the zone's offset was half an hour less until 1988
    if instant.year >= 1989:
        assert dates.long_time(instant) == expected
