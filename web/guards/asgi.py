"""The few words of ASGI the guards share: reading a request's head and refusing it before the product is woken."""

from __future__ import annotations

import json
from html import escape
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import Scope, Send

from web import cookies, language
from web.templating import critical_css
from web.wording import worded

Headers = list[tuple[bytes, bytes]]

MACHINE_FACE = "/api/"


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of that (lower-case) name."""
    found: bytes | None = next((value for key, value in scope["headers"] if key == name), None)
    return found.decode("latin-1") if found is not None else None


def path_of(scope: Scope) -> str:
    return str(scope["path"])


def answer_of(scope: Scope, status: int, code: str, sentence: str) -> tuple[Headers, bytes]:
    """A refusal in the language of who asked: a problem document for programs, a page for people."""
    title = HTTPStatus(status).phrase
    if path_of(scope).startswith(MACHINE_FACE):
        problem = {"type": "about:blank", "title": title, "status": status, "detail": sentence, "code": code}
        body, content_type = json.dumps(problem, ensure_ascii=False).encode(), b"application/problem+json"
    else:
        body, content_type = page(sentence, spoken_to(scope)).encode(), b"text/html; charset=utf-8"
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return headers, body


def spoken_to(scope: Scope) -> str:
    """The language of who asked, before anything knows the settings: the cookie's name may be pinned or not."""
    request = Request(scope)
    remembered = request.cookies.get(f"{cookies.PINNED}{cookies.LANGUAGE}") or request.cookies.get(cookies.LANGUAGE)
    known = language.asked(request) or (remembered if remembered in language.KNOWN else None)
    return known or language.accepted(header(scope, b"accept-language") or "")


def page(sentence: str, code: str) -> str:
    """A page that needs nothing of the product: no database, no template, no visitor."""
    title, back = worded("Permintaan tidak diterima", code), worded("Kembali ke beranda", code)
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Pasar Etam</title><style>{critical_css()}</style></head>"
        f'<body><main id="isi"><h1>{title}</h1><p>{escape(worded(sentence, code))}</p>'
        f'<p><a href="/">{back}</a></p></main></body></html>'
    )


async def refuse(scope: Scope, send: Send, status: int, code: str, sentence: str, extra: Headers | None = None) -> None:
    headers, body = answer_of(scope, status, code, sentence)
    await send({"type": "http.response.start", "status": status, "headers": headers + (extra or [])})
    await send({"type": "http.response.body", "body": body})
