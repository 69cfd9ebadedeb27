"""Who hears of what: the buyer with the link, the seller when it is theirs to act, nobody of what they did themselves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from sqlmodel import Session, col, select

from app.db import Transactions
from app.kit import ids
from app.notifications import telling, writing
from app.notifications.models import Message
from app.orders import events
from app.orders.models import CustomerOrder, OrderGroup
from app.registry.models import Business
from tests.app.notifications.conftest import account
from tests.factories import past_orders
from tests.factories.past_orders import NOON


def within(session: Session) -> Transactions:
    return lambda: nullcontext(session)


def told(session: Session) -> list[tuple[str, str | None]]:
    rows = session.exec(select(Message.template, Message.recipient_name).order_by(col(Message.template)))
    return sorted((template, name) for template, name in rows)


def letter(session: Session, template: str) -> writing.Letter:
    return writing.letter(session.exec(select(Message).where(Message.template == template)).first() or Message())


SELLER_PLACED = [("order_placed/seller", "Pembantu"), ("order_placed/seller", "Pemilik")]


def test_a_cash_order_is_told_to_the_buyer_and_to_everybody_who_acts_for_the_shop(
    session: Session, business: Business
) -> None:
    order = past_orders.put(
        session, status="awaiting_seller", paid_at=None, payment_method="cod", business_id=business.id
    )
    for _ in range(2):
        telling.on_order_placed(within(session), events.OrderPlaced(order.id, order.group_id))
    assert told(session) == [("order_placed/buyer", "Siti Contoh"), *SELLER_PLACED]
    assert "48 jam" in letter(session, "order_placed/seller").text
    assert letter(session, "order_placed/seller").path == f"/jual/pesanan/{order.number}"


def test_a_prepaid_order_is_told_to_the_seller_once_it_is_paid(session: Session, business: Business) -> None:
    order = past_orders.put(session, status="awaiting_payment", paid_at=None, business_id=business.id)
    telling.on_order_placed(within(session), events.OrderPlaced(order.id, order.group_id))
    assert told(session) == [("order_placed/buyer", "Siti Contoh")]
    telling.on_order_paid(within(session), events.OrderPaid(order.id, order.total_amount, NOON, NOON.date()))
    assert [who for template, who in told(session) if template == "order_paid/seller"] == ["Pembantu", "Pemilik"]
    assert "Rp25.000" in letter(session, "order_paid/seller").text


def test_cash_paid_hand_in_hand_needs_no_message(session: Session, business: Business) -> None:
    order = past_orders.put(session, payment_method="cod", status="handed_over", business_id=business.id)
    telling.on_order_paid(within(session), events.OrderPaid(order.id, order.total_amount, NOON, NOON.date()))
    assert told(session) == []


def test_the_guests_message_leads_to_the_order_page_by_its_key(session: Session, business: Business) -> None:
    order = past_orders.put(session, business_id=business.id)
    telling.on_order_accepted(within(session), events.OrderAccepted(order.id))
    message = session.exec(select(Message)).one()
    group = session.get_one(OrderGroup, order.group_id)
    key = ids.derived_key("test-secret-key-test-secret-key-test-secret", "order_group", str(group.id))
    assert writing.letter(message).path == f"/pesanan/{group.number}?kunci={key}"
    assert (message.account_id, message.phone) == (None, group.contact_phone)
    assert (message.district_code, message.village_code) == ("64.08.04", "64.08.04.1010")


def test_a_signed_in_buyer_gets_it_in_the_inbox(session: Session, business: Business) -> None:
    buyer = account(session, "Budi Contoh")
    order = past_orders.put(session, business_id=business.id, account_id=buyer.id)
    telling.on_order_accepted(within(session), events.OrderAccepted(order.id))
    assert session.exec(select(Message.account_id)).one() == buyer.id


def test_the_phone_of_a_guest_never_reaches_the_account_that_has_it(session: Session, business: Business) -> None:
    somebody = account(session, "Orang lain")
    order = past_orders.put(session, business_id=business.id, contact_phone=somebody.phone_e164)
    telling.on_order_accepted(within(session), events.OrderAccepted(order.id))
    assert session.exec(select(Message.account_id)).one() is None


STEPS: list[tuple[Callable[[Transactions, CustomerOrder], None], str, dict[str, str]]] = [
    (lambda begin, o: telling.on_order_accepted(begin, events.OrderAccepted(o.id)), "order_accepted", {}),
    (lambda begin, o: telling.on_order_ready(begin, events.OrderReady(o.id)), "order_ready", {}),
    (lambda begin, o: telling.on_order_handed_over(begin, events.OrderHandedOver(o.id)), "order_handed_over", {}),
    (lambda begin, o: telling.on_order_agreed(begin, events.OrderAgreed(o.id, NOON)), "order_agreed", {}),
    (
        lambda begin, o: telling.on_order_rejected(begin, events.OrderRejected(o.id, was_paid=True)),
        "order_rejected",
        {"reason": "Ikan sedang tidak ada"},
    ),
]


@pytest.mark.parametrize(("happen", "template", "more"), STEPS, ids=[step[1] for step in STEPS])
def test_every_step_is_told_to_the_buyer_alone(
    session: Session,
    business: Business,
    happen: Callable[[Transactions, CustomerOrder], None],
    template: str,
    more: dict[str, str],
) -> None:
    order = past_orders.put(session, business_id=business.id, **more)
    happen(within(session), order)
    assert told(session) == [(f"{template}/buyer", "Siti Contoh")]
    if more:
        text = letter(session, f"{template}/buyer").text
        assert more["reason"] in text
        assert "Rp25.000 akan dikembalikan" in text


def test_the_newest_step_alone_waits_on_the_desk(session: Session, business: Business) -> None:
    order = past_orders.put(session, business_id=business.id)
    telling.on_order_accepted(within(session), events.OrderAccepted(order.id))
    telling.on_order_ready(within(session), events.OrderReady(order.id))
    pending = session.exec(select(Message.template).where(Message.desk_status == "pending")).all()
    assert pending == ["order_ready/buyer"]


@pytest.mark.parametrize(
    ("party", "was_paid", "expected"),
    [
        ("buyer", False, ["order_cancelled/seller", "order_cancelled/seller"]),
        ("buyer", True, ["order_cancelled/buyer", "order_cancelled/seller", "order_cancelled/seller"]),
        ("seller", False, ["order_cancelled/buyer"]),
        ("system", False, ["order_cancelled/buyer", "order_cancelled/seller", "order_cancelled/seller"]),
    ],
)
def test_whoever_cancels_is_not_told_of_it_unless_money_goes_back(
    session: Session, business: Business, party: str, was_paid: bool, expected: list[str]
) -> None:
    order = past_orders.put(
        session,
        status="awaiting_seller",
        paid_at=NOON if was_paid else None,
        payment_method="cod",
        business_id=business.id,
    )
    past_orders.move(session, order, "cancelled", party=party)
    telling.on_order_cancelled(within(session), events.OrderCancelled(order.id, was_paid=was_paid))
    assert [template for template, _ in told(session)] == expected


def test_a_seller_who_never_heard_of_an_order_does_not_hear_that_it_is_over(
    session: Session, business: Business
) -> None:
    order = past_orders.put(session, status="awaiting_payment", paid_at=None, business_id=business.id)
    past_orders.move(session, order, "cancelled", party="buyer")
    telling.on_order_cancelled(within(session), events.OrderCancelled(order.id, was_paid=False))
    assert told(session) == []


@pytest.mark.parametrize(
    ("method", "sides", "words"),
    [
        ("cod", ["order_expired/buyer", "order_expired/seller", "order_expired/seller"], "penjual tidak menjawab"),
        ("transfer", ["order_expired/buyer"], "pembayaran tidak diterima"),
    ],
)
def test_an_expired_order_says_whom_it_waited_for(
    session: Session, business: Business, method: str, sides: list[str], words: str
) -> None:
    order = past_orders.put(
        session, status="expired", paid_at=None, ended_at=NOON, payment_method=method, business_id=business.id
    )
    telling.on_order_expired(within(session), events.OrderExpired(order.id))
    assert [template for template, _ in told(session)] == sides
    assert words in letter(session, "order_expired/buyer").text
