"""What a checkout would cost, and what stands in its way, said instead of raised."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.actor import GUEST
from app.kit import ids
from app.orders import cart, delivery, quoting
from app.orders.rules import Item
from tests.factories import orders as make


def test_a_quote_shows_every_shop_with_what_each_way_of_delivery_costs(session: Session) -> None:
    first, second = make.seller(session, "A"), make.seller(session, "B")
    for shop, price in ((first, 5_000), (second, 7_000)):
        delivery.set_courier_rate(session, shop.actor, shop.shop_id, "64.08.04", price)
    amplang = make.product(session, first, price_amount=15_000, weight_gram=400)
    madu = make.product(session, second, price_amount=80_000)
    quote = quoting.quote(session, [Item(amplang, 2), Item(madu, 1)], method="courier", region_code="64.08.04")
    assert {shop.name: (shop.items_amount, shop.delivery_amount, shop.total_amount) for shop in quote.shops} == {
        "A": (30_000, 5_000, 35_000),
        "B": (80_000, 7_000, 87_000),
    }
    assert (quote.items_amount, quote.delivery_amount, quote.total_amount) == (110_000, 12_000, 122_000)
    assert (quote.complete, quote.problems) == (True, ())
    assert {shop.name: shop.weight_gram for shop in quote.shops} == {"A": 800, "B": 500}
    assert [(option.method, option.amount) for option in quote.shops[0].options[:2]] == [
        ("pickup", 0),
        ("courier", quote.shops[0].delivery_amount),
    ]


def test_a_quote_without_delivery_says_so_and_has_no_total(session: Session) -> None:
    shop = make.seller(session, "Toko Jauh")
    quote = quoting.quote(session, [Item(make.product(session, shop), 1)], method="courier", region_code="64.08.04")
    assert (quote.delivery_amount, quote.total_amount, quote.complete) == (None, None, False)
    assert quote.problems[0].startswith("Toko Jauh tidak mengantar dengan kurir ke ")


def test_a_quote_tells_goods_that_are_short_closed_or_gone(session: Session) -> None:
    open_shop, closed = make.seller(session), make.seller(session)
    short, of_closed = make.product(session, open_shop, "Amplang", on_hand=2), make.product(session, closed)
    make.close_shop(session, closed)
    items = [Item(short, 3), Item(of_closed, 1), Item(ids.uuid7(), 1)]
    quote = quoting.quote(session, items, method="pickup")
    assert len(quote.problems) == 3
    assert len(quote.not_for_sale) == 2
    assert "Stok Amplang tinggal 2 bungkus." in quote.problems
    assert quote.complete is False


def test_the_ways_to_pay_are_those_every_shop_takes_and_that_fit(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything, transfer = make.seller(session), make.seller(session, payments="transfer,cod")
    one, other = make.product(session, everything), make.product(session, transfer)
    asked = make.product(session, everything, mode="ask_first")

    def offered(*products: object, method: str = "pickup") -> tuple[str, ...]:
        items = [Item(product, 1) for product in products]  # type: ignore[arg-type]
        return quoting.quote(session, items, method=method, region_code="64.72").payment_methods

    assert offered(one) == ("cod", "transfer", "sandbox")
    assert offered(one, other) == ("cod", "transfer")
    assert offered(asked) == ("cod", "transfer")
    assert offered(one, method="expedition") == ("transfer", "sandbox")


def test_the_quote_of_a_cart_is_the_quote_of_its_items(session: Session) -> None:
    product = make.product(session, make.seller(session))
    cart.add(session, GUEST, "satu", product, 2)
    assert quoting.of_cart(session, GUEST, "satu", method="pickup") == quoting.quote(
        session, [Item(product, 2)], method="pickup"
    )
    empty = quoting.of_cart(session, GUEST, "kosong", method="pickup")
    assert (empty.complete, empty.total_amount) == (False, 0)


def test_a_quote_does_not_depend_on_the_order_of_the_cart(session: Session) -> None:
    seller = make.seller(session)
    items = [Item(make.product(session, seller), 1), Item(make.product(session, seller), 2)]
    one = quoting.quote(session, items, method="pickup")
    other = quoting.quote(session, items[::-1], method="pickup")
    assert (one.hash, one.changes_since(other.token)) == (other.hash, [])
