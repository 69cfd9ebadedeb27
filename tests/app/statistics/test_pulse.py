"""How many of the open shops sell."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from app.catalogue import shops
from app.kit import clock
from app.statistics import pulse
from tests.factories import orders


def test_only_open_shops_count_and_only_orders_of_thirty_days(session: Session) -> None:
    before = pulse.now(session)
    busy, quiet, closed = (orders.seller(session, name) for name in ("Ramai", "Sepi", "Tutup"))
    goods = {of: orders.product(session, of) for of in (busy, quiet, closed)}
    orders.order(session, (goods[busy], 1))
    orders.order(session, (goods[busy], 1))
    orders.order(session, (goods[closed], 1))
    with clock.at(clock.now() - timedelta(days=31)):
        orders.order(session, (goods[quiet], 1))
    shops.pause(session, closed.actor, closed.shop_id)
    after = pulse.now(session)
    assert (after.open_shops - before.open_shops, after.with_orders - before.with_orders) == (2, 1)
    with clock.at(clock.now() - timedelta(days=2)):
        assert (
            pulse.now(session).with_orders - before.with_orders == 1
        )  # the old order was young then, the new not made


def test_the_share_is_whole_percent_and_unknown_without_a_shop() -> None:
    assert pulse.Pulse(0, 0).percent is None
    assert pulse.Pulse(3, 1).percent == 33
    assert pulse.Pulse(8, 1).percent == 13
    assert pulse.Pulse(2, 2).percent == 100
