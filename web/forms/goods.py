"""The forms of a product: a new one in four fields, everything about it, another size, what is on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.catalogue import categories, rules
from app.catalogue.models import COUNTED
from app.catalogue.rules import ProductDraft
from app.catalogue.shelves import OwnProduct
from app.errors import FieldError, Invalid
from web.forms import refusals
from web.forms.amounts import Reading
from web.forms.reading import Typed

NEW = ("nama", "jenis", "harga", "stok")
CHANGE = ("nama", "jenis", "harga", "keterangan", "satuan", "berat", "ukuran", "cara_stok", "stok")
SIZE = ("ukuran", "harga", "stok", "berat")

NAMED = {
    "name": "nama",
    "category": "jenis",
    "price_amount": "harga",
    "description": "keterangan",
    "unit": "satuan",
    "weight_gram": "berat",
    "variant": "ukuran",
    "stock": "cara_stok",
    "on_hand": "stok",
    "photo": "foto",
}
"""The catalogue's field names in the words of the form."""


def in_form_words(errors: Sequence[FieldError]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)


def typed_values(typed: Typed, fields: Sequence[str]) -> dict[str, str]:
    return {name: typed.values.get(name, "") for name in (*fields, "versi", "stok_semula")}


def stored_values(product: OwnProduct) -> dict[str, object]:
    return {
        "nama": product.name,
        "jenis": product.category_slug,
        "harga": product.price_amount,
        "keterangan": product.description,
        "satuan": product.unit,
        "berat": product.weight_gram,
        "ukuran": product.variant,
        "cara_stok": product.stock_mode,
        "stok": product.on_hand if product.stock_mode == COUNTED else None,
        "stok_semula": product.on_hand if product.stock_mode == COUNTED else "",
        "versi": product.version,
    }


def category_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """For the list in the form: the eight kinds, under each its finer ones."""
    return [
        (
            top.name,
            [(top.slug, f"{top.name} (umum)"), *((k.slug, k.name) for k in categories.everything() if k.parent == top.slug)],
        )
        for top in categories.tops()
    ]  # fmt: skip


def new_draft(typed: Typed) -> tuple[ProductDraft, Reading]:
    """Four fields. What could not be read stands in the reading and is told with the domain's own faults."""
    reading = Reading(typed)
    draft = ProductDraft(
        name=typed.text("nama"),
        category=typed.optional("jenis"),
        price_amount=reading.amount("harga"),
        on_hand=reading.whole("stok"),
    )
    return draft, reading


def change_draft(typed: Typed, stored: OwnProduct) -> tuple[ProductDraft, Reading]:
    """The whole form. The stock is set only when its number was changed here: orders may have taken some meanwhile."""
    reading = Reading(typed)
    mode = typed.optional("cara_stok") or stored.stock_mode
    touched = typed.text("stok") != typed.text("stok_semula") or mode != stored.stock_mode
    on_hand = reading.whole("stok") if mode == COUNTED and touched else None
    if mode == COUNTED and touched and not typed.text("stok"):
        reading.faults.append(FieldError("stok", "missing", "Tulis berapa yang ada sekarang, misalnya 10."))
    price, weight = reading.amount("harga"), reading.whole("berat")
    for name, sentence in (
        ("harga", "Tulis harganya dalam rupiah, misalnya 25000."),
        ("satuan", "Tulis satuannya, misalnya bungkus atau kg."),
    ):
        if not typed.text(name):
            reading.faults.append(FieldError(name, "missing", sentence))
    if stored.weight_gram is not None and not typed.text("berat"):
        reading.faults.append(FieldError("berat", "missing", "Berat yang sudah diisi tidak dapat dikosongkan."))
    if stored.variant is not None and not typed.text("ukuran"):
        reading.faults.append(FieldError("ukuran", "missing", "Tulis ukurannya, misalnya 500 g."))
    draft = ProductDraft(
        name=typed.text("nama"),
        category=typed.text("jenis"),
        price_amount=price,
        description=typed.text("keterangan"),
        unit=typed.text("satuan"),
        weight_gram=weight,
        variant=typed.text("ukuran") if stored.variant is not None else None,
        stock_mode=mode if mode != stored.stock_mode else None,
        on_hand=on_hand,
    )
    return draft, reading


def size_draft(typed: Typed) -> tuple[ProductDraft, Reading]:
    reading = Reading(typed)
    draft = ProductDraft(
        variant=typed.text("ukuran"),
        price_amount=reading.amount("harga"),
        on_hand=reading.whole("stok"),
        weight_gram=reading.whole("berat"),
    )
    return draft, reading


def shelf_count(typed: Typed) -> int:
    """How many the seller counted. Raises Invalid beside `stok`."""
    reading = Reading(typed)
    count = reading.whole("stok")
    reading.refuse()
    if count is None:
        raise Invalid.one("stok", "Tulis berapa yang ada sekarang, misalnya 10.", "missing")
    return count


def size_faults(draft: ProductDraft) -> list[FieldError]:
    """The same for another size, which takes name and kind from the first."""
    whole = replace(draft, name="x", category=categories.everything()[0].slug)
    found = list(in_form_words(rules.product_faults(whole, new=True)))
    if not draft.variant:
        found.append(FieldError("ukuran", "missing", "Tulis ukurannya, misalnya 500 g."))
    return found


def faults_of(draft: ProductDraft, *, new: bool) -> list[FieldError]:
    """What the catalogue will say of this draft, in the words of the form: told together with what cannot be read."""
    return list(in_form_words(rules.product_faults(draft, new=new)))
