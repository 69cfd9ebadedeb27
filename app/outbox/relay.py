"""Carry announced events to their reactions: claim under a lease, call, back off, give up into the dead letters.

Three short transactions per event (claim, the reaction's own, settle), so a worker killed anywhere leaves an event that the
next one takes when the lease runs out. Events of one key are carried one at a time in the order announced; a dead letter
steps out of the way of the later ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy import text
from sqlmodel import Session

from app.db import Transactions
from app.kit import logs
from app.outbox.event import Event, Handler, Plain, Reactions

LEASE = timedelta(minutes=2)
LEASE_SAFE = LEASE / 2
"""How long after claiming a batch its next event may still be begun."""

BATCH = 20
MOST_ATTEMPTS = 12
"""With the back-off below the last try comes about a day and a half after the first: long enough to mend a mail server."""

LONGEST_PAUSE = timedelta(hours=6)

log = structlog.get_logger(__name__)

CLAIM = text(
    """
    UPDATE outbox_event SET lease_until = clock_timestamp() + :lease, leased_by = :worker
     WHERE id IN (
        SELECT candidate.id FROM outbox_event AS candidate
         WHERE candidate.done_at IS NULL AND candidate.dead_at IS NULL
           AND candidate.available_at <= clock_timestamp()
           AND (candidate.lease_until IS NULL OR candidate.lease_until < clock_timestamp())
           AND NOT EXISTS (
                SELECT 1 FROM outbox_event AS earlier
                 WHERE earlier.key = candidate.key AND earlier.id < candidate.id
                   AND earlier.done_at IS NULL AND earlier.dead_at IS NULL)
         ORDER BY candidate.id LIMIT :batch FOR UPDATE SKIP LOCKED)
    RETURNING id, kind, payload, attempts, handled_by
    """
)

FINISH = text(
    """
    UPDATE outbox_event SET done_at = clock_timestamp(), lease_until = NULL, handled_by = :handled
     WHERE id = :id AND leased_by = :worker
    """
)

POSTPONE = text(
    """
    UPDATE outbox_event
       SET attempts = attempts + 1, last_error = :error, lease_until = NULL, handled_by = :handled,
           available_at = clock_timestamp() + :pause,
           dead_at = CASE WHEN attempts + 1 >= :most THEN clock_timestamp() END
     WHERE id = :id AND leased_by = :worker
    """
)


@dataclass(frozen=True)
class Claimed:
    id: int
    kind: str
    payload: dict[str, Plain]
    attempts: int
    handled_by: tuple[str, ...]


def carry(begin: Transactions, reactions: Reactions, *, worker: str, batch: int = BATCH) -> int:
    """Claim and carry one batch. Returns how many events were taken; 0 means that nothing is due."""
    with begin() as session:
        claimed = claim(session, worker=worker, batch=batch)
    by_kind = {kind.__name__: (kind, handlers) for kind, handlers in reactions.items()}
    begun = monotonic()
    for row in claimed:
        if monotonic() - begun > LEASE_SAFE.total_seconds():
            break  # the rest may soon be another worker's: carrying it now could carry it twice at once
        dispatch(begin, row, by_kind.get(row.kind), worker=worker)
    return len(claimed)


def drain(begin: Transactions, reactions: Reactions, *, worker: str = "drain") -> int:
    """Carry until nothing is due. Returns how many events were taken."""
    total = 0
    while taken := carry(begin, reactions, worker=worker):
        total += taken
    return total


def claim(session: Session, *, worker: str, batch: int = BATCH) -> list[Claimed]:
    rows = session.execute(CLAIM, {"lease": LEASE, "worker": worker, "batch": batch})
    claimed = [Claimed(row.id, row.kind, row.payload, row.attempts, tuple(row.handled_by)) for row in rows]
    return sorted(claimed, key=lambda row: row.id)


def dispatch(
    begin: Transactions, row: Claimed, wanted: tuple[type[Event], tuple[Handler, ...]] | None, *, worker: str
) -> None:
    handled = list(row.handled_by)
    if wanted is None:
        postpone(begin, row, handled, f"no reaction knows {row.kind}", worker=worker)
        return
    kind, handlers = wanted
    for handler in handlers:
        name = f"{handler.__module__}.{handler.__name__}"
        if name in handled:
            continue
        try:
            handler(begin, kind.from_payload(row.payload))
        except Exception as fault:
            log.exception(
                "reaction_failed", event_kind=row.kind, event_id=row.id, reaction=name, attempts=row.attempts + 1
            )
            postpone(begin, row, handled, f"{name}: {type(fault).__name__}: {fault}", worker=worker)
            return
        handled.append(name)
    with begin() as session:
        session.execute(FINISH, {"id": row.id, "worker": worker, "handled": handled})


def postpone(begin: Transactions, row: Claimed, handled: list[str], error: str, *, worker: str) -> None:
    with begin() as session:
        session.execute(
            POSTPONE,
            {
                "id": row.id,
                "worker": worker,
                "handled": handled,
                "error": logs.scrub_text(error)[:500],
                "pause": pause_before(row.attempts + 1),
                "most": MOST_ATTEMPTS,
            },
        )


def pause_before(attempt: int) -> timedelta:
    """1 s, 4 s, 16 s ... capped at six hours."""
    return min(timedelta(seconds=4 ** min(attempt - 1, 10)), LONGEST_PAUSE)
