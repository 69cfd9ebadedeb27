"""Personal fields at rest: encrypted so that a stolen copy is useless, indexed blindly so that duplicates are still found.

AES-256-GCM with a random 96-bit nonce. The place of a value (table, column, row) is authenticated with it: a ciphertext moved
to another row does not open. The key's id stands in front, so keys can be changed while old rows still open.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
INDEX_BYTES = 16
SEPARATOR = b":"


class CannotOpen(Exception):
    """The value was moved, damaged, or sealed under a key that is no longer there."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value lives."""

    table: str
    column: str
    row: str

    def as_bytes(self) -> bytes:
        return f"{self.table}:{self.column}:{self.row}".encode()


def seal(keys: Mapping[str, bytes], place: Place, value: str) -> bytes:
    """Encrypt under the newest key (the first of the mapping): `key id : nonce + ciphertext`."""
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id.encode() + SEPARATOR + nonce + AESGCM(key).encrypt(nonce, value.encode(), place.as_bytes())


def unseal(keys: Mapping[str, bytes], place: Place, sealed: bytes) -> str:
    """The value again. Raises CannotOpen when it is not the one sealed at this place."""
    key_id, mark, rest = sealed.partition(SEPARATOR)
    key = keys.get(key_id.decode("ascii", "replace"))
    if not mark or key is None or len(rest) <= NONCE_BYTES:
        raise CannotOpen("unknown key or damaged value")
    try:
        return AESGCM(key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], place.as_bytes()).decode()
    except InvalidTag as fault:
        raise CannotOpen("the value does not belong here") from fault


def blind_index(key: str, field: str, value: str) -> bytes:
    """128 bits that are equal for equal values and tell nothing else.

    Keyed, never a plain hash: all citizen numbers of a regency could be hashed in seconds.
    """
    return hmac.new(key.encode(), f"{field}:{value}".encode(), hashlib.sha256).digest()[:INDEX_BYTES]
