"""When an order ends unpaid its payment ends too: the gateway is told first, because it may have taken the money meanwhile."""

from __future__ import annotations

from uuid import UUID

from app.db import Transactions
from app.orders.events import OrderCancelled, OrderExpired, OrderRejected
from app.payments import checkout, locking, models, settling
from app.payments.errors import GatewayRefused


def on_order_expired(begin: Transactions, event: OrderExpired) -> None:
    end_of_order(begin, event.order_id)


def on_order_cancelled(begin: Transactions, event: OrderCancelled) -> None:
    end_of_order(begin, event.order_id)


def on_order_rejected(begin: Transactions, event: OrderRejected) -> None:
    end_of_order(begin, event.order_id)


def end_of_order(begin: Transactions, order_id: UUID) -> None:
    with begin() as session:
        payment_id = locking.payment_of_order(session, order_id)
    if payment_id is not None:
        end(begin, payment_id)


def end(begin: Transactions, payment_id: UUID) -> str:
    """Close a payment none of whose orders waits any more; returns its status. A charge that turns out to be paid is settled
    like any late payment. Raises GatewayDown: then it is tried again."""
    with begin() as session:
        held = locking.held(session, payment_id)
        payment = held.payment
        if not held.live or held.awaited:
            return payment.status
        if held.direct or payment.attempt == 0:
            settling.close(session, held, models.EXPIRED)
            return payment.status
    gateway = checkout.gateway_of(payment, begin)
    try:
        # without a reference the last call may have got through or not: the same request finds out
        ref = payment.provider_ref or gateway.open(checkout.intent_of(payment)).ref
    except GatewayRefused:
        with begin() as session:
            held = locking.held(session, payment_id)
            settling.close(session, held, models.EXPIRED)
            return held.payment.status
    seen = gateway.expire(ref)
    with begin() as session:
        settling.settle(session, payment_id, seen, livemode=gateway.livemode)
        return locking.held(session, payment_id).payment.status
