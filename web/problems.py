"""Refusals and faults as pages a person can act on."""

from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from app import db
from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, SignInRequired, TooMany, Unavailable
from web.deps import Visit, visit_of
from web.guards import asgi
from web.language import chosen
from web.templating import Pages

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Forbidden: 403,
    Conflict: 409,
    TooMany: 429,
    Unavailable: 503,
    Invalid: 422,
}

TRY_AGAIN_IN = 5
"""Seconds after which a lost database is usually back."""

log = structlog.get_logger(__name__)


def status_of(refusal: DomainError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 400)


def visit_or_anonymous(request: Request) -> Visit:
    """Who is there, as far as the database can still say."""
    try:
        return visit_of(request)
    except Exception:  # noqa: BLE001 - an error page must never fail for the reason it reports
        return Visit(None, None, 0, chosen(request))


def page(request: Request, status: int, sentence: str | None = None, *, code: str = "") -> Response:
    pages = Pages(request, visit_or_anonymous(request))
    response = pages.show("errors/problem.html", status=status, problem_status=status, sentence=sentence, code=code)
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, DomainError)  # noqa: S101 - registered for that type alone
    if isinstance(refusal, SignInRequired):
        back = request.url.path if request.method == "GET" else "/"
        if request.method == "GET" and request.url.query:
            back += f"?{request.url.query}"
        return RedirectResponse(f"/masuk?{urlencode({'lanjut': back})}", status_code=303)
    sentence = " ".join(error.message for error in refusal.errors) if isinstance(refusal, Invalid) else refusal.sentence
    response = page(request, status_of(refusal), sentence, code=refusal.code)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def unroutable(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)  # noqa: S101 - registered for that type alone
    if request.url.path.startswith(asgi.MACHINE_FACE):
        response = for_programs(request, problem.status_code)
    else:
        response = page(request, problem.status_code)
    response.headers.update(problem.headers or {})
    return response


def for_programs(request: Request, status: int) -> Response:
    """An address below /api/ that belongs to no version: a program asked, so it gets a problem document."""
    headers, body = asgi.answer_of(request.scope, status, NotFound.code, NotFound.message)
    return Response(body, status, headers={name.decode(): value.decode() for name, value in headers})


def malformed(request: Request, _: Exception) -> Response:
    """A path or query that no form of ours produces: to a person it is an address that does not exist."""
    return page(request, 404)


def away(request: Request, fault: Exception) -> Response:
    """The database is away or overloaded: nothing was done, and the same may be tried again."""
    log.error("database_away", exc_info=fault)
    response = page(request, 503, Unavailable.message, code=Unavailable.code)
    response.headers["Retry-After"] = str(TRY_AGAIN_IN)
    return response


def broken(request: Request, fault: Exception) -> Response:
    log.error("request_failed", exc_info=fault)
    return page(request, 500)


def install(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, refused)
    app.add_exception_handler(HTTPException, unroutable)
    app.add_exception_handler(RequestValidationError, malformed)
    for kind in db.AWAY:
        app.add_exception_handler(kind, away)
    app.add_exception_handler(Exception, broken)
