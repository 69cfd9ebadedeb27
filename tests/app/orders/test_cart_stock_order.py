"""Cart, stock and orders through hundreds of random acts, against a model that is only additions and subtractions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run
from sqlalchemy import text
from sqlmodel import Session, col, select

from app.actor import GUEST
from app.catalogue import queries as catalogue
from app.catalogue.errors import StockTooLow
from app.catalogue.events import HoldReleased
from app.errors import Conflict
from app.kit import clock
from app.orders import cancelling, cart, fulfilment, placing, queries
from app.orders.errors import NotForSale
from app.orders.models import CustomerOrder, OrderGroup
from app.outbox.models import OutboxEvent
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
HOLDING = {"awaiting_seller", "awaiting_payment", "confirmed", "accepted", "ready"}
GONE = {"handed_over", "delivered", "completed"}
PRODUCTS = 3
TOKEN = "peramban"

which = st.integers(min_value=0, max_value=PRODUCTS - 1)
few = st.integers(min_value=1, max_value=6)


@dataclass
class Sold:
    """What the model knows of an order: who fulfils it and what it sold at which price."""

    order_id: UUID
    seller: int
    quantities: dict[int, int]
    total_amount: int


class Trade(RuleBasedStateMachine):
    """Two shops, three products, one buyer's cart, and everybody acting in any order."""

    orders = Bundle("orders")
    session: Session

    @initialize()
    def begin(self) -> None:
        self.savepoint = self.session.begin_nested()
        self.clock = clock.at(NOON)
        self.clock.__enter__()
        self.sellers = [make.seller(self.session, "A"), make.seller(self.session, "B")]
        self.owners = [0, 0, 1]
        self.products = [make.product(self.session, self.sellers[owner], on_hand=8) for owner in self.owners]
        self.prices = [15_000] * PRODUCTS
        self.shelf = [8] * PRODUCTS
        self.in_cart: dict[int, int] = {}
        self.sold: list[Sold] = []

    def teardown(self) -> None:
        self.clock.__exit__(None, None, None)
        self.savepoint.rollback()

    def status(self, sold: Sold) -> str:
        return self.session.get_one(CustomerOrder, sold.order_id).status

    def held(self, product: int) -> int:
        return sum(sold.quantities.get(product, 0) for sold in self.sold if self.status(sold) in HOLDING)

    def free(self, product: int) -> int:
        return max(0, self.shelf[product] - self.held(product))

    @rule(product=which, quantity=few)
    def add_to_cart(self, product: int, quantity: int) -> None:
        wanted = self.in_cart.get(product, 0) + quantity
        try:
            change = cart.add(self.session, GUEST, TOKEN, self.products[product], quantity)
        except NotForSale:
            assert self.free(product) == 0
            return
        assert change.quantity == min(wanted, self.free(product))
        self.in_cart[product] = change.quantity

    @rule(product=which, price=st.integers(min_value=1, max_value=1_000_000))
    def change_price(self, product: int, price: int) -> None:
        make.set_price(self.session, self.sellers[self.owners[product]], self.products[product], price)
        self.prices[product] = price

    @rule(target=orders, payment=st.sampled_from(["cod", "transfer", "sandbox"]))
    def check_out(self, payment: str) -> Any:
        items = [(self.products[product], quantity) for product, quantity in self.in_cart.items()]
        enough = all(self.free(product) >= quantity for product, quantity in self.in_cart.items())
        try:
            with self.session.begin_nested():
                group = make.placed(self.session, *items, payment_method=payment, cart_token=TOKEN)
        except StockTooLow:
            assert not enough
            return multiple()
        except Conflict:
            assert not items
            return multiple()
        assert enough
        total = sum(self.prices[product] * quantity for product, quantity in self.in_cart.items())
        assert group.total_amount == total
        made = []
        for order in queries.orders_of(self.session, group.id):
            seller = next(n for n, one in enumerate(self.sellers) if one.shop_id == order.shop_id)
            mine = {product: n for product, n in self.in_cart.items() if self.owners[product] == seller}
            amount = sum(self.prices[product] * n for product, n in mine.items())
            assert order.total_amount == amount
            made.append(Sold(order.id, seller, mine, amount))
        self.sold += made
        self.in_cart = {}
        self.make_room(group)
        return multiple(*made)

    def make_room(self, group: OrderGroup) -> None:
        """The limit of open checkouts has tests of its own; here the next one comes from another browser."""
        self.session.execute(text("UPDATE order_group SET browser_hash = NULL WHERE id = :i"), {"i": group.id})
        self.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # the sums agree now, not only at a commit
        self.session.execute(text("SET CONSTRAINTS ALL DEFERRED"))

    @rule(sold=orders)
    def pay(self, sold: Sold) -> None:
        self.attempt(lambda: placing.confirm(self.session, sold.order_id, paid_at=clock.now()))

    @rule(sold=orders)
    def pay_late(self, sold: Sold) -> None:
        order = self.session.get_one(CustomerOrder, sold.order_id)
        possible = (
            order.status == "expired"
            and order.payment_method != "cod"
            and all(self.free(product) >= quantity for product, quantity in sold.quantities.items())
        )
        assert placing.revive(self.session, sold.order_id, paid_at=clock.now()) is possible

    @rule(sold=orders)
    def accept(self, sold: Sold) -> None:
        self.attempt(lambda: fulfilment.accept(self.session, self.sellers[sold.seller].actor, sold.order_id))

    @rule(sold=orders)
    def fulfil(self, sold: Sold) -> None:
        actor = self.sellers[sold.seller].actor
        self.attempt(lambda: fulfilment.mark_ready(self.session, actor, sold.order_id))
        before = self.status(sold)
        self.attempt(lambda: fulfilment.hand_over(self.session, actor, sold.order_id, paid_at=clock.now()))
        if before == "ready":
            assert self.status(sold) == "handed_over"
            for product, quantity in sold.quantities.items():
                self.shelf[product] = max(0, self.shelf[product] - quantity)

    @rule(sold=orders)
    def reject(self, sold: Sold) -> None:
        actor = self.sellers[sold.seller].actor
        self.attempt(lambda: fulfilment.reject(self.session, actor, sold.order_id, reason="Libur"))

    @rule(sold=orders)
    def cancel_as_seller(self, sold: Sold) -> None:
        actor = self.sellers[sold.seller].actor
        self.attempt(lambda: cancelling.cancel_as_seller(self.session, actor, sold.order_id, reason="Rusak"))

    @rule(sold=orders)
    def cancel_as_buyer(self, sold: Sold) -> None:
        group = self.session.get_one(CustomerOrder, sold.order_id).group_id
        self.attempt(lambda: cancelling.cancel(self.session, GUEST, sold.order_id, key=queries.key_of(group)))

    @rule(sold=orders)
    def expire(self, sold: Sold) -> None:
        cancelling.expire(self.session, sold.order_id)

    @rule(product=which, counted=st.integers(min_value=0, max_value=12))
    def count_the_shelf(self, product: int, counted: int) -> None:
        """The seller counts; holds that no longer fit are let go and their orders end, those promised stay promised."""
        seen = self.session.exec(select(OutboxEvent.id).order_by(col(OutboxEvent.id).desc())).first() or 0
        make.set_on_hand(self.session, self.sellers[self.owners[product]], self.products[product], counted)
        released = self.session.exec(
            select(OutboxEvent).where(OutboxEvent.kind == "HoldReleased", col(OutboxEvent.id) > seen)
        ).all()
        for event in released:
            cancelling.on_hold_released(self.transactions, HoldReleased.from_payload(event.payload))
        self.shelf[product] = counted

    @contextmanager
    def transactions(self) -> Iterator[Session]:
        with self.session.begin_nested():
            yield self.session

    def attempt(self, act: Any) -> None:
        try:
            with self.session.begin_nested():
                act()
        except Conflict:
            pass

    @invariant()
    def stock_is_what_was_counted_less_what_is_held(self) -> None:
        if not hasattr(self, "products"):
            return
        for product, product_id in enumerate(self.products):
            held = self.held(product)
            assert make.held(self.session, product_id) == (max(self.shelf[product], held), held)
            sale = catalogue.for_sale(self.session, [product_id])[product_id]
            assert sale.available == self.free(product)

    @invariant()
    def a_sale_keeps_its_price(self) -> None:
        for sold in getattr(self, "sold", []):
            order = self.session.get_one(CustomerOrder, sold.order_id)
            assert order.total_amount == sold.total_amount
            lines = queries.lines_of(self.session, [order])[order.id]
            assert sum(line.line_amount for line in lines) == sold.total_amount

    @invariant()
    def the_cart_is_the_cart(self) -> None:
        if hasattr(self, "products"):
            items = {item.product_id: item.quantity for item in queries.cart_items(self.session, GUEST, TOKEN)}
            assert items == {self.products[product]: quantity for product, quantity in self.in_cart.items()}

    @invariant()
    def goods_leave_only_for_money(self) -> None:
        for sold in getattr(self, "sold", []):
            order = self.session.get_one(CustomerOrder, sold.order_id)
            assert order.status not in GONE or order.paid_at is not None


def test_cart_stock_and_orders_agree_after_any_acts_in_any_order(session: Session) -> None:
    class OnThisDatabase(Trade):
        pass

    OnThisDatabase.session = session
    run(
        OnThisDatabase,
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=timedelta(seconds=60),
            suppress_health_check=list(HealthCheck),
        ),
    )
