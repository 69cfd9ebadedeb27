"""Who reads which order, and what is left out for whom."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from app.actor import GUEST, SYSTEM, Actor, Grant
from app.errors import NotFound, SignInRequired
from app.kit import clock
from app.orders import cart, fulfilment, placing, queries
from tests.factories import accounts
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
PHONE = "081234567890"


def test_the_cart_stands_by_shop_at_the_prices_of_this_moment(session: Session) -> None:
    first, second = make.seller(session, "A"), make.seller(session, "B")
    amplang = make.product(session, first, "Amplang", price_amount=15_000)
    madu = make.product(session, second, "Madu", price_amount=80_000)
    gula = make.product(session, first, "Gula", price_amount=20_000)
    for product, quantity in ((amplang, 2), (madu, 1), (gula, 3)):
        cart.add(session, GUEST, "satu", product, quantity)
    make.set_price(session, first, amplang, 16_000)
    view = queries.cart(session, GUEST, "satu")
    assert [(shop.name, [line.name for line in shop.lines], shop.items_amount) for shop in view.shops] == [
        ("A", ["Amplang", "Gula"], 2 * 16_000 + 3 * 20_000),
        ("B", ["Madu"], 80_000),
    ]
    assert (view.items_amount, view.count, view.can_check_out) == (172_000, 3, True)
    assert view.shops[0].lines[0].warnings == ("Harga Amplang berubah dari Rp15.000 menjadi Rp16.000.",)


def test_a_line_that_cannot_be_bought_warns_counts_nothing_and_stops_the_checkout(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, "Amplang", on_hand=5)
    cart.add(session, GUEST, "satu", product, 5)
    make.set_on_hand(session, seller, product, 2)
    view = queries.cart(session, GUEST, "satu")
    (line,) = view.shops[0].lines
    assert (line.purchasable, line.warnings) == (False, ("Stok Amplang tinggal 2 bungkus.",))
    assert (view.items_amount, view.can_check_out) == (0, False)


def test_an_empty_cart_is_a_view_too(session: Session) -> None:
    view = queries.cart(session, GUEST, None)
    assert (view.shops, view.count, view.can_check_out) == ((), 0, False)


def test_a_checkout_opens_with_its_key_for_its_account_and_for_the_administrator(session: Session) -> None:
    product = make.product(session, make.seller(session))
    buyer = make.account(session)
    group = make.placed(session, (product, 2), actor=buyer, contact_phone=PHONE)
    key = queries.key_of(group.id)
    administrator = Actor(account_id=make.account(session).account_id, grants=frozenset({Grant("administrator")}))
    for view in (
        queries.group(session, group.number, key=key),
        queries.group(session, group.number, actor=buyer),
        queries.group(session, group.number, actor=administrator),
    ):
        assert (view.number, view.key, view.total_amount, view.status) == (group.number, key, 30_000, "awaiting_seller")
        assert (view.contact_phone, view.contact_phone_masked) == ("+6281234567890", "0812••••890")
        (order,) = view.orders
        assert [(line.name, line.quantity, line.line_amount) for line in order.lines] == [("Amplang", 2, 30_000)]
        assert [(step.status, step.party) for step in order.timeline] == [("awaiting_seller", "buyer")]
        assert (order.can_cancel, order.can_confirm_received) == (True, False)


def test_everybody_else_gets_the_answer_of_a_missing_checkout(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    group, other = make.placed(session, (product, 1)), make.placed(session, (product, 1))
    verifier = Actor(account_id=make.account(session).account_id, grants=frozenset({Grant("verifier")}))
    strangers = (GUEST, SYSTEM, make.account(session), seller.actor, verifier)
    for actor in strangers:
        for key in (None, "", "x" * 32, "é", queries.key_of(other.id), queries.key_of(group.id).upper() + " "):
            with pytest.raises(NotFound) as refusal:
                queries.group(session, group.number, actor=actor, key=key)
            assert refusal.value.sentence == NotFound.message
    with pytest.raises(NotFound):
        queries.group(session, "PE-2026-000000-0", key=queries.key_of(group.id))


def test_the_list_of_an_account_is_newest_first_and_goes_on_after_a_mark(session: Session) -> None:
    product = make.product(session, make.seller(session))
    buyer, other = make.account(session), make.account(session)
    groups = []
    for hour in range(5):
        with clock.at(NOON + timedelta(days=hour * 3)):
            groups.append(make.placed(session, (product, 1), actor=buyer))
    make.placed(session, (product, 1), actor=other)
    first = queries.of_account(session, buyer, limit=2)
    assert [row.number for row in first] == [groups[4].number, groups[3].number]
    rest = queries.of_account(session, buyer, before=first[-1].id)
    assert [row.number for row in rest] == [group.number for group in groups[2::-1]]
    assert rest[0].orders[0].business_name == "Toko Sangatta"
    with pytest.raises(SignInRequired):
        queries.of_account(session, GUEST)


def test_a_browser_lists_what_its_keys_open_and_nothing_else(session: Session) -> None:
    product = make.product(session, make.seller(session))
    mine, foreign = make.placed(session, (product, 1)), make.placed(session, (product, 1))
    rows = queries.by_keys(
        session,
        [
            (mine.number, queries.key_of(mine.id)),
            (foreign.number, queries.key_of(mine.id)),
            ("PE-2026-000000-0", "x"),
        ],
    )
    assert [(row.number, row.key, row.status) for row in rows] == [
        (mine.number, queries.key_of(mine.id), "awaiting_seller")
    ]
    assert queries.by_keys(session, []) == []


def test_a_seller_lists_the_orders_of_the_own_shops_only(session: Session) -> None:
    seller, rival = make.seller(session, "A"), make.seller(session, "B")
    mine, theirs = make.product(session, seller), make.product(session, rival)
    group = make.placed(session, (mine, 2), (theirs, 1))
    (row,) = queries.for_seller(session, seller.actor)
    assert (row.shop_id, row.total_amount, row.line_count, row.status) == (seller.shop_id, 30_000, 1, "awaiting_seller")
    assert row.next_steps == ("accept", "reject")
    assert row.number in {f"{group.number}-1", f"{group.number}-2"}
    assert queries.for_seller(session, GUEST) == []
    assert queries.seller_counts(session, seller.actor) == {"awaiting_seller": 1}
    assert queries.seller_counts(session, GUEST) == {}
    with pytest.raises(NotFound):
        queries.for_seller(session, seller.actor, shop_id=rival.shop_id)


def test_the_sellers_list_goes_by_stage_and_continues_after_a_mark(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=100)
    orders = []
    for hour in range(4):
        with clock.at(NOON + timedelta(hours=hour)):
            orders.append(make.order(session, (product, 1)))
    fulfilment.accept(session, seller.actor, orders[3].id)
    fulfilment.reject(session, seller.actor, orders[2].id, reason="Libur")
    unpaid = make.order(session, (product, 1), payment_method="transfer")

    def numbers(stage: str) -> list[str]:
        return [row.number for row in queries.for_seller(session, seller.actor, stage=stage)]

    assert numbers("new") == [orders[1].number, orders[0].number]
    assert numbers("open") == [orders[3].number]
    assert numbers("done") == [orders[2].number]
    assert numbers("unpaid") == [unpaid.number]
    assert numbers("tidak ada") == []
    after = queries.for_seller(session, seller.actor, before=orders[2].id)
    assert [row.number for row in after] == [orders[1].number, orders[0].number]


def test_a_seller_sees_the_buyers_phone_only_while_there_is_something_to_fulfil(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    order = make.order(
        session,
        (product, 1),
        payment_method="transfer",
        contact_phone=PHONE,
        contact_name="Pembeli Uji",
    )

    def phones() -> tuple[str | None, str]:
        view = queries.for_seller_one(session, seller.actor, order.number)
        return view.contact_phone, view.contact_phone_masked

    assert phones() == (None, "0812••••890")
    placing.confirm(session, order.id, paid_at=NOON)
    assert phones() == ("+6281234567890", "0812••••890")
    fulfilment.reject(session, seller.actor, order.id, reason="Libur")
    assert phones() == (None, "0812••••890")


def test_a_foreign_order_reads_like_a_missing_one(session: Session) -> None:
    seller, rival = make.seller(session), make.seller(session)
    order = make.order(session, (make.product(session, seller), 1))
    for actor in (rival.actor, GUEST, make.account(session), SYSTEM):
        with pytest.raises(NotFound):
            queries.for_seller_one(session, actor, order.number)
    with pytest.raises(NotFound):
        queries.for_seller_one(session, seller.actor, "PE-2026-000000-0-1")
    assert queries.for_seller_one(session, seller.actor, order.number).lines[0].name == "Amplang"


@pytest.mark.parametrize("number", ["nu\0l", "\ud800", "", "PE-2026-000001-" + "9" * 5_000])
def test_a_number_nobody_was_ever_given_is_missing_and_never_a_fault(session: Session, number: str) -> None:
    seller = make.seller(session)
    with pytest.raises(NotFound):
        queries.group(session, number, actor=accounts.staff(session, "administrator"))
    with pytest.raises(NotFound):
        queries.for_seller_one(session, seller.actor, number)
    assert queries.by_keys(session, [(number, "0" * 32), (number, number)]) == []
