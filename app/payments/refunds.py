"""Money back. The amount is promised under lock before anybody is asked to send it, so no more than came can ever go out."""

from __future__ import annotations

from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from app.actor import SYSTEM, Actor
from app.audit import record
from app.catalogue import queries as catalogue
from app.db import Transactions
from app.errors import Invalid, NotFound
from app.kit import clock, texts
from app.orders.events import OrderCancelled, OrderRejected
from app.outbox import publish
from app.payments import locking, posting, rules
from app.payments.errors import GatewayDown, NothingToRefund, NotOpenRefund, UnknownProvider
from app.payments.events import RefundOpened, RefundSucceeded
from app.payments.locking import Held
from app.payments.models import GATEWAYS, Payment, Refund
from app.payments.providers import registry
from app.payments.providers.port import Returned

BATCH = 100
LONGEST_NOTE = 300

log = structlog.get_logger(__name__)


# --- promising -------------------------------------------------------------------------------------------------------


def on_order_cancelled(begin: Transactions, event: OrderCancelled) -> None:
    """A sale that came to nothing: its money goes back."""
    if event.was_paid:
        with begin() as session:
            open_for_order(session, event.order_id, reason="cancelled")


def on_order_rejected(begin: Transactions, event: OrderRejected) -> None:
    if event.was_paid:
        with begin() as session:
            open_for_order(session, event.order_id, reason="rejected")


def open_for_order(session: Session, order_id: UUID, *, reason: str) -> Refund | None:
    """Promise back all that is left of what an ended order was paid with; once, however often it is asked for. None when
    nothing of it is left or it was never paid."""
    payment_id = locking.payment_of_order(session, order_id)
    if payment_id is None:
        return None
    held = locking.held(session, payment_id)
    share = held.shares[order_id]
    left = share.amount - share.refunded_amount
    key = f"ended:{order_id}"
    if share.state != "sold" or (left == 0 and known(session, key) is None):
        return None
    return promise(session, SYSTEM, held, order_id, left, key=key, source="sale", reason=reason)


def request(session: Session, actor: Actor, order_id: UUID, amount: int, *, reason: str, key: str) -> Refund:
    """Give back part of a sale, by whoever holds the money: the seller, or an administrator for a gateway's. Once per key.

    Raises NotFound (foreign too), Invalid without a reason, and NothingToRefund for more than is left of this order.
    """
    payment_id = locking.payment_of_order(session, order_id)
    if payment_id is None:
        raise NotFound
    held = locking.held(session, payment_id)
    require_holder(session, actor, held.payment)
    told = " ".join(reason.split())
    if not told or len(told) > LONGEST_NOTE or texts.unwritable(told):
        raise Invalid.one("reason", f"Tulis alasannya, paling panjang {LONGEST_NOTE} huruf.", code="required")
    if held.shares[order_id].state != "sold":
        raise NothingToRefund
    return promise(session, actor, held, order_id, amount, key=f"asked:{order_id}:{key}", source="sale", reason=told)


def open_of_suspense(
    session: Session,
    held: Held,
    order_id: UUID,
    amount: int,
    *,
    reason: str,
    of_share: bool = False,
    manual: bool = False,
) -> Refund:
    """Money that fits no open order goes back whole, in the transaction that found it so. `of_share`: it is this order's share
    of the payment, and not a sum nobody asked for."""
    key = f"suspense:{held.payment.id}:{order_id}:{reason}"
    return promise(
        session,
        SYSTEM,
        held,
        order_id,
        amount,
        key=key,
        source="suspense",
        reason=reason,
        of_share=of_share,
        manual=manual,
    )


def promise(
    session: Session,
    actor: Actor,
    held: Held,
    order_id: UUID,
    amount: int,
    *,
    key: str,
    source: str,
    reason: str,
    of_share: bool = True,
    manual: bool = False,
) -> Refund:
    """Set the amount aside and open the refund, with the payment locked. The same key is the same refund. Raises
    NothingToRefund."""
    opened = known(session, key)
    if opened is not None:
        return opened
    payment, share = held.payment, held.shares[order_id]
    most = rules.refundable(payment.received_amount, payment.refunded_amount)
    if of_share:
        most = min(most, rules.refundable(share.amount, share.refunded_amount))
    if not 0 < amount <= most:
        raise NothingToRefund
    payment.refunded_amount += amount
    if of_share:
        share.refunded_amount += amount
    by_gateway = payment.method in GATEWAYS and not manual
    refund = Refund(
        payment_id=payment.id,
        order_id=order_id,
        key=key,
        status="requested" if by_gateway else "manual_pending",
        route="gateway" if by_gateway else "manual",
        source=source,
        amount=amount,
        reason=reason,
        requested_at=clock.now(),
        requested_by=actor.account_id,
    )
    session.add(refund)
    session.flush()
    posting.promised(session, payment, refund)
    note(session, actor, refund, "opened")
    publish.announce(session, RefundOpened(refund.id, order_id, amount, not by_gateway))
    return refund


def known(session: Session, key: str) -> Refund | None:
    return session.exec(select(Refund).where(Refund.key == key)).one_or_none()


# --- sending through the gateway -------------------------------------------------------------------------------------


def send_due(begin: Transactions) -> int:
    """Send what was promised and ask after what is on its way; returns how many were finished. A silent gateway is left for
    the next turn."""
    with begin() as session:
        due = session.exec(
            select(Refund.id, Payment.method)
            .join(Payment, col(Payment.id) == Refund.payment_id)
            .where(Refund.route == "gateway", col(Refund.status).in_(("requested", "submitted")))
            .order_by(col(Refund.requested_at), col(Refund.id))
            .limit(BATCH)
        ).all()
    finished = 0
    silent: set[str] = set()
    for refund_id, method in due:
        if method in silent:
            continue
        try:
            finished += send(begin, refund_id) == "succeeded"
        except (GatewayDown, UnknownProvider) as fault:
            log.warning("refund_waits", provider=method, fault=type(fault).__name__)
            silent.add(method)
        except Exception:
            log.exception("refund_failed", refund_id=str(refund_id))
    return finished


def send(begin: Transactions, refund_id: UUID) -> str:
    """One refund: asked for under its own key, so that a repetition after a crash or a timeout sends nothing twice. Returns its
    status. Raises GatewayDown, UnknownProvider."""
    with begin() as session:
        refund = session.get_one(Refund, refund_id)
        payment = session.get_one(Payment, refund.payment_id)
    if refund.route != "gateway" or refund.status not in ("requested", "submitted"):
        return refund.status
    gateway = registry.gateway(payment.method, begin)
    if refund.status == "submitted" and refund.provider_ref:
        answer = gateway.fetch_refund(refund.provider_ref)
    else:
        answer = gateway.refund(payment.provider_ref or "", refund.amount, refund.key)
    with begin() as session:
        return told(session, refund_id, answer)


def told(session: Session, refund_id: UUID, answer: Returned) -> str:
    """Record the gateway's answer. What it will not send stays promised, and a person must send it."""
    refund, payment = locked(session, refund_id)
    if refund.status not in ("requested", "submitted"):
        return refund.status
    refund.provider_ref = answer.ref or refund.provider_ref
    if answer.status == "succeeded":
        finish(session, SYSTEM, refund, payment)
    elif answer.status == "submitted":
        refund.status = "submitted"
    else:
        refund.route, refund.status = "manual", "manual_pending"
        note(session, SYSTEM, refund, "left_to_people")
        publish.announce(session, RefundOpened(refund.id, refund.order_id, refund.amount, True))
    session.flush()
    return refund.status


# --- sending by hand -------------------------------------------------------------------------------------------------


def mark_returned(session: Session, actor: Actor, refund_id: UUID, *, note: str = "") -> Refund:
    """A person sent the money: the seller what the seller holds, an administrator what the platform holds. `note` says how (a
    bank's reference). Repeating does nothing. Raises NotFound (foreign too), Invalid, NotOpenRefund while a gateway is to send
    it."""
    refund, payment = locked(session, refund_id)
    require_holder(session, actor, payment)
    said = " ".join(note.split())
    if len(said) > LONGEST_NOTE or texts.unwritable(said):
        raise Invalid.one("note", f"Tulis catatan biasa, paling panjang {LONGEST_NOTE} huruf.", code="invalid")
    if refund.status == "succeeded":
        return refund
    if refund.status != "manual_pending":
        raise NotOpenRefund
    refund.note = said or None
    finish(session, actor, refund, payment)
    return refund


def require_holder(session: Session, actor: Actor, payment: Payment) -> None:
    """Whoever holds the money of this payment. Raises NotFound for everybody else."""
    if payment.shop_id is not None:
        catalogue.shop_to_run(session, actor, payment.shop_id)
    elif not actor.has("administrator"):
        raise NotFound


def locked(session: Session, refund_id: UUID) -> tuple[Refund, Payment]:
    """A refund with its payment, locked in the common order. Raises NotFound."""
    found = session.get(Refund, refund_id)
    if found is None:
        raise NotFound
    held = locking.held(session, found.payment_id)
    session.refresh(found, with_for_update=True)
    return found, held.payment


def finish(session: Session, actor: Actor, refund: Refund, payment: Payment) -> None:
    refund.status = "succeeded"
    refund.finished_at, refund.finished_by = clock.now(), actor.account_id
    session.flush()
    posting.returned(session, payment, refund)
    note(session, actor, refund, "succeeded")
    publish.announce(
        session,
        RefundSucceeded(refund.id, refund.order_id, refund.amount, clock.today(), refund.source == "sale"),
    )


def note(session: Session, actor: Actor, refund: Refund, action: str) -> None:
    record.note(
        session,
        actor,
        action=f"refund.{action}",
        subject_kind="refund",
        subject_id=refund.id,
        detail={"amount": refund.amount, "route": refund.route, "source": refund.source},
    )
