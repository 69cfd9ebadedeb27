"""Time as the product reads it.

Instants are aware UTC. The *business date* is the calendar date in the regency's zone (WITA for Kutai Timur), written once
with each fact so that reporting days never move (DESIGN D8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

WITA = ZoneInfo("Asia/Makassar")

_zone: Callable[[], ZoneInfo] = lambda: WITA  # noqa: E731 - until the process says whose calendar it keeps

_frozen: ContextVar[datetime | None] = ContextVar("frozen_clock", default=None)


def keep_calendar_of(zone: Callable[[], ZoneInfo]) -> None:
    """From now on this process dates by that zone: the regency's, which is data (DESIGN D15) and above this module."""
    global _zone
    _zone = zone


def zone() -> ZoneInfo:
    """The zone in which business dates are told."""
    return _zone()


def now() -> datetime:
    """The present instant, aware, in UTC; or the instant set by `at` in this context."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Set the clock for one block: demo data and tests live through months in seconds."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def business_date(instant: datetime) -> date:
    """The calendar date in the regency's zone on which `instant` falls: in WITA 16:00 UTC already belongs to the next day."""
    return instant.astimezone(zone()).date()


def today() -> date:
    """The business date of this moment."""
    return business_date(now())
