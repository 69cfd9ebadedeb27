"""Placing a checkout: one quote frozen, one order per shop, all stock or none; and what a payment does to it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, func, or_, select, text

from app.actor import SYSTEM, Actor
from app.catalogue import stock
from app.catalogue.stock import Wanted
from app.errors import FieldError, Invalid
from app.kit import clock, ids, phone, texts
from app.orders import cart, models, moving, offers, quoting, rules
from app.orders.errors import (
    DeliveryNotOffered,
    EmptyCheckout,
    HoldLost,
    MoveRefused,
    NotForSale,
    PaymentNotOffered,
    QuoteChanged,
    TooManyUnpaid,
)
from app.orders.events import OrderPlaced
from app.orders.models import MOST_LINES, MOST_QUANTITY, ORDER_NUMBERS, CustomerOrder, OrderGroup, OrderLine
from app.orders.quoting import Quote, ShopQuote
from app.orders.rules import Item
from app.outbox import publish

PREFIX = "PE"
MOST_OPEN_UNPAID = 2
LONGEST_NAME = 100
LONGEST_ADDRESS = 500
SHORTEST_ADDRESS = 5


@dataclass(frozen=True)
class CheckoutDraft:
    """What a buyer asks for. It names no price: prices come from the database. `quote_token` is what the form showed (None: a
    program that reads the total from the answer); `cart_token` names the browser."""

    items: tuple[Item, ...]
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None
    address: str | None
    payment_method: str
    quote_token: str | None = None
    cart_token: str | None = None


@dataclass(frozen=True)
class Checked:
    """A draft whose every field is sound by itself."""

    items: tuple[Item, ...]
    contact_name: str
    contact_phone: str
    delivery_method: str
    region_code: str | None
    address: str | None
    payment_method: str
    browser: bytes | None


def place(session: Session, actor: Actor, draft: CheckoutDraft) -> OrderGroup:
    """Place a checkout with nothing more to do before its stock is taken (see `being_placed`)."""
    with being_placed(session, actor, draft) as group:
        return group


@contextmanager
def being_placed(session: Session, actor: Actor, draft: CheckoutDraft) -> Iterator[OrderGroup]:
    """Turn a draft into orders with reserved stock, or refuse and leave nothing behind.

    Raises Invalid with every fault at once, DeliveryNotOffered and PaymentNotOffered naming the shop, NotForSale, QuoteChanged
    telling what differs from what the buyer saw, StockTooLow naming the goods, and TooManyUnpaid at the third open unpaid
    checkout of a phone or browser. A guest's order belongs to no account, whatever phone it names.

    What the caller does with the new checkout inside comes before its stock is reserved: from there to the end of the transaction
    every other buyer of these goods waits, so nothing is left to do then but to commit.
    """
    checked = check(draft)
    limit_open_unpaid(session, checked)
    quote = quoting.quote(session, checked.items, method=checked.delivery_method, region_code=checked.region_code)
    require_orderable(quote, draft, checked.payment_method)
    group = freeze(session, actor, checked, quote)
    orders = [freeze_order(session, group, shop, position) for position, shop in enumerate(quote.shops, start=1)]
    session.flush()
    session.add_all(line for order, shop in zip(orders, quote.shops, strict=True) for line in lines_of(order, shop))
    session.flush()
    for order in orders:
        moving.write_down(session, actor, order, came_from=None, party="buyer")
        publish.announce(session, OrderPlaced(order.id, group.id))
    cart.take_out(session, actor, draft.cart_token, [item.product_id for item in checked.items])
    yield group
    wanted = [
        Wanted(order.id, line.product_id, line.quantity)
        for order, shop in zip(orders, quote.shops, strict=True)
        for line in shop.lines
    ]
    stock.reserve(session, wanted, max(reservation_end(order) for order in orders))


def check(draft: CheckoutDraft) -> Checked:
    """The fields of a draft, tidied. Raises EmptyCheckout and Invalid."""
    items = rules.summed(draft.items)
    if not items:
        raise EmptyCheckout
    faults = []
    if len(items) > MOST_LINES:
        faults.append(FieldError("items", "too_many", f"Paling banyak {MOST_LINES} barang berbeda dalam satu pesanan."))
    if any(not 1 <= item.quantity <= MOST_QUANTITY for item in items):
        faults.append(FieldError("items", "quantity_bounds", f"Isi jumlah antara 1 dan {MOST_QUANTITY}."))
    name = " ".join(draft.contact_name.split())
    if not name or len(name) > LONGEST_NAME:
        faults.append(
            FieldError("contact_name", "required", f"Isi nama penerima, paling panjang {LONGEST_NAME} huruf.")
        )
    elif texts.unwritable(name):
        faults.append(FieldError("contact_name", "unwritable", "Nama memuat tanda yang tidak dapat disimpan."))
    try:
        number = phone.normalise(draft.contact_phone)
    except ValueError as fault:
        number = ""
        faults.append(FieldError("contact_phone", "phone", str(fault)))
    region_code, address, place_faults = check_place(draft)
    faults += place_faults
    if draft.payment_method not in quoting.PAYMENTS:
        faults.append(FieldError("payment_method", "unknown", "Pilih cara bayar."))
    if faults:
        raise Invalid(*faults)
    browser = ids.fingerprint(draft.cart_token) if draft.cart_token else None
    return Checked(items, name, number, draft.delivery_method, region_code, address, draft.payment_method, browser)


def check_place(draft: CheckoutDraft) -> tuple[str | None, str | None, list[FieldError]]:
    """Where it goes: nowhere for pick-up, a place of the regency by courier, any regency by expedition."""
    if draft.delivery_method not in offers.METHODS:
        return None, None, [FieldError("delivery_method", "unknown", "Pilih cara menerima barang.")]
    if draft.delivery_method == "pickup":
        return None, None, []
    faults = []
    if draft.delivery_method == "courier":
        if offers.district_in(draft.region_code) is None:
            faults.append(FieldError("region_code", "place", "Pilih kecamatan tujuan dari daftar."))
    elif offers.regency_in(draft.region_code) is None:
        faults.append(FieldError("region_code", "place", "Pilih kabupaten atau kota tujuan dari daftar."))
    address = "\n".join(" ".join(line.split()) for line in (draft.address or "").strip().splitlines())
    if not SHORTEST_ADDRESS <= len(address) <= LONGEST_ADDRESS:
        sentence = f"Tulis alamat lengkap, {SHORTEST_ADDRESS} sampai {LONGEST_ADDRESS} huruf."
        faults.append(FieldError("address", "required", sentence))
    elif texts.unwritable(address):
        faults.append(
            FieldError("address", "unwritable", "Alamat memuat tanda yang tidak dapat disimpan. Ketik ulang.")
        )
    return draft.region_code, address, faults


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
    for key in sorted(lock_key(name) for name in names):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})
    now = clock.now()
    same = [col(OrderGroup.contact_phone) == checked.contact_phone]
    if checked.browser is not None:
        same.append(col(OrderGroup.browser_hash) == checked.browser)
    ends = session.exec(
        select(func.min(CustomerOrder.hold_until))
        .join(OrderGroup, col(OrderGroup.id) == CustomerOrder.group_id)
        .where(or_(*same), col(CustomerOrder.hold_until) > now)
        .group_by(col(CustomerOrder.group_id))
    ).all()
    if len(ends) >= MOST_OPEN_UNPAID:
        first = min(end for end in ends if end is not None)
        raise TooManyUnpaid(retry_after=max(1, int((first - now) / timedelta(seconds=1))))


def lock_key(name: str) -> int:
    digest = hashlib.sha256(f"orders.open_unpaid:{name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def freeze(session: Session, actor: Actor, checked: Checked, quote: Quote) -> OrderGroup:
    now = clock.now()
    serial = session.execute(ORDER_NUMBERS.next_value().select()).scalar_one()
    date = clock.business_date(now)
    group = OrderGroup(
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
    session.add(group)
    session.flush()
    return group


def freeze_order(session: Session, group: OrderGroup, shop: ShopQuote, position: int) -> CustomerOrder:
    status = rules.first_status(group.payment_method, ask_first=shop.ask_first)
    terms = shop.terms
    order = CustomerOrder(
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
    session.add(order)
    return order


def lines_of(order: CustomerOrder, shop: ShopQuote) -> list[OrderLine]:
    return [
        OrderLine(
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
        for position, line in enumerate(shop.lines, start=1)
    ]


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
