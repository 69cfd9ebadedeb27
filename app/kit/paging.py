"""Long lists in parts: an opaque cursor that names the last thing seen."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

LONGEST_CURSOR = 400

Item = TypeVar("Item")
Scalar = str | int


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One part of a list; `next` is the cursor of the following part, None at the end."""

    items: Sequence[Item]
    next: str | None


def encode(*position: Scalar) -> str:
    return base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).decode().rstrip("=")


def decode(cursor: str, *kinds: type[Scalar]) -> tuple[Scalar, ...]:
    """The position a cursor names, one value of each kind. Raises ValueError for anything `encode` did not make."""
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError("cursor too long")
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, UnicodeError, RecursionError) as fault:
        raise ValueError("not a cursor") from fault
    if not isinstance(found, list) or [type(value) for value in found] != list(kinds):
        raise ValueError("not a cursor of this list")
    if not all(storable(value) for value in found):
        raise ValueError("not a position in any list")
    return tuple(found)


def storable(value: Scalar) -> bool:
    """Whether the database can compare with it: no integer beyond 64 bits, no NUL, no half of a surrogate pair."""
    if isinstance(value, int):
        return abs(value) < 2**63
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
