"""Placing a checkout: one quote frozen, one order per shop, all stock or none; and what a payment does to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, LargeBinary, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session, col, func, select

from app.actor import SYSTEM, Actor
from app.catalogue import stock
from app.catalogue.stock import Wanted
from app.db import Prepared, Timestamp, put_in
from app.kit import clock
from app.orders import cart, freezing, models, moving, quoting, rules
from app.orders.drafts import Checked, check
from app.orders.drafts import CheckoutDraft as CheckoutDraft
from app.orders.errors import (
    DeliveryNotOffered,
    HoldLost,
    MoveRefused,
    NotForSale,
    PaymentNotOffered,
    QuoteChanged,
    TooManyUnpaid,
)
from app.orders.freezing import Placed
from app.orders.models import CustomerOrder, OrderGroup
from app.orders.quoting import Quote

MOST_OPEN_UNPAID = 2

QUEUE = Prepared(select(func.pg_advisory_xact_lock(func.unnest(bindparam("keys", type_=ARRAY(BigInteger()))))))
"""One lock after the other, in the order of the keys."""

OPEN_UNPAID = Prepared(
    select(func.min(col(CustomerOrder.hold_until)).label("ends"))
    .join(OrderGroup, col(OrderGroup.id) == CustomerOrder.group_id)
    .where(
        (col(OrderGroup.contact_phone) == bindparam("phone", type_=Text()))
        | (col(OrderGroup.browser_hash) == bindparam("browser", type_=LargeBinary())),
        col(CustomerOrder.hold_until) > bindparam("now", type_=Timestamp()),
    )
    .group_by(col(CustomerOrder.group_id))
)
"""When the first wait of each open unpaid checkout of a phone or a browser (NULL: of the phone alone) ends."""


def place(session: Session, actor: Actor, draft: CheckoutDraft) -> OrderGroup:
    """Place a checkout with nothing more to do before its stock is taken (see `being_placed`)."""
    with being_placed(session, actor, draft) as placed:
        return placed.group


@contextmanager
def being_placed(session: Session, actor: Actor, draft: CheckoutDraft) -> Iterator[Placed]:
    """Turn a draft into orders with reserved stock, or refuse and leave nothing behind.

    Raises Invalid with every fault at once, DeliveryNotOffered and PaymentNotOffered naming the shop, NotForSale, QuoteChanged
    telling what differs from what the buyer saw, StockTooLow naming the goods, and TooManyUnpaid at the third open unpaid
    checkout of a phone or browser. A guest's order belongs to no account, whatever phone it names.

    What the caller adds to the new checkout inside is written with it, and comes before its stock is reserved: from there to the
    end of the transaction every other buyer of these goods waits, so nothing is left to do then but to commit.
    """
    checked = check(draft)
    limit_open_unpaid(session, checked)
    way = checked.delivery_method
    quote = quoting.quote(session, checked.items, method=way, region_code=checked.region_code, ways=(way,))
    require_orderable(quote, draft, checked.payment_method)
    placed = freezing.freeze(session, actor, checked, quote)
    yield placed
    put_in(session, *placed.rows)
    cart.take_out(session, actor, draft.cart_token, [item.product_id for item in checked.items])
    wanted = [Wanted(part.order.id, line.product_id, line.quantity) for part in placed.parts for line in part.lines]
    stock.reserve(session, wanted, max(reservation_end(order) for order in placed.orders))


def require_orderable(quote: Quote, draft: CheckoutDraft, payment_method: str) -> None:
    if quote.not_for_sale:
        raise NotForSale(quote.not_for_sale)
    if draft.quote_token is not None and (changes := quote.changes_since(draft.quote_token)):
        raise QuoteChanged(changes)
    if quote.delivery_problems:
        raise DeliveryNotOffered.one("delivery_method", " ".join(quote.delivery_problems), "delivery_not_offered")
    problem = quote.payment_problem(payment_method)
    if problem is not None:
        raise PaymentNotOffered.one("payment_method", problem, "payment_not_offered")


def limit_open_unpaid(session: Session, checked: Checked) -> None:
    """At most two open unpaid checkouts per phone or browser, also when three are sent at the same moment: whoever shares a phone
    or browser queues here. Raises TooManyUnpaid."""
    names = [f"phone:{checked.contact_phone}"] + ([f"browser:{checked.browser.hex()}"] if checked.browser else [])
    QUEUE.found(session, keys=sorted(lock_key(name) for name in names))
    now = clock.now()
    # a statement of its own: only now it sees what others committed while we waited
    found = OPEN_UNPAID.found(session, phone=checked.contact_phone, browser=checked.browser, now=now)
    if len(found) >= MOST_OPEN_UNPAID:
        first: datetime = min(row.ends for row in found)
        raise TooManyUnpaid(retry_after=max(1, int((first - now) / timedelta(seconds=1))))


def lock_key(name: str) -> int:
    digest = hashlib.sha256(f"orders.open_unpaid:{name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def reservation_end(order: CustomerOrder) -> datetime:
    """When a reservation nobody minds ends by itself: an ask-first order may still be paid after the seller's answer. Orders end
    their reservations earlier, at their own `hold_until`."""
    end = order.hold_until or order.placed_at
    if order.status == models.AWAITING_SELLER and order.payment_method != "cod":
        return end + rules.PAY_WITHIN[order.payment_method]
    return end


def lock_group(session: Session, group_id: UUID) -> tuple[OrderGroup, list[CustomerOrder]]:
    """A checkout with its orders by id, locked for a payment about to settle. Raises NotFound."""
    return moving.lock_group(session, group_id)


def confirm(session: Session, order_id: UUID, *, paid_at: datetime) -> bool:
    """Money came: the order is a sale and its stock is promised. True when it became so now, False when it was paid already.

    Raises MoveRefused for an order that expired (see `revive`) or was cancelled, and HoldLost when its stock was released in the
    meantime and is gone. An ask-first order, to which the seller agreed before, goes on to `accepted` at once.
    """
    order = moving.lock(session, order_id)
    if order.was_paid:
        return False
    order.require_move(models.CONFIRMED)
    if order.status == models.EXPIRED:
        raise MoveRefused(order.number, order.status, models.CONFIRMED)
    if not stock.commit_order(session, order.id) and not stock.retake_order(session, order.id):
        raise HoldLost
    sell(session, order, paid_at)
    return True


def revive(session: Session, order_id: UUID, *, paid_at: datetime) -> bool:
    """Money came after the order expired: when the stock is still free it is taken again and the order is a sale (True).

    False, and nothing changed, when the stock is gone or the order did not end by expiry.
    """
    order = moving.lock(session, order_id)
    if order.status != models.EXPIRED or order.payment_method == "cod" or not stock.retake_order(session, order.id):
        return False
    sell(session, order, paid_at)
    return True


def sell(session: Session, order: CustomerOrder, paid_at: datetime) -> None:
    agreed = order.accepted_at is not None
    moving.move(session, SYSTEM, order, models.CONFIRMED, party="buyer", paid_at=paid_at)
    if agreed:
        moving.move(session, SYSTEM, order, models.ACCEPTED, party="seller")
