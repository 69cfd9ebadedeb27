"""The form with which staff register a business for its owner: the few fields, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import FieldError
from app.registry.rules import BusinessDraft, OwnerDraft
from web.forms.reading import Typed

FIELDS = ("nama_usaha", "nama_pemilik", "no_hp", "tempat", "alamat", "produk_utama")

NAMED: Mapping[str, str] = {
    "name": "nama_usaha",
    "owner.name": "nama_pemilik",
    "owner.phone": "no_hp",
    "district_code": "tempat",
    "village_code": "tempat",
    "address": "alamat",
    "main_product": "produk_utama",
}
SUBMIT = "kirim"

WANTED = (
    ("nama_usaha", "Tulis nama usaha."),
    ("nama_pemilik", "Tulis nama pemilik."),
    ("no_hp", "Tulis nomor HP pemilik: dengan nomor itu ia masuk sendiri nanti."),
    ("tempat", "Pilih desa atau kecamatan tempat usaha."),
)
"""What a draft needs already: without the phone it would be the business of whoever types."""


def values_of(typed: Typed) -> dict[str, str]:
    return {name: typed.values.get(name, "") for name in FIELDS}


def missing(typed: Typed) -> tuple[FieldError, ...]:
    """What was left empty, each beside its field."""
    return tuple(FieldError(name, "missing", sentence) for name, sentence in WANTED if not typed.text(name))


def draft_of(typed: Typed) -> BusinessDraft:
    """`tempat` is the code of a district, or of a village, which names its district too."""
    district, village = place_of(typed.text("tempat"))
    return BusinessDraft(
        name=typed.text("nama_usaha"),
        owner=OwnerDraft(name=typed.text("nama_pemilik"), phone=typed.text("no_hp")),
        district_code=district,
        village_code=village,
        address=typed.optional("alamat"),
        main_product=typed.optional("produk_utama"),
    )


def place_of(code: str) -> tuple[str | None, str | None]:
    parts = code.split(".")
    if len(parts) == 4:
        return ".".join(parts[:3]), code
    return code or None, None
