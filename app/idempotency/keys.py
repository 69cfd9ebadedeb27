"""Do something once per key, and answer every repetition with the first answer.

The key is claimed in a transaction of its own, so that a second sender is told "still running" at once instead of hanging on
a lock. The answer is stored in the same transaction as the work: a crash leaves either both or neither, and the lease lets a
key whose worker died be used again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from app.db import Prepared, Transactions
from app.idempotency.errors import IdempotencyMismatch, InProgress
from app.idempotency.models import StoredKey
from app.kit import clock, texts

LEASE = timedelta(seconds=45)
KEPT = timedelta(days=2)
LONGEST_KEY = 255

CLAIM = Prepared(
    text(
        "INSERT INTO idempotency_key (scope, key, body_hash, created_at, lease_until)"
        " VALUES (:scope, :key, :hash, :now, clock_timestamp() + :lease) ON CONFLICT DO NOTHING RETURNING lease_until"
    )
)
FINISH = Prepared(
    text(
        "UPDATE idempotency_key SET status = :status, answer = CAST(:answer AS jsonb)"
        " WHERE scope = :scope AND key = :key AND status IS NULL RETURNING status"
    )
)


@dataclass(frozen=True)
class Answer:
    """What was answered: a status the face understands and a JSON object. `replayed` when it is a repetition."""

    status: int
    body: dict[str, object]
    replayed: bool = False


def hash_of(body: bytes | str) -> bytes:
    return hashlib.sha256(body.encode() if isinstance(body, str) else body).digest()


def once(begin: Transactions, *, scope: str, key: str, body_hash: bytes, work: Callable[[Session], Answer]) -> Answer:
    """Run `work` in one transaction and keep its answer; a repetition gets the kept answer and runs nothing.

    `scope` names the caller (an account, or "guest"). Raises IdempotencyMismatch for another body under the same key,
    InProgress while the first is running, and whatever `work` raises: then nothing is kept and the key is free again.
    """
    key = storable(key)
    claimed = claim(begin, scope, key, body_hash)
    if isinstance(claimed, Answer):
        return claimed
    try:
        with begin() as session:
            answer = work(session)
            finish(session, scope, key, answer)
    except BaseException:
        abandon(begin, scope, key, claimed)
        raise
    return answer


def storable(key: str) -> str:
    """A key as it is kept: one that is too long, or holds what cannot be stored, by its digest."""
    if len(key) > LONGEST_KEY or texts.unwritable(key):
        return hash_of(key.encode("utf-8", "surrogatepass")).hex()
    return key


def claim(begin: Transactions, scope: str, key: str, body_hash: bytes) -> Answer | datetime:
    """The answer kept under this key; or, when there is none, the end of the lease under which the caller may now work."""
    with begin() as session:
        inserted = CLAIM.rows(
            session, scope=scope, key=key, hash=body_hash, now=clock.now(), lease=LEASE
        ).scalar_one_or_none()
        if isinstance(inserted, datetime):
            return inserted
        stored = session.get(StoredKey, (scope, key), with_for_update=True)
        if stored is None:
            raise InProgress
        if bytes(stored.body_hash) != body_hash:
            raise IdempotencyMismatch
        if stored.status is not None and stored.answer is not None:
            return Answer(stored.status, stored.answer, replayed=True)
        taken_over = session.execute(
            text(
                "UPDATE idempotency_key SET lease_until = clock_timestamp() + :lease"
                " WHERE scope = :scope AND key = :key AND lease_until < clock_timestamp() RETURNING lease_until"
            ),
            {"scope": scope, "key": key, "lease": LEASE},
        ).scalar_one_or_none()
        if not isinstance(taken_over, datetime):
            raise InProgress
        return taken_over


def finish(session: Session, scope: str, key: str, answer: Answer) -> None:
    kept = FINISH.rows(session, scope=scope, key=key, status=answer.status, answer=json.dumps(answer.body)).first()
    if kept is None:
        # the lease ran out while we worked and another sender finished first: ours must not be committed
        raise InProgress


def abandon(begin: Transactions, scope: str, key: str, lease_until: datetime) -> None:
    """Free the key again, unless somebody else took it over meanwhile: then it is theirs."""
    with begin() as session:
        session.execute(
            text(
                "DELETE FROM idempotency_key WHERE scope = :scope AND key = :key AND status IS NULL AND lease_until = :mine"
            ),
            {"scope": scope, "key": key, "mine": lease_until},
        )


def forget_old(begin: Transactions) -> None:
    """Delete keys older than two days: Stripe keeps its own for one."""
    with begin() as session:
        session.execute(text("DELETE FROM idempotency_key WHERE created_at < :limit"), {"limit": clock.now() - KEPT})
