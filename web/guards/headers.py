"""What every answer tells the browser to forbid (DESIGN D13)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.guards import asgi

CARD_PAYMENT: Final = "https://checkout.stripe.com"
"""Chromium checks `form-action` against the redirect after a post too."""

PRIVATE: Final = "private, no-store"
A_YEAR: Final = 365 * 24 * 3600

UNUSED_FEATURES: Final = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "fullscreen", "gyroscope",
    "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip


PARTS: Final = ("image/", "text/css", "text/javascript", "application/javascript")
"""What a page is put together from. Opened by itself such a file may do nothing at all, and that is said shortly: a list has a
dozen of them, and what a page says takes half a kilobyte of a slow line each time."""

OF_A_PART: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


class SecurityHeaders:
    """`styles` are the texts of the inline style elements that are allowed, by their hash.

    A page may be stricter about what it tells others of its address; every other header is the same on every answer that is not
    one of the PARTS.
    """

    def __init__(self, app: ASGIApp, *, styles: Sequence[str] = (), https: bool) -> None:
        self.app = app
        self.always = {
            "Content-Security-Policy": policy(styles, https=https),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
        }
        if https:
            self.always["Strict-Transport-Security"] = f"max-age={A_YEAR}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                part = headers.get("content-type", "").startswith(PARTS)
                for name, value in (OF_A_PART if part else self.always).items():
                    headers[name] = value
                if not part:
                    headers.setdefault("Referrer-Policy", "same-origin")
                keep_private(scope, headers)
            await send(message)

        await self.app(scope, receive, send_guarded)


def policy(styles: Sequence[str], *, https: bool) -> str:
    allowed = " ".join(f"'sha256-{digest(style)}'" for style in styles)
    parts = [
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {allowed}".rstrip(),
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        f"form-action 'self' {CARD_PAYMENT}",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join([*parts, "upgrade-insecure-requests"] if https else parts)


def digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()


def keep_private(scope: Scope, headers: MutableHeaders) -> None:
    """An answer that sets a cookie is nobody else's, whatever the page said; one given to a visitor with a cookie or a token
    is theirs unless the page said otherwise."""
    if "set-cookie" in headers:
        headers["Cache-Control"] = PRIVATE
    elif "cache-control" not in headers:
        personal = asgi.header(scope, b"cookie") is not None or asgi.header(scope, b"authorization") is not None
        headers["Cache-Control"] = PRIVATE if personal or scope["method"] not in ("GET", "HEAD") else "no-cache"
