"""Identifiers: time-ordered keys for rows, unguessable tokens for people, checked numbers for paper."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from uuid import UUID

from stdnum.iso7064 import mod_11_10

TOKEN_BYTES = 20


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562 version 7): new rows land at the end of an index instead of anywhere in it.

    The 12 bits after the milliseconds are their fraction (section 6.2, method 3), so that rows made one after the other within
    a millisecond keep their order, too.
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80 | 0x7 << 76 | (rest * 4096 // 1_000_000) << 64
    return UUID(int=value | 0b10 << 62 | int.from_bytes(os.urandom(8)) >> 2)


def token() -> str:
    """An unguessable URL-safe string of 160 random bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def fingerprint(secret: str) -> bytes:
    """What is stored of a token: its SHA-256. A token has 160 random bits, so no salt and no slow hash is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def derived_key(secret: str, purpose: str, subject: str) -> str:
    """A link key (32 hex digits, 128 bits) derived by HMAC from what it opens: nothing to store, nothing to leak with a backup."""
    return hmac.new(secret.encode(), f"{purpose}:{subject}".encode(), hashlib.sha256).hexdigest()[:32]


def keys_match(expected: str, given: str) -> bool:
    """Compare two keys in constant time; a non-ASCII `given` is simply wrong."""
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))


def checked_number(prefix: str, year: int, serial: int) -> str:
    """`PREFIX-YYYY-NNNNNN-D`, D the ISO 7064 Mod 11,10 check digit of `YYYYNNNNNN`.

    Raises ValueError when the serial does not fit six digits.
    """
    if not 1 <= serial <= 999_999:
        raise ValueError("a year has at most 999,999 numbers")
    digits = f"{year:04d}{serial:06d}"
    return f"{prefix}-{digits[:4]}-{digits[4:]}-{mod_11_10.calc_check_digit(digits)}"


def number_is_sound(number: str, prefix: str) -> bool:
    """Whether a number has the right shape and check digit; says nothing about its existence."""
    parts = number.split("-")
    if len(parts) != 4 or parts[0] != prefix or [len(part) for part in parts[1:]] != [4, 6, 1]:
        return False
    digits = "".join(parts[1:])
    return digits.isascii() and digits.isdigit() and bool(mod_11_10.is_valid(digits))
