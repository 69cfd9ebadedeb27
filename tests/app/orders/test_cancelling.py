"""Orders that end before their time give their stock back, once, and say whether money must go back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.actor import GUEST
from app.catalogue.events import HoldReleased
from app.errors import Invalid
from app.kit import clock
from app.orders import cancelling, fulfilment, placing, queries
from app.orders.errors import GatewayOpen, MoveRefused
from app.orders.models import CustomerOrder
from app.outbox.models import OutboxEvent
from tests.conftest import Database
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def cancelled_events(session: Session) -> dict[str, object]:
    found = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "OrderCancelled")).all()
    return {str(event.payload["order_id"]): event.payload["was_paid"] for event in found}


def test_a_cancelled_order_frees_its_stock_and_owes_nothing_when_unpaid(session: Session) -> None:
    product = make.product(session, make.seller(session))
    order = make.order(session, (product, 4), payment_method="transfer")
    cancelling.cancel(session, GUEST, order.id, reason="  Salah   pesan ", key=queries.key_of(order.group_id))
    assert (order.status, order.reason, order.hold_until) == ("cancelled", "Salah pesan", None)
    assert make.held(session, product) == (10, 0)
    assert cancelled_events(session) == {str(order.id): False}


def test_a_paid_order_cancelled_before_acceptance_says_that_money_must_go_back(session: Session) -> None:
    product = make.product(session, make.seller(session))
    order = make.order(session, (product, 4), payment_method="transfer")
    placing.confirm(session, order.id, paid_at=NOON)
    cancelling.cancel(session, GUEST, order.id, key=queries.key_of(order.group_id))
    assert make.held(session, product) == (10, 0)
    assert cancelled_events(session) == {str(order.id): True}


def test_a_buyer_cannot_cancel_what_the_seller_accepted(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    order = make.order(session, (product, 4), payment_method="cod")
    fulfilment.accept(session, seller.actor, order.id)
    with pytest.raises(MoveRefused):
        cancelling.cancel(session, GUEST, order.id, key=queries.key_of(order.group_id))
    assert (order.status, make.held(session, product)) == ("accepted", (10, 4))
    assert cancelled_events(session) == {}


def test_a_reason_longer_than_a_page_is_refused(session: Session) -> None:
    order = make.order(session, (make.product(session, make.seller(session)), 1))
    with pytest.raises(Invalid):
        cancelling.cancel(session, GUEST, order.id, reason="x" * 301, key=queries.key_of(order.group_id))


def test_a_seller_cancels_an_accepted_order_and_the_stock_is_free(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    order = make.order(session, (product, 4), payment_method="cod")
    fulfilment.accept(session, seller.actor, order.id)
    cancelling.cancel_as_seller(session, seller.actor, order.id, reason="Rusak di jalan")
    assert (order.status, order.reason, make.held(session, product)) == ("cancelled", "Rusak di jalan", (10, 0))


def test_one_order_of_a_direct_checkout_is_cancelled_alone(session: Session) -> None:
    first, second = make.seller(session, "A"), make.seller(session, "B")
    group = make.placed(
        session, (make.product(session, first), 1), (make.product(session, second), 1), payment_method="transfer"
    )
    one, other = queries.orders_of(session, group.id)
    assert cancelling.cancel(session, GUEST, one.id, key=queries.key_of(group.id)) == [one]
    assert (one.status, other.status) == ("cancelled", "awaiting_payment")


def test_an_unpaid_gateway_checkout_is_cancelled_whole_by_its_buyer_and_not_at_all_by_a_seller(
    session: Session,
) -> None:
    first, second = make.seller(session, "A"), make.seller(session, "B")
    products = make.product(session, first), make.product(session, second)
    group = make.placed(session, (products[0], 1), (products[1], 1), payment_method="sandbox")
    orders = queries.orders_of(session, group.id)
    mine = next(order for order in orders if order.shop_id == first.shop_id)
    with pytest.raises(GatewayOpen):
        cancelling.cancel_as_seller(session, first.actor, mine.id, reason="Habis")
    assert {order.status for order in orders} == {"awaiting_payment"}
    assert len(cancelling.cancel(session, GUEST, mine.id, key=queries.key_of(group.id))) == 2
    assert {order.status for order in orders} == {"cancelled"}
    assert [make.held(session, product) for product in products] == [(10, 0), (10, 0)]


@pytest.mark.parametrize(
    ("method", "wait"),
    [
        ("transfer", timedelta(hours=24)),
        ("sandbox", timedelta(minutes=20)),
        ("stripe", timedelta(minutes=45)),
        ("cod", timedelta(hours=48)),
    ],
)
def test_an_order_expires_when_its_hold_is_over_and_not_a_second_before(
    database: Database, method: str, wait: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASAR_STRIPE_SECRET_KEY", "sk_test_" + "x" * 40)
    with database.begin() as session, clock.at(NOON):
        product = make.product(session, make.seller(session))
        order = make.order(session, (product, 3), payment_method=method)
    with clock.at(NOON + wait - timedelta(seconds=1)):
        assert cancelling.expire_due(database.begin) == 0
    with clock.at(NOON + wait):
        assert cancelling.expire_due(database.begin) == 1
        assert cancelling.expire_due(database.begin) == 0
    with database.begin() as session:
        assert session.get_one(CustomerOrder, order.id).status == "expired"
        assert make.held(session, product) == (10, 0)
        kinds = [
            event.kind for event in session.exec(select(OutboxEvent).where(OutboxEvent.key == f"order:{order.id}"))
        ]
        assert kinds == ["OrderPlaced", "OrderExpired"]


def test_an_order_that_cannot_be_ended_holds_up_no_other(database: Database) -> None:
    with database.begin() as session, clock.at(NOON):
        seller = make.seller(session)
        broken, sound = make.product(session, seller), make.product(session, seller)
        stuck = make.order(session, (broken, 3), payment_method="transfer")
    with database.begin() as session, clock.at(NOON + timedelta(hours=1)):
        free = make.order(session, (sound, 3), payment_method="transfer")
        session.execute(text("UPDATE stock SET reserved = 0 WHERE product_id = :p"), {"p": broken})  # somebody's hand
    with clock.at(NOON + timedelta(days=2)), pytest.raises(IntegrityError):
        cancelling.expire_due(database.begin)
    with database.begin() as session:
        assert session.get_one(CustomerOrder, stuck.id).status == "awaiting_payment"
        assert session.get_one(CustomerOrder, free.id).status == "expired"
        assert make.held(session, sound) == (10, 0)


def test_a_payment_that_is_dead_before_the_hold_ends_frees_the_stock_at_once(session: Session) -> None:
    product = make.product(session, make.seller(session))
    order = make.order(session, (product, 3), payment_method="sandbox")
    assert cancelling.expire(session, order.id) is True
    assert cancelling.expire(session, order.id) is False
    assert make.held(session, product) == (10, 0)


def test_stock_taken_from_under_an_unpaid_order_ends_it_once(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, on_hand=3)
        order = make.order(session, (product, 3), payment_method="transfer")
        make.set_on_hand(session, seller, product, 1)
    for _ in range(2):
        cancelling.on_hold_released(database.begin, HoldReleased(order_id=order.id, product_id=product))
    with database.begin() as session:
        ended = session.get_one(CustomerOrder, order.id)
        assert (ended.status, ended.reason) == ("cancelled", cancelling.SOLD_OUT)
        assert make.held(session, product) == (1, 0)
        assert cancelled_events(session) == {str(order.id): False}


def test_stock_taken_from_under_an_order_that_was_paid_meanwhile_changes_nothing(database: Database) -> None:
    with database.begin() as session:
        product = make.product(session, make.seller(session), on_hand=3)
        order = make.order(session, (product, 3), payment_method="transfer")
        placing.confirm(session, order.id, paid_at=NOON)
    cancelling.on_hold_released(database.begin, HoldReleased(order_id=order.id, product_id=product))
    with database.begin() as session:
        assert session.get_one(CustomerOrder, order.id).status == "confirmed"
        assert make.held(session, product) == (3, 3)
