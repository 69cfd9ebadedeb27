"""Sign in with phone and password, under limits that count failures only."""

from __future__ import annotations

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from app.accounts import passwords, rules
from app.accounts.errors import TooManyAttempts
from app.accounts.models import Account, SignInFailure
from app.actor import Actor, Channel
from app.audit import record
from app.db import Transactions
from app.kit import clock, ids, phone

LIMITS = {"account": rules.FAILURES_PER_ACCOUNT, "address": rules.FAILURES_PER_ADDRESS}


def attempt(session: Session, *, phone: str, password: str, address: str, channel: Channel = "web") -> Account | None:
    """The account, or None for a wrong or unknown pair: same work, same answer.

    The failure is recorded in this transaction, which the caller must commit: a refusal is an answer, not an exception.
    Raises TooManyAttempts after 10 failures of one account or 100 of one address within 15 minutes; then even the right
    password is not tried.
    """
    number = normalised(phone)
    counted = {"account": ids.fingerprint(number)}
    if address:
        counted["address"] = ids.fingerprint(address)
    refuse_over_limit(session, counted)
    account = session.exec(select(Account).where(Account.phone_e164 == number)).one_or_none()
    fits, better = passwords.verified(password, account.password_hash if account else None)
    if account is None or not fits or account.status != "active":
        count_failure(session, counted)
        subject = account.id if account else "unknown"
        guest = Actor(channel=channel)
        record.note(session, guest, action="account.sign_in_failed", subject_kind="account", subject_id=subject)
        session.flush()
        return None
    if better is not None:
        account.password_hash = better
    actor = Actor(account_id=account.id, channel=channel)
    record.note(session, actor, action="account.signed_in", subject_kind="account", subject_id=account.id)
    session.flush()
    return account


def normalised(typed: str) -> str:
    """What is counted and looked up; something that is no number is itself, and simply nobody's."""
    try:
        return phone.normalise(typed)
    except ValueError:
        return ascii(typed.strip()[:64])


def refuse_over_limit(session: Session, counted: dict[str, bytes]) -> None:
    """Attempts on one account wait for each other until their transactions end, so that twenty at once are not twenty free
    guesses; attempts from one address do not, because a whole village may be behind it."""
    lock = int.from_bytes(counted["account"][:8], "big", signed=True)
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
    now = clock.now()
    for kind, key in counted.items():
        recent = session.exec(
            select(SignInFailure.at)
            .where(
                SignInFailure.counted_by == kind,
                SignInFailure.key_hash == key,
                col(SignInFailure.at) > now - rules.FAILURE_WINDOW,
            )
            .order_by(col(SignInFailure.at).desc())
            .limit(LIMITS[kind])
        ).all()
        if len(recent) >= LIMITS[kind]:
            frees_in = recent[-1] + rules.FAILURE_WINDOW - now
            raise TooManyAttempts(retry_after=max(1, int(frees_in.total_seconds()) + 1))


def count_failure(session: Session, counted: dict[str, bytes]) -> None:
    for kind, key in counted.items():
        session.add(SignInFailure(counted_by=kind, key_hash=key, at=clock.now()))
    session.flush()


def forget_old_failures(begin: Transactions) -> int:
    """Delete failures that no longer count. Returns how many."""
    with begin() as session:
        old = session.execute(
            delete(SignInFailure)
            .where(col(SignInFailure.at) < clock.now() - rules.FAILURE_WINDOW)
            .returning(col(SignInFailure.id))
        )
        return len(old.all())
