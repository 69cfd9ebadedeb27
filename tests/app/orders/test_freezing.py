"""A checkout is written once and never read back: what is answered from it is what everybody else reads."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlmodel import Session, func, select

from app.actor import Actor
from app.kit import clock
from app.orders import cart, delivery, placing, queries
from app.orders.models import OrderGroup
from app.payments import checkout
from app.payments import queries as payments
from app.payments.models import Payment, PaymentShare
from tests.factories import orders as make
from tests.statements import counted_statements

NOON = datetime(2026, 3, 1, 4, 0, 0, 654_321, tzinfo=UTC)


@pytest.mark.parametrize("method", ["cod", "transfer", "sandbox"])
def test_what_is_told_of_a_checkout_being_placed_is_what_is_read_of_it_afterwards(
    session: Session, method: str
) -> None:
    first, second = make.seller(session, "Toko Satu"), make.seller(session, "Toko Dua")
    items = ((make.product(session, first), 2), (make.product(session, second), 1), (make.product(session, first), 3))
    buyer = make.account(session)
    for seller in (first, second):
        delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 7_000, days=2)
    draft = make.draft(
        *items,
        delivery_method="courier",
        region_code="64.08.04",
        address="Jalan Contoh 12",
        payment_method=method,
        cart_token="peramban",
    )
    with clock.at(NOON):
        with placing.being_placed(session, buyer, draft) as new:
            made = checkout.prepare_with(session, new)
            told = new.view, payments.of_new(made, new.orders)
        group = queries.group(session, new.group.number, actor=buyer)
        assert told == (group, payments.for_group(session, group.id))
        assert checkout.prepare(session, group.id) == session.exec(select(Payment).order_by(Payment.id)).all()  # type: ignore[arg-type]
    assert [payment.id for payment in checkout.prepare(session, group.id)] == [payment.id for payment in made]
    assert session.exec(select(func.sum(PaymentShare.amount))).one() == sum(payment.amount for payment in made)


def test_a_refusal_after_the_yield_leaves_nothing_behind(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with (
        pytest.raises(RuntimeError),
        session.begin_nested(),
        placing.being_placed(session, Actor(), make.draft((product, 1))) as new,
    ):
        checkout.prepare_with(session, new)
        raise RuntimeError
    assert session.exec(select(OrderGroup)).all() == []
    assert session.exec(select(Payment)).all() == []
    assert make.held(session, product) == (10, 0)


def place_with_payments(session: Session, *items: tuple[UUID, int]) -> None:
    with placing.being_placed(session, Actor(), make.draft(*items)) as new:
        checkout.prepare_with(session, new)


def test_a_checkout_costs_six_statements_and_its_payments_none(session: Session) -> None:
    product, other = (make.product(session, make.seller(session)) for _ in range(2))
    with counted_statements(session) as alone:
        place_with_payments(session, (product, 1))
    with counted_statements(session) as two:
        place_with_payments(session, (product, 1), (other, 2))
    assert (len(alone), len(two)) == (6, 7), "one more for the stock of one more product"


def test_the_first_thing_in_a_cart_costs_three_statements_and_the_next_four(session: Session) -> None:
    product, other = (make.product(session, make.seller(session)) for _ in range(2))
    with counted_statements(session) as first:
        cart.add(session, Actor(), "peramban", product)
    with counted_statements(session) as second:
        cart.add(session, Actor(), "peramban", other)
    assert (len(first), len(second)) == (3, 4)
