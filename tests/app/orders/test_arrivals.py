"""What a list of goods says of the way to a place: from the shops' own rates, in one read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from sqlmodel import Session

from app.kit import clock, ids
from app.orders import arrivals, delivery
from app.orders.arrivals import Arrival
from tests.factories import orders as make
from tests.statements import counted_statements

SANGATTA_UTARA, BENGALON, SAMARINDA, BONTANG = "64.08.04", "64.08.09", "64.72", "64.74"


def stocked(session: Session) -> tuple[UUID, UUID, UUID, UUID]:
    """Something there, something to be made and something of unknown weight of a shop that delivers; and a shop that does not."""
    far = make.seller(session, "Toko Jauh")
    delivery.set_courier_rate(session, far.actor, far.shop_id, SANGATTA_UTARA, 5_000, days=1)
    delivery.set_courier_rate(session, far.actor, far.shop_id, BENGALON, 0)
    delivery.set_expedition_rate(
        session, far.actor, far.shop_id, SAMARINDA, per_kilogram_amount=12_000, minimum_amount=20_000, days=3
    )
    near = make.seller(session, "Toko Dekat")
    return (
        make.product(session, far, "Ada", weight_gram=2_100),
        make.product(session, far, "Dibuat", mode="made_to_order", on_hand=None, weight_gram=900),
        make.product(session, far, "Entah", weight_gram=None),
        make.product(session, near, "Dekat"),
    )


def test_each_product_says_what_its_shop_asks_and_when_it_is_there(session: Session) -> None:
    there, made, unknown, near = stocked(session)
    wanted = [there, made, unknown, near]
    assert arrivals.of(session, wanted, SANGATTA_UTARA) == {
        there: Arrival("courier", 5_000, 1),
        made: Arrival("courier", 5_000, None, made_first=True),
        unknown: Arrival("courier", 5_000, 1),
        near: Arrival(None),
    }
    assert arrivals.of(session, wanted, f"{SANGATTA_UTARA}.2001")[there] == Arrival("courier", 5_000, 1)
    assert arrivals.of(session, wanted, BENGALON)[there] == Arrival("courier", 0, None)
    assert arrivals.of(session, wanted, SAMARINDA) == {
        there: Arrival("expedition", 36_000, 3),
        made: Arrival("expedition", 20_000, None, made_first=True),
        unknown: Arrival(None, weight_missing=True),
        near: Arrival(None),
    }
    assert set(arrivals.of(session, wanted, BONTANG).values()) == {Arrival(None)}


def test_the_day_is_counted_on_the_calendar_of_the_regency(session: Session) -> None:
    there, *_ = stocked(session)
    with clock.at(datetime(2026, 11, 30, 16, 30, tzinfo=UTC)):
        found = arrivals.of(session, [there], SANGATTA_UTARA)[there]
        assert (found.day, found.in_days) == (date(2026, 12, 2), 1)
        assert Arrival("courier", 0, 0).day == date(2026, 12, 1)
        assert (Arrival("courier", 0).day, Arrival("courier", 0).in_days) == (None, None)
    with clock.at(datetime(2026, 11, 30, 8, 30, tzinfo=UTC)):
        assert Arrival("courier", 0, 0).in_days == 1, "at half past four in the afternoon nobody comes today"


def test_a_whole_list_is_one_read_and_no_place_is_none(session: Session) -> None:
    goods = [*stocked(session), *stocked(session)]
    session.flush()
    with counted_statements(session) as sent:
        assert arrivals.of(session, goods, None) == {}
        assert arrivals.of(session, [], SANGATTA_UTARA) == {}
        assert sent == []
        assert len(arrivals.of(session, [*goods, *goods, ids.uuid7()], SANGATTA_UTARA)) == len(goods)
    assert len(sent) == 1
