"""Pure decisions about accounts: what a name and a password must be, how long a sign-in lasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.errors import FieldError
from app.kit import phone, texts

SHORTEST_PASSWORD = 8
LONGEST_PASSWORD = 128
LONGEST_NAME = 120

COMMON_PASSWORDS = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "password",
        "password1",
        "qwertyui",
        "qwerty123",
        "11111111",
        "00000000",
        "88888888",
        "12341234",
        "abcd1234",
        "abc12345",
        "indonesia",
        "sayangku",
        "rahasia1",
        "bismillah",
        "kutaitimur",
        "sangatta",
        "pasaretam",
        "iloveyou",
        "sayang123",
        "bismillah1",
        "alhamdulillah",
    ]
)
"""The few everybody tries first (ASVS 5.0 6.2.4 wants the worst 3,000; the failure limits carry the rest)."""


@dataclass(frozen=True)
class Lifetime:
    idle: timedelta
    absolute: timedelta


PEOPLE = Lifetime(idle=timedelta(days=30), absolute=timedelta(days=90))
"""A seller opens the page from a link in a message weeks later and must still be in."""

STAFF = Lifetime(idle=timedelta(hours=12), absolute=timedelta(hours=12))
"""One working day: office computers are shared."""

PROGRAM = Lifetime(idle=timedelta(hours=12), absolute=timedelta(hours=12))

FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = 10
FAILURES_PER_ADDRESS = 100
"""Whole villages share one address behind the carrier, hence ten times the account's (CONTRACT section 5)."""

CODE_LIFETIME = timedelta(minutes=15)
MOST_CODE_ATTEMPTS = 5
CODE_DIGITS = 8


def name_faults(name: str) -> list[FieldError]:
    if not name.strip():
        return [FieldError("name", "missing", "Tulis nama Anda.")]
    if texts.unwritable(name):
        return [FieldError("name", "unwritable", "Nama memuat tanda yang tidak dapat disimpan. Ketik ulang namanya.")]
    if len(name) > LONGEST_NAME:
        return [FieldError("name", "too_long", f"Nama paling panjang {LONGEST_NAME} huruf.")]
    return []


def phone_faults(text: str) -> list[FieldError]:
    try:
        phone.normalise(text)
    except ValueError as fault:
        return [FieldError("phone", "invalid", str(fault))]
    return []


def password_faults(password: str, phone_typed: str = "") -> list[FieldError]:
    """Length and the obvious; no rules about kinds of characters, which only make people write passwords down."""
    if len(password) < SHORTEST_PASSWORD:
        return [FieldError("password", "too_short", f"Kata sandi paling sedikit {SHORTEST_PASSWORD} huruf atau angka.")]
    if len(password) > LONGEST_PASSWORD:
        return [FieldError("password", "too_long", f"Kata sandi paling panjang {LONGEST_PASSWORD} huruf.")]
    if texts.unwritable(password):
        return [FieldError("password", "unwritable", "Kata sandi memuat tanda yang tidak dapat diketik ulang.")]
    digits = "".join(character for character in phone_typed if character.isdigit())
    subscriber = digits.removeprefix("62").removeprefix("0")
    own_number = bool(subscriber) and password in {start + subscriber for start in ("", "0", "62", "+62")}
    if password.lower() in COMMON_PASSWORDS or own_number:
        return [FieldError("password", "too_common", "Kata sandi ini mudah ditebak. Pakai gabungan beberapa kata.")]
    return []
