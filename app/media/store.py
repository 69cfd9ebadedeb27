"""The object store: a local folder by default, any S3-compatible store by setting (DESIGN D12).

A file is written whole or not at all. Keys name what a file is (`photo/…`, `proof/…`) and never whose it is.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
import structlog
from obstore import exceptions
from obstore.store import LocalStore, S3Store

from app.config import settings
from app.media.errors import FileMissing, StoreFull, StoreUnavailable

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]*(?:/[a-z0-9][a-z0-9_-]*)*(?:\.[a-z0-9]{1,8})?")
LONGEST_KEY: Final = 200
FULL: Final = re.compile(r"no space left|disk quota|os error (?:28|122)\b", re.IGNORECASE)

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
    "png": "image/png",
    "pdf": "application/pdf",
}

log = structlog.get_logger(__name__)

_opened: dict[str, LocalStore | S3Store] = {}
_location: str | None = None


def open_at(location: str) -> None:
    """Keep files there from now on: a folder (made if missing), `file:///…` or `s3://bucket/prefix`. Raises StoreUnavailable."""
    global _location
    _opened[location] = connected(location)
    _location = location


def connected(location: str) -> LocalStore | S3Store:
    parts = urlsplit(location)
    if parts.scheme == "s3":
        # address and keys of the store come from the usual AWS_… variables
        return S3Store.from_url(location)
    folder = Path(unquote(parts.path)) if parts.scheme == "file" else Path(location)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return LocalStore(folder.resolve(), automatic_cleanup=False)
    except (OSError, exceptions.BaseError) as fault:
        raise refusal(fault) from fault


def current() -> LocalStore | S3Store:
    """The store opened by `open_at`, or else the one the settings name."""
    location = _location or settings().media_location
    if location not in _opened:
        _opened[location] = connected(location)
    return _opened[location]


def put(key: str, data: bytes, content_type: str | None = None) -> None:
    """Keep these bytes under this key, replacing what was there. Raises StoreFull or StoreUnavailable; then nothing is left
    behind and what was there before still is."""
    store = current()
    attributes = {"Content-Type": content_type or type_of(key)} if isinstance(store, S3Store) else None
    try:
        # one part: a local write goes to a file beside it that is renamed when whole
        obstore.put(store, checked(key), data, attributes=attributes, use_multipart=False)
    except (OSError, exceptions.BaseError) as fault:
        raise refusal(fault) from fault


def get(key: str) -> bytes:
    """The bytes under this key. Raises FileMissing, StoreUnavailable."""
    try:
        return bytes(obstore.get(current(), checked(key)).bytes())
    except FileNotFoundError as fault:
        raise FileMissing from fault
    except (OSError, exceptions.BaseError) as fault:
        raise refusal(fault) from fault


def exists(key: str) -> bool:
    try:
        obstore.head(current(), checked(key))
    except FileNotFoundError:
        return False
    except (OSError, exceptions.BaseError) as fault:
        raise refusal(fault) from fault
    return True


def delete(key: str) -> None:
    """Forget the file; a key that is not there is fine. Raises StoreUnavailable."""
    try:
        obstore.delete(current(), checked(key))
    except FileNotFoundError:
        return
    except (OSError, exceptions.BaseError) as fault:
        raise refusal(fault) from fault


def checked(key: str) -> str:
    """The key, if it is one: lower-case parts, no dots but one before the ending, so no way up or out.

    Raises FileMissing: a malformed key names nothing that is here.
    """
    if len(key) > LONGEST_KEY or KEY.fullmatch(key) is None:
        raise FileMissing
    return key


def type_of(key: str) -> str:
    return CONTENT_TYPES.get(key.rpartition(".")[2], "application/octet-stream")


def refusal(fault: Exception) -> StoreUnavailable:
    full = getattr(fault, "errno", None) in (errno.ENOSPC, errno.EDQUOT) or FULL.search(str(fault)) is not None
    log.error("store_failed", full=full, fault=type(fault).__name__)
    return StoreFull() if full else StoreUnavailable()
