"""Acts on the outbox itself: give a dead letter another life, forget what is long done."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from app.db import Transactions

KEPT = timedelta(days=14)
"""Done events are kept this long for looking back; the audit is the permanent record."""


def retry_dead(session: Session, event_id: int | None = None) -> int:
    """Make one dead letter, or all of them, due again with a fresh count. Returns how many."""
    revived = session.execute(
        text(
            "UPDATE outbox_event SET dead_at = NULL, attempts = 0, available_at = clock_timestamp()"
            " WHERE dead_at IS NOT NULL AND (CAST(:id AS bigint) IS NULL OR id = :id) RETURNING id"
        ),
        {"id": event_id},
    )
    return len(revived.all())


def forget_done(begin: Transactions) -> None:
    """Delete events done more than a fortnight ago."""
    with begin() as session:
        session.execute(
            text("DELETE FROM outbox_event WHERE done_at < clock_timestamp() - CAST(:kept AS interval)"), {"kept": KEPT}
        )
