"""Which acts tell the web processes that the public reads something else, of what, and which tell nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from app.catalogue import editing, photos, publishing, shops, stock
from app.catalogue.photos import Kept
from app.catalogue.rules import ProductDraft, ShopDraft
from app.catalogue.stock import Wanted
from app.db import Session
from app.kit import clock
from app.kit.ids import uuid7
from app.orders import delivery
from app.outbox import bulletin
from app.registry import registration, verification
from app.registry.rules import BusinessDraft
from search import handlers
from tests.conftest import Database
from tests.factories import accounts
from tests.factories import orders as make
from tests.factories.orders import Seller

SANGATTA_UTARA, SAMARINDA = "64.08.04", "64.72"


class Town:
    """A database with a shop, and an ear at it."""

    def __init__(self, database: Database, ear: psycopg.Connection) -> None:
        self.database = database
        self.ear = ear
        self.told: list[str] = []
        ear.add_notify_handler(lambda notice: self.told.append(notice.payload))
        with database.begin() as session:
            self.seller: Seller = make.seller(session)
            self.officer = accounts.staff(session, "verifier")
            self.product = make.product(session, self.seller, on_hand=50)
        self.shop = bulletin.subject("shop", self.seller.shop_id)
        self.business = bulletin.subject("business", self.seller.business_id)
        self.news()

    def news(self) -> list[str]:
        """What was told since the last time."""
        self.ear.execute("SELECT 1")
        found, self.told[:] = list(self.told), []
        return found

    @contextmanager
    def act(self) -> Iterator[Session]:
        with self.database.begin() as session:
            yield session

    def order(self, quantity: int, product: UUID | None = None) -> UUID:
        order_id = uuid7()
        with self.act() as session:
            wanted = Wanted(order_id, product or self.product, quantity)
            stock.reserve(session, [wanted], clock.now() + timedelta(hours=1))
        return order_id


@pytest.fixture
def town(database: Database) -> Iterator[Town]:
    url = database.url.replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(url, autocommit=True) as ear:
        ear.execute(f"LISTEN {bulletin.CHANNEL}")
        yield Town(database, ear)


def test_every_act_on_goods_tells_of_their_shop(town: Town) -> None:
    seller, product = town.seller, town.product
    picture = Kept(uuid7(), 900, 900)
    acts = [
        lambda session: editing.add(
            session,
            seller.actor,
            seller.shop_id,
            ProductDraft(name="Madu", category="minuman", price_amount=1000, unit="botol", on_hand=1),
        ),
        lambda session: editing.change(session, seller.actor, product, ProductDraft(price_amount=17_000)),
        lambda session: editing.change(session, seller.actor, product, ProductDraft(description="Lain")),
        lambda session: photos.attach_kept(session, seller.actor, product, picture),
        lambda session: photos.make_first(session, seller.actor, product, picture.id),
        lambda session: photos.remove(session, seller.actor, product, picture.id),
        lambda session: stock.set_on_hand(session, seller.actor, product, 0),
        lambda session: stock.set_on_hand(session, seller.actor, product, 40, mode="counted"),
        lambda session: publishing.hide(session, seller.actor, product),
        lambda session: publishing.publish(session, seller.actor, product),
        lambda session: publishing.refuse(session, town.officer, product, reason="Foto tidak sesuai"),
        lambda session: publishing.archive(session, seller.actor, product),
    ]
    for number, act in enumerate(acts):
        with town.act() as session:
            act(session)
        assert town.news() == [town.shop], number


def test_every_act_on_a_shop_and_its_ways_of_delivery_tells_of_it(town: Town) -> None:
    seller = town.seller
    acts = [
        lambda session: shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(description="Buka tiap hari")),
        lambda session: shops.pause(session, seller.actor, seller.shop_id),
        lambda session: shops.reopen(session, seller.actor, seller.shop_id),
        lambda session: shops.suspend(session, town.officer, seller.shop_id),
        lambda session: shops.lift_suspension(session, town.officer, seller.shop_id),
        lambda session: delivery.set_courier_rate(session, seller.actor, seller.shop_id, SANGATTA_UTARA, 5000),
        lambda session: delivery.remove_courier_rate(session, seller.actor, seller.shop_id, SANGATTA_UTARA),
        lambda session: delivery.set_expedition_rate(
            session, seller.actor, seller.shop_id, SAMARINDA, per_kilogram_amount=9000
        ),
        lambda session: delivery.remove_expedition_rate(session, seller.actor, seller.shop_id, SAMARINDA),
    ]
    for number, act in enumerate(acts):
        with town.act() as session:
            act(session)
        assert town.news() == [town.shop], number


def test_every_act_on_the_public_register_tells_of_the_business(town: Town) -> None:
    seller, officer = town.seller, town.officer
    acts = [
        lambda session: verification.suspend(session, officer, seller.business_id, reason="Diperiksa"),
        lambda session: verification.reinstate(session, officer, seller.business_id),
        lambda session: verification.recheck(session, officer, seller.business_id, ["place"]),
        lambda session: registration.change(session, seller.actor, seller.business_id, BusinessDraft(name="Nama lain")),
        lambda session: registration.close(session, seller.actor, seller.business_id),
    ]
    for number, act in enumerate(acts):
        with town.act() as session:
            act(session)
        assert town.news() == [town.business], number


def test_a_registration_tells_something_only_when_it_is_approved(town: Town) -> None:
    with town.act() as session:
        owner = accounts.somebody(session)
        draft = BusinessDraft(name="Madu Kelulut", district_code=SANGATTA_UTARA, main_product="madu")
        business = registration.start(session, owner, draft)
        registration.submit(session, owner, business.id)
    assert town.news() == []
    with town.act() as session:
        verification.send_back(session, town.officer, business.id, reason="Lengkapi", fields=["name"])
        registration.submit(session, owner, business.id)
    assert town.news() == []
    with town.act() as session:
        verification.approve(session, town.officer, business.id)
    assert town.news() == [bulletin.subject("business", business.id)]


def test_an_order_that_leaves_enough_tells_nothing_and_one_that_leaves_few_does(town: Town) -> None:
    """50 on the shelf; five and fewer are a number on the page."""
    first = town.order(10)
    second = town.order(34)
    assert town.news() == []  # 6 are left
    third = town.order(1)
    assert town.news() == [town.shop]  # "Sisa 5"
    last = town.order(5)
    assert town.news() == [town.shop]  # sold out
    with town.act() as session:
        stock.commit_order(session, last)
        stock.consume_order(session, last)
    assert town.news() == []  # handed over: as many are free as before
    with town.act() as session:
        stock.release_order(session, third)
    assert town.news() == [town.shop]  # one is free again
    with town.act() as session:
        stock.expire_order(session, second)
    assert town.news() == [town.shop]  # 35: no number any more
    with town.act() as session:
        stock.release_order(session, first)
    assert town.news() == []  # 45: nothing anybody could read
    with town.act() as session:
        assert stock.retake_order(session, second)
    assert town.news() == [town.shop]


def test_an_order_refused_for_want_of_stock_tells_nothing(town: Town) -> None:
    with pytest.raises(stock.StockTooLow):
        town.order(51)
    assert town.news() == []


def test_goods_that_are_not_counted_are_never_sold_out(town: Town) -> None:
    with town.act() as session:
        cake = make.product(session, town.seller, "Kue", mode="made_to_order", on_hand=None)
    town.news()
    order = town.order(3, cake)
    with town.act() as session:
        stock.release_order(session, order)
    assert town.news() == []


def test_words_that_goods_are_found_by_are_told_when_the_copy_is_written(town: Town) -> None:
    handlers.refresh_and_tell(town.database.begin, [town.product])
    assert town.news() == ["search:words"]


def test_an_act_that_did_not_happen_tells_nothing(town: Town) -> None:
    with pytest.raises(ZeroDivisionError), town.act() as session:
        make.set_price(session, town.seller, town.product, 99_000)
        raise ZeroDivisionError
    assert town.news() == []


def test_pages_show_the_number_of_no_more_than_what_is_told() -> None:
    cards = Path(__file__).parents[2] / "web/templates/components/cards.html"
    assert f"available <= {stock.NUMBER_SHOWN} %" in cards.read_text(encoding="utf-8")
