"""Ask the gateways what nobody told us: lost messages, pages left open, charges of orders that ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import or_
from sqlmodel import Session, col, select

from app.db import Transactions
from app.kit import clock
from app.orders.models import OPEN_UNPAID, CustomerOrder
from app.payments import checkout, ending, settling
from app.payments.errors import GatewayDown, GatewayRefused
from app.payments.models import GATEWAYS, LIVE, PROCESSING, Payment, PaymentShare

QUIET = timedelta(minutes=3)
"""How long a payment may say nothing before the gateway is asked."""

BATCH = 100

log = structlog.get_logger(__name__)


def run(begin: Transactions) -> int:
    """Look at every payment that has been quiet for some minutes, is past its time, or whose orders have ended; returns how many
    changed. A charge past its time is closed at the gateway before anybody lets the stock go. A silent gateway is left for the
    next turn; a payment that fails is logged and comes again."""
    with begin() as session:
        due = quiet(session)
    changed = 0
    silent: set[str] = set()
    for payment_id, method, status in due:
        if method in silent:
            continue
        try:
            changed += look(begin, payment_id) != status
        except GatewayDown as fault:
            log.warning("gateway_silent", provider=method, payment_id=str(payment_id), fault=type(fault).__name__)
            if isinstance(fault, GatewayRefused):
                put_behind(begin, payment_id)
            else:
                silent.add(method)
        except Exception:
            log.exception("reconciling_failed", payment_id=str(payment_id))
            put_behind(begin, payment_id)
    return changed


def put_behind(begin: Transactions, payment_id: UUID) -> None:
    """One payment that cannot be looked at keeps no other waiting."""
    with begin() as session:
        session.get_one(Payment, payment_id, with_for_update=True).looked_at = clock.now()


def quiet(session: Session) -> list[tuple[UUID, str, str]]:
    """The live payments to look at, those not looked at for longest first: one that never moves cannot hide the others."""
    now = clock.now()
    waiting = (
        select(PaymentShare.payment_id)
        .join(CustomerOrder, col(CustomerOrder.id) == PaymentShare.order_id)
        .where(PaymentShare.payment_id == Payment.id, col(CustomerOrder.status).in_(sorted(OPEN_UNPAID)))
    )
    wanted = (
        select(Payment.id, Payment.method, Payment.status)
        .where(col(Payment.status).in_(LIVE), col(Payment.method).in_(GATEWAYS))
        .where(
            or_(
                col(Payment.attempt) > 0,
                ~waiting.exists(),
            ),
            or_(
                (col(Payment.expires_at) <= now) & (col(Payment.status) != PROCESSING),
                (col(Payment.changed_at) <= now - QUIET)
                & or_(col(Payment.looked_at).is_(None), col(Payment.looked_at) <= now - QUIET),
            ),
        )
        .order_by(col(Payment.looked_at).asc().nulls_first(), col(Payment.id))
        .limit(BATCH)
    )
    return [(id_, method, status) for id_, method, status in session.exec(wanted)]


def look(begin: Transactions, payment_id: UUID) -> str:
    """Bring one payment to what its charge is; returns its status. Raises GatewayDown."""
    with begin() as session:
        payment = session.get_one(Payment, payment_id)
    if payment.provider_ref is None:
        return ending.end(begin, payment_id)
    if payment.status != PROCESSING and payment.expires_at is not None and payment.expires_at <= clock.now():
        gateway = checkout.gateway_of(payment, begin)
        seen = gateway.expire(payment.provider_ref)
        with begin() as session:
            settling.settle(session, payment_id, seen, livemode=gateway.livemode)
            return session.get_one(Payment, payment_id).status
    status = settling.sync(begin, payment_id)
    return ending.end(begin, payment_id) if status in LIVE else status
