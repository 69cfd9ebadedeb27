"""What can go wrong with an account, in sentences a person can act on."""

from __future__ import annotations

from app.errors import Conflict, FieldError, Forbidden, Invalid, TooMany


class PhoneTaken(Invalid):
    """Somebody has an account under this phone. Its owner may be a person for whom a facilitator opened it."""

    def __init__(self) -> None:
        super().__init__(
            FieldError(
                "phone",
                "taken",
                "Nomor HP ini sudah terdaftar. Silakan masuk. Belum punya atau lupa kata sandi? "
                "Minta kode pemulihan kepada pendamping atau dinas.",
            )
        )


class TooManyAttempts(TooMany):
    code = "too_many_attempts"
    message = "Terlalu banyak percobaan yang gagal. Tunggu beberapa menit, lalu coba lagi."


class LastAdministrator(Conflict):
    code = "last_administrator"
    message = "Ini satu-satunya administrator. Tunjuk administrator lain dahulu."


class OwnRights(Forbidden):
    code = "own_rights"
    message = "Hak sendiri tidak dapat diubah sendiri. Minta administrator lain melakukannya."


class AlreadyGranted(Conflict):
    code = "already_granted"
    message = "Orang ini sudah memegang peran itu di wilayah tersebut."
