"""The quantity of a cart line: a whole number, one when nothing was typed."""

from __future__ import annotations

from app.errors import Invalid
from app.orders.models import MOST_QUANTITY
from web.forms.reading import Typed

FIELD = "jumlah"


def wanted(typed: Typed) -> int:
    """How many to add, 1 to 999. Raises Invalid beside `jumlah`."""
    return number(typed, least=1)


def changed(typed: Typed) -> int:
    """The new number of a line, 0 to 999; 0 takes it out. Raises Invalid beside `jumlah`."""
    return number(typed, least=0)


def number(typed: Typed, *, least: int) -> int:
    text = typed.text(FIELD) or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Invalid.one(FIELD, "Tulis jumlah dengan angka bulat, misalnya 2.", "not_a_number")
    count = int(text)
    if not least <= count <= MOST_QUANTITY:
        raise Invalid.one(FIELD, f"Jumlah harus {least} sampai {MOST_QUANTITY}.", "out_of_range")
    return count
