"""Accounts made the way people make them. All of them are synthetic."""

from __future__ import annotations

from itertools import count

from sqlmodel import Session

from app.accounts import roles, signup
from app.accounts.models import Account
from app.actor import GUEST, SYSTEM, Actor, Role

PASSWORD = "tiga-perahu-biru"

serials = count(1)


def fresh_phone() -> str:
    """A number nobody else in this run has."""
    return f"08139{next(serials):07d}"


def person(session: Session, *, name: str = "Akun Uji", phone: str | None = None, password: str = PASSWORD) -> Account:
    """Somebody who signed up."""
    return signup.open_account(session, GUEST, name=name, phone=phone or fresh_phone(), password=password)


def actor(session: Session, account: Account) -> Actor:
    return roles.actor_of(session, account.id)


def somebody(session: Session) -> Actor:
    """A person without any role, as an actor."""
    return actor(session, person(session))


def staff(
    session: Session,
    role: Role,
    *,
    district_code: str | None = None,
    village_code: str | None = None,
    name: str = "Petugas Uji",
) -> Actor:
    """Somebody who holds a role, perhaps for one place."""
    account = person(session, name=name)
    roles.give(session, SYSTEM, account.id, role, district_code=district_code, village_code=village_code)
    return actor(session, account)
