"""The business date is the date in WITA."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.kit import clock, dates


def test_a_day_in_wita_begins_at_16_utc() -> None:
    assert clock.business_date(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert clock.business_date(datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC)) == date(2027, 1, 1)


def test_the_calendar_is_the_regencys_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another regency lies in another zone: its day begins at another hour, and its times are told with that zone's name."""
    monkeypatch.setattr(clock, "_zone", clock.zone)  # what stood here is put back afterwards
    clock.keep_calendar_of(lambda: ZoneInfo("Asia/Jakarta"))
    assert clock.business_date(datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC)) == date(2026, 12, 31)
    assert clock.business_date(datetime(2026, 12, 31, 17, 0, 0, tzinfo=UTC)) == date(2027, 1, 1)
    assert dates.long_time(datetime(2026, 12, 31, 17, 5, tzinfo=UTC)) == "1 Jan 2027 00.05 WIB"


def test_the_clock_can_be_set_for_one_block_only() -> None:
    then = datetime(2026, 5, 1, 3, tzinfo=UTC)
    with clock.at(then):
        assert clock.now() == then
        assert clock.today() == date(2026, 5, 1)
    assert clock.now() != then


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), clock.at(datetime(2026, 5, 1)):  # noqa: DTZ001 - the fault under test
        pass


def test_dates_are_written_in_indonesian() -> None:
    assert dates.long_date(date(2026, 8, 17)) == "17 Agustus 2026"
    assert dates.long_date(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "1 Januari 2027"
    assert dates.long_time(datetime(2026, 12, 31, 16, 5, tzinfo=UTC)) == "1 Jan 2027 00.05 WITA"
    assert dates.long_date(None) == dates.long_time(None) == ""
