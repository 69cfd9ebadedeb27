"""Where money stands is told to whoever must act or worry."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from uuid import UUID

import pytest
from sqlmodel import Session, col, select

from app.accounts.models import RoleGrant
from app.kit import ids
from app.notifications import telling_payments, writing
from app.notifications.models import Message
from app.orders.models import CustomerOrder
from app.payments.events import PaymentNeedsReview, RefundOpened, RefundSucceeded
from app.payments.models import Payment, Refund
from app.registry.models import Business
from tests.app.notifications.conftest import account
from tests.factories import past_orders
from tests.factories.past_orders import NOON


def officer(session: Session, role: str, name: str, *, gone: bool = False) -> UUID:
    made = account(session, name)
    session.add(RoleGrant(account_id=made.id, role=role, granted_at=NOON, revoked_at=NOON if gone else None))
    session.flush()
    return made.id


@pytest.fixture
def office(session: Session) -> None:
    officer(session, "administrator", "Ketua")
    officer(session, "verifier", "Pemeriksa")
    officer(session, "analyst", "Analis")
    officer(session, "administrator", "Pensiunan", gone=True)


def refund_of(session: Session, order: CustomerOrder, method: str) -> Refund:
    direct = method in ("cod", "transfer")
    payment = Payment(
        group_id=order.group_id,
        order_id=order.id if direct else None,
        shop_id=order.shop_id if direct else None,
        method=method,
        status="paid",
        amount=order.total_amount,
        created_at=NOON,
        changed_at=NOON,
        paid_at=NOON,
    )
    session.add(payment)
    session.flush()
    refund = Refund(
        payment_id=payment.id,
        order_id=order.id,
        key=str(ids.uuid7()),
        route="manual",
        source="sale",
        amount=order.total_amount,
        reason="cancelled",
        requested_at=NOON,
    )
    session.add(refund)
    session.flush()
    return refund


def told(session: Session) -> list[tuple[str, str | None]]:
    return sorted(session.exec(select(Message.template, Message.recipient_name)))


@pytest.mark.usefixtures("office")
def test_money_that_fits_nothing_is_told_to_the_buyer_and_to_those_who_decide(
    session: Session, business: Business
) -> None:
    order = past_orders.put(session, status="expired", paid_at=None, ended_at=NOON, business_id=business.id)
    event = PaymentNeedsReview(ids.uuid7(), order.group_id, 24_000)
    for _ in range(2):
        telling_payments.on_payment_needs_review(lambda: nullcontext(session), event)
    assert told(session) == [
        ("payment_needs_review/buyer", "Siti Contoh"),
        ("payment_needs_review/office", "Ketua"),
        ("payment_needs_review/office", "Pemeriksa"),
    ]
    notice = session.exec(select(Message).where(Message.recipient_name == "Ketua")).one()
    assert "Rp24.000" in writing.letter(notice).text
    assert writing.letter(notice).path == "/dinas/pembayaran"


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("transfer", [("refund_opened/seller", "Pembantu"), ("refund_opened/seller", "Pemilik")]),
        ("sandbox", [("refund_opened/office", "Ketua"), ("refund_opened/office", "Pemeriksa")]),
    ],
)
def test_a_refund_by_hand_is_told_to_whoever_holds_the_money(
    session: Session, business: Business, method: str, expected: list[tuple[str, str]]
) -> None:
    order = past_orders.put(session, business_id=business.id, payment_method=method)
    refund = refund_of(session, order, method)
    event = RefundOpened(refund.id, order.id, refund.amount, manual=True)
    telling_payments.on_refund_opened(lambda: nullcontext(session), event)
    assert told(session) == expected
    message = session.exec(select(Message).limit(1)).one()
    assert "Rp25.000" in writing.letter(message).text


def test_a_refund_the_gateway_sends_itself_asks_nobody(session: Session, business: Business) -> None:
    order = past_orders.put(session, business_id=business.id, payment_method="sandbox")
    refund = refund_of(session, order, "sandbox")
    event = RefundOpened(refund.id, order.id, refund.amount, manual=False)
    telling_payments.on_refund_opened(lambda: nullcontext(session), event)
    assert told(session) == []


def test_every_refund_of_an_order_is_told_and_none_hides_the_other(session: Session, business: Business) -> None:
    order = past_orders.put(session, business_id=business.id)
    for amount in (1_000, 2_000):
        event = RefundSucceeded(ids.uuid7(), order.id, amount, date(2026, 11, 24), of_sale=True)
        for _ in range(2):
            telling_payments.on_refund_succeeded(lambda: nullcontext(session), event)
    messages = session.exec(select(Message).order_by(col(Message.created_at), col(Message.id))).all()
    assert {message.desk_status for message in messages} == {"pending"}
    texts = " ".join(writing.letter(message).text for message in messages)
    assert "Rp1.000" in texts
    assert "Rp2.000" in texts
    assert len(messages) == 2
