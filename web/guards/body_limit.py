"""How much may be sent, and how slowly.

The product starts when the whole body is here: a person on a weak line keeps no thread and no connection waiting. What is
judged is progress, not the clock: a photo of 4 MB may take five minutes, a body that stands still is let go.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.guards import asgi

KIB: Final = 1024
FORM: Final = 64 * KIB
JSON: Final = 1024 * KIB
HOOK: Final = 256 * KIB
UPLOAD: Final = 12 * 1024 * KIB + FORM
"""A photo of 12 MB and the form around it."""

UPLOAD_PATHS: Final = ("/jual/", "/dinas/", "/pesanan/", "/api/v1/products/")
HOOK_PATHS: Final = ("/api/v1/hooks/",)
WITHOUT_BODY: Final = frozenset({"GET", "HEAD", "OPTIONS"})

KEPT_IN_MEMORY: Final = 256 * KIB
PIECE: Final = 64 * KIB
STILL_READ: Final = 24 * 1024 * KIB
"""How much of a refused body is read and thrown away, so that the browser gets to see the page that says why."""


@dataclass(frozen=True)
class Limit:
    """At most so many bytes; and at least `least` of them in every `window` seconds."""

    most: int
    window: float
    least: int


@dataclass(frozen=True)
class Pace:
    """Windows in seconds. A form is a few kilobytes and there at once; a photo's line may break off for half a minute."""

    small: float = 10.0
    upload: float = 30.0
    least: int = 1 * KIB


class TooLarge(Exception):
    pass


class TooSlow(Exception):
    pass


class Gone(Exception):
    """The other side hung up."""


class BodyLimit:
    def __init__(self, app: ASGIApp, pace: Pace | None = None) -> None:
        self.app = app
        self.pace = pace or Pace()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in WITHOUT_BODY:
            await self.app(scope, receive, send)
            return
        limit = limit_of(scope, self.pace)
        with SpooledTemporaryFile(max_size=KEPT_IN_MEMORY) as body:
            try:
                await take(scope, receive, body, limit)
            except TooLarge:
                await refuse_and_drain(scope, receive, send, limit)
            except TooSlow:
                await refuse_slow(scope, send)
            except Gone:
                return
            except OSError as fault:
                await refuse_full(scope, send, fault)
            else:
                body.seek(0)
                await self.app(scope, replay(body, receive), send)


def limit_of(scope: Scope, pace: Pace) -> Limit:
    path = asgi.path_of(scope)
    if path.startswith(HOOK_PATHS):
        return Limit(HOOK, pace.small, pace.least)
    multipart = (asgi.header(scope, b"content-type") or "").lower().startswith("multipart/form-data")
    if multipart and path.startswith(UPLOAD_PATHS):
        return Limit(UPLOAD, pace.upload, pace.least)
    return Limit(JSON if path.startswith(asgi.MACHINE_FACE) else FORM, pace.small, pace.least)


def announced(scope: Scope) -> int:
    """The length the sender promises; 0 without one (or with none that is a number: the server refuses those itself)."""
    with suppress(ValueError):
        return int(asgi.header(scope, b"content-length") or 0)
    return 0


async def take(scope: Scope, receive: Receive, body: SpooledTemporaryFile[bytes], limit: Limit) -> None:
    """Read the whole body into `body`. Raises TooLarge before reading when the head says so, TooSlow, Gone."""
    if announced(scope) > limit.most:
        raise TooLarge
    clock = asyncio.get_running_loop().time
    size = arrived = 0
    ends = clock() + limit.window
    while True:
        try:
            async with asyncio.timeout_at(ends):
                message = await receive()
        except TimeoutError:
            if arrived < limit.least:
                raise TooSlow from None
            arrived, ends = 0, clock() + limit.window
            continue
        if message["type"] == "http.disconnect":
            raise Gone
        piece: bytes = message.get("body", b"")
        size += len(piece)
        arrived += len(piece)
        if size > limit.most:
            raise TooLarge
        body.write(piece)
        if not message.get("more_body", False):
            return


def replay(body: SpooledTemporaryFile[bytes], receive: Receive) -> Receive:
    """The body again, in pieces; then whatever the server says (that the other side hung up)."""

    def pieces() -> Iterator[Message]:
        piece = body.read(PIECE)
        while True:
            following = body.read(PIECE) if piece else b""
            yield {"type": "http.request", "body": piece, "more_body": bool(following)}
            if not following:
                return
            piece = following

    left = pieces()

    async def again() -> Message:
        message = next(left, None)
        return message if message is not None else await receive()

    return again


async def refuse_and_drain(scope: Scope, receive: Receive, send: Send, limit: Limit) -> None:
    """413 with the page first, then read on for a while: a server that hangs up on a sender shows it no page."""
    size = f"{limit.most // KIB // KIB} MB" if limit.most >= KIB * KIB else f"{limit.most // KIB} kB"
    headers, page = asgi.answer_of(
        scope, 413, "too_large", f"Kiriman ini terlalu besar. Paling besar {size}. Perkecil fotonya, lalu kirim lagi."
    )
    await send({"type": "http.response.start", "status": 413, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": page, "more_body": True})
    if announced(scope) <= STILL_READ:
        with suppress(TimeoutError):
            await throw_away(receive, limit.window)
    await send({"type": "http.response.body", "body": b""})


async def throw_away(receive: Receive, window: float) -> None:
    read = 0
    while read <= STILL_READ:
        async with asyncio.timeout(window):
            message = await receive()
        read += len(message.get("body", b""))
        if message["type"] == "http.disconnect" or not message.get("more_body", False):
            return


async def refuse_slow(scope: Scope, send: Send) -> None:
    sentence = "Kiriman berhenti di tengah jalan karena sambungan terputus. Periksa sinyal, lalu kirim lagi."
    await asgi.refuse(scope, send, 408, "too_slow", sentence, [(b"connection", b"close")])


async def refuse_full(scope: Scope, send: Send, fault: OSError) -> None:
    if fault.errno not in (errno.ENOSPC, errno.EDQUOT):
        raise fault
    sentence = "Ruang penyimpanan sedang penuh, jadi kiriman Anda belum tersimpan. Coba lagi nanti."
    await asgi.refuse(scope, send, 503, "storage_full", sentence, [(b"connection", b"close"), (b"retry-after", b"300")])
