"""What the pages are given to write with."""

from datetime import UTC, datetime

from web.templating import moment


def test_an_hour_is_not_torn_from_its_zone_at_the_end_of_a_line() -> None:
    assert moment(datetime(2026, 11, 24, 2, 15, tzinfo=UTC), "id") == "24 Nov 2026 10.15\N{NO-BREAK SPACE}WITA"
    assert moment(datetime(2026, 11, 24, 2, 15, tzinfo=UTC), "en") == "24 Nov 2026 10:15\N{NO-BREAK SPACE}WITA"
    assert moment(None, "id") == ""
