"""The signature on a webhook: HMAC-SHA-256 over time and body, in the form `t=...,v1=...`.

Checked here and not by the SDK alone, which accepts times from the far future and raises whatever it likes on hostile input.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.kit import clock
from app.payments.errors import BadNotice

OLDEST_SECONDS = 300
FUTURE_SECONDS = 60


def sign(secret: str, body: bytes, at: datetime) -> str:
    """The header value for a body sent at that moment."""
    stamp = int(at.timestamp())
    return f"t={stamp},v1={digest(secret, stamp, body)}"


def digest(secret: str, stamp: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def verified(secrets: Sequence[str], body: bytes, header: str | None) -> dict[str, Any]:
    """The JSON object in `body`, if one of the secrets signed it within the last five minutes (one minute ahead at most).

    Raises BadNotice for everything else: no exception of hostile input ever gets past here.
    """
    stamp, given = parts(header)
    age = clock.now().timestamp() - stamp
    if age > OLDEST_SECONDS or age < -FUTURE_SECONDS:
        raise BadNotice("the time of the signature is out of bounds")
    if not any(hmac.compare_digest(digest(secret, stamp, body), one) for secret in secrets if secret for one in given):
        raise BadNotice("no secret made this signature")
    try:
        found = json.loads(body.decode())
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise BadNotice("the body is not JSON") from fault
    if not isinstance(found, dict):
        raise BadNotice("the body is not an object")
    return found


def parts(header: str | None) -> tuple[int, list[str]]:
    if not header or not header.isascii() or len(header) > 1_000:
        raise BadNotice("no readable signature")
    found: dict[str, list[str]] = {}
    for item in header.split(","):
        name, _, value = item.strip().partition("=")
        found.setdefault(name, []).append(value)
    times, signatures = found.get("t", []), found.get("v1", [])
    if len(times) != 1 or not times[0].isdigit() or len(times[0]) > 12 or not signatures:
        raise BadNotice("no readable signature")
    return int(times[0]), signatures


def header_of(headers: Mapping[str, str], name: str) -> str | None:
    """A header by name, however it is written; the caller's mapping may be case-sensitive."""
    return next((value for key, value in headers.items() if key.lower() == name.lower()), None)
