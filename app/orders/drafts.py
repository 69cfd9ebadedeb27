"""What a buyer asks for, and whether each field of it is sound by itself."""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import FieldError, Invalid
from app.kit import ids, phone, texts
from app.orders import offers, quoting, rules
from app.orders.errors import EmptyCheckout
from app.orders.models import MOST_LINES, MOST_QUANTITY
from app.orders.rules import Item

LONGEST_NAME = 100
LONGEST_ADDRESS = 500
SHORTEST_ADDRESS = 5


@dataclass(frozen=True)
class CheckoutDraft:
    """What a buyer asks for. It names no price: prices come from the database. `quote_token` is what the form showed (None: a
    program that reads the total from the answer); `cart_token` names the browser."""

    items: tuple[Item, ...]
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None
    address: str | None
    payment_method: str
    quote_token: str | None = None
    cart_token: str | None = None


@dataclass(frozen=True)
class Checked:
    """A draft whose every field is sound by itself."""

    items: tuple[Item, ...]
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None
    address: str | None
    payment_method: str
    browser: bytes | None


def check(draft: CheckoutDraft) -> Checked:
    """The fields of a draft, tidied. Raises EmptyCheckout and Invalid."""
    items = rules.summed(draft.items)
    if not items:
        raise EmptyCheckout
    faults = []
    if len(items) > MOST_LINES:
        faults.append(FieldError("items", "too_many", f"Paling banyak {MOST_LINES} barang berbeda dalam satu pesanan."))
    if any(not 1 <= item.quantity <= MOST_QUANTITY for item in items):
        faults.append(FieldError("items", "quantity_bounds", f"Isi jumlah antara 1 dan {MOST_QUANTITY}."))
    name = " ".join(draft.contact_name.split())
    if not name or len(name) > LONGEST_NAME:
        faults.append(
            FieldError("contact_name", "required", f"Isi nama penerima, paling panjang {LONGEST_NAME} huruf.")
        )
    elif texts.unwritable(name):
        faults.append(FieldError("contact_name", "unwritable", "Nama memuat tanda yang tidak dapat disimpan."))
    try:
        number = phone.normalise(draft.contact_phone)
    except ValueError as fault:
        number = ""
        faults.append(FieldError("contact_phone", "phone", str(fault)))
    region_code, address, place_faults = check_place(draft)
    faults += place_faults
    if draft.payment_method not in quoting.PAYMENTS:
        faults.append(FieldError("payment_method", "unknown", "Pilih cara bayar."))
    if faults:
        raise Invalid(*faults)
    browser = ids.fingerprint(draft.cart_token) if draft.cart_token else None
    return Checked(items, name, number, draft.delivery_method, region_code, address, draft.payment_method, browser)


def check_place(draft: CheckoutDraft) -> tuple[str | None, str | None, list[FieldError]]:
    """Where it goes: nowhere for pick-up, a place of the regency by courier, any regency by expedition."""
    if draft.delivery_method not in offers.METHODS:
        return None, None, [FieldError("delivery_method", "unknown", "Pilih cara menerima barang.")]
    if draft.delivery_method == "pickup":
        return None, None, []
    faults = []
    if draft.delivery_method == "courier":
        if offers.district_in(draft.region_code) is None:
            faults.append(FieldError("region_code", "place", "Pilih kecamatan tujuan dari daftar."))
    elif offers.regency_in(draft.region_code) is None:
        faults.append(FieldError("region_code", "place", "Pilih kabupaten atau kota tujuan dari daftar."))
    address = "\n".join(" ".join(line.split()) for line in (draft.address or "").strip().splitlines())
    if not SHORTEST_ADDRESS <= len(address) <= LONGEST_ADDRESS:
        sentence = f"Tulis alamat lengkap, {SHORTEST_ADDRESS} sampai {LONGEST_ADDRESS} huruf."
        faults.append(FieldError("address", "required", sentence))
    elif texts.unwritable(address):
        faults.append(
            FieldError("address", "unwritable", "Alamat memuat tanda yang tidak dapat disimpan. Ketik ulang.")
        )
    return draft.region_code, address, faults
