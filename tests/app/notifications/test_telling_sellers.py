"""A seller hears that less is there than was promised."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

from sqlmodel import Session, select

from app.catalogue.events import StockShortage
from app.kit import clock, ids
from app.notifications import telling_sellers, writing
from app.notifications.models import Message
from app.registry.models import Business
from tests.factories import past_orders
from tests.factories.past_orders import NOON


def test_a_shortage_is_told_once_a_day_to_everybody_who_acts_for_the_shop(session: Session, business: Business) -> None:
    shop = past_orders.shop_of(session, business.id)
    product_id = ids.uuid7()
    past_orders.product(session, shop, product_id)
    event = StockShortage(product_id=product_id, shop_id=shop.id, missing=3)
    with clock.at(NOON):
        for _ in range(2):
            telling_sellers.on_stock_shortage(lambda: nullcontext(session), event)
    messages = session.exec(select(Message)).all()
    assert sorted(str(message.recipient_name) for message in messages) == ["Pembantu", "Pemilik"]
    assert "kurang 3" in writing.letter(messages[0]).text
    with clock.at(NOON + timedelta(days=1)):
        telling_sellers.on_stock_shortage(lambda: nullcontext(session), event)
    assert len(session.exec(select(Message)).all()) == 4
