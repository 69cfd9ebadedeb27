"""Refusals of accounts."""

from app.errors import Conflict, Forbidden, Invalid, TooMany


class PhoneTaken(Invalid):
    """Said beside the phone field. Whether a number has an account is no secret here: a village knows who sells."""

    code = "phone_taken"

    @classmethod
    def make(cls) -> "PhoneTaken":
        return cls(
            *Invalid.one(
                "phone",
                "Nomor HP ini sudah punya akun. Silakan masuk, atau minta kode pemulihan ke petugas.",
                "phone_taken",
            ).errors
        )


class TooManyAttempts(TooMany):
    code = "too_many_attempts"
    message = "Terlalu banyak percobaan masuk. Coba lagi 15 menit lagi, atau minta kode pemulihan ke petugas."


class CodeRefused(Invalid):
    code = "code_refused"

    @classmethod
    def make(cls) -> "CodeRefused":
        return cls(
            *Invalid.one(
                "code", "Kode salah atau sudah kedaluwarsa. Minta kode baru ke petugas.", "code_refused"
            ).errors
        )


class NotYourPlace(Forbidden):
    code = "not_your_place"
    message = "Anda hanya dapat bertindak untuk warga di wilayah tugas Anda."


class AlreadyGranted(Conflict):
    code = "already_granted"
    message = "Akun ini sudah punya peran itu."
