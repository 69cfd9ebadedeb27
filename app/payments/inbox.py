"""The door for gateways: a message is verified, stored once and answered; what it means is worked out afterwards.

A message is a hint to look. Working it off asks the gateway for the charge (outside any transaction) and settles by that
answer, in the same transaction that marks the message as done: a crash anywhere leaves a message that is taken again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.actor import Actor
from app.audit import record
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock
from app.kit.ids import uuid7
from app.payments import settling
from app.payments.errors import BadNotice
from app.payments.models import Payment, PaymentNotice
from app.payments.providers import registry

LARGEST_BYTES = 256 * 1024
BATCH = 50
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=15)
"""After a failed try; doubled each time, so the last try comes about half a day after the first."""

LONGEST_ERROR = 300
BODIES_KEPT = timedelta(days=30)
"""A gateway's message may name the buyer; that long it helps to look into a case, and no longer."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Subject:
    """What a stored message is about."""

    provider: str
    ref: str | None
    payment_id: UUID | None


def receive(begin: Transactions, provider: str, raw: bytes, headers: Mapping[str, str]) -> UUID | None:
    """Store a message of this gateway. Returns its id, or None for one that is known already (both are answered 200).

    Raises BadNotice for anything that is not surely the gateway's, UnknownProvider for a gateway that is not there or switched
    off; then nothing is stored. Call `attend` with the id afterwards to act on it at once.
    """
    gateway = registry.gateway(provider, begin)
    if len(raw) > LARGEST_BYTES:
        raise BadNotice("too large")
    notice = gateway.read(raw, headers)
    now = clock.now()
    with begin() as session:
        return session.execute(
            insert(PaymentNotice)
            .values(
                id=uuid7(),
                provider=provider,
                livemode=notice.livemode,
                event_id=notice.event_id,
                kind=notice.kind,
                raw=raw,
                provider_ref=notice.ref,
                payment_id=notice.payment_id,
                received_at=now,
                due_at=now,
                attempts=0,
            )
            .on_conflict_do_nothing(index_elements=["provider", "livemode", "event_id"])
            .returning(col(PaymentNotice.id))
        ).scalar_one_or_none()


def attend(begin: Transactions, notice_id: UUID | None) -> None:
    """Act on a message right after it came, as far as that goes: what fails now is taken by the worker. Never raises."""
    if notice_id is None:
        return
    try:
        with begin() as session:
            taken = take(session, notice_id)
        if taken:
            work(begin, notice_id)
    except Exception:
        log.exception("payment_notice_postponed", notice_id=str(notice_id))


def process_due(begin: Transactions) -> int:
    """Work off every message that is due; returns how many were done. One that fails comes again later, twelve times in all;
    then it is dead, logged, and listed for the office."""
    with begin() as session:
        due = session.exec(
            select(PaymentNotice.id)
            .where(
                col(PaymentNotice.processed_at).is_(None),
                col(PaymentNotice.dead_at).is_(None),
                col(PaymentNotice.due_at) <= clock.now(),
            )
            .order_by(col(PaymentNotice.due_at))
            .limit(BATCH)
        ).all()
    done = 0
    for notice_id in due:
        with begin() as session:
            taken = take(session, notice_id)
        if not taken:
            continue
        try:
            done += work(begin, notice_id)
        except Exception as fault:
            log.exception("payment_notice_failed", notice_id=str(notice_id))
            with begin() as session:
                give_up_if_tried_enough(session, notice_id, type(fault).__name__)
    return done


def take(session: Session, notice_id: UUID) -> bool:
    """Take one message for one try. False when somebody else has it or it is not due. The try counts even if we die in it."""
    notice = session.exec(
        select(PaymentNotice)
        .where(
            PaymentNotice.id == notice_id,
            col(PaymentNotice.processed_at).is_(None),
            col(PaymentNotice.dead_at).is_(None),
            col(PaymentNotice.due_at) <= clock.now(),
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if notice is None:
        return False
    notice.attempts += 1
    notice.due_at = clock.now() + FIRST_PAUSE * 2 ** (notice.attempts - 1)
    session.flush()
    return True


def work(begin: Transactions, notice_id: UUID) -> bool:
    """Look at the charge the message is about and settle. True when the message is done with."""
    with begin() as session:
        notice = session.get_one(PaymentNotice, notice_id)
        payment = payment_of(session, notice)
    if payment is None:
        with begin() as session:
            return finish(session, notice_id, None, "foreign")
    gateway = registry.gateway(notice.provider, begin)
    seen = gateway.fetch(notice.provider_ref or payment.provider_ref or "")
    with begin() as session:
        if locked(session, notice_id).processed_at is not None:
            return False
        outcome = settling.settle(session, payment.id, seen, livemode=gateway.livemode)
        return finish(session, notice_id, payment.id, outcome)


def payment_of(session: Session, notice: PaymentNotice) -> Payment | None:
    """The payment a message is about: by the gateway's name for the charge, else by ours, which it carries in case the message
    comes before its own name was recorded."""
    if notice.provider_ref is None:
        return None
    by_ref = select(Payment).where(Payment.method == notice.provider, Payment.provider_ref == notice.provider_ref)
    found = session.exec(by_ref).one_or_none()
    if found is None and notice.payment_id is not None:
        named = session.get(Payment, notice.payment_id)
        found = named if named is not None and named.method == notice.provider else None
    return found


def locked(session: Session, notice_id: UUID) -> PaymentNotice:
    return session.get_one(PaymentNotice, notice_id, with_for_update=True, populate_existing=True)


def finish(session: Session, notice_id: UUID, payment_id: UUID | None, outcome: str) -> bool:
    notice = locked(session, notice_id)
    if notice.processed_at is not None:
        return False
    notice.processed_at, notice.outcome = clock.now(), outcome
    notice.payment_id = payment_id or notice.payment_id
    session.flush()
    return True


def give_up_if_tried_enough(session: Session, notice_id: UUID, error: str) -> None:
    notice = locked(session, notice_id)
    if notice.processed_at is not None:
        return
    notice.last_error = error[:LONGEST_ERROR]
    if notice.attempts >= MOST_ATTEMPTS:
        notice.dead_at = clock.now()
        log.error("payment_notice_dead", notice_id=str(notice_id), kind=notice.kind, attempts=notice.attempts)
    session.flush()


def forget_bodies(begin: Transactions) -> None:
    """Empty the raw bodies of messages worked off a month ago; what came of them stays."""
    with begin() as session:
        session.execute(
            update(PaymentNotice)
            .where(col(PaymentNotice.processed_at) < clock.now() - BODIES_KEPT, col(PaymentNotice.raw) != b"")
            .values(raw=b"")
        )


def retry(session: Session, actor: Actor, notice_id: UUID) -> None:
    """Give a dead message another life, due at once. Raises NotFound for everybody but an administrator."""
    notice = session.get(PaymentNotice, notice_id, with_for_update=True, populate_existing=True)
    if notice is None or notice.dead_at is None or not actor.has("administrator"):
        raise NotFound
    notice.dead_at, notice.attempts, notice.due_at = None, 0, clock.now()
    record.note(session, actor, action="payment_notice.retried", subject_kind="payment_notice", subject_id=notice_id)
    session.flush()
