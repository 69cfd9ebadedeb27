"""Stock is promised once, given back once, and never below nothing: whoever asks, in any order, all at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.actor import GUEST
from app.audit import queries as audit
from app.catalogue import queries, stock
from app.catalogue.errors import Short, StockTooLow
from app.catalogue.models import Product, Stock, StockReservation
from app.catalogue.stock import Wanted
from app.errors import Invalid, NotFound
from app.kit import clock, ids
from app.outbox.models import OutboxEvent
from tests.conftest import Database
from tests.factories import accounts
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def take(session: Session, *wanted: tuple[UUID, int], order: UUID | None = None) -> UUID:
    """An order's hold on these goods."""
    order = order or ids.uuid7()
    stock.reserve(session, [Wanted(order, product, quantity) for product, quantity in wanted], LATER)
    return order


def statuses(session: Session, order: UUID) -> list[str]:
    return sorted(session.exec(select(StockReservation.status).where(StockReservation.order_id == order)).all())


def shelf(session: Session, product: UUID) -> tuple[int, int, int]:
    """(on hand, reserved, missing), as the database has it."""
    row = session.execute(
        text("SELECT on_hand, reserved, missing FROM stock WHERE product_id = :p"), {"p": product}
    ).one()
    return (row.on_hand, row.reserved, row.missing)


def told(session: Session, kind: str) -> list[dict[str, object]]:
    events = session.exec(select(OutboxEvent).where(OutboxEvent.kind == kind).order_by(col(OutboxEvent.id)))
    return [dict(event.payload) for event in events]


# promising -----------------------------------------------------------------------------------------------------------


def test_a_hold_is_promised_until_its_end_and_nothing_leaves_the_shelf(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    with clock.at(NOON):
        order = take(session, (product, 3))
    held = session.get_one(StockReservation, (order, product))
    assert (held.quantity, held.counted, held.status, held.expires_at, held.created_at) == (
        3, True, "active", LATER, NOON,
    )  # fmt: skip
    assert shelf(session, product) == (5, 3, 0)
    assert queries.for_sale(session, [product])[product].available == 2


def test_two_lines_of_one_product_hold_their_sum_or_nothing(session: Session) -> None:
    product = make.product(session, make.seller(session), "Amplang", on_hand=5)
    with pytest.raises(StockTooLow) as refusal, session.begin_nested():
        take(session, (product, 3), (product, 3))
    assert refusal.value.items == (Short(product, "Amplang", 6, 5),)
    assert refusal.value.sentence == "Stok Amplang tinggal 5, Anda memesan 6."
    assert shelf(session, product) == (5, 0, 0)
    order = take(session, (product, 3), (product, 2))
    assert shelf(session, product) == (5, 5, 0)
    assert session.get_one(StockReservation, (order, product)).quantity == 5


def test_every_short_product_is_named_and_none_is_held(session: Session) -> None:
    seller = make.seller(session)
    madu, amplang, kopi = (
        make.product(session, seller, name, on_hand=n) for name, n in (("Madu", 0), ("Amplang", 2), ("Kopi", 9))
    )
    with pytest.raises(StockTooLow) as refusal, session.begin_nested():
        take(session, (madu, 1), (amplang, 3), (kopi, 1))
    assert refusal.value.items == (Short(amplang, "Amplang", 3, 2), Short(madu, "Madu", 1, 0))
    assert refusal.value.sentence == "Stok Amplang tinggal 2, Anda memesan 3. Stok habis: Madu."
    assert [shelf(session, product)[1] for product in (madu, amplang, kopi)] == [0, 0, 0]


def test_goods_that_are_not_counted_are_promised_without_a_number(session: Session) -> None:
    product = make.product(session, make.seller(session), mode="made_to_order", on_hand=None)
    order = take(session, (product, 900))
    assert shelf(session, product) == (0, 0, 0)
    assert session.get_one(StockReservation, (order, product)).counted is False
    assert stock.commit_order(session, order)
    stock.consume_order(session, order)
    assert shelf(session, product) == (0, 0, 0)


def test_what_is_given_back_is_given_back_once(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    for end, status in ((stock.release_order, "released"), (stock.expire_order, "expired")):
        order = take(session, (product, 2))
        for _ in range(2):
            end(session, order)
        stock.consume_order(session, order)
        assert (statuses(session, order), shelf(session, product)) == ([status], (5, 0, 0))
        assert stock.commit_order(session, order) is False


def test_what_left_the_shelf_is_gone_once_and_never_comes_back(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    order = take(session, (product, 2))
    stock.consume_order(session, order)
    assert (statuses(session, order), shelf(session, product)) == (["active"], (5, 2, 0)), "only what is sure leaves"
    assert stock.commit_order(session, order) is True
    assert stock.commit_order(session, order) is True
    for _ in range(2):
        stock.consume_order(session, order)
    stock.release_order(session, order)
    assert (statuses(session, order), shelf(session, product)) == (["consumed"], (3, 0, 0))
    assert stock.retake_order(session, order) is False


def test_an_order_that_holds_nothing_is_never_sure(session: Session) -> None:
    assert stock.commit_order(session, ids.uuid7()) is False
    assert stock.retake_order(session, ids.uuid7()) is False


def test_a_late_payment_takes_all_of_it_again_or_nothing(session: Session) -> None:
    seller = make.seller(session)
    one, other = make.product(session, seller, on_hand=2), make.product(session, seller, on_hand=2)
    order = take(session, (one, 2), (other, 2))
    stock.expire_order(session, order)
    rival = take(session, (other, 1))
    assert stock.retake_order(session, order) is False
    assert (statuses(session, order), shelf(session, one), shelf(session, other)) == (
        ["expired", "expired"], (2, 0, 0), (2, 1, 0),
    )  # fmt: skip
    stock.release_order(session, rival)
    assert stock.retake_order(session, order) is True
    assert stock.retake_order(session, order) is True
    assert (statuses(session, order), shelf(session, one), shelf(session, other)) == (
        ["committed", "committed"], (2, 2, 0), (2, 2, 0),
    )  # fmt: skip


# the seller counts ---------------------------------------------------------------------------------------------------


def test_a_count_above_what_is_held_changes_nothing_but_the_number(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=5)
    order = take(session, (product, 2))
    version = session.get_one(Product, product).version
    stock.set_on_hand(session, seller.actor, product, 3)
    assert (shelf(session, product), statuses(session, order)) == ((3, 2, 0), ["active"])
    assert session.get_one(Product, product).version == version + 1
    newest = audit.of_subject(session, "product", product)[0]
    assert (newest.action, newest.detail) == ("stock.set", {"from": 5, "to": 3})
    assert newest.beneficiary_account_id == seller.actor.account_id
    assert (told(session, "HoldReleased"), told(session, "StockShortage")) == ([], [])
    fact = {"product_id": str(product), "version": version + 1, "shop_id": str(seller.shop_id)}
    assert told(session, "ProductChanged")[-1] == fact


def test_below_what_is_held_the_newest_unpaid_holds_are_let_go_first(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=10)
    orders = []
    for minutes in range(4):
        with clock.at(NOON + timedelta(minutes=minutes)):
            orders.append(take(session, (product, 2)))
    stock.commit_order(session, orders[3])
    stock.set_on_hand(session, seller.actor, product, 5)
    assert [statuses(session, order) for order in orders] == [["active"], ["released"], ["released"], ["committed"]]
    assert shelf(session, product) == (5, 4, 0)
    assert [fact["order_id"] for fact in told(session, "HoldReleased")] == [str(orders[2]), str(orders[1])]
    assert told(session, "StockShortage") == []


def test_a_shortage_of_paid_orders_is_told_and_never_becomes_free_stock(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=9)
    first, second, third = (take(session, (product, 3)) for _ in range(3))
    for order in (first, second, third):
        stock.commit_order(session, order)

    stock.set_on_hand(session, seller.actor, product, 4)
    assert shelf(session, product) == (9, 9, 5)
    assert told(session, "StockShortage") == [
        {"product_id": str(product), "shop_id": str(seller.shop_id), "missing": 5}
    ]
    assert audit.of_subject(session, "product", product)[0].detail == {"from": 9, "to": 4}

    stock.release_order(session, third)  # the seller cut one order: there are still only four
    assert shelf(session, product) == (6, 6, 2)
    assert queries.for_sale(session, [product])[product].available == 0
    stock.release_order(session, second)
    assert shelf(session, product) == (4, 3, 0)
    assert queries.for_sale(session, [product])[product].available == 1
    assert stock.retake_order(session, second) is False
    stock.consume_order(session, first)
    assert shelf(session, product) == (1, 0, 0)


def test_a_seller_who_found_more_after_all_ends_the_shortage(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=6)
    order = take(session, (product, 6))
    stock.commit_order(session, order)
    stock.set_on_hand(session, seller.actor, product, 1)
    stock.set_on_hand(session, seller.actor, product, 8)
    assert shelf(session, product) == (8, 6, 0)
    stock.set_on_hand(session, seller.actor, product, 0)
    stock.consume_order(session, order)  # handed over all six: they were there
    assert shelf(session, product) == (0, 0, 0)


def test_another_way_of_counting_takes_the_promises_along(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=5)
    sure, unsure = take(session, (product, 2)), take(session, (product, 1))
    stock.commit_order(session, sure)
    stock.set_on_hand(session, seller.actor, product, 0, mode="made_to_order")
    assert shelf(session, product) == (0, 0, 0)
    more = take(session, (product, 4))
    stock.set_on_hand(session, seller.actor, product, 6, mode="counted")
    assert shelf(session, product) == (6, 3, 0), "the newest unpaid hold did not fit and was let go"
    assert [statuses(session, order) for order in (sure, unsure, more)] == [["committed"], ["active"], ["released"]]


@pytest.mark.parametrize(
    ("on_hand", "mode", "fields"),
    [(-1, None, ["on_hand"]), (1_000_000, None, ["on_hand"]), (1, "many", ["stock"]), (-1, "", ["on_hand", "stock"])],
)
def test_an_impossible_count_is_refused_beside_its_field(
    session: Session, on_hand: int, mode: str | None, fields: list[str]
) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=5)
    with pytest.raises(Invalid) as refusal:
        stock.set_on_hand(session, seller.actor, product, on_hand, mode=mode)
    assert [error.field for error in refusal.value.errors] == fields
    assert shelf(session, product) == (5, 0, 0)


def test_nobody_counts_a_foreign_shelf_not_even_the_office(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    strangers = (make.seller(session).actor, GUEST, accounts.staff(session, "administrator"))
    sentences = set()
    for actor, wanted in [(actor, product) for actor in strangers] + [(strangers[0], ids.uuid7())]:
        with pytest.raises(NotFound) as refusal:
            stock.set_on_hand(session, actor, wanted, 0)
        sentences.add(refusal.value.sentence)
    assert len(sentences) == 1
    assert shelf(session, product) == (5, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        "on_hand = -1",
        "reserved = -1",
        "reserved = 6",
        "missing = 1",
        "missing = -1",
        "mode = 'many'",
        "on_hand = 1000000",
    ],
)
def test_the_database_refuses_impossible_stock(session: Session, change: str) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    with pytest.raises(IntegrityError, match="ck_stock_"), session.begin_nested():
        session.execute(text(f"UPDATE stock SET {change} WHERE product_id = :p"), {"p": product})


# everybody at once ---------------------------------------------------------------------------------------------------


def test_fifty_takes_of_five_at_once_hold_exactly_five(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), "Amplang", on_hand=5)

    def attempt(_: int) -> str:
        try:
            with database.begin() as session:
                take(session, (product, 1))
        except StockTooLow as refusal:
            return refusal.sentence
        return "held"

    with ThreadPoolExecutor(50) as threads:
        assert Counter(threads.map(attempt, range(50))) == {"held": 5, "Stok habis: Amplang.": 45}
    with database.begin() as session:
        assert shelf(session, product) == (5, 5, 0)
        assert len(session.exec(select(StockReservation)).all()) == 5


def test_takes_of_several_goods_in_opposite_order_never_deadlock_nor_hold_a_half(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        goods = [make.product(session, seller, on_hand=n) for n in (9, 6, 7)]

    def attempt(turn: int) -> str:
        wanted = [(product, 1) for product in goods][:: 1 if turn % 2 else -1]
        try:
            with database.begin() as session:
                take(session, *wanted, wanted[0])
        except StockTooLow:
            return "short"
        return "held"

    with ThreadPoolExecutor(24) as threads:
        outcomes = Counter(threads.map(attempt, range(24)))
    with database.begin() as session:
        first, second, third = (shelf(session, product)[1] for product in goods)
    assert second == outcomes["held"], "every order wants one of the second"
    assert first + third == 3 * outcomes["held"]
    assert 3 <= outcomes["held"] <= 6


def test_a_seller_busy_with_a_product_does_not_hold_up_its_buyers(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, on_hand=5)
    with database.begin() as busy:
        make.set_price(busy, seller, product, 20_000)
        make.close_shop(busy, seller)
        with database.begin() as buyer:
            buyer.execute(text("SET LOCAL lock_timeout = '300ms'"))
            make.order(buyer, (product, 1))
    with database.begin() as session:
        assert shelf(session, product) == (5, 1, 0)


def test_counting_the_shelf_while_buyers_take_from_it_leaves_both_right(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, on_hand=30)

    def attempt(turn: int) -> None:
        with database.begin() as session:
            if turn % 6 == 0:
                stock.set_on_hand(session, seller.actor, product, 30 - turn)
                return
            try:
                with session.begin_nested():
                    session.execute(text("SELECT 1 FROM product WHERE id = :p FOR KEY SHARE"), {"p": product})
                    take(session, (product, 1))
            except StockTooLow:
                return

    with ThreadPoolExecutor(18) as threads:
        list(threads.map(attempt, range(18)))
    with database.begin() as session:
        on_hand, reserved, missing = shelf(session, product)
        live = session.exec(select(StockReservation.quantity).where(StockReservation.status == "active")).all()
        assert (on_hand in (30, 24, 18), reserved, missing) == (True, sum(live), 0)
        assert reserved == 15


class Shelf(RuleBasedStateMachine):
    """One product, its seller and its orders in any order, against additions and subtractions."""

    session: Session
    places = st.integers(0, 30)

    @initialize(on_hand=st.integers(0, 9))
    def begin(self, on_hand: int) -> None:
        self.savepoint = self.session.begin_nested()
        self.seller = make.seller(self.session)
        self.product = make.product(self.session, self.seller, on_hand=on_hand)
        self.counted, self.orders, self.live = on_hand, [], {}  # type: ignore[var-annotated]

    def teardown(self) -> None:
        self.savepoint.rollback()

    @rule(quantity=st.integers(1, 5))
    def take(self, quantity: int) -> None:
        free = self.counted - sum(self.live.values())
        try:
            with self.session.begin_nested():
                order = take(self.session, (self.product, quantity))
        except StockTooLow:
            assert quantity > free
            return
        assert quantity <= free
        self.orders.append((order, quantity))
        self.live[order] = quantity

    @rule(place=places, end=st.sampled_from([stock.release_order, stock.expire_order]))
    def end(self, place: int, end: object) -> None:
        if self.orders:
            order, _ = self.orders[place % len(self.orders)]
            end(self.session, order)  # type: ignore[operator]
            self.live.pop(order, None)

    @rule(place=places)
    def pay(self, place: int) -> None:
        if self.orders:
            order, _ = self.orders[place % len(self.orders)]
            gone = statuses(self.session, order) == ["consumed"]
            assert stock.commit_order(self.session, order) is (order in self.live and not gone)

    @rule(place=places)
    def pay_late(self, place: int) -> None:
        if not self.orders:
            return
        order, quantity = self.orders[place % len(self.orders)]
        before = statuses(self.session, order)
        fits = quantity <= self.counted - sum(self.live.values())
        expected = {"consumed": False, "released": fits, "expired": fits}.get(before[0], True)
        assert stock.retake_order(self.session, order) is expected
        if expected:
            self.live[order] = quantity

    @rule(place=places)
    def hand_out(self, place: int) -> None:
        if self.orders:
            order, quantity = self.orders[place % len(self.orders)]
            if statuses(self.session, order) == ["committed"]:
                self.counted = max(0, self.counted - quantity)
                del self.live[order]
            stock.consume_order(self.session, order)

    @rule(counted=st.integers(0, 12))
    def count(self, counted: int) -> None:
        stock.set_on_hand(self.session, self.seller.actor, self.product, counted)
        self.counted = counted
        self.live = {
            order: quantity for order, quantity in self.live.items() if statuses(self.session, order) != ["released"]
        }

    @invariant()
    def the_row_is_the_sum_of_its_holds_and_never_negative(self) -> None:
        if not hasattr(self, "product"):
            return
        on_hand, reserved, missing = shelf(self.session, self.product)
        held = self.session.exec(
            select(StockReservation.quantity).where(
                StockReservation.product_id == self.product,
                col(StockReservation.status).in_(("active", "committed")),
            )
        ).all()
        assert reserved == sum(held) == sum(self.live.values())
        assert on_hand == max(self.counted, reserved)
        assert missing == on_hand - self.counted
        assert self.session.get_one(Stock, self.product).on_shelf == self.counted


def test_promises_and_shelf_agree_after_any_acts_in_any_order(session: Session) -> None:
    class OnThisDatabase(Shelf):
        pass

    OnThisDatabase.session = session
    run(
        OnThisDatabase,
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
