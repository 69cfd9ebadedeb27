"""From a placed checkout to something that can be paid: the payments are made, and a gateway is asked to open a charge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlmodel import Session, SQLModel, col, select, text

from app.actor import SYSTEM
from app.audit import record
from app.catalogue.models import Shop
from app.config import settings
from app.db import Transactions, put_in, row_of
from app.errors import NotFound
from app.kit import clock
from app.orders import models as orders
from app.orders import placing
from app.orders import queries as order_queries
from app.orders.freezing import Placed
from app.orders.models import CustomerOrder, OrderGroup
from app.payments import locking, models, rules
from app.payments.errors import GatewayDown, GatewayRefused, NotPayable, TooManyOpenTransfers, UnknownProvider
from app.payments.locking import Held
from app.payments.models import DIRECT, GATEWAYS, LIVE, Payment, PaymentShare
from app.payments.providers import cod, registry, transfer
from app.payments.providers.port import Gateway, Intent, Opened

ATTEMPTS_A_CALL = 2


@dataclass(frozen=True)
class Started:
    """Where the buyer goes to pay; None when there is nothing left to pay."""

    redirect_url: str | None


# --- making payments -------------------------------------------------------------------------------------------------


def prepare(session: Session, group_id: UUID) -> list[Payment]:
    """The payments of a checkout: one per order when the money goes to its seller, one for the whole when a gateway collects it.
    Made once; later calls return the same. Raises NotFound, TooManyOpenTransfers."""
    group, siblings = placing.lock_group(session, group_id)
    if not siblings:
        raise NotFound
    wanted = select(Payment).where(Payment.group_id == group_id).order_by(col(Payment.id))
    known = session.exec(wanted).all()
    if not known:
        put_in(session, *rows_of(payments_for(session, group, siblings)))
        known = session.exec(wanted).all()
    return list(known)


def prepare_with(session: Session, placed: Placed) -> list[Payment]:
    """The payments of a checkout that is being placed, to be written with it. Raises TooManyOpenTransfers."""
    made = payments_for(session, placed.group, placed.orders)
    placed.rows.extend(rows_of(made))
    return [payment for payment, _ in made]


Made = tuple[Payment, list[PaymentShare]]


def payments_for(session: Session, group: OrderGroup, orders: Sequence[CustomerOrder]) -> list[Made]:
    """In the order of the shops."""
    if group.payment_method in GATEWAYS:
        return [for_gateway(group, orders)]
    return [straight_to_seller(session, order) for order in sorted(orders, key=lambda order: order.shop_id)]


def rows_of(made: Sequence[Made]) -> Iterator[SQLModel]:
    for payment, shares in made:
        yield payment
        yield from shares


def for_gateway(group: OrderGroup, orders: Sequence[CustomerOrder]) -> Made:
    now = clock.now()
    payment = row_of(
        Payment,
        group_id=group.id,
        method=group.payment_method,
        status=models.CREATED,
        amount=group.total_amount,
        created_at=now,
        changed_at=now,
    )
    return payment, [share_of(payment, order, order.total_amount) for order in orders]


def straight_to_seller(session: Session, order: CustomerOrder) -> Made:
    """Cash and transfer wait for the seller's word from the first moment: nobody has to be asked."""
    now = clock.now()
    suffix, payee = 0, cod.payee_of(order.business_name)
    if order.payment_method == "transfer":
        suffix = free_suffix(session, order)
        payee = transfer.payee_of(session.get_one(Shop, order.shop_id), order.business_name)
    payment = row_of(
        Payment,
        group_id=order.group_id,
        order_id=order.id,
        shop_id=order.shop_id,
        method=order.payment_method,
        status=models.PENDING,
        amount=order.total_amount + suffix,
        suffix=suffix,
        payee=payee,
        created_at=now,
        changed_at=now,
    )
    return payment, [share_of(payment, order, payment.amount)]


def share_of(payment: Payment, order: CustomerOrder, amount: int) -> PaymentShare:
    return row_of(PaymentShare, payment_id=payment.id, order_id=order.id, amount=amount)


def free_suffix(session: Session, order: CustomerOrder) -> int:
    """Odd rupiah no other open transfer of the shop has; two checkouts at once choose one after the other."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"payments.suffix:{order.shop_id}"}
    )
    taken = session.exec(
        select(Payment.amount).where(
            Payment.shop_id == order.shop_id, Payment.method == "transfer", col(Payment.status).in_(LIVE)
        )
    ).all()
    suffix = rules.suffix_for(order.total_amount, frozenset(taken), order.number)
    if suffix is None:
        raise TooManyOpenTransfers
    return suffix


# --- opening a charge ------------------------------------------------------------------------------------------------


def start(begin: Transactions, payment_id: UUID) -> Started:
    """Open the charge of this payment at its gateway, or find the one that is open. May be repeated at any time, also after a
    crash between the gateway's answer and our record of it: what was asked is frozen and committed first, so the gateway
    answers with the charge it has.

    Raises NotFound, NotPayable (not a gateway's, or over), and GatewayDown: the order stands and can be paid later.
    """
    refused = 0
    for _ in range(ATTEMPTS_A_CALL):
        with begin() as session:
            found = asked(session, payment_id, refused=refused)
        if isinstance(found, Started):
            return found
        gateway = gateway_of(found, begin)
        try:
            opened = gateway.open(intent_of(found))
        except GatewayRefused:
            refused = found.attempt  # surely nothing was opened by it: another attempt may ask differently
            continue
        with begin() as session:
            started = record_opened(session, payment_id, opened)
        if started is None:
            gateway.expire(opened.ref)  # the order ended meanwhile; nobody was shown this page
            raise NotPayable
        return started
    raise GatewayRefused


def asked(session: Session, payment_id: UUID, *, refused: int = 0) -> Payment | Started:
    """Freeze what the gateway will be asked; or where to go when there is a charge already, or nothing to pay."""
    held = locking.held(session, payment_id)
    payment = held.payment
    if payment.method in DIRECT:
        raise NotPayable
    if payment.status in (models.PAID, models.PROCESSING):
        return Started(None)
    if not held.live or any(order.status != orders.AWAITING_PAYMENT for order in held.orders):
        raise NotPayable
    if payment.provider_ref is not None and payment.redirect_url is not None:
        if payment.expires_at is not None and payment.expires_at <= clock.now():
            raise NotPayable
        return Started(payment.redirect_url)
    if payment.attempt <= refused:
        freeze(payment, held)
        session.flush()
    return payment


def freeze(payment: Payment, held: Held) -> None:
    now = clock.now()
    ends = rules.charge_ends(payment.method, min(order.hold_until or now for order in held.orders), now)
    if ends is None:
        raise NotPayable
    page = f"{settings().base_url.rstrip('/')}/pesanan/{held.group.number}"
    key = order_queries.key_of(held.group.id)
    payment.attempt += 1
    payment.asked = {
        "number": held.group.number,
        "success_url": f"{page}?{urlencode({'kunci': key, 'kembali': '1'})}",
        "cancel_url": f"{page}?{urlencode({'kunci': key})}",
        "expires_at": ends.replace(microsecond=0).isoformat(),
    }


def intent_of(payment: Payment) -> Intent:
    """The request as it was frozen: equal for every repetition."""
    frozen: dict[str, Any] = payment.asked
    return Intent(
        payment_id=payment.id,
        number=frozen["number"],
        amount=payment.amount,
        success_url=frozen["success_url"],
        cancel_url=frozen["cancel_url"],
        expires_at=datetime.fromisoformat(frozen["expires_at"]),
        key=rules.charge_key(payment.id, payment.attempt),
    )


def record_opened(session: Session, payment_id: UUID, opened: Opened) -> Started | None:
    """Keep the gateway's name for the charge. None when nothing can be paid any more; the name is kept all the same."""
    held = locking.held(session, payment_id)
    payment = held.payment
    if payment.provider_ref is None:
        payment.provider_ref = opened.ref
    if payment.provider_ref == opened.ref:
        payment.redirect_url = opened.redirect_url
        payment.expires_at = intent_of(payment).expires_at
    if payment.status == models.CREATED and held.awaited:
        payment.status, payment.changed_at = models.PENDING, clock.now()
        record.note(session, SYSTEM, action="payment.opened", subject_kind="payment", subject_id=payment.id)
    session.flush()
    if payment.status in (models.PAID, models.PROCESSING, models.REVIEW):
        return Started(None)
    return Started(payment.redirect_url) if payment.status == models.PENDING else None


def gateway_of(payment: Payment, begin: Transactions) -> Gateway:
    """Raises GatewayDown for a gateway that was switched off after the order was placed."""
    try:
        return registry.gateway(payment.method, begin)
    except UnknownProvider as fault:
        raise GatewayDown from fault
