"""How a process of many threads keeps its memory together."""

from __future__ import annotations

import ctypes
from typing import Final

ARENAS_AT_MOST: Final = -8
"""`M_ARENA_MAX` of malloc.h."""

FEW: Final = 2


def keep_together() -> None:
    """Two places to take memory from instead of eight a core: threads that share an interpreter take turns anyway, and each
    place keeps what was given back to it. Where the C library has no such thing, nothing happens.

    Before the first thread, which would already have a place of its own."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(ARENAS_AT_MOST, FEW)
