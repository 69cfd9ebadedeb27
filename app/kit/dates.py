"""Dates and times as readers know them, in the regency's zone: Indonesian, or English where that is asked for."""

from __future__ import annotations

from datetime import date, datetime

from app.kit import clock

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
SHORT_MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")

SHORT_DAYS = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")

ENGLISH = "en"
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ENGLISH_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def long_date(when: date | datetime | None, language: str = "id") -> str:
    """`24 November 2026`; an instant is first brought to the regency's zone; nothing for None."""
    if when is None:
        return ""
    day = clock.business_date(when) if isinstance(when, datetime) else when
    months = ENGLISH_MONTHS if language == ENGLISH else MONTHS
    return f"{day.day} {months[day.month - 1]} {day.year}"


def short_date(day: date, language: str = "id") -> str:
    """`Jum, 27 Nov`, in English `Fri, 27 Nov`: for a day of the next weeks."""
    if language == ENGLISH:
        return f"{ENGLISH_DAYS[day.weekday()]}, {day.day} {ENGLISH_MONTHS[day.month - 1][:3]}"
    return f"{SHORT_DAYS[day.weekday()]}, {day.day} {SHORT_MONTHS[day.month - 1]}"


def long_time(when: datetime | None, language: str = "id") -> str:
    """`24 Nov 2026 10.15 WITA`, in English `24 Nov 2026 10:15 WITA`; nothing for None."""
    if when is None:
        return ""
    local = when.astimezone(clock.zone())
    if language == ENGLISH:
        return f"{local.day} {ENGLISH_MONTHS[local.month - 1][:3]} {local.year} {local:%H:%M %Z}"
    return f"{local.day} {SHORT_MONTHS[local.month - 1]} {local.year} {local:%H.%M %Z}"
