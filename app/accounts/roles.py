"""Who may act as staff, and where."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.accounts.errors import AlreadyGranted
from app.accounts.models import Account, RoleGrant
from app.actor import Actor, Channel, Grant, Role
from app.audit import record
from app.errors import Forbidden, Invalid, NotFound
from app.kit import clock
from app.reference import regions


def actor_of(session: Session, account_id: UUID, *, channel: Channel = "web") -> Actor:
    """The account as an actor, with the roles it holds now."""
    rows = session.exec(
        select(RoleGrant).where(RoleGrant.account_id == account_id, col(RoleGrant.revoked_at).is_(None))
    )
    grants = frozenset(Grant(cast(Role, row.role), row.district_code, row.village_code) for row in rows)
    return Actor(account_id=account_id, grants=grants, channel=channel)


def grant(
    session: Session,
    actor: Actor,
    account_id: UUID,
    role: Role,
    *,
    district_code: str | None = None,
    village_code: str | None = None,
) -> RoleGrant:
    """An administrator gives a role. Raises Forbidden, Invalid for a place that is not ours, AlreadyGranted."""
    if not actor.has("administrator") or actor.account_id == account_id:
        raise Forbidden("Hanya administrator lain yang dapat memberi peran.")
    return give(session, actor, account_id, role, district_code=district_code, village_code=village_code)


def give(
    session: Session,
    actor: Actor,
    account_id: UUID,
    role: Role,
    *,
    district_code: str | None = None,
    village_code: str | None = None,
) -> RoleGrant:
    """Without asking who gives: for `grant` and the operator's command. Raises NotFound, Invalid, AlreadyGranted."""
    if session.get(Account, account_id) is None:
        raise NotFound
    if role == "facilitator" and district_code is None:
        raise Invalid.one("district_code", "Pendamping harus punya wilayah tugas: pilih kecamatannya.", "missing")
    if district_code is not None and not regions.is_own_district(district_code):
        raise Invalid.one("district_code", "Kecamatan itu tidak dikenal.")
    if village_code is not None and not regions.is_own_village(village_code, district_code):
        raise Invalid.one("village_code", "Desa itu tidak ada di kecamatan tersebut.")
    wanted = Grant(role, district_code, village_code)
    if wanted in actor_of(session, account_id).grants:
        raise AlreadyGranted
    made = RoleGrant(
        account_id=account_id,
        role=role,
        district_code=district_code,
        village_code=village_code,
        granted_at=clock.now(),
        granted_by=actor.account_id,
    )
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError as fault:  # the same role given by two administrators at once
        raise AlreadyGranted from fault
    note(session, actor, made, "role.granted")
    return made


def revoke(session: Session, actor: Actor, grant_id: UUID) -> None:
    """An administrator takes a role back. Raises Forbidden (also for the own role, so that one remains), NotFound."""
    if not actor.has("administrator"):
        raise Forbidden
    refuse_former_administrator(session, actor)
    found = session.get(RoleGrant, grant_id, with_for_update=True)
    if found is None or found.revoked_at is not None:
        raise NotFound
    if found.account_id == actor.account_id:
        raise Forbidden("Anda tidak dapat mencabut peran sendiri.")
    found.revoked_at = clock.now()
    found.revoked_by = actor.account_id
    session.flush()
    note(session, actor, found, "role.revoked")
    session.flush()


def note(session: Session, actor: Actor, role: RoleGrant, action: str) -> None:
    """With the place: a role for one village is not the role for a regency."""
    place = role.village_code or role.district_code
    record.note(
        session,
        actor,
        action=action,
        subject_kind="account",
        subject_id=role.account_id,
        detail={"role": role.role, "place": place} if place else {"role": role.role},
        beneficiary=role.account_id,
    )


def refuse_former_administrator(session: Session, actor: Actor) -> None:
    """Of two administrators who revoke each other at once, the second is none any more: so one always remains."""
    keepers = session.exec(
        select(RoleGrant)
        .where(RoleGrant.role == "administrator", col(RoleGrant.revoked_at).is_(None))
        .order_by(col(RoleGrant.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if actor.account_id not in {keeper.account_id for keeper in keepers}:
        raise Forbidden
