"""Reading payments. Who may see a thing is part of fetching it; what is returned never changes with the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import Select

from app.actor import Actor
from app.catalogue import access
from app.catalogue import queries as catalogue
from app.errors import Forbidden, NotFound
from app.kit import clock
from app.orders import models as orders
from app.orders.models import CustomerOrder, OrderGroup
from app.payments import models
from app.payments.models import DIRECT, GATEWAYS, LIVE, Payment, PaymentNotice, PaymentProof, PaymentShare, Refund
from app.payments.providers import cod, transfer
from app.payments.views import (
    DeadNotice,
    Instructions,
    PaymentView,
    RefundView,
    ReviewView,
    SellerPayment,
    TransferView,
)

MOST_ROWS = 200
LATE_TRANSFER = (models.EXPIRED, models.CANCELLED)


# --- for the buyer ---------------------------------------------------------------------------------------------------


def for_group(session: Session, group_id: UUID) -> list[PaymentView]:
    """The payments of a checkout, in the order of its shops. Whose checkout it is was decided when it was fetched."""
    found = session.exec(select(Payment).where(Payment.group_id == group_id)).all()
    of_payment = orders_of(session, [payment.id for payment in found])
    ids = [payment.id for payment in found]
    proofs, refunds = proofs_of(session, ids), refunds_of(session, ids)
    ordered = sorted(found, key=lambda payment: of_payment[payment.id][0].position)
    return [view(payment, of_payment[payment.id], proofs[payment.id], refunds[payment.id]) for payment in ordered]


def of_new(payments: Sequence[Payment], placed: Sequence[CustomerOrder]) -> list[PaymentView]:
    """What `for_group` reads of payments that were made in this transaction, for its orders."""
    found = []
    for payment in payments:
        paid_for = [order for order in placed if payment.order_id in (None, order.id)]
        found.append(view(payment, paid_for, proofs=(), refunds=()))
    return found


def view(
    payment: Payment, paid_for: Sequence[CustomerOrder], proofs: Sequence[UUID], refunds: Sequence[RefundView]
) -> PaymentView:
    return PaymentView(
        id=payment.id,
        method=payment.method,
        status=payment.status,
        amount=payment.amount,
        suffix=payment.suffix,
        received_amount=payment.received_amount,
        refunded_amount=payment.refunded_amount,
        paid_at=payment.paid_at,
        order_ids=tuple(order.id for order in paid_for),
        orders=tuple(order.number for order in paid_for),
        payable=payable(payment, paid_for),
        redirect_url=payment.redirect_url if payable(payment, paid_for) else None,
        instructions=instructions(payment, paid_for),
        takes_proof=takes_proof(payment),
        proofs=tuple(proofs),
        refunds=tuple(refunds),
    )


def payable(payment: Payment, paid_for: Sequence[CustomerOrder]) -> bool:
    """Whether the buyer can be sent to a gateway for this payment now."""
    over = payment.expires_at is not None and payment.expires_at <= clock.now()
    return (
        payment.method in GATEWAYS
        and payment.status in (models.CREATED, models.PENDING)
        and not over
        and all(order.status == orders.AWAITING_PAYMENT for order in paid_for)
    )


def instructions(payment: Payment, paid_for: Sequence[CustomerOrder]) -> Instructions | None:
    """How to pay the seller, while there is something to pay: an ask-first order only once the seller has agreed."""
    if payment.method not in DIRECT or payment.status not in LIVE:
        return None
    (order,) = paid_for
    if payment.method == "cod":
        return Instructions(cod.instructions(payment.payee, payment.amount), payment.amount)
    if order.status != orders.AWAITING_PAYMENT:
        return None
    return Instructions(
        transfer.instructions(payment.payee, payment.amount),
        payment.amount,
        payment.suffix,
        payment.payee.get("bank_name", ""),
        payment.payee.get("account_number", ""),
        payment.payee.get("account_holder", ""),
        order.hold_until,
    )


def takes_proof(payment: Payment) -> bool:
    """A slip may also be sent after the time was over: the money may be on its way."""
    return payment.method == "transfer" and payment.status in (*LIVE, *LATE_TRANSFER)


def awaiting_redirect(session: Session, group_id: UUID) -> list[UUID]:
    """The payments of a checkout for which the buyer goes to a gateway next. Most checkouts have none: that is asked first."""
    wanted = select(Payment.id).where(Payment.group_id == group_id, col(Payment.method).in_(GATEWAYS))
    if session.exec(wanted.limit(1)).first() is None:
        return []
    return [payment.id for payment in for_group(session, group_id) if payment.payable]


def awaiting_gateway(session: Session, group_id: UUID) -> list[UUID]:
    """The payments of a checkout whose gateway may know more than we do."""
    wanted = select(Payment.id).where(
        Payment.group_id == group_id,
        col(Payment.method).in_(GATEWAYS),
        col(Payment.status).in_(LIVE),
        col(Payment.provider_ref).is_not(None),
    )
    return list(session.exec(wanted).all())


# --- for the seller --------------------------------------------------------------------------------------------------


def of_order_for_seller(session: Session, actor: Actor, order_id: UUID) -> SellerPayment | None:
    """How an order is paid, for whoever runs its shop; None before a payment was made. Raises NotFound (foreign too)."""
    order = session.get(CustomerOrder, order_id)
    if order is None:
        raise NotFound
    catalogue.shop_to_run(session, actor, order.shop_id)
    found = session.exec(
        select(Payment)
        .join(PaymentShare, col(PaymentShare.payment_id) == Payment.id)
        .where(PaymentShare.order_id == order_id)
    ).one_or_none()
    if found is None:
        return None
    open_transfer = found.status in (*LIVE, *LATE_TRANSFER) and order.status != orders.AWAITING_SELLER
    direct = found.method in DIRECT
    share = session.get_one(PaymentShare, (found.id, order_id))
    return SellerPayment(
        id=found.id,
        order_id=order_id,
        method=found.method,
        status=found.status,
        amount=share.amount,
        suffix=found.suffix,
        account=told_account(found.payee) if found.method == "transfer" else "",
        paid_at=found.paid_at,
        can_confirm=found.method == "transfer" and open_transfer,
        can_collect=found.method == "cod" and found.status in LIVE and order.status == orders.READY,
        proofs=tuple(proofs_of(session, [found.id])[found.id]) if direct else (),
        refunds=tuple(refund for refund in refunds_of(session, [found.id])[found.id] if refund.order_id == order_id),
    )


def told_account(payee: Mapping[str, str]) -> str:
    """`Bank, number, holder` as the buyer was told."""
    return ", ".join(payee[part] for part in ("bank_name", "account_number", "account_holder") if payee.get(part))


def refunds_for_seller(session: Session, actor: Actor, *, shop_id: UUID | None = None) -> list[RefundView]:
    """What the actor's shops (or one of them) must send back by hand, oldest first. Raises NotFound for a foreign shop."""
    shops = access.shops_meant(session, actor, shop_id)
    return refund_rows(session, col(Refund.status) == "manual_pending", col(Payment.shop_id).in_(shops))


def transfers_for_seller(session: Session, actor: Actor, shop_id: UUID) -> list[TransferView]:
    """The transfers a shop may look for in its account: those awaited, and late ones with a slip; slips first, then by
    deadline. Raises NotFound for a foreign shop."""
    catalogue.shop_to_run(session, actor, shop_id)
    slips = (
        select(func.count())
        .select_from(PaymentProof)
        .where(PaymentProof.payment_id == Payment.id)
        .correlate(Payment)
        .scalar_subquery()
    )
    awaited = col(Payment.status).in_(LIVE) & (col(CustomerOrder.status) == orders.AWAITING_PAYMENT)
    late = col(Payment.status).in_(LATE_TRANSFER) & (slips > 0)
    rows = session.exec(
        select(Payment, CustomerOrder, OrderGroup.contact_name, slips)
        .join(CustomerOrder, col(CustomerOrder.id) == Payment.order_id)
        .join(OrderGroup, col(OrderGroup.id) == Payment.group_id)
        .where(Payment.shop_id == shop_id, Payment.method == "transfer", awaited | late)
        .order_by((slips == 0), col(CustomerOrder.hold_until), col(Payment.id))
        .limit(MOST_ROWS)
    )
    return [
        TransferView(
            payment.id, order.number, name, payment.amount, payment.suffix, order.status, order.hold_until, count
        )
        for payment, order, name, count in rows
    ]


def contact_for_refund(session: Session, actor: Actor, order_id: UUID) -> str | None:
    """The buyer's phone while this order's seller owes money back: how to return it must be asked. None when nothing is owed.
    Raises NotFound (foreign too)."""
    payment = of_order_for_seller(session, actor, order_id)
    if payment is None or payment.method not in DIRECT or not any(refund.by_hand for refund in payment.refunds):
        return None
    order = session.get_one(CustomerOrder, order_id)
    return session.get_one(OrderGroup, order.group_id).contact_phone


# --- for the office --------------------------------------------------------------------------------------------------


def in_review(session: Session, actor: Actor) -> list[ReviewView]:
    """Money that fits no open order and that nobody has closed, oldest first. Raises Forbidden outside the office."""
    require_money_desk(actor)
    found = session.exec(
        select(Payment, OrderGroup.number)
        .join(OrderGroup, col(OrderGroup.id) == Payment.group_id)
        .where(col(Payment.review_reason).is_not(None), col(Payment.reviewed_at).is_(None))
        .order_by(col(Payment.paid_at), col(Payment.id))
        .limit(MOST_ROWS)
    ).all()
    ids = [payment.id for payment, _ in found]
    of_payment, left = orders_of(session, ids), in_suspense(session, ids)
    return [
        ReviewView(
            payment_id=payment.id,
            group_number=number,
            orders=tuple(order.number for order in of_payment[payment.id]),
            method=payment.method,
            status=payment.status,
            reason=payment.review_reason or "",
            amount=payment.amount,
            received_amount=payment.received_amount,
            in_suspense=left.get(payment.id, 0),
            provider_ref=payment.provider_ref,
            came_at=payment.paid_at or payment.changed_at,
        )
        for payment, number in found
    ]


def in_suspense(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, int]:
    """How much homeless money of these payments is promised back and not yet with its buyer; those without any are left out."""
    promised = (
        select(Refund.payment_id, func.sum(Refund.amount))
        .where(col(Refund.payment_id).in_(payment_ids), Refund.source == "suspense", col(Refund.status) != "succeeded")
        .group_by(col(Refund.payment_id))
    )
    return {payment_id: int(amount) for payment_id, amount in session.exec(promised)}


def open_refunds(session: Session, actor: Actor) -> list[RefundView]:
    """Every refund that is not finished, oldest first: those for an administrator to send by hand, those on their way, and
    what sellers owe. Raises Forbidden outside the office."""
    require_money_desk(actor)
    return refund_rows(session, col(Refund.status) != "succeeded")


def dead_notices(session: Session, actor: Actor) -> list[DeadNotice]:
    """Gateways' messages that were given up, oldest first. Raises Forbidden outside the office."""
    require_money_desk(actor)
    found = session.exec(
        select(PaymentNotice)
        .where(col(PaymentNotice.dead_at).is_not(None))
        .order_by(col(PaymentNotice.dead_at))
        .limit(MOST_ROWS)
    )
    return [
        DeadNotice(row.id, row.provider, row.kind, row.attempts, row.last_error or "", row.received_at, row.dead_at)
        for row in found
        if row.dead_at is not None
    ]


def require_money_desk(actor: Actor) -> None:
    if not actor.has("administrator", "verifier"):
        raise Forbidden


# --- parts -----------------------------------------------------------------------------------------------------------


def orders_of(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, list[CustomerOrder]]:
    """The orders each payment is for, by position."""
    rows = session.exec(
        select(PaymentShare.payment_id, CustomerOrder)
        .join(CustomerOrder, col(CustomerOrder.id) == PaymentShare.order_id)
        .where(col(PaymentShare.payment_id).in_(payment_ids))
        .order_by(col(CustomerOrder.position))
    )
    found: defaultdict[UUID, list[CustomerOrder]] = defaultdict(list)
    for payment_id, order in rows:
        found[payment_id].append(order)
    return found


def proofs_of(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    rows = session.exec(
        select(PaymentProof).where(col(PaymentProof.payment_id).in_(payment_ids)).order_by(col(PaymentProof.id))
    )
    found: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for proof in rows:
        found[proof.payment_id].append(proof.id)
    return found


def refunds_of(session: Session, payment_ids: Sequence[UUID]) -> dict[UUID, list[RefundView]]:
    found: defaultdict[UUID, list[RefundView]] = defaultdict(list)
    rows = session.exec(refunds_with_orders().where(col(Refund.payment_id).in_(payment_ids)))
    for refund, order, payment in rows:
        found[payment.id].append(refund_view(refund, order, payment))
    return found


def refund_rows(session: Session, *where: ColumnElement[bool]) -> list[RefundView]:
    rows = session.exec(refunds_with_orders().where(*where).limit(MOST_ROWS))
    return [refund_view(refund, order, payment) for refund, order, payment in rows]


def refunds_with_orders() -> Select[Refund, CustomerOrder, Payment]:
    return (
        select(Refund, CustomerOrder, Payment)
        .join(CustomerOrder, col(CustomerOrder.id) == Refund.order_id)
        .join(Payment, col(Payment.id) == Refund.payment_id)
        .order_by(col(Refund.requested_at), col(Refund.id))
    )


def refund_view(refund: Refund, order: CustomerOrder, payment: Payment) -> RefundView:
    return RefundView(
        id=refund.id,
        order_id=order.id,
        order_number=order.number,
        business_name=order.business_name,
        method=payment.method,
        amount=refund.amount,
        status=refund.status,
        route=refund.route,
        source=refund.source,
        reason=refund.reason,
        requested_at=refund.requested_at,
        finished_at=refund.finished_at,
    )
