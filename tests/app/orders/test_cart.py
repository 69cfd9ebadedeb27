"""The cart: what goes in, what it is capped at, and what becomes of it at sign-in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, func, select

from app.actor import GUEST, Actor
from app.errors import Invalid, NotFound, SignInRequired
from app.kit import clock, ids
from app.orders import cart, queries
from app.orders.cart import Merged
from app.orders.errors import CartFull, NotForSale
from app.orders.models import Cart, CartLine
from app.orders.rules import Item
from tests.conftest import Database
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def test_a_product_added_twice_is_one_line(session: Session) -> None:
    product = make.product(session, make.seller(session))
    cart.add(session, GUEST, "satu", product, 2)
    change = cart.add(session, GUEST, "satu", product, 3)
    assert (change.quantity, change.sentence) == (5, None)
    assert queries.cart_items(session, GUEST, "satu") == [Item(product, 5)]
    assert queries.cart_count(session, GUEST, "satu") == 1


def test_a_cart_reserves_nothing(session: Session) -> None:
    product = make.product(session, make.seller(session), on_hand=10)
    cart.add(session, GUEST, "satu", product, 9)
    assert make.held(session, product) == (10, 0)


def test_only_the_fingerprint_of_the_token_is_stored(session: Session) -> None:
    cart.add(session, GUEST, "rahasia-peramban", make.product(session, make.seller(session)))
    stored = session.exec(select(Cart)).one()
    assert stored.token_hash == ids.fingerprint("rahasia-peramban")
    assert stored.account_id is None


def test_more_than_there_is_becomes_what_there_is_with_a_sentence(session: Session) -> None:
    product = make.product(session, make.seller(session), "Amplang", on_hand=4)
    change = cart.add(session, GUEST, "satu", product, 7)
    assert change.quantity == 4
    assert change.sentence == "Stok Amplang tinggal 4 bungkus. Jumlah di keranjang disesuaikan."


def test_goods_made_to_order_are_capped_at_999(session: Session) -> None:
    product = make.product(session, make.seller(session), mode="made_to_order")
    cart.add(session, GUEST, "satu", product, 999)
    change = cart.add(session, GUEST, "satu", product, 5)
    assert (change.quantity, change.sentence is not None) == (999, True)


@pytest.mark.parametrize("quantity", [0, -3, 1000, 10**15])
def test_a_quantity_outside_the_bounds_is_refused_beside_its_field(session: Session, quantity: int) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(Invalid) as refusal:
        cart.add(session, GUEST, "satu", product, quantity)
    assert refusal.value.errors[0].field == "jumlah"
    assert queries.cart_count(session, GUEST, "satu") == 0


def test_sold_out_closed_and_hidden_goods_do_not_go_in(session: Session) -> None:
    seller, closing = make.seller(session), make.seller(session)
    sold_out = make.product(session, seller, on_hand=0)
    of_closed = make.product(session, closing)
    hidden = make.product(session, seller)
    make.close_shop(session, closing)
    make.hide(session, seller, hidden)
    with pytest.raises(NotForSale):
        cart.add(session, GUEST, "satu", sold_out)
    for product in (of_closed, hidden, ids.uuid7()):
        with pytest.raises(NotFound) as refusal:
            cart.add(session, GUEST, "satu", product)
        assert refusal.value.sentence == "Barang itu tidak ada atau sudah tidak dijual."
    assert queries.cart_count(session, GUEST, "satu") == 0


def test_a_fifty_first_product_is_refused_but_more_of_the_fifty_is_not(session: Session) -> None:
    seller = make.seller(session)
    products = [make.product(session, seller) for _ in range(51)]
    for product in products[:50]:
        cart.add(session, GUEST, "satu", product)
    with pytest.raises(CartFull):
        cart.add(session, GUEST, "satu", products[50])
    assert cart.add(session, GUEST, "satu", products[0], 2).quantity == 3
    assert queries.cart_count(session, GUEST, "satu") == 50


def test_setting_a_quantity_replaces_and_zero_removes(session: Session) -> None:
    seller = make.seller(session)
    first, second = make.product(session, seller), make.product(session, seller)
    for product in (first, second):
        cart.add(session, GUEST, "satu", product, 2)
    assert cart.set_quantity(session, GUEST, "satu", first, 5).quantity == 5
    cart.set_quantity(session, GUEST, "satu", second, 0)
    cart.remove(session, GUEST, "satu", second)
    assert queries.cart_items(session, GUEST, "satu") == [Item(first, 5)]


def test_what_is_not_for_sale_any_more_can_still_be_removed(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    cart.add(session, GUEST, "satu", product)
    make.hide(session, seller, product)
    cart.set_quantity(session, GUEST, "satu", product, 0)
    assert queries.cart_count(session, GUEST, "satu") == 0


def test_carts_of_two_browsers_and_of_an_account_are_strangers(session: Session) -> None:
    seller = make.seller(session)
    member = make.account(session)
    products = [make.product(session, seller) for _ in range(3)]
    cart.add(session, GUEST, "satu", products[0])
    cart.add(session, GUEST, "dua", products[1])
    cart.add(session, member, "satu", products[2])
    assert queries.cart_items(session, GUEST, "satu") == [Item(products[0], 1)]
    assert queries.cart_items(session, GUEST, "dua") == [Item(products[1], 1)]
    assert queries.cart_items(session, member, "satu") == [Item(products[2], 1)]
    assert queries.cart_items(session, GUEST, None) == []


def test_a_guest_without_a_browser_token_has_no_cart_to_fill(session: Session) -> None:
    product = make.product(session, make.seller(session))
    with pytest.raises(ValueError, match="token"):
        cart.add(session, GUEST, None, product)


def test_signing_in_takes_the_cart_along_added_up_and_capped_at_stock(session: Session) -> None:
    seller = make.seller(session)
    member = make.account(session)
    both = make.product(session, seller, on_hand=5)
    only = make.product(session, seller, on_hand=9)
    cart.add(session, member, None, both, 3)
    cart.add(session, GUEST, "satu", both, 4)
    cart.add(session, GUEST, "satu", only, 2)
    assert cart.merge(session, member, "satu") == Merged(moved=2, capped=1)
    assert sorted(queries.cart_items(session, member, None), key=lambda item: item.product_id) == [
        Item(both, 5),
        Item(only, 2),
    ]
    assert queries.cart_items(session, GUEST, "satu") == []


def test_signing_in_twice_takes_nothing_twice(session: Session) -> None:
    member = make.account(session)
    product = make.product(session, make.seller(session), on_hand=9)
    cart.add(session, GUEST, "satu", product, 2)
    cart.merge(session, member, "satu")
    assert cart.merge(session, member, "satu") == Merged()
    assert queries.cart_items(session, member, None) == [Item(product, 2)]


def test_the_next_person_at_the_same_browser_gets_nothing_of_the_one_before(session: Session) -> None:
    first, second = make.account(session), make.account(session)
    product = make.product(session, make.seller(session))
    cart.add(session, GUEST, "bersama", product, 2)
    cart.merge(session, first, "bersama")
    assert cart.merge(session, second, "bersama") == Merged()
    assert queries.cart_items(session, second, "bersama") == []
    assert queries.cart_items(session, first, None) == [Item(product, 2)]


@pytest.mark.parametrize("token", [None, "", "tidak-dikenal"])
def test_signing_in_without_a_cart_does_nothing(session: Session, token: str | None) -> None:
    member = make.account(session)
    assert cart.merge(session, member, token) == Merged()
    assert session.exec(select(func.count()).select_from(Cart)).one() == 0


def test_a_guest_cannot_merge(session: Session) -> None:
    with pytest.raises(SignInRequired):
        cart.merge(session, GUEST, "satu")


def test_sold_out_closed_and_hidden_goods_never_make_signing_in_fail(session: Session) -> None:
    seller, closing = make.seller(session), make.seller(session)
    member = make.account(session)
    sold_out, hidden = make.product(session, seller, on_hand=3), make.product(session, seller)
    of_closed = make.product(session, closing)
    for product in (sold_out, hidden, of_closed):
        cart.add(session, GUEST, "satu", product, 3)
    make.set_on_hand(session, seller, sold_out, 0)
    make.hide(session, seller, hidden)
    make.close_shop(session, closing)
    assert cart.merge(session, member, "satu").moved == 3
    assert queries.cart_count(session, member, None) == 3
    assert queries.cart(session, member, None).can_check_out is False


def test_what_a_full_cart_has_no_room_for_stays_in_the_browsers(session: Session) -> None:
    seller = make.seller(session)
    member = make.account(session)
    products = [make.product(session, seller) for _ in range(52)]
    for product in products[:49]:
        cart.add(session, member, None, product)
    for product in products[48:]:
        cart.add(session, GUEST, "satu", product)
    assert cart.merge(session, member, "satu") == Merged(moved=2, left_out=2)
    assert queries.cart_count(session, member, None) == 50
    assert queries.cart_items(session, GUEST, "satu") == [Item(products[50], 1), Item(products[51], 1)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.lists(st.integers(min_value=0, max_value=12), min_size=4, max_size=4),
    browser=st.lists(st.integers(min_value=0, max_value=12), min_size=4, max_size=4),
    on_hand=st.lists(st.integers(min_value=1, max_value=12), min_size=4, max_size=4),
)
def test_a_merge_caps_at_stock_loses_no_product_and_is_the_same_when_repeated(
    session: Session, own: list[int], browser: list[int], on_hand: list[int]
) -> None:
    with session.begin_nested() as example:
        seller, member = make.seller(session), make.account(session)
        products = [make.product(session, seller, on_hand=quantity) for quantity in on_hand]
        fill(session, member, None, dict(zip(products, own, strict=True)))
        fill(session, GUEST, "satu", dict(zip(products, browser, strict=True)))
        before = {item.product_id: item.quantity for item in queries.cart_items(session, member, None)}
        brought = {item.product_id: item.quantity for item in queries.cart_items(session, GUEST, "satu")}
        cart.merge(session, member, "satu")
        after = {item.product_id: item.quantity for item in queries.cart_items(session, member, None)}
        assert after == {
            product: min(before.get(product, 0) + brought.get(product, 0), on_hand[products.index(product)])
            for product in before.keys() | brought.keys()
        }
        cart.merge(session, member, "satu")
        assert {item.product_id: item.quantity for item in queries.cart_items(session, member, None)} == after
        example.rollback()


def fill(session: Session, actor: Actor, token: str | None, quantities: dict[object, int]) -> None:
    for product, quantity in quantities.items():
        if quantity:
            cart.add(session, actor, token, product, quantity)  # type: ignore[arg-type]


def test_two_presses_at_once_are_both_counted(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=100)
    ready = Barrier(8)

    def press() -> None:
        ready.wait()
        with database.begin() as session:
            cart.add(session, GUEST, "satu", product, 2)

    threads = [Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.begin() as session:
        assert queries.cart_items(session, GUEST, "satu") == [Item(product, 16)]


def test_a_cart_nobody_touched_for_sixty_days_is_forgotten_with_its_lines(database: Database) -> None:
    with database.begin() as session, clock.at(NOON):
        product = make.product(session, make.seller(session))
        cart.add(session, GUEST, "lama", product)
    with database.begin() as session, clock.at(NOON + timedelta(days=30)):
        cart.add(session, GUEST, "baru", product)
    with clock.at(NOON + timedelta(days=60, seconds=1)):
        assert cart.forget_old(database.begin) == 1
    with database.begin() as session:
        assert queries.cart_items(session, GUEST, "lama") == []
        assert queries.cart_items(session, GUEST, "baru") == [Item(product, 1)]
        assert session.exec(select(func.count()).select_from(CartLine)).one() == 1
