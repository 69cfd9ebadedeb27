"""What the operator asks of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.outbox.models import OutboxEvent


@dataclass(frozen=True)
class DeadLetter:
    id: int
    kind: str
    key: str
    attempts: int
    last_error: str
    dead_at: datetime


def dead_letters(session: Session, *, limit: int = 100) -> list[DeadLetter]:
    """Events given up, oldest first."""
    rows = session.exec(
        select(OutboxEvent).where(col(OutboxEvent.dead_at).is_not(None)).order_by(col(OutboxEvent.id)).limit(limit)
    )
    return [
        DeadLetter(row.id or 0, row.kind, row.key, row.attempts, row.last_error or "", row.dead_at)
        for row in rows
        if row.dead_at is not None
    ]


def oldest_open_seconds(session: Session) -> float:
    """How long the oldest event that is due has been waiting, in seconds; 0 when nothing waits."""
    found = session.execute(
        text(
            "SELECT extract(epoch FROM clock_timestamp() - min(available_at)) FROM outbox_event"
            " WHERE done_at IS NULL AND dead_at IS NULL AND available_at <= clock_timestamp()"
        )
    ).scalar_one()
    return float(found or 0)
