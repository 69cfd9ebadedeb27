"""The three short steps of registering a business, and the same fields when an active one is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.errors import FieldError
from app.registry import rules
from app.registry.files import OwnBusiness
from app.registry.rules import CLEARABLE, BusinessDraft, OwnerDraft
from web.forms import refusals
from web.forms.amounts import Reading
from web.forms.reading import Typed

STEPS: dict[str, tuple[str, ...]] = {
    "usaha": ("nama", "barang_utama", "kecamatan"),
    "pemilik": ("desa", "alamat", "pemilik_nama", "nik", "jenis_kelamin"),
    "izin": ("nib", "kbli_versi", "kbli", "mulai", "modal", "omzet", "tk_laki", "tk_perempuan"),
}
"""What each step asks. The first has all the office needs; the others only make the file better."""

START = (*STEPS["usaha"], "desa", "pemilik_nama", "pemilik_hp")

NAMED = {
    "name": "nama",
    "main_product": "barang_utama",
    "district_code": "kecamatan",
    "village_code": "desa",
    "address": "alamat",
    "owner.name": "pemilik_nama",
    "owner.phone": "pemilik_hp",
    "owner.nik": "nik",
    "owner.sex": "jenis_kelamin",
    "nib": "nib",
    "kbli": "kbli",
    "started_on": "mulai",
    "capital_amount": "modal",
    "turnover_amount": "omzet",
    "workers_male": "tk_laki",
    "workers_female": "tk_perempuan",
}
"""The register's field names in the words of the form."""


def in_form_words(errors: Sequence[FieldError]) -> tuple[FieldError, ...]:
    return refusals.in_form_words(errors, NAMED)


def step_of(field: str) -> str:
    """The step that asks for a field of the register."""
    named = NAMED.get(field, "")
    return next((step for step, fields in STEPS.items() if named in fields), "usaha")


def typed_values(typed: Typed, fields: Sequence[str]) -> dict[str, str]:
    return {name: typed.values.get(name, "") for name in (*fields, "versi")}


def stored_values(business: OwnBusiness) -> dict[str, object]:
    """What is known, to be shown in the form. The NIK is never shown again."""
    return {
        "nama": business.name,
        "barang_utama": business.main_product,
        "kecamatan": business.district_code,
        "desa": business.village_code,
        "alamat": business.address,
        "pemilik_nama": business.owner_name,
        "jenis_kelamin": business.owner_sex,
        "nib": business.nib,
        "kbli_versi": business.kbli.version if business.kbli else None,
        "kbli": business.kbli.code if business.kbli else None,
        "mulai": business.started_on.isoformat() if business.started_on else None,
        "modal": business.capital_amount,
        "omzet": business.turnover_amount,
        "tk_laki": business.workers_male,
        "tk_perempuan": business.workers_female,
        "versi": business.version,
    }


def marked(business: OwnBusiness, step: str) -> tuple[FieldError, ...]:
    """The fields of this step that the office wants mended, with its reason beside each."""
    sentence = business.reason or "Tolong perbaiki isian ini."
    named = [NAMED[field] for field in business.correction_fields if field in NAMED]
    return tuple(FieldError(name, "marked", sentence) for name in named if name in STEPS[step])


def incomplete(business: OwnBusiness) -> bool:
    """Whether the office would still miss something it cannot do without."""
    return bool(
        rules.missing_for_submission(
            name=business.name, district_code=business.district_code, main_product=business.main_product
        )
    )


def start_draft(typed: Typed) -> BusinessDraft:
    """The first step. An owner is named only by staff who register for somebody else."""
    name, phone = typed.optional("pemilik_nama"), typed.optional("pemilik_hp")
    village = typed.optional("desa")
    return BusinessDraft(
        name=typed.text("nama"),
        main_product=typed.text("barang_utama"),
        district_code=typed.optional("kecamatan"),
        village_code=village,
        owner=OwnerDraft(name=name, phone=phone) if name or phone else None,
    )


def step_draft(step: str, typed: Typed, stored: OwnBusiness) -> BusinessDraft:
    """What this step gave, compared with what is stored. Raises Invalid for what cannot be read."""
    if step == "usaha":
        return BusinessDraft(
            name=typed.text("nama"),
            main_product=typed.text("barang_utama"),
            district_code=typed.optional("kecamatan"),
        )
    return owner_draft(typed, stored) if step == "pemilik" else licence_draft(typed, stored)


def owner_draft(typed: Typed, stored: OwnBusiness) -> BusinessDraft:
    village, address = typed.optional("desa"), typed.optional("alamat")
    return BusinessDraft(
        owner=OwnerDraft(
            name=typed.text("pemilik_nama"), nik=typed.optional("nik"), sex=typed.optional("jenis_kelamin")
        ),
        village_code=village,
        address=address,
        cleared=emptied({"village_code": village, "address": address}, stored),
    )


def licence_draft(typed: Typed, stored: OwnBusiness) -> BusinessDraft:
    """Money and workers make one dated report: when one of the four changed, all four are told again."""
    reading = Reading(typed)
    nib, code, version = typed.optional("nib"), typed.optional("kbli"), reading.whole("kbli_versi")
    started_on = reading.day("mulai")
    capital, turnover = reading.amount("modal"), reading.amount("omzet")
    male, female = reading.whole("tk_laki"), reading.whole("tk_perempuan")
    reading.refuse()
    before = stored.capital_amount, stored.turnover_amount, stored.workers_male, stored.workers_female
    changed = (capital, turnover, male, female) != before
    return BusinessDraft(
        nib=nib,
        started_on=started_on,
        kbli_code=code,
        kbli_version=version if code else None,
        capital_amount=capital if changed else None,
        turnover_amount=turnover if changed else None,
        workers_male=male if changed else None,
        workers_female=female if changed else None,
        cleared=emptied({"nib": nib, "started_on": started_on, "kbli": code}, stored),
    )


def emptied(given: Mapping[str, object], stored: OwnBusiness) -> frozenset[str]:
    """Of the fields that may be taken back, those that stand in the register and were emptied in the form."""
    return frozenset(
        field
        for field, value in given.items()
        if value is None and field in CLEARABLE and getattr(stored, field) is not None
    )
