"""Nobody else's page may act here in a visitor's name (DESIGN D9).

No token in any form, so that public pages can be cached: the browser itself says where a request comes from, in
`Sec-Fetch-Site` or, in older ones, `Origin`. A foreign value is refused; both absent is allowed, because then it is a program
or a very old telephone, whose cookie is `SameSite=Lax` all the same.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from web.guards import asgi

READING: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OURS: Final = frozenset({"same-origin", "none"})
HOOKS: Final = "/api/v1/hooks/"
"""Signed by whoever sends them; a cookie means nothing there."""

DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class SameOrigin:
    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.own = origin_of(base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in READING or exempt(scope) or self.from_here(scope):
            await self.app(scope, receive, send)
            return
        await asgi.refuse(
            scope,
            send,
            403,
            "foreign_origin",
            "Permintaan ini datang dari halaman lain. Buka Pasar Etam, lalu ulangi dari sana.",
        )

    def from_here(self, scope: Scope) -> bool:
        site = asgi.header(scope, b"sec-fetch-site")
        if site is not None:
            return site in OURS
        origin = asgi.header(scope, b"origin")
        if origin is None:
            return True
        named = origin_of(origin)
        return named is not None and named in (
            self.own,
            origin_of(f"{scope['scheme']}://{asgi.header(scope, b'host')}"),
        )


def exempt(scope: Scope) -> bool:
    """A bearer token is never sent by a browser on its own; where one is given the cookie is not looked at."""
    path = asgi.path_of(scope)
    if path.startswith(HOOKS):
        return True
    given = asgi.header(scope, b"authorization") or ""
    return path.startswith(asgi.MACHINE_FACE) and given[:7].lower() == "bearer "


def origin_of(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for `null` and everything else that is no http(s) address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or DEFAULT_PORTS[parts.scheme]
