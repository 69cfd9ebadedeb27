"""From a change to the copy, through the outbox: every way goods appear and vanish."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app import reactions
from app.catalogue import publishing, shops
from app.catalogue.events import ProductChanged
from app.orders.events import OrderPlaced
from app.outbox import relay
from app.registry import registration, verification
from search import handlers, reindex
from tests.conftest import Database
from tests.factories import accounts, orders
from tests.search.goods import GOODS, Market


@pytest.fixture
def live(database: Database) -> Market:
    """The small catalogue with real commits, its events carried."""
    market = Market(database.begin)
    with database.begin() as session:
        for good in GOODS:
            seller = market.seller(session, good.shop)
            market.ids[good.name] = orders.product(session, seller, good.name, price_amount=good.price_amount)
    carry(market)
    return market


def carry(market: Market) -> None:
    relay.drain(market.begin, reactions.TABLE)
    with market.begin() as session:
        assert session.execute(text("SELECT count(*) FROM outbox_event WHERE done_at IS NULL")).scalar_one() == 0


def copied(market: Market) -> set[str]:
    """The products in the copy, whatever is public."""
    names = {product_id: name for name, product_id in market.ids.items()}
    with market.begin() as session:
        return {names[row] for row in session.execute(text("SELECT product_id FROM search_document")).scalars()}


def of_shop(name: str) -> set[str]:
    return {good.name for good in GOODS if good.shop == name}


def test_new_goods_are_found_by_their_words(live: Market) -> None:
    assert copied(live) == set(live.ids)
    assert set(live.names("amplang")) == {"Amplang ikan tenggiri 250 g", "Amplang ikan bandeng"}


def test_a_product_leaves_and_comes_back(live: Market) -> None:
    seller, sambal = live.sellers["Dapur Etam"], live.ids["Sambal terasi"]
    with live.begin() as session:
        publishing.hide(session, seller.actor, sambal)
    carry(live)
    assert copied(live) == set(live.ids) - {"Sambal terasi"}
    with live.begin() as session:
        publishing.publish(session, seller.actor, sambal)
    carry(live)
    assert copied(live) == set(live.ids)


def pause(session: Session, seller: orders.Seller) -> Callable[[Session], object]:
    shops.pause(session, seller.actor, seller.shop_id)
    return lambda later: shops.reopen(later, seller.actor, seller.shop_id)


def suspend_shop(session: Session, seller: orders.Seller) -> Callable[[Session], object]:
    officer = accounts.staff(session, "verifier")
    shops.suspend(session, officer, seller.shop_id)
    return lambda later: shops.lift_suspension(later, officer, seller.shop_id)


def suspend_business(session: Session, seller: orders.Seller) -> Callable[[Session], object]:
    officer = accounts.staff(session, "verifier")
    verification.suspend(session, officer, seller.business_id, reason="Diperiksa lagi.")
    return lambda later: verification.reinstate(later, officer, seller.business_id)


@pytest.mark.parametrize("close", [pause, suspend_shop, suspend_business])
def test_all_goods_of_a_shop_leave_and_come_back(
    live: Market, close: Callable[[Session, orders.Seller], Callable[[Session], object]]
) -> None:
    with live.begin() as session:
        reopen = close(session, live.sellers["Kebun Bengalon"])
    carry(live)
    assert copied(live) == set(live.ids) - of_shop("Kebun Bengalon")
    with live.begin() as session:
        reopen(session)
    carry(live)
    assert copied(live) == set(live.ids)


def test_the_goods_of_a_closed_business_are_gone_for_good(live: Market) -> None:
    seller = live.sellers["Rumah Batik Karangan"]
    with live.begin() as session:
        registration.close(session, seller.actor, seller.business_id)
    carry(live)
    assert copied(live) == set(live.ids) - of_shop("Rumah Batik Karangan")


def test_an_event_twice_or_about_nothing_does_no_harm(live: Market) -> None:
    event = ProductChanged(live.ids["Sambal terasi"], 1, UUID(int=2))
    for _ in range(2):
        handlers.on_product_changed(live.begin, event)
    handlers.on_product_changed(live.begin, ProductChanged(UUID(int=1), 1, UUID(int=2)))
    assert copied(live) == set(live.ids)


def test_an_old_event_never_brings_back_old_words(live: Market) -> None:
    """What is read is the product now, whatever the event's version was."""
    with live.begin() as session:
        live_product = live.ids["Sambal terasi"]
        session.execute(
            text("UPDATE product SET name = 'Sambal bajak', version = version + 5 WHERE id = :p"), {"p": live_product}
        )
    handlers.on_product_changed(live.begin, ProductChanged(live_product, 1, UUID(int=2)))
    assert live.names("bajak") == ["Sambal terasi"]
    assert live.find("terasi").total == 0


def test_without_an_outside_engine_an_order_touches_no_copy(live: Market) -> None:
    with live.begin() as session:
        session.execute(text("DELETE FROM search_document"))
        order = orders.order(session, (live.ids["Sambal terasi"], 1))
    handlers.on_stock_taken_or_freed(live.begin, OrderPlaced(order.id, order.group_id))
    assert copied(live) == set()
    reindex.keep_complete(live.begin)
    assert copied(live) == set(live.ids)


def test_search_hears_of_everything_that_shows_or_hides_goods() -> None:
    """Every event of goods, shops and standing businesses is in the table with its search reaction."""
    hearing = {kind.__name__ for kind, wanted in reactions.TABLE.items() if any(is_search(one) for one in wanted)}
    assert hearing == {
        "ProductChanged", "ShopChanged", "BusinessChanged", "BusinessSuspended", "BusinessReinstated", "BusinessClosed",
        "OrderPlaced", "OrderRejected", "OrderExpired", "OrderCancelled",
    }  # fmt: skip


def is_search(handler: Callable[..., object]) -> bool:
    return handler.__module__ == handlers.__name__
