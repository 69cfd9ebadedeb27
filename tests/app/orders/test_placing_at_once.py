"""Many checkouts in the same moment: exactly the stock is sold, nobody waits for ever, nothing is half done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.actor import GUEST
from app.errors import DomainError
from app.orders import cancelling, placing, queries
from app.orders.models import CustomerOrder
from app.outbox.models import OutboxEvent
from tests.app.orders import rush
from tests.conftest import Database
from tests.factories import orders as make

pytestmark = pytest.mark.xdist_group("rush")

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    with rush.processes() as started:
        yield started


def rows(session: Session) -> Counter[str]:
    tables = ("order_group", "customer_order", "order_line", "order_event", "stock_reservation", "outbox_event")
    return Counter({table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables})


def test_fifty_buyers_of_five_pieces_in_four_processes_get_exactly_five(
    database: Database, pool: ProcessPoolExecutor
) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), "Amplang", on_hand=5)
        before = rows(session)
    outcomes = rush.in_processes(pool, database, [make.draft((product, 1)) for _ in range(50)])
    assert Counter(outcomes) == {rush.PLACED: 5, "stock_too_low: Stok habis: Amplang.": 45}
    with database.begin() as session:
        assert make.held(session, product) == (5, 5)
        grown = rows(session) - before
        assert grown == {
            "order_group": 5,
            "customer_order": 5,
            "order_line": 5,
            "order_event": 5,
            "stock_reservation": 5,
            "outbox_event": 5,
        }


def test_buyers_with_the_same_product_on_two_lines_never_get_more_than_there_is(
    database: Database, pool: ProcessPoolExecutor
) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=5)
    outcomes = rush.in_processes(pool, database, [make.draft((product, 1), (product, 1)) for _ in range(50)])
    assert Counter(outcome.split(":")[0] for outcome in outcomes) == {rush.PLACED: 2, "stock_too_low": 48}
    with database.begin() as session:
        assert make.held(session, product) == (5, 4)
        assert rows(session)["customer_order"] == 2


def test_carts_over_two_shops_in_opposite_order_neither_deadlock_nor_buy_a_half(
    database: Database, pool: ProcessPoolExecutor
) -> None:
    with database.begin() as session:
        first, second = make.seller(session, "A"), make.seller(session, "B")
        one, other = make.product(session, first, on_hand=5), make.product(session, second, on_hand=8)
    drafts = [make.draft(*((one, 1), (other, 1))[:: 1 if turn % 2 else -1]) for turn in range(32)]
    outcomes = rush.in_processes(pool, database, drafts)
    assert Counter(outcome.split(":")[0] for outcome in outcomes) == {rush.PLACED: 5, "stock_too_low": 27}
    with database.begin() as session:
        assert (make.held(session, one), make.held(session, other)) == ((5, 5), (8, 5))
        assert rows(session)["customer_order"] == 10


def test_a_phone_cannot_race_past_two_open_unpaid_checkouts(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=50)
    drafts = [make.draft((product, 1), contact_phone="081234567890", cart_token=f"peramban {n}") for n in range(8)]
    outcomes = rush.in_threads(database, *(lambda draft=draft: rush.outcome(database.begin, draft) for draft in drafts))  # type: ignore[misc]
    assert Counter(outcome.split(":")[0] for outcome in outcomes) == {rush.PLACED: 2, "too_many_unpaid": 6}
    with database.begin() as session:
        assert make.held(session, product) == (50, 2)


def test_a_browser_cannot_race_past_two_open_unpaid_checkouts_with_many_phones(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=50)
    drafts = [make.draft((product, 1), cart_token="satu") for _ in range(8)]
    outcomes = rush.in_threads(database, *(lambda draft=draft: rush.outcome(database.begin, draft) for draft in drafts))  # type: ignore[misc]
    assert Counter(outcome.split(":")[0] for outcome in outcomes) == {rush.PLACED: 2, "too_many_unpaid": 6}


def test_expiry_and_payment_in_the_same_moment_end_in_one_of_the_two(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        products = [make.product(session, seller, on_hand=1) for _ in range(12)]
        orders = [make.order(session, (product, 1), payment_method="sandbox").id for product in products]

    def pay(order_id: object) -> str:
        try:
            with database.begin() as session:
                return "paid" if placing.confirm(session, order_id, paid_at=NOON) else "again"  # type: ignore[arg-type]
        except DomainError as refusal:
            return refusal.code

    def expire(order_id: object) -> str:
        with database.begin() as session:
            return "expired" if cancelling.expire(session, order_id) else "not waiting"  # type: ignore[arg-type]

    acts = [lambda o=order, act=act: act(o) for order in orders for act in (pay, expire, pay)]  # type: ignore[misc]
    outcomes = rush.in_threads(database, *acts)
    with database.begin() as session:
        for number, (order_id, product) in enumerate(zip(orders, products, strict=True)):
            told = Counter(outcomes[3 * number : 3 * number + 3])
            status = session.get_one(CustomerOrder, order_id).status
            kinds = session.exec(select(OutboxEvent.kind).where(OutboxEvent.key == f"order:{order_id}")).all()
            if status == "confirmed":
                assert told == {"paid": 1, "again": 1, "not waiting": 1}
                assert make.held(session, product) == (1, 1)
                assert sorted(kinds) == ["OrderPaid", "OrderPlaced"]
            else:
                assert status == "expired"
                assert told == {"order_status": 2, "expired": 1}
                assert make.held(session, product) == (1, 0)
                assert sorted(kinds) == ["OrderExpired", "OrderPlaced"]


def test_two_late_payments_of_the_last_piece_revive_one_order(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=1)
        orders = []
        for _ in range(4):
            order = make.order(session, (product, 1), payment_method="sandbox")
            cancelling.expire(session, order.id)
            orders.append(order.id)

    def pay(order_id: object) -> bool:
        with database.begin() as session:
            return placing.revive(session, order_id, paid_at=NOON)  # type: ignore[arg-type]

    assert sum(rush.in_threads(database, *(lambda o=order: pay(o) for order in orders))) == 1  # type: ignore[misc]
    with database.begin() as session:
        assert make.held(session, product) == (1, 1)
        statuses = Counter(session.get_one(CustomerOrder, order).status for order in orders)
        assert statuses == {"confirmed": 1, "expired": 3}


def test_sellers_of_one_checkout_and_its_buyer_act_at_once_without_deadlock(database: Database) -> None:
    with database.begin() as session:
        sellers = [make.seller(session, name) for name in "ABCD"]
        products = [make.product(session, seller, on_hand=5) for seller in sellers]
        group = make.placed(session, *((product, 1) for product in products), payment_method="transfer")
        orders, key = [order.id for order in queries.orders_of(session, group.id)], queries.key_of(group.id)

    def act(order_id: object, turn: int) -> str:
        try:
            with database.begin() as session:
                if turn:
                    cancelling.cancel(session, GUEST, order_id, key=key)  # type: ignore[arg-type]
                else:
                    placing.confirm(session, order_id, paid_at=NOON)  # type: ignore[arg-type]
        except DomainError as refusal:
            return refusal.code
        return "done"

    acts = [lambda o=order, turn=turn: act(o, turn) for order in orders for turn in (0, 1)]  # type: ignore[misc]
    outcomes = rush.in_threads(database, *acts)
    assert outcomes[1::2] == ["done"] * 4
    assert set(outcomes[::2]) <= {"done", "order_status"}
    with database.begin() as session:
        assert {session.get_one(CustomerOrder, order).status for order in orders} == {"cancelled"}
        assert [make.held(session, product) for product in products] == [(5, 0)] * 4
