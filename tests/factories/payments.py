"""Placed checkouts with their payments, and what a gateway may say of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session, col, select

from app.actor import Actor, Grant
from app.db import Transactions
from app.kit import ids
from app.ledger.queries import balances
from app.orders.models import CustomerOrder, OrderGroup
from app.outbox.models import OutboxEvent
from app.payments import checkout, proving
from app.payments.models import Payment, Refund
from app.payments.providers.port import Seen
from tests.factories import orders as make
from tests.factories.orders import Seller


@dataclass(frozen=True)
class Bought:
    """One checkout: its payments, and for each shop the seller, the product and the order."""

    group_id: UUID
    payments: tuple[UUID, ...]
    sellers: tuple[Seller, ...]
    products: tuple[UUID, ...]
    orders: tuple[UUID, ...]
    buyer: Actor

    @property
    def payment(self) -> UUID:
        (only,) = self.payments
        return only

    @property
    def order(self) -> UUID:
        (only,) = self.orders
        return only

    @property
    def seller(self) -> Seller:
        return self.sellers[0]


def bought(
    session: Session,
    method: str = "sandbox",
    *,
    prices: tuple[int, ...] = (150_000,),
    on_hand: int = 10,
    mode: str = "counted",
    buyer: Actor | None = None,
) -> Bought:
    """A placed checkout of one product at each of so many shops, its payments made."""
    sellers = tuple(make.seller(session, f"Toko {place}") for place, _ in enumerate(prices))
    products = tuple(
        make.product(session, seller, price_amount=price, on_hand=on_hand, mode=mode)
        for seller, price in zip(sellers, prices, strict=True)
    )
    actor = buyer or Actor()
    group = make.placed(session, *((product, 1) for product in products), actor=actor, payment_method=method)
    return with_payments(session, group, sellers, products, actor)


def with_payments(
    session: Session, group: OrderGroup, sellers: tuple[Seller, ...], products: tuple[UUID, ...], buyer: Actor
) -> Bought:
    payments = tuple(payment.id for payment in checkout.prepare(session, group.id))
    orders = session.exec(select(CustomerOrder).where(CustomerOrder.group_id == group.id)).all()
    by_shop = {order.shop_id: order.id for order in orders}
    return Bought(group.id, payments, sellers, products, tuple(by_shop[seller.shop_id] for seller in sellers), buyer)


def administrator(session: Session) -> Actor:
    return replace(make.account(session, "Admin Uji"), grants=frozenset({Grant("administrator")}))


def seen(payment: Payment, state: str = "paid", **changes: object) -> Seen:
    """The charge of a payment as an honest gateway tells it; `changes` name other fields."""
    values: dict[str, object] = {
        "ref": payment.provider_ref or f"ref-{payment.id}",
        "state": state,
        "amount": payment.amount,
        "currency": "IDR",
        "payment_id": payment.id,
        "ours": True,
        "livemode": False,
    }
    return Seen(**(values | changes))  # type: ignore[arg-type]


def over(session: Session) -> Transactions:
    """A transaction factory on the test's own session: each transaction is a savepoint."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with session.begin_nested():
            yield session

    return begin


def payment(session: Session, payment_id: UUID) -> Payment:
    return session.get_one(Payment, payment_id, populate_existing=True)


def statuses(session: Session, bought: Bought) -> tuple[str, ...]:
    """Of the payments, then of the orders."""
    rows = [payment(session, one).status for one in bought.payments]
    rows += [session.get_one(CustomerOrder, one, populate_existing=True).status for one in bought.orders]
    return tuple(rows)


def book(session: Session) -> dict[str, int]:
    """Every account that is not at zero, debit positive."""
    return {account.code: account.amount for account in balances(session) if account.amount}


def faults(session: Session) -> list[str]:
    session.flush()
    return [f"{fault.code}: {fault.sentence}" for fault in proving.verify(session)]


def refunds(session: Session) -> list[Refund]:
    return list(session.exec(select(Refund).order_by(col(Refund.requested_at), col(Refund.id))).all())


def announced(session: Session, *kinds: str) -> list[str]:
    """The kinds of events announced, in order; only these when named."""
    found = [event.kind for event in session.exec(select(OutboxEvent).order_by(col(OutboxEvent.id)))]
    return [kind for kind in found if not kinds or kind in kinds]


def a_key() -> str:
    return ids.token()
