"""Password hashes: argon2id with the library's current parameters."""

from __future__ import annotations

from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
"""OWASP's first recommendation for argon2id (19 MiB, 2 passes): about 30 ms here, so a sign-in stays quick on two cores."""


LONGEST_TRIED = 512
"""Bytes: more than the longest password allowed can have; hashing a megabyte would be work for an attacker's sake."""


def hashed(password: str) -> str:
    return HASHER.hash(password)


@lru_cache(maxsize=1)
def dummy_hash() -> str:
    """What an unknown phone's password is compared with, so that unknown and wrong take the same time."""
    return HASHER.hash("no account has this password")


def verified(password: str, stored: str | None) -> tuple[bool, str | None]:
    """Whether it fits, and a better hash to store when the parameters have grown since. Constant work for `None`."""
    tried = password.encode("utf-8", "surrogatepass")[: LONGEST_TRIED + 1]
    fits, better = HASHER.verify_and_update(tried, stored or dummy_hash())
    return (fits and stored is not None), better
