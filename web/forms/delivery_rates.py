"""The forms of delivery: amount and days per district, and one parcel rate per regency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import FieldError, Invalid
from app.orders.delivery import MOST_RATE
from app.orders.models import MOST_DAYS
from app.orders.offers import CourierRateView
from web.forms import refusals
from web.forms.amounts import Reading
from web.forms.reading import Typed

NAMED = {"regency_code": "tujuan", "per_kilogram_amount": "per_kg", "minimum_amount": "paling_sedikit", "days": "hari"}
TOO_MUCH = "Isi ongkos antara Rp0 dan Rp10.000.000. Kosongkan bila tidak mengantar ke sana."
TOO_LONG = f"Isi lama pengiriman antara 0 dan {MOST_DAYS} hari."
NO_AMOUNT = "Isi juga ongkosnya; 0 berarti gratis."

Rate = tuple[int, int | None]
"""Rupiah, and days until it is there."""


@dataclass(frozen=True)
class CourierChanges:
    """By district: the new rate, and where the courier does not go any more."""

    rates: dict[str, Rate]
    ended: frozenset[str]


def field_of(district_code: str) -> str:
    return f"antar-{district_code}"


def days_field_of(district_code: str) -> str:
    return f"hari-{district_code}"


def stored_values(rates: Sequence[CourierRateView]) -> dict[str, object]:
    """The form as it stands, before anybody types."""
    amounts: dict[str, object] = {field_of(rate.district_code): rate.price_amount for rate in rates}
    return amounts | {days_field_of(rate.district_code): rate.days for rate in rates}


def courier_changes(typed: Typed, stored: Sequence[CourierRateView], districts: list[str]) -> CourierChanges:
    """What differs from what is stored. An empty amount means no delivery there; 0 is free. Empty days mean that the seller does
    not say. Raises Invalid."""
    reading = Reading(typed)
    before: Mapping[str, Rate] = {rate.district_code: (rate.price_amount, rate.days) for rate in stored}
    rates: dict[str, Rate] = {}
    ended = set()
    for code in districts:
        amount, days = reading.amount(field_of(code)), reading.whole(days_field_of(code))
        if amount is None and not typed.text(field_of(code)):
            ended |= {code} & before.keys()
        if amount is None and days is not None and not typed.text(field_of(code)):
            reading.faults.append(FieldError(field_of(code), "missing", NO_AMOUNT))
        if amount is not None and amount > MOST_RATE:
            reading.faults.append(FieldError(field_of(code), "out_of_range", TOO_MUCH))
        if days is not None and days > MOST_DAYS:
            reading.faults.append(FieldError(days_field_of(code), "out_of_range", TOO_LONG))
        if amount is not None and (amount, days) != before.get(code):
            rates[code] = amount, days
    reading.refuse()
    return CourierChanges(rates, frozenset(ended))


def parcel_rate(typed: Typed) -> tuple[str, int, int, int | None]:
    """Regency, rupiah per kilogram, minimum, days. Raises Invalid beside the fields."""
    reading = Reading(typed)
    per_kilogram, minimum = reading.amount("per_kg"), reading.amount("paling_sedikit")
    days = reading.whole("hari")
    missing = []
    if not typed.text("tujuan"):
        missing.append(FieldError("tujuan", "missing", "Pilih kabupaten atau kota dari daftar."))
    if per_kilogram is None:
        missing.append(FieldError("per_kg", "missing", "Tulis ongkos per kilogram, misalnya 20000."))
    reading.refuse(*missing)
    if per_kilogram is None:
        raise Invalid(*missing)
    return typed.text("tujuan"), per_kilogram, minimum or 0, days


def in_form_words(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)
