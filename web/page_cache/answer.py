"""An answer as it goes out: compressed, named by its content, and short for who already has it."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from starlette.types import Message, Send

from web.page_cache.asking import Asked

Headers = list[tuple[bytes, bytes]]

OK: Final = 200
UNCHANGED: Final = 304
WORTH_COMPRESSING: Final = 500
EFFORT: Final = 6

TEXT: Final = (b"text/", b"application/xml", b"application/json", b"application/manifest+json")

SENDING_KEY: Final = re.compile(rb'name="kunci_kirim" value="[^"]*"')
"""The one thing in a page that is new each time and means nothing to who reads it."""

OF_THE_BODY: Final = frozenset({b"content-length", b"content-type", b"content-encoding"})


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Headers
    body: bytes
    etag: bytes | None = None

    async def send(self, send: Send, *, known: bytes | None, head: bool) -> None:
        """The answer; only its head for a HEAD, and 304 for somebody who has it."""
        if known is not None and self.etag is not None and has(known, self.etag):
            left = [(name, value) for name, value in self.headers if name not in OF_THE_BODY]
            await send({"type": "http.response.start", "status": UNCHANGED, "headers": left})
            await send({"type": "http.response.body", "body": b""})
            return
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if head else self.body})

    @property
    def for_everybody(self) -> bool:
        """Whether it may be kept: a whole page that sets no cookie and does not say it is somebody's own."""
        rules = self.header(b"cache-control") or b""
        own = b"no-store" in rules or b"private" in rules
        return self.status == OK and self.etag is not None and not own and self.header(b"set-cookie") is None

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    def header(self, wanted: bytes) -> bytes | None:
        return next((value for name, value in self.headers if name == wanted), None)


def made(messages: list[Message], asked: Asked) -> Answer:
    """The product's own answer, made ready for this asker's line."""
    start = messages[0]
    status: int = start["status"]
    body = b"".join(message.get("body", b"") for message in messages[1:])
    headers: Headers = [(name.lower(), value) for name, value in start["headers"]]
    etag = None
    if status == OK:
        etag = b'W/"' + hashlib.sha256(SENDING_KEY.sub(b"", body)).hexdigest()[:24].encode() + b'"'
        headers = [pair for pair in headers if pair[0] != b"etag"] + [(b"etag", etag)]
    if len(body) >= WORTH_COMPRESSING and is_text(headers):
        headers = varying(headers)
        if asked.gzip:
            body = gzip.compress(body, EFFORT, mtime=0)
            headers = [pair for pair in headers if pair[0] != b"content-length"]
            headers += [(b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode())]
    return Answer(status, headers, body, etag)


def is_text(headers: Headers) -> bool:
    """Whether it gets smaller: a spreadsheet or a picture is packed already."""
    return any(name == b"content-type" and value.startswith(TEXT) for name, value in headers)


def varying(headers: Headers) -> Headers:
    """With Accept-Encoding among what the answer depends on."""
    already = [value for name, value in headers if name == b"vary"]
    if any(b"accept-encoding" in value.lower() for value in already):
        return headers
    vary = b", ".join([*already, b"Accept-Encoding"])
    return [*(pair for pair in headers if pair[0] != b"vary"), (b"vary", vary)]


def has(known: bytes, etag: bytes) -> bool:
    """Whether an If-None-Match names this ETag, compared weakly."""
    if known == etag:
        return True
    given = [one.strip().removeprefix(b"W/") for one in known.split(b",")]
    return given == [b"*"] or etag.removeprefix(b"W/") in given
