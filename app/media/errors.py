"""What can go wrong with a file somebody sent, in sentences that say what to do."""

from __future__ import annotations

from app.errors import FieldError, Invalid, NotFound, Unavailable


class NotAPhoto(Invalid):
    """Not a picture of a kind that is taken here, or not a whole one."""

    code = "not_a_photo"

    def __init__(
        self, message: str = "File ini bukan foto yang bisa dibaca. Kirim foto JPEG, PNG, WebP atau AVIF."
    ) -> None:
        super().__init__(FieldError("photo", self.code, message))


class PhotoTooLarge(Invalid):
    """More bytes or more pixels than are taken."""

    code = "photo_too_large"

    def __init__(self, message: str) -> None:
        super().__init__(FieldError("photo", self.code, message))


class FileMissing(NotFound):
    message = "File itu tidak ada."


class StoreUnavailable(Unavailable):
    code = "storage_unavailable"
    message = "File belum bisa disimpan saat ini. Isian lain tidak hilang; coba kirim filenya lagi nanti."


class StoreFull(StoreUnavailable):
    code = "storage_full"
    message = "Ruang penyimpanan sedang penuh, jadi file belum tersimpan. Coba lagi nanti."
