"""How far a shop delivers, in three numbers."""

from __future__ import annotations

from uuid import uuid4

from sqlmodel import Session

from app.orders import delivery, reach
from app.orders.reach import Reach
from tests.factories import orders


def test_districts_the_cheapest_of_them_and_other_regencies_of_this_shop_alone(session: Session) -> None:
    shop, other = orders.seller(session), orders.seller(session, "Toko lain")
    assert reach.of(session, shop.shop_id) == reach.of(session, uuid4()) == Reach(0, None, 0)
    delivery.set_courier_rate(session, shop.actor, shop.shop_id, "64.08.04", 15_000)
    delivery.set_courier_rate(session, shop.actor, shop.shop_id, "64.08.09", 8_000)
    delivery.set_courier_rate(session, other.actor, other.shop_id, "64.08.04", 0)
    delivery.set_expedition_rate(session, shop.actor, shop.shop_id, "35.78", per_kilogram_amount=40_000)
    assert reach.of(session, shop.shop_id) == Reach(2, 8_000, 1)
    assert reach.of(session, other.shop_id) == Reach(1, 0, 0)
