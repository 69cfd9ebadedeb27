"""Refusals and faults as problem documents (RFC 9457): stable codes for programs, a sentence for whoever reads the log."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from app import db
from app.catalogue.errors import StockTooLow
from app.errors import (
    Conflict,
    DomainError,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    SignInRequired,
    TooMany,
    Unavailable,
)
from app.idempotency.errors import InProgress

CONTENT_TYPE = "application/problem+json"
REALM = 'Bearer realm="Pasar Etam"'
TRY_AGAIN_IN = 30
"""Seconds a caller is asked to wait for an outside part that does not answer."""

MOST_ERRORS = 50
LONGEST_FIELD = 200

log = structlog.get_logger(__name__)


class BadToken(SignInRequired):
    code = "invalid_token"
    message = "Token tidak dikenal atau sudah habis masanya. Minta token baru."


class WrongCredentials(SignInRequired):
    code = "wrong_credentials"
    message = "Nomor HP atau kata sandi tidak cocok."


class PreconditionMissing(DomainError):
    code = "precondition_required"
    message = "Kirim tajuk If-Match dengan ETag terakhir, supaya perubahan orang lain tidak tertimpa."


class PreconditionFailed(DomainError):
    code = "precondition_failed"
    message = "Data ini sudah diubah sejak Anda membacanya. Ambil lagi, lalu ulangi perubahan Anda."


STATUS: dict[type[DomainError], int] = {
    PreconditionMissing: 428,
    PreconditionFailed: 412,
    SignInRequired: 401,
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
    Invalid: 422,
}

HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: ("bad_request", "Isi permintaan tidak dapat dibaca. Kirim JSON yang sah dalam UTF-8."),
    404: (NotFound.code, NotFound.message),
    405: ("method_not_allowed", "Alamat ini tidak menerima metode itu."),
    413: ("too_large", "Kiriman ini terlalu besar."),
}

CODES: dict[str, tuple[str, str]] = {
    "missing": ("missing", "Isian ini wajib."),
    "extra_forbidden": ("unknown_field", "Isian ini tidak dikenal di sini."),
    "json_invalid": ("invalid_json", "Isi permintaan bukan JSON yang sah."),
    "string_type": ("invalid", "Isian ini harus berupa teks."),
    "string_too_long": ("too_long", "Teks ini terlalu panjang."),
    "string_too_short": ("missing", "Isian ini tidak boleh kosong."),
    "string_unicode": ("unwritable", "Teks ini memuat tanda yang tidak dapat disimpan."),
    "unwritable": ("unwritable", "Teks ini memuat tanda yang tidak dapat disimpan."),
    "int_type": ("invalid", "Isian ini harus berupa bilangan bulat."),
    "int_parsing": ("invalid", "Isian ini harus berupa bilangan bulat."),
    "int_from_float": ("invalid", "Isian ini harus berupa bilangan bulat."),
    "bool_parsing": ("invalid", "Isian ini harus true atau false."),
    "bool_type": ("invalid", "Isian ini harus true atau false."),
    "uuid_parsing": ("invalid", "Isian ini harus berupa id (UUID)."),
    "uuid_type": ("invalid", "Isian ini harus berupa id (UUID)."),
    "date_from_datetime_parsing": ("invalid", "Tulis tanggal sebagai tahun-bulan-tanggal, misalnya 2026-03-31."),
    "literal_error": ("unknown", "Pilihan ini tidak dikenal."),
    "greater_than_equal": ("out_of_range", "Angka ini terlalu kecil."),
    "less_than_equal": ("out_of_range", "Angka ini terlalu besar."),
    "finite_number": ("out_of_range", "Angka ini di luar batas."),
    "too_short": ("missing", "Daftar ini tidak boleh kosong."),
    "too_long": ("too_many", "Daftar ini terlalu panjang."),
    "model_attributes_type": ("invalid", "Kirim objek JSON dengan Content-Type: application/json."),
}
OTHERWISE = ("invalid", "Isian ini tidak sah.")


def problem(
    status: int,
    code: str,
    sentence: str,
    *,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    **more: object,
) -> JSONResponse:
    body: dict[str, object] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": sentence,
        "code": code,
    }
    if errors:
        body["errors"] = [
            {"field": error.field, "code": error.code, "message": error.message} for error in errors[:MOST_ERRORS]
        ]
    answer = JSONResponse(body | more, status_code=status, media_type=CONTENT_TYPE, headers=dict(headers or {}))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def status_of(refusal: DomainError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 400)


def of(refusal: DomainError) -> JSONResponse:
    """Every refusal of the product. Hidden, foreign and missing are one and the same body."""
    if isinstance(refusal, NotFound):
        return problem(404, NotFound.code, NotFound.message)
    errors = refusal.errors if isinstance(refusal, Invalid) else ()
    more = {"items": short_items(refusal)} if isinstance(refusal, StockTooLow) else {}
    return problem(
        status_of(refusal), refusal.code, refusal.sentence, errors=errors, headers=headers_of(refusal), **more
    )


def short_items(refusal: StockTooLow) -> list[dict[str, object]]:
    return [
        {
            "product_id": str(item.product_id),
            "name": item.name,
            "wanted": item.wanted,
            "available": max(0, item.available),
        }
        for item in refusal.items
    ]


def headers_of(refusal: DomainError) -> dict[str, str]:
    if isinstance(refusal, BadToken):
        return {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
    if isinstance(refusal, SignInRequired):
        return {"WWW-Authenticate": REALM}
    if isinstance(refusal, TooMany | InProgress):
        return {"Retry-After": str(refusal.retry_after)}
    return {"Retry-After": str(TRY_AGAIN_IN)} if isinstance(refusal, Unavailable) else {}


def refused(_: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, DomainError)  # noqa: S101 - registered for that type alone
    return of(refusal)


def unroutable(_: Request, fault: Exception) -> JSONResponse:
    assert isinstance(fault, HTTPException)  # noqa: S101 - registered for that type alone
    code, sentence = HTTP_WORDS.get(fault.status_code, ("refused", DomainError.message))
    return problem(fault.status_code, code, sentence, headers=fault.headers)


def malformed(_: Request, fault: Exception) -> JSONResponse:
    """Bad input, field by field. A path that no resource has is simply missing."""
    assert isinstance(fault, RequestValidationError)  # noqa: S101 - registered for that type alone
    found = fault.errors()
    if any(error["loc"][:1] == ("path",) for error in found):
        return of(NotFound())
    return of(Invalid(*(field_error(error) for error in found)))


def field_error(error: Mapping[str, Any]) -> FieldError:
    code, sentence = CODES.get(str(error["type"]), OTHERWISE)
    return FieldError(field_of(error["loc"]), code, sentence)


def field_of(place: Sequence[int | str]) -> str:
    """`owner.phone`, `items.0.quantity`; a position in broken JSON is no field. Names the sender made up may hold anything."""
    parts = [str(part) for part in place[1:] if not (isinstance(part, int) and len(place) == 2)]
    name = ".".join(parts) or str(place[0])
    return name.encode("utf-8", "replace").decode()[:LONGEST_FIELD]


def away(_: Request, fault: Exception) -> JSONResponse:
    """The database is away or overloaded: nothing was done, and the same may be tried again."""
    log.error("database_away", exc_info=fault)
    return problem(503, Unavailable.code, Unavailable.message, headers={"Retry-After": str(TRY_AGAIN_IN)})


def broken(_: Request, fault: Exception) -> JSONResponse:
    log.error("request_failed", exc_info=fault)
    return problem(500, "internal", "Ada kesalahan di pihak kami. Coba lagi beberapa saat.")


def install(api: FastAPI) -> None:
    api.add_exception_handler(DomainError, refused)
    api.add_exception_handler(HTTPException, unroutable)
    api.add_exception_handler(RequestValidationError, malformed)
    for kind in db.AWAY:
        api.add_exception_handler(kind, away)
    api.add_exception_handler(Exception, broken)
