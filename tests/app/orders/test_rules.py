"""Sums, charges, deadlines and quotes, as pure decisions."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.orders import models, rules
from app.orders.rules import Facts, Item, PricedItem

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
SHOP, OTHER_SHOP = UUID(int=1), UUID(int=2)
MADU, AMPLANG = UUID(int=11), UUID(int=12)
NAMES = {MADU: "Madu kelulut", AMPLANG: "Amplang"}
SHOPS = {SHOP: "Toko Sangatta", OTHER_SHOP: "Toko Bengalon"}

shops = st.integers(min_value=1, max_value=20).map(lambda number: UUID(int=number))
amounts = st.integers(min_value=1, max_value=1_000_000_000)
priced = st.builds(
    PricedItem,
    shop_id=shops,
    product_id=st.uuids(),
    quantity=st.integers(min_value=1, max_value=999),
    price_amount=amounts,
)
carts = st.lists(priced, min_size=1, max_size=50)


@given(lines=carts, data=st.data())
def test_lines_and_delivery_sum_to_the_orders_and_the_orders_to_the_checkout(
    lines: list[PricedItem], data: st.DataObject
) -> None:
    charged = {line.shop_id for line in lines}
    delivery = {shop: data.draw(st.integers(min_value=0, max_value=10_000_000)) for shop in sorted(charged)}
    totals = rules.totals(lines, delivery)
    assert [shop.shop_id for shop in totals.shops] == sorted(charged)
    assert totals.items_amount == sum(line.quantity * line.price_amount for line in lines)
    assert totals.delivery_amount == sum(delivery.values())
    assert totals.total_amount == totals.items_amount + totals.delivery_amount
    assert totals.total_amount == sum(shop.total_amount for shop in totals.shops)
    for shop in totals.shops:
        assert shop.items_amount == sum(line.line_amount for line in lines if line.shop_id == shop.shop_id)


@given(items=st.lists(st.builds(Item, product_id=shops, quantity=st.integers(min_value=1, max_value=999))))
def test_summing_keeps_every_piece_and_names_every_product_once(items: list[Item]) -> None:
    summed = rules.summed(items)
    assert sum(item.quantity for item in summed) == sum(item.quantity for item in items)
    assert [item.product_id for item in summed] == list(dict.fromkeys(item.product_id for item in items))


@pytest.mark.parametrize(
    ("gram", "kilograms"), [(0, 1), (1, 1), (999, 1), (1000, 1), (1001, 2), (2000, 2), (25_500, 26)]
)
def test_a_started_kilogram_is_a_kilogram(gram: int, kilograms: int) -> None:
    assert rules.started_kilograms(gram) == kilograms


def test_an_expedition_costs_kilograms_times_rate_and_never_less_than_its_minimum() -> None:
    assert rules.expedition_amount(1500, per_kilogram_amount=12_000, minimum_amount=20_000) == 24_000
    assert rules.expedition_amount(400, per_kilogram_amount=12_000, minimum_amount=20_000) == 20_000


def test_an_unknown_weight_is_not_a_light_one() -> None:
    assert rules.total_weight([(500, 3), (250, 1)]) == 1750
    assert rules.total_weight([(500, 3), (None, 1)]) is None
    assert rules.total_weight([]) == 0


@pytest.mark.parametrize(
    ("method", "ask_first", "status", "wait"),
    [
        ("transfer", False, "awaiting_payment", timedelta(hours=24)),
        ("sandbox", False, "awaiting_payment", timedelta(minutes=20)),
        ("stripe", False, "awaiting_payment", timedelta(minutes=45)),
        ("cod", False, "awaiting_seller", timedelta(hours=48)),
        ("cod", True, "awaiting_seller", timedelta(hours=48)),
        ("transfer", True, "awaiting_seller", timedelta(hours=48)),
    ],
)
def test_who_is_waited_for_and_how_long(method: str, ask_first: bool, status: str, wait: timedelta) -> None:
    assert rules.first_status(method, ask_first=ask_first) == status
    assert rules.hold_until(status, method, NOON) == NOON + wait


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        (["completed", "accepted"], "accepted"),
        (["awaiting_seller", "awaiting_payment"], "awaiting_payment"),
        (["cancelled", "ready"], "ready"),
        (["expired", "expired"], "expired"),
        (["rejected"], "rejected"),
        (["rejected", "expired"], "cancelled"),
        (["completed", "cancelled"], "completed"),
    ],
)
def test_a_checkout_is_as_far_as_its_least_advanced_living_order(statuses: list[str], whole: str) -> None:
    assert rules.group_status(statuses) == whole


def test_every_status_has_its_moves_and_only_known_ones() -> None:
    assert set(models.MOVES) == set(models.STATUSES)
    assert set().union(*models.MOVES.values()) <= set(models.STATUSES)
    assert {status for status in models.STATUSES if not models.MOVES[status]} == {"completed", "rejected", "cancelled"}


def test_a_seller_is_offered_only_steps_the_table_allows() -> None:
    leads_to = {
        "accept": {models.ACCEPTED},
        "reject": {models.REJECTED},
        "mark_ready": {models.READY},
        "hand_over": {models.HANDED_OVER},
        "mark_delivered": {models.DELIVERED},
        "cancel": {models.CANCELLED},
    }
    for status in models.STATUSES:
        for step in rules.seller_steps(status, "transfer"):
            assert leads_to[step] <= models.MOVES[status]
    assert rules.seller_steps(models.AWAITING_PAYMENT, "sandbox") == ()


def facts(
    *,
    price: int = 25_000,
    quantity: int = 2,
    delivery: int | None = 10_000,
    method: str = "courier",
    days: int | None = 2,
) -> Facts:
    return Facts.of(
        method,
        "64.08.04",
        [PricedItem(SHOP, MADU, quantity, price), PricedItem(OTHER_SHOP, AMPLANG, 1, 15_000)],
        {SHOP: delivery, OTHER_SHOP: 0},
        {SHOP: days, OTHER_SHOP: None},
    )


def test_equal_quotes_have_equal_hashes_whatever_the_order_of_their_lines() -> None:
    turned = Facts.of(
        "courier",
        "64.08.04",
        [PricedItem(OTHER_SHOP, AMPLANG, 1, 15_000), PricedItem(SHOP, MADU, 2, 25_000)],
        {OTHER_SHOP: 0, SHOP: 10_000},
        {OTHER_SHOP: None, SHOP: 2},
    )
    assert turned.hash == facts().hash
    assert len(facts().hash) == 64


@pytest.mark.parametrize(
    "other",
    [
        facts(price=25_001), facts(quantity=3), facts(delivery=None), facts(delivery=0), facts(method="pickup"),
        facts(days=3), facts(days=None),
    ],
)  # fmt: skip
def test_every_fact_of_a_quote_changes_its_hash(other: Facts) -> None:
    assert other.hash != facts().hash


@given(lines=carts, method=st.sampled_from(["pickup", "courier"]), region=st.none() | st.just("64.08.04"))
def test_a_quote_comes_back_from_its_token_unchanged(lines: list[PricedItem], method: str, region: str | None) -> None:
    quoted = Facts.of(method, region, lines, {line.shop_id: None for line in lines})
    assert rules.read_token(quoted.token) == quoted
    assert rules.changes(quoted, quoted, product_names={}, shop_names={}) == []


def test_the_token_of_the_largest_cart_is_accepted() -> None:
    lines = [
        PricedItem(UUID(int=i * 7919 + 2**100), UUID(int=i * 104729 + 2**120), 999, 999_999_937 - i) for i in range(50)
    ]
    quoted = Facts.of(
        "expedition", "64.72", lines, {line.shop_id: 10_000_000 for line in lines}, {line.shop_id: 60 for line in lines}
    )
    assert rules.read_token(quoted.token) == quoted


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "x",
        "é",
        "A" * 9000,
        base64.urlsafe_b64encode(b"not packed").decode(),
        base64.urlsafe_b64encode(zlib.compress(b"[" * 60_000)).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"0" * 10_000_000)).decode(),
        base64.urlsafe_b64encode(zlib.compress(b'["pickup",null,[["x",1,1]],[],[]]')).decode(),
        base64.urlsafe_b64encode(zlib.compress(b'["pickup",null,[[5,1,1]],[],[]]')).decode(),
        base64.urlsafe_b64encode(zlib.compress(b'["pickup",null,7,8,9]')).decode(),
        base64.urlsafe_b64encode(
            zlib.compress(b'["pickup",null,[["0192d6f0-0000-7000-8000-000000000000",1e999,1]],[],[]]')
        ).decode(),
        base64.urlsafe_b64encode(
            zlib.compress(b'["pickup",null,[],[["0192d6f0-0000-7000-8000-000000000000",-Infinity]],[]]')
        ).decode(),
        base64.urlsafe_b64encode(
            zlib.compress(b'["pickup",null,[["0192d6f0-0000-7000-8000-000000000000",NaN,1]],[],[]]')
        ).decode(),
        base64.urlsafe_b64encode(
            zlib.compress(b'["pickup",null,[],[],[["0192d6f0-0000-7000-8000-000000000000",null]]]')
        ).decode(),
        base64.urlsafe_b64encode(zlib.compress(b'["pickup",null,[],[]]')).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"{}")).decode(),
        base64.urlsafe_b64encode(zlib.compress(b"null")).decode(),
    ],
)
def test_a_damaged_token_is_no_quote(damaged: str) -> None:
    assert rules.read_token(damaged) is None
    assert rules.changes(None, facts(), product_names=NAMES, shop_names=SHOPS) == ["Rincian pesanan tidak terbaca."]


@given(st.text(max_size=200))
def test_no_text_makes_reading_a_token_fail(text: str) -> None:
    assert rules.read_token(text) is None or isinstance(rules.read_token(text), Facts)


def changed(seen: Facts, now: Facts) -> list[str]:
    return rules.changes(seen, now, product_names=NAMES, shop_names=SHOPS)


def test_a_buyer_is_told_what_changed_since_the_quote() -> None:
    assert changed(facts(), facts(price=27_500)) == ["Harga Madu kelulut berubah dari Rp25.000 menjadi Rp27.500."]
    assert changed(facts(), facts(quantity=3)) == ["Jumlah Madu kelulut berubah dari 2 menjadi 3."]
    assert changed(facts(), facts(delivery=15_000)) == [
        "Ongkos kirim Toko Sangatta berubah dari Rp10.000 menjadi Rp15.000."
    ]
    assert changed(facts(), facts(delivery=None)) == ["Rincian pesanan berubah."]
    assert changed(facts(), facts(days=4)) == [f"Lama pengiriman {SHOPS[SHOP]} berubah dari 2 hari menjadi 4 hari."]
    assert changed(facts(), facts(days=None)) == [f"{SHOPS[SHOP]} tidak lagi menjanjikan hari tiba."]
    assert changed(facts(method="pickup", delivery=0), facts())[0].startswith("Cara terima atau tujuan berubah")


def test_a_buyer_is_told_of_goods_that_came_or_went() -> None:
    only = Facts.of(
        "courier", "64.08.04", [PricedItem(SHOP, MADU, 2, 25_000)], {SHOP: 10_000, OTHER_SHOP: 0}, {SHOP: 2}
    )
    assert changed(facts(), only) == ["Amplang tidak ada lagi dalam pesanan."]
    assert changed(only, facts()) == ["Amplang ditambahkan ke pesanan."]


@pytest.mark.parametrize(
    ("days", "method", "paid", "promised"),
    [
        (2, "cod", False, date(2026, 11, 27)),
        (2, "cod", True, date(2026, 11, 27)),
        (2, "transfer", False, None),
        (2, "transfer", True, date(2026, 11, 29)),
        (0, "sandbox", True, date(2026, 11, 27)),
        (None, "cod", False, None),
        (None, "transfer", True, None),
    ],
)
def test_a_day_is_promised_from_the_order_or_from_the_money_of_one_paid_before(
    days: int | None, method: str, paid: bool, promised: date | None
) -> None:
    """Both instants are already the next day in the regency, very early."""
    placed, money = datetime(2026, 11, 24, 16, tzinfo=UTC), datetime(2026, 11, 26, 17, tzinfo=UTC)
    assert rules.arrives_by(days, payment_method=method, placed_at=placed, paid_at=money if paid else None) == promised


def test_what_comes_in_the_afternoon_is_counted_from_the_next_day() -> None:
    one_to_three, three = datetime(2026, 11, 24, 6, 59, 59, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=UTC)
    assert rules.first_day(one_to_three) == date(2026, 11, 24)
    assert rules.first_day(three) == date(2026, 11, 25)
    assert rules.first_day(datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == date(2027, 1, 1)
    assert rules.arrives_by(0, payment_method="cod", placed_at=three, paid_at=None) == date(2026, 11, 25)
