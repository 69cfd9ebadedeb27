"""Reading carts and orders. Who may see a thing is part of fetching it; foreign and missing are the same answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Row, Uuid, bindparam, tuple_
from sqlmodel import Session, col, func, select

from app.actor import GUEST, Actor
from app.catalogue import access
from app.catalogue import queries as catalogue
from app.catalogue.views import SaleItem
from app.config import settings
from app.db import Prepared
from app.errors import NotFound, SignInRequired
from app.kit import ids, money, phone
from app.orders import models, offers, rules
from app.orders.models import Cart, CartLine, CustomerOrder, OrderEvent, OrderGroup, OrderLine
from app.orders.rules import Item
from app.orders.views import (
    CartLineView,
    CartShop,
    CartView,
    GroupRow,
    GroupView,
    LineView,
    OrderView,
    RowOrder,
    SellerOrderRow,
    SellerOrderView,
    Step,
)
from app.reference import regions
from app.registry.queries import storable

MOST_ROWS = 100
MOST_PAIRS = 50

STAGES: dict[str, tuple[str, ...]] = {
    "new": (models.AWAITING_SELLER, models.CONFIRMED),
    "unpaid": (models.AWAITING_PAYMENT,),
    "open": (models.ACCEPTED, models.READY, models.HANDED_OVER, models.DELIVERED),
    "done": tuple(sorted(models.ENDED)),
}
"""The seller's lists: what to answer, what waits for money, what to fulfil, what is over."""


# --- carts -----------------------------------------------------------------------------------------------------------


HELD = (col(Cart.account_id) == bindparam("account", type_=Uuid())) | (
    col(Cart.token_hash) == bindparam("token", type_=LargeBinary())
)
"""The cart of one holder: of an account, or of a browser; the other value is NULL."""

CART_LINES = Prepared(
    select(CartLine.product_id, CartLine.quantity, CartLine.seen_price_amount)
    .join(Cart, col(Cart.id) == CartLine.cart_id)
    .where(HELD)
    .order_by(col(CartLine.added_at), col(CartLine.product_id))
)
CART_COUNT = Prepared(
    select(func.count()).select_from(CartLine).join(Cart, col(Cart.id) == CartLine.cart_id).where(HELD)
)


def holder_of(actor: Actor, token: str | None) -> dict[str, UUID | bytes | None]:
    """Whose cart is meant: the account's when signed in, else that of the browser with this token."""
    if actor.account_id is not None:
        return {"account": actor.account_id, "token": None}
    return {"account": None, "token": ids.fingerprint(token) if token else None}


def cart_lines(session: Session, actor: Actor, token: str | None) -> Sequence[Any]:
    """Product, quantity and the price seen, in the order they were put in."""
    return CART_LINES.found(session, **holder_of(actor, token)) if actor.signed_in or token else []


def cart_items(session: Session, actor: Actor, token: str | None) -> list[Item]:
    return [Item(line.product_id, line.quantity) for line in cart_lines(session, actor, token)]


def cart_count(session: Session, actor: Actor, token: str | None) -> int:
    """How many different products are in the cart."""
    if not actor.signed_in and not token:
        return 0
    ((count,),) = CART_COUNT.found(session, **holder_of(actor, token))
    return int(count)


def cart(session: Session, actor: Actor, token: str | None) -> CartView:
    """The cart by shop, at the prices and with the stock of this moment."""
    lines = cart_lines(session, actor, token)
    sale = catalogue.for_sale(session, [line.product_id for line in lines])
    by_shop: defaultdict[UUID, list[CartLineView]] = defaultdict(list)
    items: dict[UUID, SaleItem] = {}
    for line in lines:
        if (item := sale.get(line.product_id)) is not None:
            by_shop[item.shop_id].append(cart_line(line, item))
            items[item.shop_id] = item
    terms = catalogue.shop_terms(session, list(by_shop))
    shops = tuple(
        CartShop(
            shop_id,
            terms[shop_id].name,
            terms[shop_id].slug,
            items[shop_id].district_code,
            regions.name(items[shop_id].district_code),
            tuple(views),
        )
        for shop_id, views in by_shop.items()
    )
    return CartView(shops, tuple(line.product_id for line in lines if line.product_id not in sale))


def cart_line(line: Row[Any], item: SaleItem) -> CartLineView:
    warnings = []
    enough = item.available is None or item.available >= line.quantity
    if not item.purchasable:
        warnings.append(rules.not_for_sale_sentence(item.name, item.why_not))
    elif not enough:
        warnings.append(rules.stock_sentence(item.name, item.available or 0, item.unit))
    if item.price_amount != line.seen_price_amount:
        before, after = money.rupiah(line.seen_price_amount), money.rupiah(item.price_amount)
        warnings.append(f"Harga {item.name} berubah dari {before} menjadi {after}.")
    return CartLineView(
        product_id=item.product_id,
        name=item.name,
        slug=item.slug,
        unit=item.unit,
        quantity=line.quantity,
        price_amount=item.price_amount,
        available=item.available,
        stock_mode=item.stock_mode,
        purchasable=item.purchasable and enough,
        warnings=tuple(warnings),
    )


# --- the buyer's orders ----------------------------------------------------------------------------------------------


def key_of(group_id: UUID) -> str:
    """The key that opens a checkout's page, derived from its id: nothing is stored."""
    return ids.derived_key(settings().secret_key.get_secret_value(), "order_group", str(group_id))


def opens(group: OrderGroup, actor: Actor, key: str | None) -> bool:
    """Whether this is the buyer: the account that placed it, or whoever holds its key."""
    if group.account_id is not None and group.account_id == actor.account_id:
        return True
    return key is not None and ids.keys_match(key_of(group.id), key)


def group(session: Session, number: str, *, actor: Actor = GUEST, key: str | None = None) -> GroupView:
    """A checkout for its buyer, or for an administrator of the office. Raises NotFound, also for a wrong key."""
    found = session.exec(select(OrderGroup).where(OrderGroup.number == storable(number))).one_or_none()
    if found is None or not (opens(found, actor, key) or actor.has("administrator")):
        raise NotFound
    orders = orders_of(session, found.id)
    lines, timelines = lines_of(session, orders), timelines_of(session, orders)
    return group_view(found, (order_view(order, lines[order.id], timelines[order.id]) for order in orders))


def group_view(found: OrderGroup, orders: Iterable[OrderView]) -> GroupView:
    return GroupView(
        id=found.id,
        number=found.number,
        key=key_of(found.id),
        placed_at=found.placed_at,
        business_date=found.business_date,
        contact_name=found.contact_name,
        contact_phone=found.contact_phone,
        delivery_method=found.delivery_method,
        region_code=found.region_code,
        address=found.address,
        payment_method=found.payment_method,
        items_amount=found.items_amount,
        delivery_amount=found.delivery_amount,
        total_amount=found.total_amount,
        orders=tuple(orders),
    )


def orders_of(session: Session, group_id: UUID) -> list[CustomerOrder]:
    """The orders of one checkout, by position. No lock, no question of rights: for verbs of the money above."""
    wanted = select(CustomerOrder).where(CustomerOrder.group_id == group_id)
    return list(session.exec(wanted.order_by(col(CustomerOrder.position))).all())


def order_view(order: CustomerOrder, lines: tuple[LineView, ...], timeline: tuple[Step, ...]) -> OrderView:
    return OrderView(
        id=order.id,
        number=order.number,
        shop_id=order.shop_id,
        business_name=order.business_name,
        business_number=order.business_number,
        shop_slug=order.shop_slug,
        pickup_address=order.pickup_address,
        status=order.status,
        payment_method=order.payment_method,
        delivery_method=order.delivery_method,
        items_amount=order.items_amount,
        delivery_amount=order.delivery_amount,
        total_amount=order.total_amount,
        hold_until=order.hold_until,
        paid_at=order.paid_at,
        reason=order.reason,
        lines=lines,
        timeline=timeline,
        delivery_days=order.delivery_days,
        arrives_by=promised_day(order),
    )


def promised_day(order: CustomerOrder) -> date | None:
    return rules.arrives_by(
        order.delivery_days, payment_method=order.payment_method, placed_at=order.placed_at, paid_at=order.paid_at
    )


def lines_of(session: Session, orders: Sequence[CustomerOrder]) -> dict[UUID, tuple[LineView, ...]]:
    found: defaultdict[UUID, list[LineView]] = defaultdict(list)
    wanted = select(OrderLine).where(col(OrderLine.order_id).in_([order.id for order in orders]))
    for line in session.exec(wanted.order_by(col(OrderLine.position))):
        found[line.order_id].append(line_view(line))
    return {order.id: tuple(found[order.id]) for order in orders}


def timelines_of(session: Session, orders: Sequence[CustomerOrder]) -> dict[UUID, tuple[Step, ...]]:
    found: defaultdict[UUID, list[Step]] = defaultdict(list)
    wanted = select(OrderEvent).where(col(OrderEvent.order_id).in_([order.id for order in orders]))
    for step in session.exec(wanted.order_by(col(OrderEvent.id))):
        found[step.order_id].append(step_view(step))
    return {order.id: tuple(found[order.id]) for order in orders}


def line_view(line: OrderLine) -> LineView:
    return LineView(
        line.product_id, line.name, line.slug, line.unit, line.quantity, line.unit_price_amount, line.line_amount
    )


def step_view(step: OrderEvent) -> Step:
    return Step(step.at, step.to_status, step.party, step.reason)


def of_account(session: Session, actor: Actor, *, before: UUID | None = None, limit: int = 20) -> list[GroupRow]:
    """The checkouts the account placed while signed in, newest first; `before` continues after that one.

    Raises SignInRequired for a guest.
    """
    if actor.account_id is None:
        raise SignInRequired
    wanted = select(OrderGroup).where(OrderGroup.account_id == actor.account_id)
    if before is not None:
        mark = select(OrderGroup.placed_at, OrderGroup.id).where(OrderGroup.id == before).scalar_subquery()
        wanted = wanted.where(tuple_(col(OrderGroup.placed_at), col(OrderGroup.id)) < mark)
    wanted = wanted.order_by(col(OrderGroup.placed_at).desc(), col(OrderGroup.id).desc()).limit(min(limit, MOST_ROWS))
    return rows_of(session, session.exec(wanted).all())


def by_keys(session: Session, pairs: Sequence[tuple[str, str]]) -> list[GroupRow]:
    """The checkouts a browser remembers by number and key, newest first; a wrong key opens nothing and says nothing."""
    keys = {storable(number): key for number, key in pairs[:MOST_PAIRS]}
    wanted = select(OrderGroup).where(col(OrderGroup.number).in_(list(keys)))
    found = session.exec(wanted.order_by(col(OrderGroup.placed_at).desc(), col(OrderGroup.id).desc())).all()
    return rows_of(session, [group for group in found if opens(group, GUEST, keys[group.number])])


def rows_of(session: Session, groups: Sequence[OrderGroup]) -> list[GroupRow]:
    parts: defaultdict[UUID, list[RowOrder]] = defaultdict(list)
    wanted = select(CustomerOrder).where(col(CustomerOrder.group_id).in_([group.id for group in groups]))
    for order in session.exec(wanted.order_by(col(CustomerOrder.position))):
        parts[order.group_id].append(RowOrder(order.number, order.business_name, order.status, order.total_amount))
    return [
        GroupRow(
            group.id,
            group.number,
            key_of(group.id),
            group.placed_at,
            group.total_amount,
            group.payment_method,
            tuple(parts[group.id]),
        )
        for group in groups
    ]


# --- the seller's orders ---------------------------------------------------------------------------------------------


def for_seller(
    session: Session,
    actor: Actor,
    *,
    shop_id: UUID | None = None,
    stage: str | None = None,
    before: UUID | None = None,
    limit: int = 50,
) -> list[SellerOrderRow]:
    """Orders of the actor's shops (or of one of them), newest first. Raises NotFound for a foreign shop.

    `stage` is one of STAGES; `before` continues after that order.
    """
    shops = access.shops_meant(session, actor, shop_id)
    wanted = (
        select(CustomerOrder, OrderGroup.contact_name, func.count(col(OrderLine.id)))
        .join(OrderGroup, col(OrderGroup.id) == CustomerOrder.group_id)
        .join(OrderLine, col(OrderLine.order_id) == CustomerOrder.id)
        .where(col(CustomerOrder.shop_id).in_(shops))
        .group_by(col(CustomerOrder.id), col(OrderGroup.contact_name))
    )
    if stage is not None:
        wanted = wanted.where(col(CustomerOrder.status).in_(STAGES.get(stage, ())))
    if before is not None:
        mark = select(CustomerOrder.placed_at, CustomerOrder.id).where(CustomerOrder.id == before).scalar_subquery()
        wanted = wanted.where(tuple_(col(CustomerOrder.placed_at), col(CustomerOrder.id)) < mark)
    wanted = wanted.order_by(col(CustomerOrder.placed_at).desc(), col(CustomerOrder.id).desc())
    found = session.exec(wanted.limit(min(limit, MOST_ROWS))).all()
    return [SellerOrderRow(**row_facts(order, name, lines)) for order, name, lines in found]


def row_facts(order: CustomerOrder, buyer_name: str, line_count: int) -> dict[str, Any]:
    return {
        "id": order.id,
        "number": order.number,
        "shop_id": order.shop_id,
        "placed_at": order.placed_at,
        "status": order.status,
        "buyer_name": buyer_name,
        "total_amount": order.total_amount,
        "line_count": line_count,
        "payment_method": order.payment_method,
        "delivery_method": order.delivery_method,
        "hold_until": order.hold_until,
        "next_steps": rules.seller_steps(order.status, order.payment_method),
    }


def for_seller_one(session: Session, actor: Actor, number: str) -> SellerOrderView:
    """One order for whoever runs its shop. Raises NotFound, also for a foreign one."""
    found = session.exec(
        select(CustomerOrder, OrderGroup)
        .join(OrderGroup, col(OrderGroup.id) == CustomerOrder.group_id)
        .where(CustomerOrder.number == storable(number))
    ).one_or_none()
    if found is None:
        raise NotFound
    order, group = found
    catalogue.shop_to_run(session, actor, order.shop_id)
    lines = lines_of(session, [order])[order.id]
    return SellerOrderView(
        **row_facts(order, group.contact_name, len(lines)),
        lines=lines,
        timeline=timelines_of(session, [order])[order.id],
        contact_phone=group.contact_phone if order.status in rules.CONTACT_SHOWN else None,
        contact_phone_masked=phone.masked(group.contact_phone),
        region_code=group.region_code,
        address=group.address,
        items_amount=order.items_amount,
        delivery_amount=order.delivery_amount,
        reason=order.reason,
        paid_at=order.paid_at,
        arrives_by=promised_day(order),
    )


def seller_counts(session: Session, actor: Actor, *, shop_id: UUID | None = None) -> dict[str, int]:
    """How many orders of the actor's shops (or of one of them) are in each status; statuses without one are left out.

    Raises NotFound for a foreign shop.
    """
    shops = access.shops_meant(session, actor, shop_id)
    wanted = select(CustomerOrder.status, func.count()).where(col(CustomerOrder.shop_id).in_(shops))
    return dict(session.exec(wanted.group_by(CustomerOrder.status)).all())


def rates(session: Session, shop_id: UUID) -> offers.Rates:
    """Where a shop delivers to, and for how much. Public: a buyer asks before buying."""
    return offers.rates_of(session, [shop_id])[shop_id]
