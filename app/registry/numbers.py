"""Public numbers of businesses: `KT-YYYY-NNNNNN-D`, without gaps."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from app.kit import clock, ids
from app.reference import regency


def next_number(session: Session) -> str:
    """The next number of this year. The year's row is locked until the transaction ends, so a number is never lost; take it
    last, just before the row that carries it."""
    year = clock.today().year
    serial = session.execute(
        text(
            "INSERT INTO number_sequence (year, last_serial) VALUES (:year, 1)"
            " ON CONFLICT (year) DO UPDATE SET last_serial = number_sequence.last_serial + 1 RETURNING last_serial"
        ),
        {"year": year},
    ).scalar_one()
    return ids.checked_number(regency.current().number_prefix, year, int(serial))


def is_sound(number: str) -> bool:
    """Whether a number has this regency's shape and a right check digit."""
    return ids.number_is_sound(number, regency.current().number_prefix)
