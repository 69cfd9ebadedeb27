"""Pure decisions of the register: what a valid field is, how long a check counts, who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.actor import Actor
from app.errors import FieldError
from app.kit import clock, texts

LONGEST_NAME = 150
LONGEST_TEXT = 300
MOST_WORKERS = 5_000
LARGEST_AMOUNT = 999_999_999_999_999
OLDEST_START = date(1900, 1, 1)

CHECK_COUNTS_FOR = timedelta(days=365)
"""A small business changes place, product or hands within a year or two: an older check is no longer a check."""

CLEARABLE = frozenset({"address", "village_code", "kbli", "started_on", "nib"})
"""What may be taken back. Money and workers are dated reports, which stay."""

NIK_DIGITS = 16
WOMEN_ADD = 40
OLDEST_OWNER = 110
YOUNGEST_OWNER = 15


@dataclass(frozen=True)
class OwnerDraft:
    """The person, as given. `sex` is `male` or `female`; what is not known is None."""

    name: str | None = None
    phone: str | None = None
    nik: str | None = None
    sex: str | None = None


@dataclass(frozen=True)
class BusinessDraft:
    """What was given so far. None is "not given", and leaves what is stored as it is."""

    name: str | None = None
    owner: OwnerDraft | None = None
    district_code: str | None = None
    village_code: str | None = None
    address: str | None = None
    main_product: str | None = None
    kbli_version: int | None = None
    kbli_code: str | None = None
    started_on: date | None = None
    nib: str | None = None
    capital_amount: int | None = None
    turnover_amount: int | None = None
    workers_male: int | None = None
    workers_female: int | None = None
    cleared: frozenset[str] = frozenset()
    """Of CLEARABLE, what was emptied on purpose and is unknown again."""


def digits_of(text: str) -> str:
    """A number as people write it, without dots, dashes and spaces (non-breaking ones too)."""
    return "".join(character for character in text if character not in " .-\u00a0")


def nik_fault(text: str) -> str | None:
    """What is wrong with a NIK: 16 digits, a possible birth date (women: day + 40), a serial above 0000.

    The six digits in front name the place of first registration, so a person from anywhere is welcome.
    """
    nik = digits_of(text)
    if not (nik.isascii() and nik.isdigit()) or len(nik) != NIK_DIGITS:
        return f"NIK harus {NIK_DIGITS} angka, seperti tertulis di KTP."
    if nik[12:] == "0000" or nik[:2] < "11" or nik_birth(nik) is None:
        return "NIK ini tidak mungkin benar. Periksa lagi angkanya di KTP."
    return None


def nik_birth(nik: str) -> date | None:
    """The birth date in a NIK, in the century that gives a living adult owner; None when there is none."""
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    day -= WOMEN_ADD if day > WOMEN_ADD else 0
    today = clock.today()
    for century in (2000, 1900):
        try:
            born = date(century + year, month, day)
        except ValueError:
            continue
        if YOUNGEST_OWNER <= (today - born).days // 365.25 <= OLDEST_OWNER:
            return born
    return None


def nik_sex(nik: str) -> str:
    return "female" if int(nik[6:8]) > WOMEN_ADD else "male"


def text_faults(field: str, text: str | None, longest: int, what: str) -> list[FieldError]:
    if text is not None and len(text) > longest:
        return [FieldError(field, "too_long", f"{what} paling panjang {longest} huruf.")]
    if text is not None and texts.unwritable(text):
        return [FieldError(field, "unwritable", f"{what} memuat tanda yang tidak dapat disimpan. Ketik ulang.")]
    return []


def draft_faults(draft: BusinessDraft) -> list[FieldError]:
    """The faults of what was given; what is missing is judged at submission. Places and KBLI are judged against the lists."""
    found: list[FieldError] = []
    if draft.name is not None and not draft.name.strip():
        found.append(FieldError("name", "missing", "Tulis nama usaha."))
    found += text_faults("name", draft.name, LONGEST_NAME, "Nama usaha")
    found += text_faults("address", draft.address, LONGEST_TEXT, "Alamat")
    found += text_faults("main_product", draft.main_product, LONGEST_TEXT, "Barang utama")
    if draft.main_product is not None and not draft.main_product.strip():
        found.append(FieldError("main_product", "missing", "Tulis barang atau jasa utama, misalnya amplang."))
    if draft.nib is not None and nib_fault(draft.nib):
        found.append(FieldError("nib", "invalid", "NIB harus 13 angka. Kosongkan bila belum punya."))
    if draft.started_on is not None and not OLDEST_START <= draft.started_on <= clock.today():
        found.append(FieldError("started_on", "invalid", "Tanggal mulai usaha tidak boleh di masa depan."))
    found += [
        FieldError(field, "required", "Isian ini tidak dapat dikosongkan.")
        for field in sorted(draft.cleared - CLEARABLE)
    ]
    found += amount_faults(draft)
    if draft.owner is not None:
        found += owner_faults(draft.owner)
    return found


def nib_fault(text: str) -> bool:
    nib = digits_of(text)
    return not (nib.isascii() and nib.isdigit() and len(nib) == 13)


def amount_faults(draft: BusinessDraft) -> list[FieldError]:
    found = []
    for field, amount in (("capital_amount", draft.capital_amount), ("turnover_amount", draft.turnover_amount)):
        if amount is not None and not 0 <= amount <= LARGEST_AMOUNT:
            found.append(FieldError(field, "out_of_range", "Tulis jumlah rupiah bulat, nol atau lebih."))
    for field, count in (("workers_male", draft.workers_male), ("workers_female", draft.workers_female)):
        if count is not None and not 0 <= count <= MOST_WORKERS:
            found.append(FieldError(field, "out_of_range", f"Jumlah pekerja harus 0 sampai {MOST_WORKERS}."))
    return found


def owner_faults(owner: OwnerDraft) -> list[FieldError]:
    found = []
    if owner.name is not None and not owner.name.strip():
        found.append(FieldError("owner.name", "missing", "Tulis nama pemilik."))
    found += text_faults("owner.name", owner.name, 120, "Nama pemilik")
    if owner.sex is not None and owner.sex not in ("male", "female"):
        found.append(FieldError("owner.sex", "invalid", "Pilih laki-laki atau perempuan, atau kosongkan."))
    if owner.nik is not None:
        fault = nik_fault(owner.nik)
        if fault:
            found.append(FieldError("owner.nik", "invalid", fault))
        elif owner.sex is not None and owner.sex in ("male", "female") and nik_sex(digits_of(owner.nik)) != owner.sex:
            found.append(
                FieldError("owner.nik", "contradiction", "NIK dan jenis kelamin tidak cocok. Periksa salah satunya.")
            )
    return found


def missing_for_submission(
    *, name: str | None, district_code: str | None, main_product: str | None
) -> list[FieldError]:
    """What must be known before the office looks: name, district, main product, in the owner's own words."""
    wanted = (
        ("name", name, "Tulis nama usaha."),
        ("district_code", district_code, "Pilih kecamatan tempat usaha."),
        ("main_product", main_product, "Tulis barang atau jasa utama, misalnya amplang."),
    )
    return [FieldError(field, "missing", sentence) for field, value, sentence in wanted if not (value or "").strip()]


def nik_damaged_by_spreadsheet(text: str) -> bool:
    """Whether a NIK from a file looks like a number a spreadsheet has rounded: it keeps 15 digits, so the sixteenth is 0
    (or it was written as 6.40804E+15). About one sound NIK in ten ends in 0 too: for imports only, never for a person typing."""
    nik = digits_of(text)
    if "e+" in text.lower():
        return True
    return nik.isascii() and nik.isdigit() and len(nik) == NIK_DIGITS and nik.endswith("0")


def keeps_register(actor: Actor, district_code: str | None, village_code: str | None) -> bool:
    """Whether an administrator or verifier is in charge of that place: a grant without a place covers the regency."""
    return any(
        grant.role in ("administrator", "verifier")
        and (grant.district_code is None or grant.district_code == district_code)
        and (grant.village_code is None or grant.village_code == village_code)
        for grant in actor.grants
    )


def may_decide(account_id: UUID | None, *, owner_account_id: UUID | None, edited_by: list[str]) -> bool:
    """Four eyes: nobody decides what they own or edited."""
    return account_id is not None and account_id != owner_account_id and str(account_id) not in edited_by
