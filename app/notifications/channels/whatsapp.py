"""WhatsApp without an interface to it: a link that opens a chat with the text typed in, for a person to send (the
desk)."""

from __future__ import annotations

from urllib.parse import quote

LONGEST_TEXT = 1500
"""Characters: links much longer than this are cut by some phones."""


def link(phone: str, text: str) -> str:
    """`https://wa.me/<digits>?text=...` for an E.164 number. Raises ValueError when the number is not one."""
    digits = phone.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 15):
        raise ValueError("a phone number has 8 to 15 digits")
    return f"https://wa.me/{digits}?text={quote(text[:LONGEST_TEXT], safe='')}"
