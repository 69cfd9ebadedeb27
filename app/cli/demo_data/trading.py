"""Orders as they are lived: placed, paid, answered, packed, handed over, or come to nothing; by the verbs of both sides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.cli.demo_data import courses, customers
from app.cli.demo_data.courses import Course, Shown
from app.cli.demo_data.customers import Customer
from app.cli.demo_data.echoes import Echoes, within
from app.cli.demo_data.people import People
from app.cli.demo_data.scale import dice
from app.cli.demo_data.stocking import Stall, Stocking, Ware
from app.cli.demo_data.timeline import Timeline
from app.db import Transactions
from app.kit import clock
from app.orders import cancelling, fulfilment, models, placing, queries, rules
from app.orders.models import CustomerOrder
from app.orders.placing import CheckoutDraft
from app.orders.rules import Item
from app.outbox.event import Event
from app.payments import checkout, reconciling, refunds, settling
from app.payments.events import RefundOpened
from app.payments.models import Payment
from app.payments.providers import sandbox
from app.reference import regions

FROM_TWO_SHOPS = 0.13
LOW = 4
RETURNED = "Dikembalikan lewat transfer."

Basket = list[tuple[Stall, list[tuple[Ware, int]]]]


@dataclass(eq=False)
class Sale:
    """One order on its way. `parts` are what it holds of each ware."""

    order_id: UUID
    group_id: UUID
    payment_id: UUID
    due_amount: int
    method: str
    stall: Stall
    customer: Customer
    course: Course
    parts: list[tuple[Ware, int]]


@dataclass
class Trading:
    session: Session
    timeline: Timeline
    people: People
    stocking: Stocking
    echoes: Echoes
    customers: Sequence[Customer]
    random: Random = field(default_factory=lambda: dice("trading"))
    placed: int = 0
    sales: dict[UUID, Sale] = field(default_factory=dict)

    def plan(self, orders: int) -> None:
        """Put down the shown orders and, in their season, as many others."""
        self.echoes.when[RefundOpened] = self.on_refund_opened
        for shown in courses.SHOWN:
            self.timeline.put(self.timeline.now - shown.ago, partial(self.show, shown))
        for at in customers.moments(orders - len(courses.SHOWN), self.timeline.now):
            self.timeline.put(at, self.want)

    # --- buying ------------------------------------------------------------------------------------------------------

    def want(self) -> None:
        """Somebody buys something somewhere."""
        for _ in range(4):
            customer = customers.somebody(self.customers, self.random)
            stall = customers.stall_for(customer, self.stocking.stalls, self.random) if customer else None
            if customer is None or stall is None:
                continue
            delivery = self.delivery_for(customer, stall)
            found = customers.basket(stall, self.random, sent=delivery == "expedition")
            if not found:
                continue
            basket: Basket = [(stall, found)]
            if self.random.random() < FROM_TWO_SHOPS:
                basket += self.second_shop(customer, stall, delivery)
            method = self.method_for(basket, delivery)
            if method is None:
                continue
            customer.stall = stall
            self.place(customer, basket, delivery, method, courses.thrown(self.random, signed_in=customer.has_account))
            return

    def show(self, shown: Shown) -> None:
        """An order at the demo seller's."""
        stall = self.stocking.stalls_of(0)
        customer = self.customers[0] if shown.by_buyer else self.neighbour()
        found = customers.basket(stall, self.random, sent=False)
        if not found:
            ware = stall.wares[0]
            self.stocking.restock(stall, ware)
            found = [(ware, 1)]
        self.place(customer, [(stall, found)], shown.delivery, shown.method, shown.course)

    def neighbour(self) -> Customer:
        """A guest from the seller's own district with nothing open."""
        home = self.customers[0].place
        near = [customer for customer in self.customers[1:] if not customer.outside and customer.is_free()]
        return next((customer for customer in near if customer.place == home), near[0])

    def second_shop(self, customer: Customer, first: Stall, delivery: str) -> Basket:
        stall = customers.stall_for(customer, self.stocking.stalls, self.random, like=first)
        if stall is None or (delivery == "courier" and customer.place not in stall.courier):
            return []
        found = customers.basket(stall, self.random, sent=delivery == "expedition")
        return [(stall, found)] if found else []

    def delivery_for(self, customer: Customer, stall: Stall) -> str:
        if customer.outside:
            return "expedition"
        return "courier" if customer.place in stall.courier and self.random.random() < 0.65 else "pickup"

    def method_for(self, basket: Basket, delivery: str) -> str | None:
        """How it is paid: what every shop takes and what fits the goods."""
        asks = any(ware.good.mode == "ask_first" for _, parts in basket for ware, _ in parts)
        offered = {"cod": 58 if delivery != "expedition" else 0, "transfer": 27, "sandbox": 0 if asks else 15}
        if not all(stall.transfer for stall, _ in basket):
            offered["transfer"] = 0
        if not any(offered.values()):
            return None
        return self.random.choices(list(offered), list(offered.values()))[0]

    def place(self, customer: Customer, basket: Basket, delivery: str, method: str, course: Course) -> None:
        actor = self.actor_of(customer)
        with placing.being_placed(self.session, actor, draft_of(customer, basket, delivery, method)) as placed:
            made = checkout.prepare_with(self.session, placed)
        payments = {payment.order_id: payment for payment in made}
        sales = []
        by_shop = {stall.shop_id: (stall, parts) for stall, parts in basket}
        for order in placed.orders:
            stall, parts = by_shop[order.shop_id]
            payment = payments.get(order.id) or payments[None]
            sales.append(
                Sale(order.id, order.group_id, payment.id, payment.amount, method, stall, customer, course, parts)
            )
            self.sales[order.id] = sales[-1]
            if stall.firm.serial == 0 or customer is self.customers[0]:
                self.echoes.told.add(order.id)
            self.begin_with(sales[-1], order)
        for sale in sales:
            self.hold(sale)
        self.placed += len(sales)
        if method == "sandbox":
            self.at_the_gateway(sales)

    def actor_of(self, customer: Customer) -> Actor:
        if not customer.has_account:
            return Actor(channel="demo")
        if customer.actor is None:
            known = self.people.cast.get(customer.serial)
            customer.actor = known or self.people.open(customer.serial, customer.name)
        return customer.actor

    def hold(self, sale: Sale) -> None:
        for ware, quantity in sale.parts:
            ware.reserved += quantity
            if ware.counted and ware.free < LOW and self.random.random() < 0.85:
                wait = timedelta(hours=self.random.randint(6, 60))
                self.timeline.after(wait, partial(self.restock, sale.stall, ware))

    def restock(self, stall: Stall, ware: Ware) -> None:
        if ware in stall.wares and ware.free < LOW:
            self.stocking.restock(stall, ware)

    def begin_with(self, sale: Sale, order: CustomerOrder) -> None:
        """The first wait of an order: for the seller's answer, or for the money."""
        course, customer = sale.course, sale.customer
        if course.rests(order.status):
            customer.waits.append(order.hold_until or clock.now())
            return
        if order.status == models.AWAITING_SELLER:
            customer.waits.append(clock.now() + self.answers_after(sale, order))
            self.timeline.after(self.answers_after(sale, order), lambda: self.answer(sale))
        elif order.payment_method == "transfer":
            self.wait_for_transfer(sale, order)

    def answers_after(self, sale: Sale, order: CustomerOrder) -> timedelta:
        return rules.SELLER_ANSWERS_WITHIN if sale.course.answer == "silent" else sale.course.answering

    # --- paying ------------------------------------------------------------------------------------------------------

    def wait_for_transfer(self, sale: Sale, order: CustomerOrder) -> None:
        wait = sale.course.paying if sale.course.pays else rules.PAY_WITHIN["transfer"]
        sale.customer.waits.append(clock.now() + wait)
        self.timeline.after(wait, (lambda: self.transferred(sale)) if sale.course.pays else (lambda: self.expire(sale)))

    def transferred(self, sale: Sale) -> None:
        settling.confirm_transfer(self.session, sale.stall.actor, sale.payment_id, sale.due_amount)
        self.after_payment(sale)

    def after_payment(self, sale: Sale) -> None:
        order = self.order(sale)
        if sale.course.rests(order.status):
            return
        if order.status == models.ACCEPTED:
            self.timeline.after(sale.course.packing, lambda: self.pack(sale))
        elif order.status == models.CONFIRMED:
            self.timeline.after(sale.course.answering, lambda: self.answer(sale))

    def at_the_gateway(self, sales: list[Sale]) -> None:
        """The buyer pays on the rehearsal gateway's page within its minutes, or closes it."""
        course, payment_id = sales[0].course, sales[0].payment_id
        checkout.start(self.begin, payment_id)
        wait = min(course.paying, timedelta(minutes=15)) if course.pays else rules.PAY_WITHIN["sandbox"]
        sales[0].customer.waits.append(clock.now() + wait)
        if not course.pays:
            self.timeline.after(wait, lambda: self.page_closed(sales))
            return
        self.timeline.after(wait, lambda: self.paid_online(sales))

    def paid_online(self, sales: list[Sale]) -> None:
        """The charge is paid, or tried to be; the shop sees it when the buyer comes back."""
        payment, outcome = self.session.get_one(Payment, sales[0].payment_id), sales[0].course.outcome
        sandbox.pressed(self.begin, payment.provider_ref or "", outcome, sandbox.told_states(outcome)[0])
        settling.sync(self.begin, payment.id)
        for sale in sales:
            if self.order(sale).was_paid:
                self.after_payment(sale)
            else:
                self.let_go(sale)

    def page_closed(self, sales: list[Sale]) -> None:
        reconciling.look(self.begin, sales[0].payment_id)
        for sale in sales:
            self.let_go(sale)

    def expire(self, sale: Sale) -> None:
        if cancelling.expire(self.session, sale.order_id):
            self.let_go(sale)

    def on_refund_opened(self, event: Event) -> None:
        """A seller who owes money sends it after a day or two; a gateway sends it by itself."""
        if not isinstance(event, RefundOpened):
            return
        if not event.manual:
            self.timeline.after(timedelta(minutes=4), lambda: self.send_refund(event.refund_id))
            return
        sale = self.sales[event.order_id]
        if sale.course.returns:
            wait = timedelta(hours=self.random.randint(3, 60))
            self.timeline.after(wait, lambda: self.return_by_hand(sale.stall.actor, event.refund_id))

    def return_by_hand(self, seller: Actor, refund_id: UUID) -> None:
        refunds.mark_returned(self.session, seller, refund_id, note=RETURNED)

    def send_refund(self, refund_id: UUID) -> None:
        refunds.send(self.begin, refund_id)

    # --- fulfilling --------------------------------------------------------------------------------------------------

    def answer(self, sale: Sale) -> None:
        seller, course = sale.stall.actor, sale.course
        if course.answer == "reject":
            fulfilment.reject(self.session, seller, sale.order_id, reason=self.random.choice(courses.REFUSALS))
            self.let_go(sale)
        elif course.answer == "withdraw":
            self.withdraw(sale)
        elif course.answer == "silent" and not self.order(sale).was_paid:
            self.expire(sale)
        else:
            order = fulfilment.accept(self.session, seller, sale.order_id)
            if course.rests(order.status):
                return
            if order.status == models.AWAITING_PAYMENT:
                self.wait_for_transfer(sale, order)
            else:
                self.timeline.after(course.packing, lambda: self.pack(sale))

    def withdraw(self, sale: Sale) -> None:
        cancelling.cancel(
            self.session,
            sale.customer.actor or Actor(channel="demo"),
            sale.order_id,
            reason=self.random.choice(courses.SECOND_THOUGHTS),
            key=queries.key_of(sale.group_id),
        )
        self.let_go(sale)

    def pack(self, sale: Sale) -> None:
        if sale.course.breaks:
            reason = self.random.choice(courses.FAILURES)
            cancelling.cancel_as_seller(self.session, sale.stall.actor, sale.order_id, reason=reason)
            self.let_go(sale)
            return
        order = fulfilment.mark_ready(self.session, sale.stall.actor, sale.order_id)
        if not sale.course.rests(order.status):
            self.timeline.after(sale.course.handing, lambda: self.hand_over(sale))

    def hand_over(self, sale: Sale) -> None:
        if sale.method == "cod":
            settling.collect_cash(self.session, sale.stall.actor, sale.order_id)
        else:
            fulfilment.hand_over(self.session, sale.stall.actor, sale.order_id)
        for ware, quantity in sale.parts:
            ware.on_hand -= quantity if ware.counted else 0
            ware.reserved -= quantity
        if sale.course.rests(models.HANDED_OVER):
            return
        if sale.course.received == "nobody":
            self.timeline.after(rules.COMPLETE_AFTER_HAND_OVER, lambda: self.complete(sale))
        else:
            self.timeline.after(sale.course.receiving, lambda: self.received(sale))

    def received(self, sale: Sale) -> None:
        if sale.course.received == "buyer":
            actor, key = sale.customer.actor or Actor(channel="demo"), queries.key_of(sale.group_id)
            fulfilment.confirm_received(self.session, actor, sale.order_id, key=key)
            return
        fulfilment.mark_delivered(self.session, sale.stall.actor, sale.order_id)
        self.timeline.after(rules.COMPLETE_AFTER_DELIVERY, lambda: self.complete(sale))

    def complete(self, sale: Sale) -> None:
        fulfilment.complete(self.session, sale.order_id)

    def let_go(self, sale: Sale) -> None:
        for ware, quantity in sale.parts:
            ware.reserved -= quantity

    # -----------------------------------------------------------------------------------------------------------------

    def order(self, sale: Sale) -> CustomerOrder:
        return self.session.get_one(CustomerOrder, sale.order_id)

    @property
    def begin(self) -> Transactions:
        return within(self.session)


def draft_of(customer: Customer, basket: Basket, delivery: str, method: str) -> CheckoutDraft:
    where = regions.name(customer.place)
    return CheckoutDraft(
        items=tuple(Item(ware.product_id, quantity) for _, parts in basket for ware, quantity in parts),
        contact_name=customer.name,
        contact_phone=customer.phone,
        delivery_method=delivery,
        region_code=None if delivery == "pickup" else customer.place,
        address=None if delivery == "pickup" else f"Jalan Contoh {customer.serial % 90 + 1}, {where}",
        payment_method=method,
    )
