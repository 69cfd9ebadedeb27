"""Facts of trade: once each, dated by the regency's day, undone in the month of the undoing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from app.db import Transactions
from app.kit import ids
from app.orders.events import OrderCancelled, OrderExpired, OrderPaid, OrderRejected
from app.orders.models import CustomerOrder
from app.payments.events import RefundSucceeded
from app.statistics import recording
from app.statistics.models import KINDS, SaleFact
from tests.conftest import Database
from tests.factories import past_orders
from tests.factories.past_orders import NOON, Line

DECEMBER = datetime(2026, 12, 3, 4, tzinfo=UTC)
DECEMBER_DAY = date(2026, 12, 3)


def within(session: Session) -> Transactions:
    """Handlers open their own transaction; here it is the test's."""

    def begin() -> AbstractContextManager[Session]:
        return nullcontext(session)

    return begin


def paid(order: CustomerOrder) -> OrderPaid:
    assert order.paid_at is not None
    return OrderPaid(order.id, order.total_amount, order.paid_at, order.paid_at.date())


def facts(session: Session, order: CustomerOrder, *kinds: str) -> list[SaleFact]:
    session.flush()
    query = select(SaleFact).where(SaleFact.order_id == order.id)
    found = [fact for fact in session.exec(query) if not kinds or fact.kind in kinds]
    return sorted(found, key=lambda fact: (KINDS.index(fact.kind), abs(fact.gross_amount)))


def amounts(session: Session, order: CustomerOrder, *kinds: str) -> list[int]:
    return [fact.gross_amount for fact in facts(session, order, *kinds)]


def test_a_paid_order_becomes_one_fact_for_each_product_without_delivery(session: Session) -> None:
    first, second = Line(30_000, 2, "makanan"), Line(50_000, 1, "kerajinan")
    order = past_orders.put(session, first, second, payment_method="transfer")
    recording.on_order_paid(within(session), paid(order))
    assert [
        (f.product_id, f.kind, f.gross_amount, f.quantity, f.category_slug, f.district_code, f.village_code, f.channel)
        for f in facts(session, order)
    ] == [
        (first.product_id, "sale", 30_000, 2, "makanan", "64.08.04", "64.08.04.1010", "transfer"),
        (second.product_id, "sale", 50_000, 1, "kerajinan", "64.08.04", "64.08.04.1010", "transfer"),
    ]


def test_an_event_delivered_many_times_counts_once(session: Session) -> None:
    order = past_orders.put(session)
    for _ in range(3):
        recording.on_order_paid(within(session), paid(order))
    assert amounts(session, order) == [15_000]


@pytest.mark.parametrize(
    ("paid_at", "day"),
    [
        (datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 16, 0, tzinfo=UTC), date(2026, 12, 1)),
        (datetime(2026, 12, 31, 16, 30, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_the_day_of_a_sale_is_the_regencys_day(session: Session, paid_at: datetime, day: date) -> None:
    order = past_orders.put(session, paid_at=paid_at)
    recording.on_order_paid(within(session), paid(order))
    assert [fact.business_date for fact in facts(session, order)] == [day]


def test_a_cancelled_sale_is_undone_in_the_month_of_its_cancelling(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2))
    recording.on_order_paid(within(session), paid(order))
    past_orders.move(session, order, "cancelled", at=DECEMBER)
    for _ in range(2):
        recording.on_order_cancelled(within(session), OrderCancelled(order.id, was_paid=True))
    assert [(f.kind, f.gross_amount, f.quantity, f.business_date) for f in facts(session, order)] == [
        ("sale", 30_000, 2, date(2026, 11, 24)),
        ("reversal", -30_000, -2, date(2026, 12, 3)),
        ("cancellation", 0, 0, date(2026, 12, 3)),
    ]


@pytest.mark.parametrize("status", ["rejected", "expired", "cancelled"])
def test_an_order_that_was_never_paid_is_a_cancellation_and_no_sale(session: Session, status: str) -> None:
    order = past_orders.put(session, status="awaiting_payment", paid_at=None)
    past_orders.move(session, order, status)
    if status == "rejected":
        recording.on_order_rejected(within(session), OrderRejected(order.id, was_paid=False))
    elif status == "expired":
        recording.on_order_expired(within(session), OrderExpired(order.id))
    else:
        recording.on_order_cancelled(within(session), OrderCancelled(order.id, was_paid=False))
    assert [(f.kind, f.gross_amount) for f in facts(session, order)] == [("cancellation", 0)]


def test_events_in_any_order_give_the_same_facts(session: Session) -> None:
    """The undoing may be heard of before the sale: the sale is then written first."""
    order = past_orders.put(session)
    past_orders.move(session, order, "cancelled", at=DECEMBER)
    recording.on_order_cancelled(within(session), OrderCancelled(order.id, was_paid=True))
    recording.on_order_paid(within(session), paid(order))
    assert sorted(amounts(session, order, "sale", "reversal")) == [-15_000, 15_000]


def test_an_expired_order_brought_back_by_a_late_payment_is_a_sale(session: Session) -> None:
    order = past_orders.put(session, status="expired", paid_at=None, ended_at=NOON)
    order.status, order.ended_at, order.paid_at = "confirmed", None, NOON
    session.add(order)
    session.flush()
    recording.on_order_expired(within(session), OrderExpired(order.id))
    recording.on_order_paid(within(session), paid(order))
    assert [fact.kind for fact in facts(session, order)] == ["sale"]


def test_a_full_refund_undoes_the_whole_sale(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2), Line(50_000, 1), delivery_amount=10_000)
    recording.on_order_paid(within(session), paid(order))
    refund = ids.uuid7()
    for _ in range(2):
        recording.record_refund(session, order.id, refund, 90_000, on=DECEMBER_DAY)
    assert sum(amounts(session, order, "refund")) == -90_000
    assert [(f.gross_amount, f.quantity) for f in facts(session, order, "reversal")] == [(-30_000, -2), (-50_000, -1)]


def test_a_partial_refund_undoes_the_goods_part_of_the_money(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2), Line(50_000, 1), delivery_amount=20_000)
    recording.on_order_paid(within(session), paid(order))
    recording.record_refund(session, order.id, ids.uuid7(), 10_000, on=DECEMBER_DAY)
    assert sum(amounts(session, order, "refund")) == -10_000
    assert [(f.gross_amount, f.quantity) for f in facts(session, order, "reversal")] == [(-3_000, 0), (-5_000, 0)]


def test_a_refund_after_a_cancelling_undoes_nothing_twice(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2), delivery_amount=0)
    recording.on_order_paid(within(session), paid(order))
    past_orders.move(session, order, "cancelled", at=DECEMBER)
    recording.on_order_cancelled(within(session), OrderCancelled(order.id, was_paid=True))
    recording.record_refund(session, order.id, ids.uuid7(), 30_000, on=DECEMBER_DAY)
    assert amounts(session, order, "reversal") == [-30_000]
    assert amounts(session, order, "refund") == [-30_000]


def test_a_refund_is_heard_of_by_its_event_and_dated_by_it(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2), delivery_amount=0)
    event = RefundSucceeded(ids.uuid7(), order.id, 30_000, DECEMBER_DAY, of_sale=True)
    for _ in range(2):
        recording.on_refund_succeeded(within(session), event)
    assert [(f.kind, f.gross_amount, f.business_date) for f in facts(session, order)] == [
        ("sale", 30_000, date(2026, 11, 24)),
        ("reversal", -30_000, DECEMBER_DAY),
        ("refund", -30_000, DECEMBER_DAY),
    ]


def test_money_that_never_became_a_sale_undoes_none_when_it_goes_back(session: Session) -> None:
    order = past_orders.put(session, Line(30_000, 2), delivery_amount=0)
    event = RefundSucceeded(ids.uuid7(), order.id, 30_000, DECEMBER_DAY, of_sale=False)
    recording.on_refund_succeeded(within(session), event)
    recording.on_order_paid(within(session), paid(order))
    assert [fact.kind for fact in facts(session, order)] == ["sale"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.tuples(st.integers(1, 10**9), st.integers(1, 9)), min_size=1, max_size=4),
    delivery=st.integers(0, 10**6),
    cuts=st.lists(st.integers(1, 100), min_size=1, max_size=4),
    repeated=st.booleans(),
)
def test_whatever_is_refunded_piece_by_piece_never_undoes_more_than_was_sold(
    session: Session, lines: list[tuple[int, int]], delivery: int, cuts: list[int], repeated: bool
) -> None:
    with session.begin_nested() as savepoint:
        goods = [Line(price * quantity, quantity) for price, quantity in lines]
        order = past_orders.put(session, *goods, delivery_amount=delivery)
        recording.record_sale(session, order.id)
        pieces = split(order.total_amount, cuts)
        refunds: list[tuple[UUID, int]] = [(ids.uuid7(), piece) for piece in pieces if piece]
        for refund, amount in refunds * (2 if repeated else 1):
            recording.record_refund(session, order.id, refund, amount, on=DECEMBER_DAY)
            left = recording.remaining(session, order.id)
            assert all(rest.amount >= 0 for rest in left.values())
            assert all(rest.quantity >= 0 for rest in left.values())
        assert sum(amounts(session, order, "refund")) == -order.total_amount
        assert sum(amounts(session, order, "sale", "reversal")) == 0, "all the money is back, so is all of the sale"
        savepoint.rollback()
    session.expunge_all()


def split(total: int, weights: list[int]) -> list[int]:
    pieces = [total * weight // sum(weights) for weight in weights]
    pieces[0] += total - sum(pieces)
    return pieces


def test_events_handled_by_many_workers_at_once_count_each_thing_once(database: Database) -> None:
    with database.begin() as session:
        order = past_orders.put(session, Line(30_000, 2), Line(50_000, 1), delivery_amount=0)
    halves = [RefundSucceeded(ids.uuid7(), order.id, 40_000, DECEMBER_DAY, of_sale=True) for _ in range(2)]
    jobs = [lambda event=half: recording.on_refund_succeeded(database.begin, event) for half in halves * 6]
    jobs += [lambda: recording.on_order_paid(database.begin, paid(order))] * 6
    with ThreadPoolExecutor(12) as pool:
        for done in [pool.submit(job) for job in jobs]:
            done.result()
    with database.begin() as session:
        assert sorted(amounts(session, order, "sale")) == [30_000, 50_000]
        assert sum(amounts(session, order, "refund")) == -80_000
        assert sum(amounts(session, order, "sale", "reversal")) == 0
        assert sum(fact.quantity for fact in facts(session, order)) == 0
