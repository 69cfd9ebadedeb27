"""The forms of delivery: one amount per district, and one parcel rate per regency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import FieldError, Invalid
from app.orders.delivery import MOST_RATE
from web.forms import refusals
from web.forms.amounts import Reading
from web.forms.reading import Typed

NAMED = {"regency_code": "tujuan", "per_kilogram_amount": "per_kg", "minimum_amount": "paling_sedikit"}
TOO_MUCH = "Isi ongkos antara Rp0 dan Rp10.000.000. Kosongkan bila tidak mengantar ke sana."


@dataclass(frozen=True)
class CourierChanges:
    """By district: the new rate in rupiah, and where the courier does not go any more."""

    rates: dict[str, int]
    ended: frozenset[str]


def field_of(district_code: str) -> str:
    return f"antar-{district_code}"


def courier_changes(typed: Typed, stored: Mapping[str, int], districts: list[str]) -> CourierChanges:
    """What differs from what is stored. An empty field means no delivery there; 0 is free. Raises Invalid."""
    reading = Reading(typed)
    rates: dict[str, int] = {}
    ended = set()
    for code in districts:
        amount = reading.amount(field_of(code))
        if amount is None and not typed.text(field_of(code)):
            ended |= {code} & stored.keys()
        elif amount is not None and amount > MOST_RATE:
            reading.faults.append(FieldError(field_of(code), "out_of_range", TOO_MUCH))
        elif amount is not None and amount != stored.get(code):
            rates[code] = amount
    reading.refuse()
    return CourierChanges(rates, frozenset(ended))


def parcel_rate(typed: Typed) -> tuple[str, int, int]:
    """Regency, rupiah per kilogram, minimum. Raises Invalid beside the fields."""
    reading = Reading(typed)
    per_kilogram, minimum = reading.amount("per_kg"), reading.amount("paling_sedikit")
    missing = []
    if not typed.text("tujuan"):
        missing.append(FieldError("tujuan", "missing", "Pilih kabupaten atau kota dari daftar."))
    if per_kilogram is None:
        missing.append(FieldError("per_kg", "missing", "Tulis ongkos per kilogram, misalnya 20000."))
    reading.refuse(*missing)
    if per_kilogram is None:
        raise Invalid(*missing)
    return typed.text("tujuan"), per_kilogram, minimum or 0


def in_form_words(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)
