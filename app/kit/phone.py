"""Indonesian phone numbers: the name by which people sign in."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

REGION = "ID"
LONGEST_TYPED = 30
SENTENCE = "Nomor HP tidak dikenali. Tulis seperti 0812 3456 7890."


def normalise(text: str) -> str:
    """`0812-3456 789`, `62812...`, `+62 812...` become E.164 (`+62812...`). Raises ValueError with a sentence otherwise."""
    typed = text.strip()
    if not typed or len(typed) > LONGEST_TYPED or not any(character.isdigit() for character in typed):
        raise ValueError(SENTENCE)
    if typed.startswith("62"):
        typed = "+" + typed
    try:
        number = phonenumbers.parse(typed, REGION)
    except NumberParseException as fault:
        raise ValueError(SENTENCE) from fault
    if number.extension or not phonenumbers.is_possible_number(number) or number.country_code != 62:
        raise ValueError(SENTENCE)
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def masked(e164: str) -> str:
    """What others may see: `0812••••789`."""
    local = "0" + e164.removeprefix("+62") if e164.startswith("+62") else e164
    return f"{local[:4]}••••{local[-3:]}"


def local(e164: str) -> str:
    """As people here dial it: `0812...`."""
    return "0" + e164.removeprefix("+62") if e164.startswith("+62") else e164
