"""Announce an event in the transaction that made it true: both are committed or neither."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session

from app.db import put_in, row_of
from app.kit import clock
from app.outbox import bulletin
from app.outbox.event import Event
from app.outbox.models import OutboxEvent


def announce(session: Session, event: Event) -> None:
    """Store the event. It becomes visible to the worker when the caller's transaction commits; what it changes for the public is
    told to the web processes at that moment, too."""
    put_in(session, row(event))
    if event.public_subject is not None:
        bulletin.tell(session, event.public_subject)


def stored(event: Event) -> OutboxEvent:
    """The row of an event, for verbs that write all their rows at once. Raises ValueError for one that changes what the public
    reads: that must be announced."""
    if event.public_subject is not None:
        raise ValueError(f"{type(event).__name__} must be told, too")
    return row(event)


def row(event: Event) -> OutboxEvent:
    return row_of(
        OutboxEvent,
        kind=type(event).__name__,
        key=event.key,
        payload=event.to_payload(),
        announced_at=clock.now(),
        # delivery is a matter of the machine's clock, not of the (settable) business clock
        available_at=datetime.now(UTC),
    )
