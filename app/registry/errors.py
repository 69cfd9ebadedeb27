"""What can go wrong with a registration, in sentences a person can act on."""

from __future__ import annotations

from app.errors import Conflict, FieldError, Forbidden, Invalid, TooMany

STATUS_WORDS = {
    "draft": "masih draf",
    "submitted": "sedang diperiksa dinas",
    "needs_correction": "perlu diperbaiki pemiliknya",
    "active": "sudah terdaftar",
    "suspended": "sedang ditangguhkan",
    "rejected": "sudah ditolak",
    "closed": "sudah ditutup",
    "merged": "sudah digabung dengan pendaftaran lain",
}


class WrongStatus(Conflict):
    """The business is not in a status from which this can be done; nothing was changed."""

    code = "business_status"

    message = "Usaha ini sudah berpindah tahap. Muat ulang halaman untuk melihat keadaan terakhir."

    def __init__(self, number: str | None = None, status: str | None = None) -> None:
        super().__init__(
            f"Usaha {number} {STATUS_WORDS[status]}, jadi ini tidak dapat dilakukan sekarang." if status else None
        )


class Outdated(Conflict):
    """Somebody saved this business after the form was opened."""

    code = "stale"
    message = "Data usaha ini baru saja diubah orang lain. Muat ulang halaman, lalu ulangi perubahan Anda."


class OwnerRegisteredElsewhere(Conflict):
    """Says that the NIK cannot be used, never whose it is."""

    code = "nik_not_usable"
    message = (
        "NIK ini tidak dapat dipakai di pendaftaran ini. Periksa angkanya. "
        "Bila memang NIK Anda, hubungi dinas dengan membawa KTP."
    )


class NibInUse(Invalid):
    """One NIB belongs to one person; the register holds it for somebody else."""

    def __init__(self) -> None:
        super().__init__(
            FieldError(
                "nib", "in_use", "NIB ini sudah dipakai usaha milik orang lain. Periksa angkanya, atau hubungi dinas."
            )
        )


class OwnDecision(Forbidden):
    """Four eyes: nobody decides what they own, filled in or changed."""

    code = "four_eyes"
    message = "Anda pemilik usaha ini atau ikut mengisi datanya. Petugas lain yang harus memutuskan."


class NotInYourPlace(Forbidden):
    code = "not_in_your_place"
    message = "Anda hanya dapat mendaftarkan usaha di wilayah tugas Anda."


class TooManyReadings(TooMany):
    code = "too_many_readings"
    message = "Anda sudah membuka terlalu banyak NIK dalam satu jam. Lanjutkan nanti."


class AlreadyMember(Conflict):
    code = "already_member"
    message = "Orang ini sudah dapat mengelola usaha ini."


class OwnerStays(Conflict):
    code = "owner_stays"
    message = "Pemilik tidak dapat dikeluarkan dari usahanya sendiri."
