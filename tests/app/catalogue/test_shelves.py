"""What sellers read of their own shelves: everything of theirs, nothing of anybody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from app.actor import GUEST
from app.catalogue import editing, publishing, shelves, stock
from app.catalogue.rules import ProductDraft
from app.errors import NotFound
from app.kit import clock, ids
from app.orders import fulfilment
from tests.conftest import Database
from tests.factories import accounts
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def test_a_seller_sees_the_own_shops_with_their_settings(session: Session) -> None:
    seller = make.seller(session, "Toko Sangatta")
    make.product(session, seller)
    publishing.archive(session, seller.actor, make.product(session, seller))
    (shop,) = shelves.shops(session, seller.actor)
    assert (shop.id, shop.business_name, shop.status, shop.business_status, shop.product_count) == (
        seller.shop_id, "Toko Sangatta", "open", "active", 1,
    )  # fmt: skip
    assert (shop.bank_name, shop.bank_account_number, shop.bank_account_holder) == (
        "Bank Uji", "1234567890", "Pemilik Uji",
    )  # fmt: skip
    assert shelves.shops(session, GUEST) == []
    assert shelves.shops(session, make.account(session)) == []
    assert shelves.shop_of_business(session, seller.business_id) == seller.shop_id
    assert shelves.shop_of_business(session, ids.uuid7()) is None


def test_a_seller_sees_what_is_there_what_is_promised_and_what_is_free(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=9)
    order = make.order(session, (product, 4), payment_method="cod")
    own = shelves.for_edit(session, seller.actor, product)
    assert (own.on_hand, own.reserved, own.available, own.status, own.stock_mode) == (9, 4, 5, "published", "counted")
    fulfilment.accept(session, seller.actor, order.id)
    stock.set_on_hand(session, seller.actor, product, 1)
    own = shelves.for_edit(session, seller.actor, product)
    assert (own.on_hand, own.reserved, own.available) == (1, 4, 0), "what was counted, not what was promised"


def test_the_shelf_is_last_changed_first_in_pages_and_can_be_searched(session: Session) -> None:
    seller = make.seller(session)
    names = ["Amplang 100%", "Kopi bubuk", "Madu hutan"]
    made = {}
    for hours, name in enumerate(names):
        with clock.at(NOON + timedelta(hours=hours)):
            made[name] = make.product(session, seller, name)
    with clock.at(NOON + timedelta(hours=9)):
        publishing.hide(session, seller.actor, made["Kopi bubuk"])

    def found(**wanted: object) -> tuple[list[str], int]:
        rows, total = shelves.products(session, seller.actor, seller.shop_id, **wanted)  # type: ignore[arg-type]
        return [row.name for row in rows], total

    assert found() == (["Kopi bubuk", "Madu hutan", "Amplang 100%"], 3)
    assert found(status="hidden") == (["Kopi bubuk"], 1)
    assert found(q="0% ampl") == (["Amplang 100%"], 1)
    assert found(q="_") == ([], 0)
    assert found(page=2) == ([], 3)
    assert found(page=-5) == found()
    assert found(status="nu\0l") == ([], 0)
    assert found(q="nu\0l") == found()
    publishing.archive(session, seller.actor, made["Madu hutan"])
    assert found()[1] == 2
    assert found(status="archived") == (["Madu hutan"], 1)


def test_few_left_are_shown_fewest_first(session: Session) -> None:
    seller = make.seller(session)
    two, none = make.product(session, seller, "Dua", on_hand=2), make.product(session, seller, "Habis", on_hand=0)
    make.product(session, seller, "Banyak", on_hand=4)
    make.product(session, seller, "Dibuat", mode="made_to_order", on_hand=None)
    publishing.hide(session, seller.actor, make.product(session, seller, "Tersembunyi", on_hand=1))
    assert [row.id for row in shelves.running_low(session, seller.actor, seller.shop_id)] == [none, two]


def test_the_other_sizes_stand_beside_a_product(session: Session) -> None:
    seller = make.seller(session)
    first = make.product(session, seller, weight_gram=250)
    assert shelves.siblings(session, seller.actor, shelves.for_edit(session, seller.actor, first)) == []
    other = editing.add_variant(session, seller.actor, first, ProductDraft(variant="1 kg", price_amount=9, on_hand=1))
    gone = editing.add_variant(session, seller.actor, first, ProductDraft(variant="2 kg", price_amount=9, on_hand=1))
    publishing.archive(session, seller.actor, gone.id)
    own = shelves.for_edit(session, seller.actor, first)
    assert [row.id for row in shelves.siblings(session, seller.actor, own)] == [other.id]


def test_foreign_shelves_are_missing(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    strangers = (make.seller(session).actor, GUEST, accounts.staff(session, "administrator"))
    for actor in strangers:
        for shop_id, product_id in ((seller.shop_id, product), (ids.uuid7(), ids.uuid7())):
            for read in (
                lambda actor=actor, shop_id=shop_id: shelves.shop(session, actor, shop_id),
                lambda actor=actor, shop_id=shop_id: shelves.products(session, actor, shop_id),
                lambda actor=actor, shop_id=shop_id: shelves.running_low(session, actor, shop_id),
                lambda actor=actor, product_id=product_id: shelves.for_edit(session, actor, product_id),
            ):
                with pytest.raises(NotFound):
                    read()


def test_looking_at_a_product_does_not_wait_for_somebody_who_changes_it(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, price_amount=15_000)
    with database.begin() as busy:
        make.set_price(busy, seller, product, 20_000)
        with database.begin() as looking:
            assert shelves.for_edit(looking, seller.actor, product).price_amount == 15_000
