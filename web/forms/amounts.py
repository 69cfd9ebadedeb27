"""Numbers and dates as people type them: whole rupiah, whole numbers, days."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from app.errors import FieldError, Invalid
from app.kit import money
from web.forms.reading import Typed

LONGEST_NUMBER = 12
Read = TypeVar("Read")

WRITTEN_DAY = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")


@dataclass
class Reading:
    """Reads fields one by one and collects what cannot be read, so that all faults are shown at once.

    An empty field is None; what is missing is judged by the domain.
    """

    typed: Typed
    faults: list[FieldError] = field(default_factory=list)

    def amount(self, name: str) -> int | None:
        """Whole rupiah: `15000`, `15.000`, `Rp 15.000`."""
        return self.read(name, money.parse)

    def whole(self, name: str) -> int | None:
        """A whole number; dots between thousands may be typed."""
        return self.read(name, whole_number)

    def day(self, name: str) -> date | None:
        """A date as a date field sends it (`2024-03-01`) or as people write it (`1-3-2024`)."""
        return self.read(name, written_day)

    def read(self, name: str, reader: Callable[[str], Read]) -> Read | None:
        text = self.typed.text(name)
        if not text:
            return None
        try:
            return reader(text)
        except ValueError as fault:
            self.faults.append(FieldError(name, "unreadable", str(fault)))
            return None

    def refuse(self, *others: FieldError) -> None:
        """Raises Invalid with what could not be read and these others, each field once."""
        unread = {fault.field for fault in self.faults}
        faults = [*self.faults, *(fault for fault in others if fault.field not in unread)]
        if faults:
            raise Invalid(*faults)


def whole_number(text: str) -> int:
    digits = text.replace(".", "").replace(" ", "").replace("\u00a0", "")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > LONGEST_NUMBER:
        raise ValueError("Tulis dengan angka bulat, misalnya 10.")
    return int(digits)


def written_day(text: str) -> date:
    found = WRITTEN_DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        raise ValueError("Tulis tanggal seperti 31-12-2024.") from None


def version_of(typed: Typed) -> int | None:
    """The version of the record the form was filled from; None when it does not say."""
    text = typed.text("versi")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
