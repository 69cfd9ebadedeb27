"""Invented people, marked as such: common given names, numbers of one reserved range, one shared password."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from sqlmodel import Session

from app.accounts import passwords, roles, signup
from app.actor import SYSTEM, Actor, Role
from app.cli.demo_data import goods
from app.reference import regions

PASSWORD = "pasar-etam-demo"  # noqa: S105 - public on purpose; only PASAR_ENV=demo has these accounts
MARK = "(contoh)"
RANGE = "+628120000"
"""Every number of the rehearsal begins so; four digits follow."""

FIRST_OWNER, FIRST_BUYER, FIRST_GUEST = 1_000, 4_000, 6_000

HOME = "64.08.04"
"""The facilitator's district, where the demo seller lives, too; elsewhere the first district of the regency."""


@dataclass(frozen=True)
class Part:
    """Somebody a visitor can be."""

    serial: int
    name: str
    role: Role | None
    does: str
    page: str


SELLER, BUYER = 5, 6

CAST = (
    Part(1, "Dewi", "administrator", "office administrator", "/dinas"),
    Part(2, "Rahmat", "verifier", "office verifier", "/dinas/usaha"),
    Part(3, "Laila", "analyst", "office analyst (statistics)", "/dinas/statistik"),
    Part(4, "Yohanes", "facilitator", "facilitator for a district", "/dinas/dampingan"),
    Part(SELLER, "Salmah", None, "seller", "/jual"),
    Part(BUYER, "Hasan", None, "buyer", "/pesanan-saya"),
)
"""CONTRACT section 3."""


def home_district() -> str:
    return HOME if regions.is_own_district(HOME) else regions.districts()[0].code


def phone(serial: int) -> str:
    """As people write it: `0812 0000 0005` without the spaces."""
    return f"0{RANGE.removeprefix('+62')}{serial:04d}"


def name(random: Random) -> str:
    return f"{random.choice(goods.words('names'))} {MARK}"


@dataclass
class People:
    """Opens accounts; they all share one hash of the one password."""

    session: Session
    password_hash: str
    cast: dict[int, Actor]

    @classmethod
    def of(cls, session: Session) -> People:
        return cls(session, passwords.hashed(PASSWORD), {})

    def open(self, serial: int, called: str) -> Actor:
        account = signup.open_for_rehearsal(
            self.session,
            Actor(channel="demo"),
            name=called,
            phone=phone(serial),
            password_hash=self.password_hash,
        )
        return Actor(account_id=account.id, channel="demo")

    def open_cast(self) -> None:
        for part in CAST:
            actor = self.open(part.serial, f"{part.name} {MARK}")
            if part.role is not None and actor.account_id is not None:
                place = home_district() if part.role == "facilitator" else None
                roles.give(self.session, SYSTEM, actor.account_id, part.role, district_code=place)
                actor = roles.actor_of(self.session, actor.account_id, channel="demo")
            self.cast[part.serial] = actor

    @property
    def administrator(self) -> Actor:
        return self.cast[1]

    @property
    def verifier(self) -> Actor:
        return self.cast[2]

    @property
    def facilitator(self) -> Actor:
        return self.cast[4]
