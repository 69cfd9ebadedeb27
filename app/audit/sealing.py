"""Seal audit records into a hash chain, and check that chain.

Records are chained in the order of their transactions, and only those below the oldest transaction still running: nothing
can slip in beneath a seal later. A chain cannot show that its own tail was cut off, so the daily root is printed into the
log, which an operator keeps elsewhere (DESIGN D16).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import Row, text
from sqlmodel import Session, col, select

from app.audit import queries
from app.audit.models import AuditSeal
from app.db import Transactions
from app.kit import clock

BATCH = 5_000
GENESIS = b"\0" * 32
CHAIN_LOCK = 7_310_001
"""Advisory lock number of the one sealer at a time."""

log = structlog.get_logger(__name__)

RECORDS = text(
    """
    SELECT id, transaction_id::text AS transaction_id, at, actor_account_id, beneficiary_account_id, channel, action,
           subject_kind, subject_id, detail
      FROM audit_record
     WHERE (transaction_id, id) > (CAST(:after_transaction AS xid8), :after_id)
       AND (transaction_id, id) <= (CAST(:to_transaction AS xid8), :to_id)
     ORDER BY transaction_id, id LIMIT :most
    """
)

SETTLED = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class ChainFault:
    """A seal whose records are no longer what was sealed."""

    seal_id: int
    sentence: str


def seal(begin: Transactions) -> int:
    """Seal everything settled so far, in batches. Returns how many records were sealed."""
    total = 0
    while sealed := seal_batch(begin):
        total += sealed
    return total


def seal_batch(begin: Transactions) -> int:
    with begin() as session:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": CHAIN_LOCK})
        last = session.exec(select(AuditSeal).order_by(col(AuditSeal.id).desc()).limit(1)).first()
        newest_settled = str(int(session.execute(SETTLED).scalar_one()) - 1)
        rows = records(session, last, newest_settled, LARGEST_ID, most=BATCH)
        if not rows:
            return 0
        session.add(
            AuditSeal(
                last_transaction_id=rows[-1].transaction_id,
                last_record_id=rows[-1].id,
                record_count=len(rows),
                digest=digest_of(last.digest if last else GENESIS, rows),
                sealed_at=clock.now(),
            )
        )
        return len(rows)


def verify(session: Session) -> Iterator[ChainFault]:
    """Recompute every link; yields a fault for each seal that no longer fits its records."""
    previous: AuditSeal | None = None
    for link in session.exec(select(AuditSeal).order_by(col(AuditSeal.id))):
        rows = records(session, previous, link.last_transaction_id, link.last_record_id, most=link.record_count + 1)
        if len(rows) != link.record_count:
            yield ChainFault(link.id or 0, f"seal {link.id} covers {link.record_count} records, {len(rows)} are there")
        elif digest_of(previous.digest if previous else GENESIS, rows) != link.digest:
            yield ChainFault(link.id or 0, f"seal {link.id} does not fit its records: one was changed")
        previous = link


def print_root(begin: Transactions) -> None:
    """Log the newest digest, to be kept outside this database."""
    with begin() as session:
        root = queries.root(session)
    if root is not None:
        log.info("audit_root", seal=root.seal, digest=root.digest)


def records(
    session: Session, after: AuditSeal | None, to_transaction: str, to_id: int, *, most: int
) -> Sequence[Row[Any]]:
    return session.execute(
        RECORDS,
        {
            "after_transaction": after.last_transaction_id if after else "0",
            "after_id": after.last_record_id if after else 0,
            "to_transaction": to_transaction,
            "to_id": to_id,
            "most": most,
        },
    ).all()


def digest_of(previous: bytes, rows: Sequence[Any]) -> bytes:
    running = hashlib.sha256(previous)
    for row in rows:
        fields = [str(value) for value in row[:-1]]
        running.update(json.dumps([*fields, row.detail], sort_keys=True, ensure_ascii=False).encode())
    return running.digest()
