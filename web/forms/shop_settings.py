"""The settings of a shop: words, pick-up address, ways to pay, bank account."""

from __future__ import annotations

from collections.abc import Sequence

from app.catalogue.rules import ShopDraft
from app.catalogue.shelves import OwnShop
from app.errors import FieldError
from web.forms import refusals
from web.forms.reading import Typed

FIELDS = ("keterangan", "alamat_ambil", "bank", "rekening", "atas_nama")
WAYS = ("cod", "transfer")

NAMED = {
    "description": "keterangan",
    "pickup_address": "alamat_ambil",
    "takes_cod": "cara_bayar",
    "bank_name": "bank",
    "bank_account_number": "rekening",
    "bank_account_holder": "atas_nama",
}


def in_form_words(errors: Sequence[FieldError]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)


def typed_values(typed: Typed) -> dict[str, object]:
    return {
        **{name: typed.values.get(name, "") for name in (*FIELDS, "versi")},
        "cara_bayar": typed.all("cara_bayar"),
    }


def stored_values(shop: OwnShop) -> dict[str, object]:
    return {
        "keterangan": shop.description,
        "alamat_ambil": shop.pickup_address,
        "cara_bayar": [way for way, on in zip(WAYS, (shop.takes_cod, shop.takes_transfer), strict=True) if on],
        "bank": shop.bank_name,
        "rekening": shop.bank_account_number,
        "atas_nama": shop.bank_account_holder,
        "versi": shop.version,
    }


def draft_of(typed: Typed) -> ShopDraft:
    ways = typed.all("cara_bayar")
    return ShopDraft(
        description=typed.text("keterangan"),
        pickup_address=typed.text("alamat_ambil"),
        takes_cod="cod" in ways,
        takes_transfer="transfer" in ways,
        bank_name=typed.text("bank"),
        bank_account_number=typed.text("rekening"),
        bank_account_holder=typed.text("atas_nama"),
    )
