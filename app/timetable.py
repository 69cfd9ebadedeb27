"""THE table: what runs when. Each job may be killed at any point and run again."""

from datetime import timedelta

from app.accounts import sessions, signin
from app.audit import sealing
from app.idempotency import keys
from app.notifications import sending
from app.notifications.channels import email
from app.orders import cancelling, cart, fulfilment
from app.outbox import upkeep
from app.outbox.schedule import Job
from app.payments import inbox, reconciling, refunds
from search import reindex, vocabulary

SHORT = timedelta(minutes=2)
"""For jobs that hold somebody's money or goods and are safe even if two ever ran at once: each of their steps is locked."""

JOBS: tuple[Job, ...] = (
    Job("payments.work-off-messages", timedelta(seconds=10), inbox.process_due, SHORT),
    # before the stock of unpaid orders is let go
    Job("payments.reconcile", timedelta(seconds=20), reconciling.run, SHORT),
    Job("orders.expire-due", timedelta(seconds=20), cancelling.expire_due, SHORT),
    Job("payments.send-refunds", timedelta(seconds=30), refunds.send_due, SHORT),
    Job("payments.forget-bodies", timedelta(days=1), inbox.forget_bodies),
    Job("orders.complete-silent", timedelta(hours=1), fulfilment.complete_silent),
    Job("orders.forget-carts", timedelta(hours=12), cart.forget_old),
    Job("accounts.forget-failures", timedelta(hours=1), signin.forget_old_failures),
    Job("accounts.forget-sign-ins", timedelta(days=1), sessions.forget_over),
    Job("notifications.send-mail", timedelta(seconds=20), email.send_due),
    Job("notifications.drop-stale", timedelta(hours=1), sending.drop_stale),
    Job("search.keep-complete", timedelta(minutes=2), reindex.keep_complete),
    Job("search.recount-words", timedelta(hours=1), vocabulary.recount),
    Job("audit.seal", timedelta(minutes=5), sealing.seal),
    Job("audit.print-root", timedelta(days=1), sealing.print_root),
    Job("idempotency.forget-old", timedelta(hours=6), keys.forget_old),
    Job("outbox.forget-done", timedelta(hours=6), upkeep.forget_done),
)
