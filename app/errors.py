"""What can go wrong in the product, by who must act. Faces turn these into answers; the domain knows no status codes."""

from __future__ import annotations

from dataclasses import dataclass


class DomainError(Exception):
    """A refusal with a sentence for a person. `code` is stable and machine-readable."""

    code = "refused"
    message = "Permintaan tidak dapat diproses."

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.message)

    @property
    def sentence(self) -> str:
        return str(self.args[0])


class NotFound(DomainError):
    """Missing, hidden and foreign are the same answer, so that nobody can probe for what exists."""

    code = "not_found"
    message = "Yang Anda cari tidak ditemukan."


class SignInRequired(DomainError):
    code = "sign_in_required"
    message = "Silakan masuk dahulu."


class Forbidden(DomainError):
    """The thing is visible to the actor, the act is not theirs to do."""

    code = "forbidden"
    message = "Anda tidak berhak melakukan ini."


class Conflict(DomainError):
    """The world has moved on: the act was right once and is not now."""

    code = "conflict"
    message = "Data sudah berubah. Muat ulang halaman lalu coba lagi."


class TooMany(DomainError):
    """A limit was reached; `retry_after` is in seconds."""

    code = "too_many"
    message = "Terlalu banyak percobaan. Coba lagi nanti."

    def __init__(self, message: str | None = None, *, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """An outside part (card payment, mail) does not answer; the rest of the product goes on."""

    code = "unavailable"
    message = "Layanan ini sedang tidak tersedia. Coba lagi beberapa saat."


@dataclass(frozen=True)
class FieldError:
    """One fault of one field, with a sentence that says what to do."""

    field: str
    code: str
    message: str


class Invalid(DomainError):
    """Bad input: all faults at once, each beside its field. Nothing was written."""

    code = "invalid"
    message = "Ada isian yang perlu diperbaiki."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__()
        self.errors = errors

    @classmethod
    def one(cls, field: str, message: str, code: str = "invalid") -> Invalid:
        return cls(FieldError(field, code, message))
