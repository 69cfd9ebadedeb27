"""Which names this product answers to.

Links in messages and previews are built from PASAR_BASE_URL, never from the request. In production a request under another
name is refused all the same: it is a mistake or somebody poisoning a cache. Who the caller is behind a proxy
(X-Forwarded-For, -Proto) is decided before this by the server, from PASAR_TRUSTED_PROXIES alone.
"""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from web.guards import asgi
from web.guards.csrf import origin_of

PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by address, not by name."""


class OwnHost:
    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self.app = app
        self.own = origin_of(base_url)
        self.scheme = base_url.partition(":")[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or asgi.path_of(scope) in PROBES or self.named(scope):
            await self.app(scope, receive, send)
            return
        await asgi.refuse(scope, send, 421, "unknown_host", "Alamat ini bukan alamat Pasar Etam. Periksa tautannya.")

    def named(self, scope: Scope) -> bool:
        """The scheme is that of PASAR_BASE_URL: behind a proxy the request itself comes in plain."""
        return origin_of(f"{self.scheme}://{asgi.header(scope, b'host') or ''}") == self.own
