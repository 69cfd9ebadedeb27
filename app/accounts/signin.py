"""Sign in with phone and password, under limits that count failures only."""

from __future__ import annotations

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.accounts import passwords, rules
from app.accounts.errors import TooManyAttempts
from app.accounts.models import Account, SignInFailure
from app.actor import GUEST, Actor
from app.audit import record
from app.db import Transactions
from app.kit import clock, ids, phone

LIMITS = {"account": rules.FAILURES_PER_ACCOUNT, "address": rules.FAILURES_PER_ADDRESS}


def attempt(session: Session, *, phone: str, password: str, address: str) -> Account | None:
    """The account, or None for a wrong or unknown pair: same work, same answer.

    The failure is recorded in this transaction, which the caller must commit: a refusal is an answer, not an exception.
    Raises TooManyAttempts after 10 failures of one account or 100 of one address within 15 minutes; then even the right
    password is not tried.
    """
    number = normalised(phone)
    counted = {"account": ids.fingerprint(number), "address": ids.fingerprint(address)}
    refuse_over_limit(session, counted)
    account = session.exec(select(Account).where(Account.phone_e164 == number)).one_or_none()
    fits, better = passwords.verified(
        password[: rules.LONGEST_PASSWORD + 1], account.password_hash if account else None
    )
    if account is None or not fits or account.status != "active":
        for kind, key in counted.items():
            session.add(SignInFailure(counted_by=kind, key_hash=key, at=clock.now()))
        subject = account.id if account else "unknown"
        record.note(session, GUEST, action="account.sign_in_failed", subject_kind="account", subject_id=subject)
        session.flush()
        return None
    if better is not None:
        account.password_hash = better
    record.note(
        session, Actor(account_id=account.id), action="account.signed_in", subject_kind="account", subject_id=account.id
    )
    session.flush()
    return account


def normalised(typed: str) -> str:
    """What is counted and looked up; something that is no number is itself, and simply nobody's."""
    try:
        return phone.normalise(typed)
    except ValueError:
        return typed.strip()[:64]


def refuse_over_limit(session: Session, counted: dict[str, bytes]) -> None:
    for kind, key in counted.items():
        if not key:
            continue
        recent = session.exec(
            select(func.count())
            .select_from(SignInFailure)
            .where(
                SignInFailure.counted_by == kind,
                SignInFailure.key_hash == key,
                col(SignInFailure.at) > clock.now() - rules.FAILURE_WINDOW,
            )
        ).one()
        if recent >= LIMITS[kind]:
            raise TooManyAttempts(retry_after=int(rules.FAILURE_WINDOW.total_seconds()))


def forget_old_failures(begin: Transactions) -> int:
    """Delete failures that no longer count. Returns how many."""
    with begin() as session:
        old = session.exec(
            select(SignInFailure).where(col(SignInFailure.at) < clock.now() - rules.FAILURE_WINDOW)
        ).all()
        for failure in old:
            session.delete(failure)
        return len(old)
