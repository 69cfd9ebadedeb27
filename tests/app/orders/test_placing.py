"""A checkout becomes orders with reserved stock, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, col, select

from app.actor import GUEST
from app.catalogue.errors import StockTooLow
from app.errors import Invalid
from app.kit import clock, ids
from app.orders import cancelling, cart, delivery, fulfilment, placing, queries, quoting
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
from app.orders.models import CustomerOrder, OrderEvent, OrderGroup, OrderLine
from app.orders.rules import Item
from app.outbox.models import OutboxEvent
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LATE_EVENING_UTC = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
"""Already the first minute of 2027 in WITA."""


def announced(session: Session) -> list[str]:
    return [event.kind for event in session.exec(select(OutboxEvent).order_by(col(OutboxEvent.id)))]


def test_one_order_per_shop_with_prices_of_the_database_and_stock_reserved(session: Session) -> None:
    first, second = make.seller(session, "Toko A"), make.seller(session, "Toko B")
    amplang = make.product(session, first, "Amplang", price_amount=15_000, on_hand=10)
    madu = make.product(session, first, "Madu", price_amount=80_000, on_hand=3)
    gula = make.product(session, second, "Gula aren", price_amount=22_500, on_hand=7)
    with clock.at(NOON):
        group = make.placed(session, (gula, 2), (amplang, 3), (madu, 1))
    orders = {order.shop_id: order for order in queries.orders_of(session, group.id)}
    assert group.total_amount == 3 * 15_000 + 80_000 + 2 * 22_500 == 170_000
    assert orders[first.shop_id].total_amount == 125_000
    assert orders[second.shop_id].total_amount == 45_000
    assert ids.number_is_sound(group.number, "PE")
    assert {order.number for order in orders.values()} == {f"{group.number}-1", f"{group.number}-2"}
    assert {order.status for order in orders.values()} == {"awaiting_seller"}
    assert {order.hold_until for order in orders.values()} == {NOON + timedelta(hours=48)}
    assert {(order.commission_basis_points, order.commission_amount) for order in orders.values()} == {(0, 0)}
    assert orders[first.shop_id].business_name == "Toko A"
    assert [make.held(session, product) for product in (amplang, madu, gula)] == [(10, 3), (3, 1), (7, 2)]
    assert announced(session)[-2:] == ["OrderPlaced", "OrderPlaced"]
    assert len(group.quote_hash) == 64


def test_lines_keep_what_was_sold_whatever_happens_to_the_product(session: Session) -> None:
    shop = make.seller(session)
    product = make.product(session, shop, "Amplang", price_amount=15_000)
    order = make.order(session, (product, 2))
    make.set_price(session, shop, product, 99_000)
    line = session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).one()
    assert (line.name, line.unit_price_amount, line.quantity, line.line_amount) == ("Amplang", 15_000, 2, 30_000)
    assert session.get_one(CustomerOrder, order.id).total_amount == 30_000


def test_the_number_and_business_date_follow_the_calendar_of_the_regency(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with clock.at(LATE_EVENING_UTC - timedelta(seconds=1)):
        old = make.placed(session, (product, 1))
    with clock.at(LATE_EVENING_UTC):
        new = make.placed(session, (product, 1))
    assert (old.number[:7], old.business_date.isoformat()) == ("PE-2026", "2026-12-31")
    assert (new.number[:7], new.business_date.isoformat()) == ("PE-2027", "2027-01-01")


def test_the_same_product_on_two_lines_is_one_line_and_one_claim_on_stock(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=5)
    order = make.order(session, (product, 2), (product, 3))
    assert [line.quantity for line in queries.lines_of(session, [order])[order.id]] == [5]
    with pytest.raises(StockTooLow), session.begin_nested():
        make.placed(session, (product, 1), (product, 0 + 1))
    assert make.held(session, product) == (5, 5)


def test_too_little_stock_of_one_shop_leaves_no_half_checkout(session: Session) -> None:
    rich, poor = make.seller(session, "Kaya"), make.seller(session, "Miskin")
    plenty, scarce = make.product(session, rich, on_hand=100), make.product(session, poor, "Langka", on_hand=1)
    with pytest.raises(StockTooLow) as refusal, session.begin_nested():
        make.placed(session, (plenty, 1), (scarce, 2))
    assert refusal.value.code == "stock_too_low"
    assert make.held(session, plenty) == (100, 0)
    assert make.held(session, scarce) == (1, 0)
    assert session.exec(select(OrderGroup)).all() == []
    assert session.exec(select(CustomerOrder)).all() == []


def test_a_guest_order_belongs_to_no_account_even_with_the_phone_of_one(session: Session) -> None:
    product = make.product(session, make.seller(session))
    member = make.account(session)
    number = session.execute(
        text("SELECT phone_e164 FROM account WHERE id = :i"), {"i": member.account_id}
    ).scalar_one()
    group = make.placed(session, (product, 1), contact_phone=number)
    assert group.account_id is None
    assert queries.of_account(session, member) == []


def test_an_order_of_somebody_signed_in_belongs_to_that_account(session: Session) -> None:
    product = make.product(session, make.seller(session))
    member = make.account(session)
    group = make.placed(session, (product, 1), actor=member)
    assert group.account_id == member.account_id
    assert [row.number for row in queries.of_account(session, member)] == [group.number]


def test_every_fault_of_a_form_is_told_at_once(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid) as refusal:
        make.placed(
            session,
            (product, 1000),
            contact_name=" ",
            contact_phone="abc",
            delivery_method="courier",
            region_code="64.72",
            address="x",
            payment_method="pulsa",
        )
    assert [error.field for error in refusal.value.errors] == [
        "items",
        "contact_name",
        "contact_phone",
        "region_code",
        "address",
        "payment_method",
    ]
    assert make.held(session, product) == (10, 0)


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\ud800", "\u202e"])
def test_what_cannot_be_kept_or_only_deceives_is_refused_beside_its_field(session: Session, sign: str) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid) as refusal:
        make.placed(
            session,
            (product, 1),
            contact_name=f"Pembeli{sign}",
            delivery_method="courier",
            region_code="64.08.04",
            address=f"Jalan Contoh{sign} 7",
        )
    assert [(error.field, error.code) for error in refusal.value.errors] == [
        ("contact_name", "unwritable"),
        ("address", "unwritable"),
    ]
    assert make.held(session, product) == (10, 0)


@pytest.mark.parametrize("quantity", [0, -1, 1000, 10**12])
def test_a_quantity_outside_1_to_999_is_refused(session: Session, quantity: int) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid):
        make.placed(session, (product, quantity))


def test_an_unknown_way_to_receive_is_a_fault_of_its_field(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid) as refusal:
        make.placed(session, (product, 1), delivery_method="drone")
    assert [error.field for error in refusal.value.errors] == ["delivery_method"]


def test_an_empty_checkout_is_refused_with_a_sentence(session: Session) -> None:
    with pytest.raises(EmptyCheckout):
        make.placed(session)


def test_more_than_fifty_products_are_refused(session: Session) -> None:
    shop = make.seller(session)
    many = [(make.product(session, shop), 1) for _ in range(51)]
    with pytest.raises(Invalid) as refusal:
        make.placed(session, *many)
    assert [error.code for error in refusal.value.errors] == ["too_many"]


def test_goods_that_are_not_for_sale_are_named(session: Session) -> None:
    shop = make.seller(session, "Toko Tutup")
    product = make.product(session, shop)
    make.close_shop(session, shop)
    with pytest.raises(NotForSale):
        make.placed(session, (product, 1))
    assert make.held(session, product) == (10, 0)


def test_a_hidden_or_unknown_product_is_not_for_sale(session: Session) -> None:
    shop = make.seller(session)
    hidden = make.product(session, shop)
    make.hide(session, shop, hidden)
    for missing in (hidden, ids.uuid7()):
        with pytest.raises(NotForSale):
            make.placed(session, (missing, 1))


def test_the_quote_a_form_showed_holds_while_nothing_changes(session: Session) -> None:
    product = make.product(session, make.seller(session), price_amount=15_000)
    quote = quoting.quote(session, [Item(product, 2)], method="pickup")
    group = make.placed(session, (product, 2), quote_token=quote.token)
    assert (group.total_amount, group.quote_hash) == (30_000, quote.hash)


def test_a_price_changed_before_the_order_is_told_and_nothing_is_ordered(session: Session) -> None:
    shop = make.seller(session)
    product = make.product(session, shop, "Amplang", price_amount=15_000)
    quote = quoting.quote(session, [Item(product, 2)], method="pickup")
    make.set_price(session, shop, product, 17_500)
    with pytest.raises(QuoteChanged) as refusal:
        make.placed(session, (product, 2), quote_token=quote.token)
    assert refusal.value.changes == ("Harga Amplang berubah dari Rp15.000 menjadi Rp17.500.",)
    assert refusal.value.code == "quote_changed"
    assert make.held(session, product) == (10, 0)


def test_a_forged_quote_never_sets_a_price(session: Session) -> None:
    product = make.product(session, make.seller(session), price_amount=15_000)
    quote = quoting.quote(session, [Item(product, 1)], method="pickup")
    cheap = replace(quote.facts, lines=((product, 1, 1),)).token
    with pytest.raises(QuoteChanged):
        make.placed(session, (product, 1), quote_token=cheap)
    with pytest.raises(QuoteChanged):
        make.placed(session, (product, 1), quote_token="rusak")


def test_an_order_by_expedition_to_samarinda_counts_started_kilograms_per_shop(session: Session) -> None:
    first, second = make.seller(session, "A"), make.seller(session, "B")
    heavy = make.product(session, first, price_amount=10_000, weight_gram=700)
    light = make.product(session, second, price_amount=20_000, weight_gram=100)
    for shop in (first, second):
        delivery.set_expedition_rate(
            session, shop.actor, shop.shop_id, "64.72", per_kilogram_amount=12_000, minimum_amount=15_000
        )
    group = make.placed(
        session,
        (heavy, 3),
        (light, 1),
        delivery_method="expedition",
        region_code="64.72",
        address="Jl. Mulawarman 10, Samarinda",
        payment_method="transfer",
    )
    charges = {order.shop_id: order.delivery_amount for order in queries.orders_of(session, group.id)}
    assert charges == {first.shop_id: 3 * 12_000, second.shop_id: 15_000}
    assert group.delivery_amount == 51_000
    assert group.total_amount == 101_000


def test_the_days_a_seller_promises_are_kept_with_the_order_and_none_for_what_is_still_to_be_made(
    session: Session,
) -> None:
    seller = make.seller(session)
    there, made = make.product(session, seller), make.product(session, seller, mode="made_to_order", on_hand=None)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 5_000, days=2)
    there_to = {"delivery_method": "courier", "region_code": "64.08.04", "address": "Jl. Uji 1, Sangatta"}
    with clock.at(datetime(2026, 11, 24, 16, tzinfo=UTC)):
        promised = make.placed(session, (there, 1), **there_to)
        unpaid = make.placed(session, (there, 1), **there_to, payment_method="transfer")
        open_ended = make.placed(session, (there, 1), (made, 1), **there_to)
        collected = make.placed(session, (there, 1))
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 5_000, days=9)
    told = [
        (order.delivery_days, order.arrives_by)
        for group in (promised, unpaid, open_ended, collected)
        for order in queries.group(session, group.number, key=queries.key_of(group.id)).orders
    ]
    assert told == [(2, date(2026, 11, 27)), (2, None), (None, None), (None, None)]


def test_a_delivery_that_became_slower_is_told_and_nothing_is_ordered(session: Session) -> None:
    seller = make.seller(session, "Toko Sangatta")
    product = make.product(session, seller)
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 5_000, days=1)
    quote = quoting.quote(session, [Item(product, 1)], method="courier", region_code="64.08.04")
    delivery.set_courier_rate(session, seller.actor, seller.shop_id, "64.08.04", 5_000, days=4)
    with pytest.raises(QuoteChanged) as refusal:
        make.placed(
            session, (product, 1), quote_token=quote.token,
            delivery_method="courier", region_code="64.08.04", address="Jl. Uji 1, Sangatta",
        )  # fmt: skip
    assert "Lama pengiriman Toko Sangatta berubah dari 1 hari menjadi 4 hari." in refusal.value.sentence
    assert make.held(session, product) == (10, 0)


def test_a_shop_that_does_not_deliver_there_is_named_with_what_it_offers(session: Session) -> None:
    near, far = make.seller(session, "Toko Dekat"), make.seller(session, "Toko Jauh")
    delivery.set_courier_rate(session, near.actor, near.shop_id, "64.08.04", 5_000)
    delivery.set_courier_rate(session, far.actor, far.shop_id, "64.08.01", 5_000)
    items = ((make.product(session, near), 1), (make.product(session, far), 1))
    with pytest.raises(DeliveryNotOffered) as refusal:
        make.placed(session, *items, delivery_method="courier", region_code="64.08.04", address="Jl. Uji 12")
    (fault,) = refusal.value.errors
    assert fault.field == "delivery_method"
    assert fault.message.startswith("Toko Jauh tidak mengantar dengan kurir ke ")
    assert "Yang tersedia: ambil sendiri; kurir ke " in fault.message
    assert "Toko Dekat" not in fault.message


@pytest.mark.parametrize("payment", ["cod", "stripe"])
def test_a_payment_a_shop_does_not_take_is_refused_by_name(session: Session, payment: str) -> None:
    shop = make.seller(session, "Toko Transfer", payments="transfer")
    product = make.product(session, shop)
    with pytest.raises(PaymentNotOffered) as refusal:
        make.placed(session, (product, 1), payment_method=payment)
    assert refusal.value.errors[0].field == "payment_method"
    assert make.held(session, product) == (10, 0)


def test_cash_does_not_go_with_an_expedition(session: Session) -> None:
    shop = make.seller(session)
    product = make.product(session, shop)
    delivery.set_expedition_rate(session, shop.actor, shop.shop_id, "64.72", per_kilogram_amount=12_000)
    with pytest.raises(PaymentNotOffered) as refusal:
        make.placed(
            session,
            (product, 1),
            delivery_method="expedition",
            region_code="64.72",
            address="Jl. Uji 12",
            payment_method="cod",
        )
    assert "ekspedisi" in refusal.value.errors[0].message


def test_goods_to_ask_for_first_are_not_paid_online(session: Session) -> None:
    product = make.product(session, make.seller(session), mode="ask_first")
    with pytest.raises(PaymentNotOffered):
        make.placed(session, (product, 1), payment_method="sandbox")
    order = make.order(session, (product, 1), payment_method="transfer")
    assert (order.status, order.ask_first) == ("awaiting_seller", True)


def test_what_was_bought_leaves_the_cart_and_the_rest_stays(session: Session) -> None:
    shop = make.seller(session)
    bought, kept = make.product(session, shop), make.product(session, shop)
    for product in (bought, kept):
        cart.add(session, GUEST, "keranjang", product, 2)
    make.placed(session, (bought, 2), cart_token="keranjang")
    assert queries.cart_items(session, GUEST, "keranjang") == [Item(kept, 2)]


def test_a_third_open_unpaid_checkout_of_one_phone_is_refused(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with clock.at(NOON):
        for _ in range(2):
            make.placed(session, (product, 1), contact_phone="0812 3456 7890", payment_method="transfer")
        with pytest.raises(TooManyUnpaid) as refusal:
            make.placed(session, (product, 1), contact_phone="+62 812-3456-7890", payment_method="transfer")
        make.placed(session, (product, 1), contact_phone="0812 3456 7891", payment_method="transfer")
    assert refusal.value.retry_after == 24 * 3600
    assert make.held(session, product) == (10, 3)


def test_a_third_open_unpaid_checkout_of_one_browser_is_refused_whatever_phone_it_names(session: Session) -> None:
    product = make.product(session, make.seller(session))
    for _ in range(2):
        make.placed(session, (product, 1), cart_token="satu")
    with pytest.raises(TooManyUnpaid):
        make.placed(session, (product, 1), cart_token="satu")
    make.placed(session, (product, 1), cart_token="dua")


def test_paying_cancelling_or_waiting_makes_room_for_another_checkout(session: Session) -> None:
    product = make.product(session, make.seller(session))
    same = {"contact_phone": "081234567890", "payment_method": "transfer"}
    with clock.at(NOON):
        paid, cancelled = (make.order(session, (product, 1), **same) for _ in range(2))
        placing.confirm(session, paid.id, paid_at=clock.now())
        third = make.order(session, (product, 1), **same)
        cancelling.cancel(session, GUEST, cancelled.id, key=queries.key_of(cancelled.group_id))
        make.placed(session, (product, 1), **same)
    with clock.at(NOON + timedelta(hours=24)):
        make.placed(session, (product, 1), **same)
    assert third.status == "awaiting_payment"


def test_payment_makes_an_order_a_sale_once(session: Session) -> None:
    product = make.product(session, make.seller(session), price_amount=15_000)
    with clock.at(NOON):
        order = make.order(session, (product, 2), payment_method="transfer")
        assert placing.confirm(session, order.id, paid_at=LATE_EVENING_UTC) is True
        assert placing.confirm(session, order.id, paid_at=NOON) is False
    assert (order.status, order.paid_at, order.hold_until) == ("confirmed", LATE_EVENING_UTC, None)
    sales = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "OrderPaid")).all()
    assert [sale.payload for sale in sales] == [
        {
            "order_id": str(order.id),
            "amount": 30_000,
            "paid_at": LATE_EVENING_UTC.isoformat(),
            "business_date": "2027-01-01",
        }
    ]
    assert make.held(session, product) == (10, 2)


def test_an_expired_order_is_not_confirmed_but_revived_when_its_stock_is_free(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=2)
    order = make.order(session, (product, 2), payment_method="sandbox")
    assert cancelling.expire(session, order.id) is True
    assert make.held(session, product) == (2, 0)
    with pytest.raises(MoveRefused):
        placing.confirm(session, order.id, paid_at=NOON)
    assert placing.revive(session, order.id, paid_at=NOON) is True
    assert (order.status, order.paid_at, order.ended_at, order.reason) == ("confirmed", NOON, None, None)
    assert make.held(session, product) == (2, 2)
    assert placing.revive(session, order.id, paid_at=NOON) is False


def test_an_expired_order_whose_stock_is_gone_is_left_alone(session: Session) -> None:
    shop = make.seller(session)
    plenty, last = make.product(session, shop, on_hand=10), make.product(session, shop, on_hand=1)
    order = make.order(session, (plenty, 3), (last, 1), payment_method="sandbox")
    cancelling.expire(session, order.id)
    make.placed(session, (last, 1))
    assert placing.revive(session, order.id, paid_at=NOON) is False
    assert (order.status, order.paid_at) == ("expired", None)
    assert make.held(session, plenty) == (10, 0)
    assert make.held(session, last) == (1, 1)


@pytest.mark.parametrize("ending", ["cancelled", "rejected"])
def test_an_order_that_ended_otherwise_is_neither_confirmed_nor_revived(session: Session, ending: str) -> None:
    shop = make.seller(session)
    product = make.product(session, shop, mode="ask_first")
    order = make.order(session, (product, 1), payment_method="transfer")
    if ending == "cancelled":
        cancelling.cancel(session, GUEST, order.id, key=queries.key_of(order.group_id))
    else:
        fulfilment.reject(session, shop.actor, order.id, reason="Sedang libur")
    assert placing.revive(session, order.id, paid_at=NOON) is False
    with pytest.raises(MoveRefused):
        placing.confirm(session, order.id, paid_at=NOON)
    assert (order.status, order.paid_at) == (ending, None)


def test_money_for_an_order_whose_hold_was_taken_away_is_not_a_sale(session: Session) -> None:
    shop = make.seller(session)
    product = make.product(session, shop, on_hand=2)
    order = make.order(session, (product, 2), payment_method="transfer")
    make.set_on_hand(session, shop, product, 1)
    with pytest.raises(HoldLost), session.begin_nested():
        placing.confirm(session, order.id, paid_at=NOON)
    assert session.get_one(CustomerOrder, order.id).status == "awaiting_payment"
    assert make.held(session, product) == (1, 0)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE order_group SET total_amount = 1",
        "UPDATE customer_order SET items_amount = 1, total_amount = 1",
        "UPDATE customer_order SET shop_id = id",
        "UPDATE customer_order SET delivery_days = 1",
        "UPDATE order_line SET quantity = 1",
        "DELETE FROM order_line",
        "DELETE FROM customer_order",
        "DELETE FROM order_group",
        "UPDATE order_event SET party = 'seller'",
        "DELETE FROM order_event",
    ],
)
def test_the_database_lets_nobody_rewrite_a_sale(session: Session, change: str) -> None:
    make.placed(session, (make.product(session, make.seller(session)), 1))
    with pytest.raises(DBAPIError, match="insert-only"), session.begin_nested():
        session.execute(text(change))


def test_the_database_refuses_a_checkout_that_does_not_add_up(session: Session) -> None:
    group = make.placed(session, (make.product(session, make.seller(session)), 1))
    row = session.execute(text("SELECT * FROM order_group WHERE id = :i"), {"i": group.id}).mappings().one()
    alone = dict(row) | {"id": ids.uuid7(), "number": "PE-2026-999999-9"}
    columns = ", ".join(alone)
    session.execute(
        text(f"INSERT INTO order_group ({columns}) VALUES ({', '.join(':' + name for name in alone)})"), alone
    )
    with pytest.raises(IntegrityError, match="do not add up"), session.begin_nested():
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    with session.begin_nested() as nested:
        nested.rollback()


def test_the_first_line_of_the_history_is_the_placing(session: Session) -> None:
    order = make.order(session, (make.product(session, make.seller(session)), 1))
    (step,) = session.exec(select(OrderEvent).where(OrderEvent.order_id == order.id)).all()
    assert (step.from_status, step.to_status, step.party, step.actor_account_id) == (
        None,
        "awaiting_seller",
        "buyer",
        None,
    )
