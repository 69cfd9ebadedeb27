"""A checkout: what a buyer asks for, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.v1.schemas.fields import Amount, Incoming, Outgoing, Text, Whole
from app.errors import FieldError, Invalid
from app.orders.placing import CheckoutDraft
from app.orders.rules import Item
from app.orders.views import GroupView, LineView, OrderView
from app.payments import views
from app.payments.views import PaymentView

MOST_ITEMS = 200
"""Before lines of the same product are added up; how many different ones may be is the domain's to say."""

NAMED = {
    "contact_name": "contact.name",
    "contact_phone": "contact.phone",
    "delivery_method": "delivery.method",
    "region_code": "delivery.region_code",
    "address": "delivery.address",
}
"""The domain's field names in the words of the body."""


class ItemIn(Incoming):
    product_id: UUID
    quantity: Whole


class ContactIn(Incoming):
    name: Text
    phone: Text


class DeliveryIn(Incoming):
    method: Literal["pickup", "courier", "expedition"]
    region_code: Text | None = None
    address: Text | None = None


class CheckoutIn(Incoming):
    """No price and no total: those are the shop's to say, and a body that brings its own is refused."""

    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MOST_ITEMS)]
    contact: ContactIn
    delivery: DeliveryIn
    payment_method: Literal["cod", "transfer", "stripe", "sandbox"]

    def draft(self) -> CheckoutDraft:
        return CheckoutDraft(
            items=tuple(Item(item.product_id, item.quantity) for item in self.items),
            contact_name=self.contact.name,
            contact_phone=self.contact.phone,
            delivery_method=self.delivery.method,
            region_code=None if self.delivery.method == "pickup" else self.delivery.region_code,
            address=self.delivery.address,
            payment_method=self.payment_method,
        )


def in_body_words(refusal: Invalid) -> Invalid:
    """The same refusal, its fields named as they are in the body."""
    errors = [FieldError(NAMED.get(error.field, error.field), error.code, error.message) for error in refusal.errors]
    return type(refusal)(*errors)


class OrderSeller(Outgoing):
    number: str
    name: str
    slug: str


class Line(Outgoing):
    product_id: UUID
    name: str
    slug: str
    unit: str
    quantity: int
    unit_price_amount: Amount
    line_amount: Amount

    @classmethod
    def of(cls, line: LineView) -> Line:
        return cls(
            product_id=line.product_id,
            name=line.name,
            slug=line.slug,
            unit=line.unit,
            quantity=line.quantity,
            unit_price_amount=line.unit_price_amount,
            line_amount=line.line_amount,
        )


class Order(Outgoing):
    """One shop's part of a checkout. `hold_until`: until when the stock is held for it, while it waits for an answer or money.
    `arrives_by`: the day its seller promised; null without a promise, or until the money of a prepaid order came."""

    number: str
    business: OrderSeller
    items: Sequence[Line]
    items_amount: Amount
    delivery_amount: Amount
    total_amount: Amount
    status: str
    reason: str | None
    hold_until: datetime | None
    paid_at: datetime | None
    arrives_by: date | None

    @classmethod
    def of(cls, order: OrderView) -> Order:
        return cls(
            number=order.number,
            business=OrderSeller(number=order.business_number, name=order.business_name, slug=order.shop_slug),
            items=[Line.of(line) for line in order.lines],
            items_amount=order.items_amount,
            delivery_amount=order.delivery_amount,
            total_amount=order.total_amount,
            status=order.status,
            reason=order.reason,
            hold_until=order.hold_until,
            paid_at=order.paid_at,
            arrives_by=order.arrives_by,
        )


class Instructions(Outgoing):
    """How to pay the seller. The amount of a transfer ends in odd rupiah by which the seller knows it."""

    sentence: str
    amount: Amount
    bank_name: str | None
    account_number: str | None
    account_holder: str | None
    pay_until: datetime | None

    @classmethod
    def of(cls, found: views.Instructions) -> Instructions:
        return cls(
            sentence=found.sentence,
            amount=found.amount,
            bank_name=found.bank_name or None,
            account_number=found.account_number or None,
            account_holder=found.account_holder or None,
            pay_until=found.pay_until,
        )


class Payment(Outgoing):
    """One sum to pay: of the whole checkout when the platform collects, of one order when money goes to its seller. `orders` are
    the numbers of what it pays for."""

    id: UUID
    method: str
    status: str
    amount: Amount
    refunded_amount: Amount
    orders: Sequence[str]
    redirect_url: str | None
    instructions: Instructions | None

    @classmethod
    def of(cls, found: PaymentView) -> Payment:
        return cls(
            id=found.id,
            method=found.method,
            status=found.status,
            amount=found.amount,
            refunded_amount=found.refunded_amount,
            orders=found.orders,
            redirect_url=found.redirect_url,
            instructions=Instructions.of(found.instructions) if found.instructions else None,
        )


class Checkout(Outgoing):
    """`key` opens this checkout for whoever holds it, without an account: keep it as a secret."""

    number: str
    key: str
    placed_at: datetime
    status: str
    items_amount: Amount
    delivery_amount: Amount
    total_amount: Amount
    orders: Sequence[Order]
    payments: Sequence[Payment]

    @classmethod
    def of(cls, group: GroupView, payments: Sequence[PaymentView]) -> Checkout:
        return cls(
            number=group.number,
            key=group.key,
            placed_at=group.placed_at,
            status=group.status,
            items_amount=group.items_amount,
            delivery_amount=group.delivery_amount,
            total_amount=group.total_amount,
            orders=[Order.of(order) for order in group.orders],
            payments=[Payment.of(payment) for payment in payments],
        )
