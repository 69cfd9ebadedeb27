"""Pure decisions of the catalogue: what a valid product and shop are, when goods may be sold."""

from __future__ import annotations

from dataclasses import dataclass

from app.catalogue import categories
from app.catalogue.models import COUNTED, HEAVIEST_GRAM, LARGEST_PRICE, LARGEST_STOCK, STOCK_MODES
from app.errors import FieldError
from app.kit import money, texts

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 4_000
LONGEST_UNIT = 30
LONGEST_VARIANT = 40
LONGEST_TEXT = 500
LONGEST_BANK = 100
DEFAULT_UNIT = "buah"

UNITS = ("buah", "bungkus", "botol", "kg", "ikat", "toples", "lembar", "pasang", "kotak", "porsi", "jam")
"""Offered in the form; any other word may be typed."""


@dataclass(frozen=True)
class ProductDraft:
    """What a seller gave. None is "not given": in a change it leaves what is stored, in a new product it is a default that
    claims nothing (no weight, no description, unit "buah")."""

    name: str | None = None
    description: str | None = None
    category: str | None = None
    price_amount: int | None = None
    unit: str | None = None
    weight_gram: int | None = None
    stock_mode: str | None = None
    on_hand: int | None = None
    variant: str | None = None


@dataclass(frozen=True)
class ShopDraft:
    """Settings of a shop; None leaves what is stored, an empty text clears it."""

    description: str | None = None
    pickup_address: str | None = None
    takes_cod: bool | None = None
    takes_transfer: bool | None = None
    bank_name: str | None = None
    bank_account_number: str | None = None
    bank_account_holder: str | None = None


def product_faults(draft: ProductDraft, *, new: bool) -> list[FieldError]:
    """Every fault at once. A new product needs a name, a category, a price, and a number when its stock is counted."""
    found: list[FieldError] = []
    if (new or draft.name is not None) and not (draft.name or "").strip():
        found.append(FieldError("name", "missing", "Tulis nama barang, misalnya Amplang ikan tenggiri 250 g."))
    found += length_faults(draft)
    if (new or draft.category is not None) and categories.get(draft.category) is None:
        found.append(FieldError("category", "unknown", "Pilih jenis barang dari daftar."))
    if draft.price_amount is None:
        if new:
            found.append(FieldError("price_amount", "missing", "Tulis harganya dalam rupiah, misalnya 25000."))
    elif not 1 <= draft.price_amount <= LARGEST_PRICE:
        found.append(
            FieldError("price_amount", "out_of_range", f"Harga harus Rp1 sampai {money.rupiah(LARGEST_PRICE)}.")
        )
    if draft.weight_gram is not None and not 1 <= draft.weight_gram <= HEAVIEST_GRAM:
        found.append(FieldError("weight_gram", "out_of_range", "Berat harus 1 gram sampai 1.000 kg (1.000.000 gram)."))
    found += stock_faults(draft, new=new)
    return found


def length_faults(draft: ProductDraft) -> list[FieldError]:
    found = []
    for field, text, longest, what in (
        ("name", draft.name, LONGEST_NAME, "Nama barang"),
        ("description", draft.description, LONGEST_DESCRIPTION, "Keterangan"),
        ("unit", draft.unit, LONGEST_UNIT, "Satuan"),
        ("variant", draft.variant, LONGEST_VARIANT, "Ukuran"),
    ):
        found += text_faults(field, text, longest, what)
    return found


def text_faults(field: str, text: str | None, longest: int, what: str) -> list[FieldError]:
    if text is not None and len(text) > longest:
        return [FieldError(field, "too_long", f"{what} paling panjang {longest} huruf.")]
    if text is not None and texts.unwritable(text):
        return [FieldError(field, "unwritable", f"{what} memuat tanda yang tidak dapat disimpan. Ketik ulang.")]
    return []


def stock_faults(draft: ProductDraft, *, new: bool) -> list[FieldError]:
    mode = draft.stock_mode or (COUNTED if new else None)
    if mode is not None and mode not in STOCK_MODES:
        return [FieldError("stock", "invalid", "Pilih cara menghitung stok.")]
    if draft.on_hand is not None and not 0 <= draft.on_hand <= LARGEST_STOCK:
        return [FieldError("on_hand", "out_of_range", f"Stok harus 0 sampai {LARGEST_STOCK}.")]
    if new and mode == COUNTED and draft.on_hand is None:
        return [FieldError("on_hand", "missing", "Tulis berapa yang ada sekarang, misalnya 10.")]
    return []


def account_digits(text: str) -> str:
    """An account number as people write it, without spaces and dashes."""
    return text.replace(" ", "").replace("-", "").strip()


def shop_faults(draft: ShopDraft, *, takes_gateway: bool = True) -> list[FieldError]:
    """The faults of a shop's settings as they would be afterwards: what is given over what is stored."""
    found = []
    for field, text, longest, what in (
        ("description", draft.description, LONGEST_TEXT, "Keterangan toko"),
        ("pickup_address", draft.pickup_address, LONGEST_TEXT, "Alamat ambil"),
        ("bank_name", draft.bank_name, LONGEST_BANK, "Nama bank"),
        ("bank_account_holder", draft.bank_account_holder, LONGEST_BANK, "Nama pemilik rekening"),
    ):
        found += text_faults(field, text, longest, what)
    bank = (draft.bank_name, draft.bank_account_number, draft.bank_account_holder)
    given = [bool((text or "").strip()) for text in bank]
    if any(given) and not all(given):
        found.append(
            FieldError("bank_account_number", "incomplete", "Isi bank, nomor rekening, dan nama pemiliknya sekaligus.")
        )
    number = account_digits(draft.bank_account_number or "")
    if number and not (number.isascii() and number.isdigit() and 6 <= len(number) <= 25):
        found.append(FieldError("bank_account_number", "invalid", "Nomor rekening hanya angka, 6 sampai 25 digit."))
    if draft.takes_transfer and not any(given):
        found.append(FieldError("bank_account_number", "missing", "Isi rekening dahulu agar pembeli bisa transfer."))
    if not (draft.takes_cod or draft.takes_transfer or takes_gateway):
        found.append(FieldError("takes_cod", "missing", "Pilih paling sedikit satu cara bayar."))
    return found


def why_not_for_sale(*, business_status: str, shop_status: str, product_status: str) -> str | None:
    """The reason goods cannot be bought now, for a person; None when they can (how many there are is another question)."""
    if business_status != "active" or shop_status in ("suspended", "closed", "preparing"):
        return "Toko ini sedang tidak melayani."
    if shop_status == "paused":
        return "Toko ini sedang libur."
    if product_status != "published":
        return "Barang ini sudah tidak dijual."
    return None
