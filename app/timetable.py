"""THE table: what runs when. Each job may be killed at any point and run again."""

from datetime import timedelta

from app.audit import sealing
from app.idempotency import keys
from app.outbox import upkeep
from app.outbox.schedule import Job

JOBS: tuple[Job, ...] = (
    Job("audit.seal", timedelta(minutes=5), sealing.seal),
    Job("audit.print-root", timedelta(days=1), sealing.print_root),
    Job("idempotency.forget-old", timedelta(hours=6), keys.forget_old),
    Job("outbox.forget-done", timedelta(hours=6), upkeep.forget_done),
)
