"""Whether an account may be used at all."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.accounts import sessions
from app.accounts.models import Account
from app.actor import Actor
from app.audit import record
from app.errors import Forbidden, NotFound


def disable(session: Session, actor: Actor, account_id: UUID) -> Account:
    """Nobody gets in with it any more; every sign-in ends now. Twice is once.

    Raises Forbidden for anybody but another administrator, NotFound.
    """
    account = for_change(session, actor, account_id)
    if account.status != "disabled":
        account.status = "disabled"
        ended = sessions.end_all(session, account.id)
        note(session, actor, account, "account.disabled", {"sign_ins_ended": ended})
    return account


def enable(session: Session, actor: Actor, account_id: UUID) -> Account:
    """The account can be used again; its owner signs in anew. Raises Forbidden, NotFound."""
    account = for_change(session, actor, account_id)
    if account.status != "active":
        account.status = "active"
        note(session, actor, account, "account.enabled", {})
    return account


def for_change(session: Session, actor: Actor, account_id: UUID) -> Account:
    if not actor.has("administrator") or actor.account_id == account_id:
        raise Forbidden("Hanya administrator lain yang dapat melakukan ini.")
    account = session.get(Account, account_id, with_for_update=True)
    if account is None:
        raise NotFound
    return account


def note(session: Session, actor: Actor, account: Account, action: str, detail: dict[str, object]) -> None:
    record.note(
        session,
        actor,
        action=action,
        subject_kind="account",
        subject_id=account.id,
        detail=detail,
        beneficiary=account.id,
    )
    session.flush()
