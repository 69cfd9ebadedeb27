"""Run the jobs of the timetable, each at most once at a time however many workers there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import text

from app.db import Transactions
from app.kit import logs

LONGEST = timedelta(minutes=15)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """`run` opens its own transactions and may be killed and repeated at any point.

    `lease` is how long one turn may take before another worker takes the job over: so long does it rest after a worker was
    killed in the middle of it.
    """

    name: str
    every: timedelta
    run: Callable[[Transactions], object]
    lease: timedelta = LONGEST


CLAIM = text(
    """
    INSERT INTO scheduled_job (name, due_at, lease_until) VALUES (:name, clock_timestamp(), clock_timestamp() + :lease)
    ON CONFLICT (name) DO UPDATE SET lease_until = clock_timestamp() + :lease
      WHERE scheduled_job.due_at <= clock_timestamp()
        AND (scheduled_job.lease_until IS NULL OR scheduled_job.lease_until < clock_timestamp())
    RETURNING name
    """
)

SETTLE = text(
    """
    UPDATE scheduled_job SET lease_until = NULL, due_at = clock_timestamp() + :every, last_error = CAST(:error AS text),
           last_finished_at = CASE WHEN CAST(:error AS text) IS NULL THEN clock_timestamp() ELSE last_finished_at END
     WHERE name = :name
    """
)


def run_due(begin: Transactions, jobs: Sequence[Job]) -> list[str]:
    """Run every job that is due and free. Returns their names; a failing job is logged and comes again at its next turn."""
    ran = []
    for job in jobs:
        with begin() as session:
            claimed = session.execute(CLAIM, {"name": job.name, "lease": job.lease}).first() is not None
        if not claimed:
            continue
        error = None
        try:
            job.run(begin)
        except Exception as fault:
            log.exception("job_failed", job=job.name)
            error = logs.scrub_text(f"{type(fault).__name__}: {fault}")[:500]
        with begin() as session:
            session.execute(SETTLE, {"name": job.name, "every": job.every, "error": error})
        ran.append(job.name)
    return ran
