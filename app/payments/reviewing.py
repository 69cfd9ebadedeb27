"""The office closes a case of money that fitted no open order, once nothing of it is left in suspense."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.audit import record
from app.errors import Invalid, NotFound
from app.kit import clock, texts
from app.payments import locking, queries
from app.payments.errors import StillInSuspense
from app.payments.models import Payment

LONGEST_NOTE = 300


def close(session: Session, actor: Actor, payment_id: UUID, *, note: str) -> Payment:
    """An administrator says how it ended. Raises NotFound (also for everybody else), Invalid without a note, StillInSuspense
    while money waits to go back. Closing twice does nothing."""
    if not actor.has("administrator"):
        raise NotFound
    payment = locking.held(session, payment_id).payment
    if payment.review_reason is None:
        raise NotFound
    said = " ".join(note.split())
    if not said or len(said) > LONGEST_NOTE or texts.unwritable(said):
        raise Invalid.one(
            "note", f"Tulis bagaimana ini diselesaikan, paling panjang {LONGEST_NOTE} huruf.", code="required"
        )
    if payment.reviewed_at is not None:
        return payment
    if queries.in_suspense(session, [payment_id]):
        raise StillInSuspense
    payment.reviewed_at, payment.reviewed_by, payment.review_note = clock.now(), actor.account_id, said
    record.note(session, actor, action="payment.review_closed", subject_kind="payment", subject_id=payment_id)
    session.flush()
    return payment
