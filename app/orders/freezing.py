"""A quote becomes the rows of a checkout: what was agreed, line by line, never to change again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, SQLModel

from app.actor import Actor
from app.db import Prepared, row_of
from app.kit import clock, ids
from app.orders import moving, queries, rules
from app.orders.drafts import Checked
from app.orders.events import OrderPlaced
from app.orders.models import ORDER_NUMBERS, CustomerOrder, OrderEvent, OrderGroup, OrderLine
from app.orders.quoting import Quote, QuoteLine, ShopQuote
from app.orders.views import GroupView
from app.outbox import publish

PREFIX = "PE"

NEXT_SERIAL = Prepared(ORDER_NUMBERS.next_value().select())


@dataclass(frozen=True)
class PlacedOrder:
    order: CustomerOrder
    lines: tuple[OrderLine, ...]
    step: OrderEvent


@dataclass(frozen=True)
class Placed:
    """A checkout about to be written, its orders by position. Whoever adds `rows` of their own has them written by the same
    statement, and reads nothing again."""

    group: OrderGroup
    parts: tuple[PlacedOrder, ...]
    rows: list[SQLModel]

    @property
    def orders(self) -> tuple[CustomerOrder, ...]:
        return tuple(part.order for part in self.parts)

    @property
    def view(self) -> GroupView:
        """What `queries.group` would read of it."""
        return queries.group_view(
            self.group,
            (
                queries.order_view(
                    part.order,
                    tuple(queries.line_view(line) for line in part.lines),
                    (queries.step_view(part.step),),
                )
                for part in self.parts
            ),
        )


def freeze(session: Session, actor: Actor, checked: Checked, quote: Quote) -> Placed:
    """The checkout with its orders and lines, the first step of each order's history, the audit and the events."""
    ((serial,),) = NEXT_SERIAL.found(session)
    group = group_of(actor, checked, quote, serial=serial)
    parts: list[PlacedOrder] = []
    rows: list[SQLModel] = [group]
    for position, shop in enumerate(quote.shops, start=1):
        order = order_of(group, shop, position)
        step, act = moving.written_down(actor, order, came_from=None, party="buyer")
        lines = tuple(line_of(order, line, number) for number, line in enumerate(shop.lines, start=1))
        parts.append(PlacedOrder(order, lines, step))
        rows += [order, *lines, step, act, publish.stored(OrderPlaced(order.id, group.id))]
    return Placed(group, tuple(parts), rows)


def group_of(actor: Actor, checked: Checked, quote: Quote, *, serial: int) -> OrderGroup:
    now = clock.now()
    date = clock.business_date(now)
    return row_of(
        OrderGroup,
        number=ids.checked_number(PREFIX, date.year, serial),
        account_id=actor.account_id,
        browser_hash=checked.browser,
        channel=actor.channel,
        contact_name=checked.contact_name,
        contact_phone=checked.contact_phone,
        delivery_method=checked.delivery_method,
        region_code=checked.region_code,
        address=checked.address,
        payment_method=checked.payment_method,
        quote_hash=quote.hash,
        items_amount=quote.items_amount,
        delivery_amount=quote.delivery_amount or 0,
        total_amount=quote.total_amount or 0,
        placed_at=now,
        business_date=date,
    )


def order_of(group: OrderGroup, shop: ShopQuote, position: int) -> CustomerOrder:
    status = rules.first_status(group.payment_method, ask_first=shop.ask_first)
    terms = shop.terms
    return row_of(
        CustomerOrder,
        group_id=group.id,
        number=f"{group.number}-{position}",
        position=position,
        shop_id=terms.shop_id,
        business_id=terms.business_id,
        business_name=terms.business_name,
        business_number=terms.business_number,
        shop_slug=terms.slug,
        district_code=terms.district_code,
        village_code=terms.village_code,
        pickup_address=terms.pickup_address,
        status=status,
        ask_first=shop.ask_first,
        payment_method=group.payment_method,
        delivery_method=group.delivery_method,
        delivery_days=shop.delivery_days,
        weight_gram=shop.weight_gram,
        items_amount=shop.items_amount,
        delivery_amount=shop.delivery_amount or 0,
        total_amount=shop.total_amount or 0,
        hold_until=rules.hold_until(status, group.payment_method, group.placed_at),
        placed_at=group.placed_at,
    )


def line_of(order: CustomerOrder, line: QuoteLine, position: int) -> OrderLine:
    return row_of(
        OrderLine,
        order_id=order.id,
        position=position,
        product_id=line.product_id,
        name=line.name,
        slug=line.slug,
        unit=line.unit,
        category_slug=line.category_slug,
        stock_mode=line.stock_mode,
        weight_gram=line.weight_gram,
        quantity=line.quantity,
        unit_price_amount=line.price_amount,
        line_amount=line.line_amount,
    )
