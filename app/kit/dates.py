"""Dates and times as Indonesian readers know them, in the regency's zone."""

from __future__ import annotations

from datetime import date, datetime

from app.kit import clock

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")


def long_date(when: date | datetime | None) -> str:
    """`24 November 2026`; an instant is first brought to the regency's zone; nothing for None."""
    if when is None:
        return ""
    day = clock.business_date(when) if isinstance(when, datetime) else when
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def long_time(when: datetime | None) -> str:
    """`24 Nov 2026 10.15 WITA`, with the zone's own name; nothing for None."""
    if when is None:
        return ""
    local = when.astimezone(clock.zone())
    return f"{local.day} {SHORT_MONTHS[local.month - 1]} {local.year} {local:%H.%M %Z}"
