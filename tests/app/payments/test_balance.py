"""Whatever happens in whatever order, the book balances and payments and book say the same."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.actor import Actor
from app.db import Transactions
from app.errors import DomainError
from app.kit import clock
from app.orders import cancelling, fulfilment
from app.orders.models import CustomerOrder
from app.payments import checkout, ending, reconciling, refunds, settling
from app.payments.models import Payment, Refund, SandboxCharge
from app.payments.providers import sandbox
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought

COMMON = (
    "expire",
    "cancel",
    "reject",
    "accept",
    "ready",
    "hand over",
    "end",
    "sold out",
    "give back some",
    "give back",
    "mark returned",
)
STEPS = {
    "sandbox": (
        *COMMON,
        "pay",
        "pay",
        "fail",
        "expire page",
        "late",
        "wrong amount",
        "tell",
        "tell",
        "tell",
        "reconcile",
        "send",
        "send",
    ),
    "transfer": (*COMMON, "confirm", "confirm", "confirm"),
    "cod": ("accept", "accept", "ready", "ready", "hand over", "hand over", *COMMON),
}
"""What may happen, by how it is paid; what matters most stands there more than once."""


class Story:
    """One checkout with everybody who may do something to it. Steps that make no sense are refused, and change nothing."""

    def __init__(self, session: Session, method: str, prices: tuple[int, ...]) -> None:
        self.session = session
        self.begin: Transactions = pay.over(session)
        self.buyer: Actor = make.account(session)
        self.bought: Bought = pay.bought(session, method, prices=prices, on_hand=1, buyer=self.buyer)
        self.office = pay.administrator(session)
        self.now: datetime = clock.now()

    def do(self, step: str, place: int) -> None:
        order, payment = self.bought.orders[place], self.bought.payments[min(place, len(self.bought.payments) - 1)]
        seller = self.bought.sellers[place]
        acts: dict[str, Callable[[], object]] = {
            "start": lambda: checkout.start(self.begin, payment),
            "pay": lambda: self.at_gateway("pay"),
            "fail": lambda: self.at_gateway("fail"),
            "expire page": lambda: self.at_gateway("expire"),
            "late": lambda: self.at_gateway("late"),
            "wrong amount": lambda: self.at_gateway("wrong_amount"),
            "tell": lambda: settling.sync(self.begin, payment),
            "sold out": lambda: make.set_on_hand(self.session, seller, self.bought.products[place], 0),
            "expire": lambda: cancelling.expire(self.session, order),
            "cancel": lambda: cancelling.cancel(self.session, self.buyer, order),
            "reject": lambda: fulfilment.reject(self.session, seller.actor, order, reason="Habis"),
            "accept": lambda: fulfilment.accept(self.session, seller.actor, order),
            "ready": lambda: fulfilment.mark_ready(self.session, seller.actor, order),
            "hand over": lambda: self.hand_over(order, seller.actor),
            "confirm": lambda: settling.confirm_transfer(
                self.session, seller.actor, payment, self.session.get_one(Payment, payment).amount
            ),
            "end": lambda: ending.end(self.begin, payment),
            "reconcile": lambda: reconciling.run(self.begin),
            "give back some": lambda: refunds.request(
                self.session, self.holder(seller.actor), order, 7_000, reason="Kurang", key=pay.a_key()
            ),
            "give back": self.give_back,
            "send": lambda: refunds.send_due(self.begin),
            "mark returned": lambda: self.mark_returned(seller.actor),
        }
        self.now += timedelta(minutes=4)
        with clock.at(self.now), suppress(DomainError), self.session.begin_nested():
            acts[step]()

    def holder(self, seller: Actor) -> Actor:
        return seller if len(self.bought.payments) == len(self.bought.orders) > 1 else self.office

    def at_gateway(self, outcome: str) -> None:
        for charge in self.session.exec(select(SandboxCharge)).all():
            for status in sandbox.told_states(outcome):
                sandbox.pressed(self.begin, charge.ref, outcome, status)

    def hand_over(self, order: object, seller: Actor) -> None:
        found = self.session.get_one(CustomerOrder, order)
        if found.payment_method == "cod":
            settling.collect_cash(self.session, seller, found.id)
        else:
            fulfilment.hand_over(self.session, seller, found.id)

    def give_back(self) -> None:
        for order in self.session.exec(select(CustomerOrder)).all():
            if order.was_paid and order.status in ("cancelled", "rejected"):
                refunds.open_for_order(self.session, order.id, reason=order.status)

    def mark_returned(self, seller: Actor) -> None:
        for refund in self.session.exec(select(Refund).where(Refund.status == "manual_pending")).all():
            for actor in (seller, self.office):
                with suppress(DomainError):
                    refunds.mark_returned(self.session, actor, refund.id)


def stories() -> st.SearchStrategy[tuple[str, tuple[int, ...], list[tuple[str, int]]]]:
    prices = st.lists(st.integers(1, 200_000), min_size=1, max_size=2).map(tuple)

    def steps(method: str) -> st.SearchStrategy[list[tuple[str, int]]]:
        return st.lists(st.tuples(st.sampled_from(STEPS[method]), st.integers(0, 1)), min_size=6, max_size=16)

    return st.sampled_from(sorted(STEPS)).flatmap(lambda method: st.tuples(st.just(method), prices, steps(method)))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(story=stories())
def test_the_book_balances_after_every_step_of_every_story(
    session: Session, story: tuple[str, tuple[int, ...], list[tuple[str, int]]]
) -> None:
    method, prices, steps = story
    outer = session.begin_nested()
    try:
        told = Story(session, method, prices)
        if method == "sandbox":
            told.do("start", 0)
        for step, place in steps:
            told.do(step, min(place, len(prices) - 1))
            assert pay.faults(session) == [], (step, place)
        for payment in session.exec(select(Payment)):
            assert 0 <= payment.refunded_amount <= payment.received_amount
        for product in told.bought.products:
            on_hand, reserved = make.held(session, product)
            assert 0 <= reserved <= on_hand
    finally:
        outer.rollback()
        session.expunge_all()
