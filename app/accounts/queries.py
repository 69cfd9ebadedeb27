"""Reads of accounts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant, SignIn
from app.actor import Actor
from app.errors import Forbidden, NotFound, SignInRequired
from app.kit import clock, phone


@dataclass(frozen=True)
class Profile:
    """One's own account. The number is masked on the page: a phone is often in somebody else's hands."""

    account_id: UUID
    name: str
    masked_phone: str
    has_password: bool
    opened_at: datetime
    roles: tuple[str, ...]
    sign_ins: int


@dataclass(frozen=True)
class FoundAccount:
    """An account as the office finds it by its full number, to hand over a recovery code."""

    account_id: UUID
    name: str
    masked_phone: str
    has_password: bool
    is_staff: bool


def profile(session: Session, actor: Actor) -> Profile:
    """Raises SignInRequired for a guest."""
    if actor.account_id is None:
        raise SignInRequired
    account = session.get_one(Account, actor.account_id)
    now = clock.now()
    live = session.exec(
        select(func.count())
        .select_from(SignIn)
        .where(SignIn.account_id == account.id, col(SignIn.ended_at).is_(None), col(SignIn.idle_expires_at) > now)
    ).one()
    roles = session.exec(
        select(RoleGrant.role).where(RoleGrant.account_id == account.id, col(RoleGrant.revoked_at).is_(None))
    ).all()
    return Profile(
        account.id,
        account.name,
        phone.masked(account.phone_e164),
        account.password_hash is not None,
        account.opened_at,
        tuple(sorted(set(roles))),
        live,
    )


def find_by_phone(session: Session, actor: Actor, typed: str) -> FoundAccount:
    """The account of a number said at the desk. Raises Forbidden for anybody but staff, NotFound."""
    if not actor.has("administrator", "verifier", "facilitator"):
        raise Forbidden
    try:
        number = phone.normalise(typed)
    except ValueError as fault:
        raise NotFound("Tidak ada akun dengan nomor itu.") from fault
    account = session.exec(select(Account).where(Account.phone_e164 == number)).one_or_none()
    if account is None:
        raise NotFound("Tidak ada akun dengan nomor itu.")
    staff = session.exec(
        select(RoleGrant.id).where(RoleGrant.account_id == account.id, col(RoleGrant.revoked_at).is_(None)).limit(1)
    ).first()
    return FoundAccount(
        account.id, account.name, phone.masked(account.phone_e164), account.password_hash is not None, staff is not None
    )


def any_account(session: Session) -> bool:
    """Whether anybody is registered at all: an empty system gets its demo data, or its first officer."""
    return session.exec(select(Account.id).limit(1)).first() is not None


def phones(session: Session, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The E.164 numbers of these people, for those who have something to settle with them; for no list and no log."""
    return dict(session.exec(select(Account.id, Account.phone_e164).where(col(Account.id).in_(account_ids))).all())
