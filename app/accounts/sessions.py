"""Sign-ins kept on the server: started new each time, resolved on every request, ended for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from app.accounts import roles, rules
from app.accounts.models import Account, SignIn
from app.actor import Actor, Channel
from app.audit import record
from app.db import Transactions
from app.errors import SignInRequired
from app.kit import clock, ids

Kind = Literal["web", "api"]

SEEN_GRAIN = timedelta(minutes=10)
"""How coarsely the last visit is noted: a write on every page view would cost more than it tells."""

KEPT = timedelta(days=30)
"""How long a sign-in that is over stays for looking back; the audit is the permanent record."""


@dataclass(frozen=True)
class Visitor:
    """Somebody who is signed in."""

    account_id: UUID
    name: str
    actor: Actor
    is_demo: bool

    @property
    def is_office(self) -> bool:
        return self.actor.is_office

    @property
    def is_staff(self) -> bool:
        return bool(self.actor.grants)


def lifetime(actor: Actor, kind: Kind) -> rules.Lifetime:
    if kind == "api":
        return rules.PROGRAM
    return rules.STAFF if actor.grants else rules.PEOPLE


def start(session: Session, account: Account, *, kind: Kind = "web") -> str:
    """A new sign-in. Returns its token, which exists nowhere else: only its digest is stored."""
    now = clock.now()
    allowed = lifetime(roles.actor_of(session, account.id), kind)
    token = ids.token()
    session.add(
        SignIn(
            token_hash=ids.fingerprint(token),
            account_id=account.id,
            kind=kind,
            started_at=now,
            seen_at=now,
            idle_expires_at=now + allowed.idle,
            expires_at=now + allowed.absolute,
        )
    )
    session.flush()
    return token


def resolve(session: Session, token: str, *, kind: Kind = "web") -> Visitor | None:
    """Who holds this token; None when it is unknown, ended, expired, of the other kind, or the account is disabled."""
    now = clock.now()
    found = session.exec(
        select(SignIn, Account)
        .join(Account, col(Account.id) == SignIn.account_id)
        .where(
            SignIn.token_hash == ids.fingerprint(token),
            SignIn.kind == kind,
            col(SignIn.ended_at).is_(None),
            col(SignIn.expires_at) > now,
            col(SignIn.idle_expires_at) > now,
            Account.status == "active",
        )
    ).one_or_none()
    if found is None:
        return None
    sign_in, account = found
    channel: Channel = "api" if kind == "api" else "web"
    actor = roles.actor_of(session, account.id, channel=channel)
    if now - sign_in.started_at > lifetime(actor, kind).absolute:
        return None  # given a role since: a sign-in for ninety days is no longer good enough
    if now - sign_in.seen_at > SEEN_GRAIN:
        sign_in.seen_at = now
        sign_in.idle_expires_at = min(now + lifetime(actor, kind).idle, sign_in.expires_at)
    return Visitor(account.id, account.name, actor, account.is_demo)


def end(session: Session, token: str) -> None:
    """Sign out: the token is worth nothing from now on."""
    ended = session.execute(
        update(SignIn)
        .where(col(SignIn.token_hash) == ids.fingerprint(token), col(SignIn.ended_at).is_(None))
        .values(ended_at=clock.now())
        .returning(col(SignIn.account_id), col(SignIn.kind))
    ).one_or_none()
    if ended is not None:
        account_id, kind = ended
        actor = Actor(account_id=account_id, channel="api" if kind == "api" else "web")
        record.note(session, actor, action="account.signed_out", subject_kind="account", subject_id=account_id)


def end_others(session: Session, actor: Actor, *, token: str | None) -> int:
    """Sign out everywhere but here. Returns how many sign-ins ended. Raises SignInRequired for a guest."""
    if actor.account_id is None:
        raise SignInRequired
    ended = end_all(session, actor.account_id, but_token=token)
    record.note(
        session,
        actor,
        action="account.others_signed_out",
        subject_kind="account",
        subject_id=actor.account_id,
        detail={"sign_ins_ended": ended},
    )
    return ended


def end_all(session: Session, account_id: UUID, *, but_token: str | None = None) -> int:
    """End every sign-in of an account, except the one in hand. Returns how many."""
    kept = ids.fingerprint(but_token) if but_token else b""
    ended = session.execute(
        update(SignIn)
        .where(col(SignIn.account_id) == account_id, col(SignIn.ended_at).is_(None), col(SignIn.token_hash) != kept)
        .values(ended_at=clock.now())
        .returning(col(SignIn.id))
    ).all()
    return len(ended)


def forget_over(begin: Transactions) -> int:
    """Delete the sign-ins that ended or ran out a month ago. Returns how many."""
    long_ago = clock.now() - KEPT
    with begin() as session:
        gone = session.execute(
            delete(SignIn)
            .where(or_(col(SignIn.expires_at) < long_ago, col(SignIn.ended_at) < long_ago))
            .returning(col(SignIn.id))
        )
        return len(gone.all())
