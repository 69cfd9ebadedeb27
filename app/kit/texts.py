"""Text people type, before it is stored."""

from __future__ import annotations

import unicodedata

DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that make text read in another order than it is stored: only ever used to deceive."""


def unwritable(text: str) -> bool:
    """Whether text holds what no keyboard types: NUL (PostgreSQL cannot keep it) and other control characters (line breaks
    apart), halves of characters, marks that turn the reading direction."""
    return any(
        character in DIRECTION_MARKS or (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t")
        for character in text
    )
