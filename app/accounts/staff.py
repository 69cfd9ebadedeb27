"""Reads of accounts for the office: who works here, and what an administrator may see of one account."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.accounts.models import Account, RoleGrant
from app.actor import Actor
from app.errors import Forbidden, NotFound
from app.kit import phone

MOST_STAFF = 300


@dataclass(frozen=True)
class HeldRole:
    """One role as it is held now; without a place it counts for the whole regency."""

    id: UUID
    role: str
    district_code: str | None
    village_code: str | None
    granted_at: datetime


@dataclass(frozen=True)
class KnownAccount:
    """An account as an administrator sees it. The number stays masked: the office finds people by it, it does not hand it out."""

    account_id: UUID
    name: str
    masked_phone: str
    status: str
    has_password: bool
    opened_at: datetime
    roles: tuple[HeldRole, ...]


def working_here(session: Session, actor: Actor, *, limit: int = MOST_STAFF) -> list[KnownAccount]:
    """Everybody who holds a role, by name. Raises Forbidden for anybody but administrators."""
    refuse_others(actor)
    holders = select(RoleGrant.account_id).where(col(RoleGrant.revoked_at).is_(None))
    found = session.exec(
        select(Account).where(col(Account.id).in_(holders)).order_by(col(Account.name), col(Account.id)).limit(limit)
    ).all()
    held = roles_of(session, [account.id for account in found])
    return [known(account, held.get(account.id, ())) for account in found]


def account(session: Session, actor: Actor, account_id: UUID) -> KnownAccount:
    """One account, whoever's it is. Raises Forbidden for anybody but administrators, NotFound."""
    refuse_others(actor)
    found = session.get(Account, account_id)
    if found is None:
        raise NotFound("Akun itu tidak ditemukan.")
    return known(found, roles_of(session, [account_id]).get(account_id, ()))


def names(session: Session, actor: Actor, account_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names behind acts in the audit. Raises Forbidden outside the office."""
    if not actor.is_office:
        raise Forbidden
    rows = session.execute(select(Account.id, Account.name).where(col(Account.id).in_(set(account_ids))))
    return {row.id: row.name for row in rows}


def roles_of(session: Session, account_ids: Iterable[UUID]) -> dict[UUID, tuple[HeldRole, ...]]:
    rows = session.exec(
        select(RoleGrant)
        .where(col(RoleGrant.account_id).in_(set(account_ids)), col(RoleGrant.revoked_at).is_(None))
        .order_by(col(RoleGrant.granted_at), col(RoleGrant.id))
    )
    found: dict[UUID, tuple[HeldRole, ...]] = {}
    for row in rows:
        role = HeldRole(row.id, row.role, row.district_code, row.village_code, row.granted_at)
        found[row.account_id] = (*found.get(row.account_id, ()), role)
    return found


def known(found: Account, held: tuple[HeldRole, ...]) -> KnownAccount:
    return KnownAccount(
        found.id,
        found.name,
        phone.masked(found.phone_e164),
        found.status,
        found.password_hash is not None,
        found.opened_at,
        held,
    )


def refuse_others(actor: Actor) -> None:
    if not actor.has("administrator"):
        raise Forbidden("Halaman ini hanya untuk administrator.")
