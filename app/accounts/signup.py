"""Open accounts: by oneself, for an owner by a facilitator, for the office's first administrator."""

from __future__ import annotations

from typing import get_args

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.accounts import passwords, roles, rules
from app.accounts.errors import PhoneTaken
from app.accounts.events import AccountOpened
from app.accounts.models import Account
from app.actor import SYSTEM, Actor, Role
from app.audit import record
from app.errors import Forbidden, Invalid
from app.kit import clock, phone
from app.kit.ids import uuid7
from app.outbox import publish


def open_account(
    session: Session, actor: Actor, *, name: str, phone: str, password: str, is_demo: bool = False
) -> Account:
    """Open an account for the person typing. Raises Invalid naming every faulty field at once, PhoneTaken among them."""
    faults = [*rules.name_faults(name), *rules.phone_faults(phone), *rules.password_faults(password, phone)]
    if faults:
        raise Invalid(*faults)
    account = insert_new(
        session, actor, name=name, phone_typed=phone, password_hash=passwords.hashed(password), is_demo=is_demo
    )
    if account is None:
        raise PhoneTaken.make()
    record.note(
        session, actor, action="account.opened", subject_kind="account", subject_id=account.id, beneficiary=account.id
    )
    publish.announce(session, AccountOpened(account.id, by_another=False))
    return account


def open_for_rehearsal(session: Session, actor: Actor, *, name: str, phone: str, password_hash: str) -> Account:
    """The account of an invented person, marked as such. Takes a hash, because hundreds share one password and each hash
    costs a thirtieth of a second. Raises Invalid, PhoneTaken.
    """
    faults = [*rules.name_faults(name), *rules.phone_faults(phone)]
    if faults:
        raise Invalid(*faults)
    account = insert_new(session, actor, name=name, phone_typed=phone, password_hash=password_hash, is_demo=True)
    if account is None:
        raise PhoneTaken.make()
    record.note(
        session, actor, action="account.opened", subject_kind="account", subject_id=account.id, beneficiary=account.id
    )
    publish.announce(session, AccountOpened(account.id, by_another=False))
    return account


def open_for_owner(session: Session, actor: Actor, *, name: str, phone: str) -> Account:
    """The account of that phone, opened without a password if there is none: a facilitator or officer acts for an owner.

    The owner gets in later with a recovery code. Raises Invalid, and Forbidden for anybody else.
    """
    if not actor.has("administrator", "verifier", "facilitator"):
        raise Forbidden
    faults = [*rules.name_faults(name), *rules.phone_faults(phone)]
    if faults:
        raise Invalid(*faults)
    account = insert_new(session, actor, name=name, phone_typed=phone, password_hash=None)
    if account is None:
        return by_phone(session, phone)
    record.note(
        session,
        actor,
        action="account.opened_for",
        subject_kind="account",
        subject_id=account.id,
        beneficiary=account.id,
    )
    publish.announce(session, AccountOpened(account.id, by_another=True))
    return account


def create_officer(
    session: Session, *, phone: str, role: Role, name: str, password: str, district_code: str | None = None
) -> Account:
    """The operator's way in: an account with a role, or the role for an account that exists. Raises Invalid."""
    if role not in get_args(Role):
        raise Invalid.one("role", f"Peran harus salah satu dari: {', '.join(get_args(Role))}.")
    faults = [*rules.name_faults(name), *rules.phone_faults(phone), *rules.password_faults(password, phone)]
    if faults:
        raise Invalid(*faults)
    account = insert_new(session, SYSTEM, name=name, phone_typed=phone, password_hash=passwords.hashed(password))
    if account is None:
        account = by_phone(session, phone)
    else:
        publish.announce(session, AccountOpened(account.id, by_another=True))
    record.note(
        session,
        SYSTEM,
        action="account.officer_created",
        subject_kind="account",
        subject_id=account.id,
        beneficiary=account.id,
    )
    roles.give(session, SYSTEM, account.id, role, district_code=district_code)
    return account


def insert_new(
    session: Session, actor: Actor, *, name: str, phone_typed: str, password_hash: str | None, is_demo: bool = False
) -> Account | None:
    """The new account, or None when the phone has one: decided by the unique index, so two at once make one."""
    now = clock.now()
    made = session.execute(
        insert(Account)
        .values(
            id=uuid7(),
            phone_e164=phone.normalise(phone_typed),
            name=" ".join(name.split()),
            password_hash=password_hash,
            status="active",
            is_demo=is_demo,
            opened_at=now,
            opened_by=actor.account_id,
            password_changed_at=now if password_hash else None,
        )
        .on_conflict_do_nothing(index_elements=["phone_e164"])
        .returning(col(Account.id))
    ).scalar_one_or_none()
    return session.get_one(Account, made) if made else None


def normalised(typed: str) -> str | None:
    """The number in E.164, or None for what is no number."""
    try:
        return phone.normalise(typed)
    except ValueError:
        return None


def by_phone(session: Session, phone_typed: str) -> Account:
    return session.exec(select(Account).where(Account.phone_e164 == phone.normalise(phone_typed))).one()
