"""Back in without a password: change it oneself, or with a code from the office or a facilitator."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col, select

from app import config
from app.accounts import passwords, roles, rules, sessions, signin
from app.accounts.errors import CodeRefused, NotYourPlace
from app.accounts.events import PasswordChanged
from app.accounts.models import Account, RecoveryCode
from app.actor import Actor
from app.audit import record
from app.errors import Forbidden, Invalid, NotFound, SignInRequired
from app.kit import clock, ids, phone
from app.outbox import publish


def change_password(session: Session, actor: Actor, *, current: str, new: str, token: str | None) -> None:
    """Change the own password; every other sign-in ends. Raises Invalid beside `current` or `password`."""
    if actor.account_id is None:
        raise SignInRequired
    account = session.get_one(Account, actor.account_id, with_for_update=True)
    fits, _ = passwords.verified(current, account.password_hash)
    if not fits:
        raise Invalid.one("current", "Kata sandi sekarang tidak cocok.", "wrong")
    faults = rules.password_faults(new, account.phone_e164)
    if faults:
        raise Invalid(*faults)
    store(session, actor, account, new, but_token=token)


def issue(session: Session, actor: Actor, account_id: UUID, *, place: tuple[str, str | None] | None = None) -> str:
    """An eight-digit code for somebody standing at the desk, good once and for 15 minutes.

    `place` is where the person's business is: a facilitator helps only there. Nobody issues a code for staff but an
    administrator, nobody for oneself. The code is derived from the row, so it stands in no table, log or event.
    """
    if actor.account_id is None or not actor.has("administrator", "verifier", "facilitator"):
        raise Forbidden
    account = session.get(Account, account_id)
    if account is None or account.status != "active":
        raise NotFound
    target = roles.actor_of(session, account_id)
    if account_id == actor.account_id or (target.grants and not actor.has("administrator")):
        raise Forbidden("Kode untuk petugas hanya dapat dibuat oleh administrator lain.")
    if not actor.is_office and (place is None or not actor.facilitates(*place)):
        raise NotYourPlace
    now = clock.now()
    session.execute(  # one code at a time: an older slip of paper opens nothing any more
        update(RecoveryCode)
        .where(
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.used_at).is_(None),
            col(RecoveryCode.expires_at) > now,
        )
        .values(expires_at=now)
    )
    challenge = RecoveryCode(
        account_id=account_id, issued_by=actor.account_id, issued_at=now, expires_at=now + rules.CODE_LIFETIME
    )
    session.add(challenge)
    session.flush()
    record.note(
        session, actor, action="recovery.issued", subject_kind="account", subject_id=account_id, beneficiary=account_id
    )
    return code_of(challenge.id)


def redeem(session: Session, *, phone: str, code: str, new_password: str, address: str = "") -> Account | None:
    """Set a new password with a code. Returns None for a wrong, used or expired code or an unknown phone, all alike.

    A wrong code uses up one of five attempts and counts as a failure of that number and address, recorded in this
    transaction, which the caller must commit. Failed sign-ins do not stand in the way. Raises Invalid for a password that
    will not do (then nothing is used up), TooManyAttempts.
    """
    faults = rules.password_faults(new_password, phone)
    if faults:
        raise Invalid(*faults)
    counted = {"account": ids.fingerprint(f"recovery {signin.normalised(phone)}")}
    if address:
        counted["address"] = ids.fingerprint(address)
    signin.refuse_over_limit(session, counted)
    challenge = open_challenge(session, phone, clock.now())
    if challenge is None or not ids.keys_match(code_of(challenge.id), "".join(code.split())):
        if challenge is not None:
            challenge.attempts += 1
        signin.count_failure(session, counted)
        return None
    account = session.get_one(Account, challenge.account_id, with_for_update=True)
    if account.status != "active":
        return None
    challenge.used_at = clock.now()
    store(session, Actor(account_id=account.id), account, new_password, but_token=None)
    return account


def refused() -> CodeRefused:
    return CodeRefused.make()


def open_challenge(session: Session, phone_typed: str, now: datetime) -> RecoveryCode | None:
    try:
        number = phone.normalise(phone_typed)
    except ValueError:
        return None
    return session.exec(
        select(RecoveryCode)
        .join(Account, col(Account.id) == RecoveryCode.account_id)
        .where(
            Account.phone_e164 == number,
            col(RecoveryCode.used_at).is_(None),
            col(RecoveryCode.expires_at) > now,
            col(RecoveryCode.attempts) < rules.MOST_CODE_ATTEMPTS,
        )
        .order_by(col(RecoveryCode.issued_at).desc())
        .limit(1)
        .with_for_update(of=RecoveryCode)
    ).one_or_none()


def code_of(challenge_id: UUID) -> str:
    secret = config.settings().secret_key.get_secret_value()
    number = int(ids.derived_key(secret, "recovery", str(challenge_id)), 16)
    return f"{number % 10**rules.CODE_DIGITS:0{rules.CODE_DIGITS}d}"


def store(session: Session, actor: Actor, account: Account, password: str, *, but_token: str | None) -> None:
    account.password_hash = passwords.hashed(password)
    account.password_changed_at = clock.now()
    sessions.end_all(session, account.id, but_token=but_token)
    record.note(session, actor, action="account.password_changed", subject_kind="account", subject_id=account.id)
    publish.announce(session, PasswordChanged(account.id))
    session.flush()
