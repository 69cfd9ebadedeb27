"""The checkout form: who, how to receive it, how to pay."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import FieldError
from app.orders.placing import CheckoutDraft
from app.orders.rules import Item
from app.reference.regions import Place
from web.forms import refusals
from web.forms.reading import Typed

FIELDS = ("nama", "no_hp", "cara_terima", "tujuan", "alamat", "cara_bayar")
METHODS = ("pickup", "courier", "expedition")
PICKUP = "pickup"
QUOTE_FIELD = "penawaran"

NAMED = {
    "contact_name": "nama",
    "contact_phone": "no_hp",
    "delivery_method": "cara_terima",
    "region_code": "tujuan",
    "address": "alamat",
    "payment_method": "cara_bayar",
    "items": "keranjang",
}
"""The domain's field names in the words of the form."""


def values_of(typed: Typed) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: typed.values.get(name, "") for name in FIELDS}


def method_of(values: dict[str, str]) -> str:
    """The chosen way to receive; pick-up while nothing sensible is chosen, because it costs nothing."""
    return values["cara_terima"] if values.get("cara_terima") in METHODS else PICKUP


def way_to(place: Place) -> str:
    """How goods get to a place somebody chose: the sellers' couriers stay in the regency."""
    return "courier" if place.level == "district" else "expedition"


def region_of(values: dict[str, str]) -> str | None:
    return None if method_of(values) == PICKUP else values.get("tujuan") or None


def draft_of(typed: Typed, items: Sequence[Item], cart_token: str | None) -> CheckoutDraft:
    method = typed.text("cara_terima")
    return CheckoutDraft(
        items=tuple(items),
        contact_name=typed.text("nama"),
        contact_phone=typed.text("no_hp"),
        delivery_method=method,
        region_code=None if method == PICKUP else typed.optional("tujuan"),
        address=typed.optional("alamat"),
        payment_method=typed.text("cara_bayar"),
        quote_token=typed.optional(QUOTE_FIELD),
        cart_token=cart_token,
    )


def in_form_words(errors: Sequence[FieldError]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)
