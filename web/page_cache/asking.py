"""Which requests a kept page may answer: everybody's pages, asked for by nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Scope

from web import language
from web.forms import listing

LISTS_KEPT: Final = 60.0
KEPT: Final = 600.0
"""Seconds. Changes are told, so this only bounds what nobody tells: figures of trade, the order of an outside search engine,
a hand in the database."""

LONGEST_QUERY: Final = 300
READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Family:
    """Pages of one kind: what their address may ask and how long one is kept at most. Any other question (a notice, a
    language, a mark of some advertisement) goes to the product and is not kept."""

    asks: frozenset[str] = frozenset()
    kept: float = LISTS_KEPT


EXACT: Final[dict[str, Family]] = {
    "/": Family(),
    "/produk": Family(frozenset({*listing.FIELDS, "halaman"})),
    "/usaha": Family(frozenset({"q", "kecamatan", "lanjut"})),
    "/verifikasi": Family(),
    "/data": Family(frozenset({"periode"})),
    "/sitemap.xml": Family(),
    "/robots.txt": Family(kept=KEPT),
    "/manifest.webmanifest": Family(kept=KEPT),
}

BELOW: Final[dict[str, Family]] = {
    "/produk": Family(frozenset({"foto"}), KEPT),
    "/usaha": Family(frozenset({"halaman"}), KEPT),
    "/verifikasi": Family(kept=KEPT),
    "/data": Family(frozenset({"periode"})),
}

Key = tuple[bytes, str, bytes, str, bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `key` is the same for everybody who gets the same bytes."""

    key: Key
    family: Family
    language: str
    gzip: bool
    known: bytes | None
    """The ETags the asker already has."""


def read(scope: Scope, language_cookie: bytes) -> Asked | None:
    """The question; None when it is not one for everybody's pages, or somebody in particular asks."""
    family = family_of(scope["path"]) if scope["method"] in READING else None
    if family is None:
        return None
    query: bytes = scope["query_string"]
    if query and not asks_only(query, family.asks):
        return None
    host = accepts = b""
    spoken: str | None = None
    wished = b""
    known = None
    for name, value in scope["headers"]:
        if name == b"cookie":
            if spoken is not None or not value.startswith(language_cookie):
                return None
            spoken = value[len(language_cookie) :].decode("latin-1").strip()
            if spoken not in language.KNOWN:
                return None
        elif name in (b"authorization", b"range"):
            return None
        elif name == b"host":
            host = value
        elif name == b"accept-encoding":
            accepts = value
        elif name == b"accept-language":
            wished = value
        elif name == b"if-none-match":
            known = value
    chosen = spoken or accepted(wished)
    gzip = b"gzip" in accepts
    return Asked((host, scope["path"], query, chosen, gzip), family, chosen, gzip, known)


def family_of(path: str) -> Family | None:
    found = EXACT.get(path)
    if found is not None:
        return found
    folder, _, name = path.rpartition("/")
    return BELOW.get(folder) if name else None


def asks_only(query: bytes, allowed: frozenset[str]) -> bool:
    if len(query) > LONGEST_QUERY or not allowed:
        return False
    asked = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    return all(name in allowed for name, _ in asked)


@lru_cache(maxsize=512)
def accepted(header: bytes) -> str:
    return language.accepted(header.decode("latin-1"))


def plainly(scope: Scope, asked: Asked) -> list[tuple[bytes, bytes]]:
    """The headers the product is asked with: nobody's, in the language found, the whole answer uncompressed. So the page of a
    browser that remembers its language is the page of one that prefers it."""
    dropped = (b"cookie", b"accept-language", b"accept-encoding", b"if-none-match", b"if-modified-since")
    kept = [(name, value) for name, value in scope["headers"] if name not in dropped]
    return [*kept, (b"accept-language", asked.language.encode())]
