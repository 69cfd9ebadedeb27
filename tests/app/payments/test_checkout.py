"""A placed checkout becomes payments, and a gateway is asked once however often we ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.actor import Actor
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock, ids
from app.orders import cancelling, fulfilment
from app.orders import queries as orders
from app.orders.models import CustomerOrder
from app.payments import checkout, queries
from app.payments.errors import GatewayDown, GatewayRefused, NotPayable
from app.payments.models import Payment, PaymentShare, SandboxCharge
from app.payments.providers import registry
from app.payments.providers.sandbox import SandboxGateway
from tests.factories import orders as make
from tests.factories import payments as pay

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)


def shares(session: Session, payment_id: object) -> list[int]:
    return sorted(session.exec(select(PaymentShare.amount).where(PaymentShare.payment_id == payment_id)).all())


def test_a_gateway_collects_one_sum_for_the_whole_checkout(session: Session) -> None:
    bought = pay.bought(session, "sandbox", prices=(150_000, 22_500))
    payment = pay.payment(session, bought.payment)
    assert (payment.method, payment.status, payment.amount, payment.suffix) == ("sandbox", "created", 172_500, 0)
    assert (payment.order_id, payment.shop_id, payment.attempt, payment.provider_ref) == (None, None, 0, None)
    assert shares(session, payment.id) == [22_500, 150_000]
    assert queries.awaiting_redirect(session, bought.group_id) == [payment.id]
    assert queries.awaiting_gateway(session, bought.group_id) == []


def test_cash_and_transfer_go_to_each_seller_by_themselves(session: Session) -> None:
    for method in ("cod", "transfer"):
        bought = pay.bought(session, method, prices=(150_000, 22_500))
        found = [pay.payment(session, one) for one in bought.payments]
        assert {payment.status for payment in found} == {"pending"}
        assert {payment.order_id for payment in found} == set(bought.orders)
        assert {payment.shop_id for payment in found} == {seller.shop_id for seller in bought.sellers}
        assert sorted(payment.amount - payment.suffix for payment in found) == [22_500, 150_000]
        assert all((payment.suffix > 0) == (method == "transfer") for payment in found)
        assert all(shares(session, payment.id) == [payment.amount] for payment in found)
        assert queries.awaiting_redirect(session, bought.group_id) == []


def test_payments_are_made_once_and_only_for_a_checkout_that_exists(session: Session) -> None:
    bought = pay.bought(session, "transfer", prices=(10_000, 20_000))
    again = checkout.prepare(session, bought.group_id)
    assert sorted(payment.id for payment in again) == sorted(bought.payments)
    with pytest.raises(NotFound):
        checkout.prepare(session, ids.uuid7())


def test_two_open_transfers_of_one_shop_never_have_the_same_amount(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, price_amount=50_000, on_hand=100)
    amounts = []
    for _ in range(30):
        group = make.placed(session, (product, 1), payment_method="transfer")
        amounts.append(checkout.prepare(session, group.id)[0].amount)
    assert len(set(amounts)) == 30
    assert all(50_001 <= amount <= 50_999 for amount in amounts)
    first, second = session.exec(select(Payment).where(Payment.shop_id == seller.shop_id).limit(2)).all()
    with pytest.raises(IntegrityError, match="uq_payment_open_transfer"), session.begin_nested():
        second.amount, second.suffix = first.amount, first.suffix
        session.flush()


def test_the_account_stays_as_it_was_when_the_order_was_placed(session: Session) -> None:
    bought = pay.bought(session, "transfer")
    payment = pay.payment(session, bought.payment)
    assert payment.payee == {
        "name": "Toko 0",
        "bank_name": "Bank Uji",
        "account_number": "1234567890",
        "account_holder": "Pemilik Uji",
    }
    (view,) = queries.for_group(session, bought.group_id)
    assert view.instructions is not None
    assert (view.instructions.amount, view.instructions.suffix) == (payment.amount, payment.suffix)
    assert view.instructions.account_number == "1234567890"
    assert view.instructions.pay_until == session.get_one(CustomerOrder, bought.order).hold_until


def test_instructions_for_ask_first_goods_come_with_the_sellers_answer(session: Session) -> None:
    bought = pay.bought(session, "transfer", mode="ask_first")
    assert queries.for_group(session, bought.group_id)[0].instructions is None
    fulfilment.accept(session, bought.seller.actor, bought.order)
    assert queries.for_group(session, bought.group_id)[0].instructions is not None


def test_starting_leads_to_the_gateways_page_and_repeating_leads_to_the_same(
    session: Session, begin: Transactions
) -> None:
    with clock.at(NOON):
        bought = pay.bought(session, "sandbox")
        first = checkout.start(begin, bought.payment)
        again = checkout.start(begin, bought.payment)
    payment = pay.payment(session, bought.payment)
    assert first == again
    assert first.redirect_url == payment.redirect_url == f"http://testserver/bayar-uji/{payment.provider_ref}"
    assert (payment.status, payment.attempt, payment.expires_at) == ("pending", 1, NOON + timedelta(minutes=20))
    charge = session.exec(select(SandboxCharge)).one()
    assert (charge.amount, charge.key) == (150_000, f"pay:{payment.id}:1")
    key = orders.key_of(bought.group_id)
    assert charge.return_url.startswith("http://testserver/pesanan/PE-2026-")
    assert charge.return_url.endswith(f"?kunci={key}&kembali=1")
    assert queries.awaiting_gateway(session, bought.group_id) == [payment.id]


def test_a_crash_between_the_gateways_answer_and_our_record_opens_no_second_charge(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "sandbox")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "record_opened", crash)
        with pytest.raises(KeyboardInterrupt):
            checkout.start(begin, bought.payment)
    payment = pay.payment(session, bought.payment)
    assert (payment.status, payment.attempt, payment.provider_ref) == ("created", 1, None)
    asked_first = dict(payment.asked)
    with clock.at(clock.now() + timedelta(minutes=5)):
        started = checkout.start(begin, bought.payment)
    assert pay.payment(session, bought.payment).asked == asked_first
    charge = session.exec(select(SandboxCharge)).one()
    assert started.redirect_url is not None
    assert started.redirect_url.endswith(charge.ref)


def test_a_gateway_that_does_not_answer_leaves_the_order_payable(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "sandbox")

    def silent(*_: object) -> None:
        raise GatewayDown

    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "open", silent)
        with pytest.raises(GatewayDown):
            checkout.start(begin, bought.payment)
    assert pay.statuses(session, bought) == ("created", "awaiting_payment")
    assert queries.awaiting_redirect(session, bought.group_id) == [bought.payment]
    assert checkout.start(begin, bought.payment).redirect_url is not None


def test_what_a_gateway_refuses_is_asked_differently_once(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "sandbox")
    keys = []

    def refuse(_: object, intent: checkout.Intent) -> None:
        keys.append(intent.key)
        raise GatewayRefused

    monkeypatch.setattr(SandboxGateway, "open", refuse)
    with pytest.raises(GatewayDown):
        checkout.start(begin, bought.payment)
    assert keys == [f"pay:{bought.payment}:1", f"pay:{bought.payment}:2"]


def test_nothing_is_started_for_what_cannot_be_paid_at_a_gateway(session: Session, begin: Transactions) -> None:
    cash = pay.bought(session, "cod")
    with pytest.raises(NotPayable):
        checkout.start(begin, cash.payment)
    buyer = make.account(session)
    gone = pay.bought(session, "sandbox", buyer=buyer)
    cancelling.cancel(session, buyer, gone.order)
    with pytest.raises(NotPayable):
        checkout.start(begin, gone.payment)
    late = pay.bought(session, "sandbox")
    with clock.at(clock.now() + timedelta(minutes=21)), pytest.raises(NotPayable):
        checkout.start(begin, late.payment)
    with pytest.raises(NotFound):
        checkout.start(begin, ids.uuid7())
    assert session.exec(select(SandboxCharge)).all() == []


def test_an_order_cancelled_while_the_gateway_was_asked_leaves_no_open_page(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "sandbox", buyer=buyer)
    opened = SandboxGateway.open

    def slow(gateway: SandboxGateway, intent: checkout.Intent) -> checkout.Opened:
        answer = opened(gateway, intent)
        cancelling.cancel(session, buyer, bought.order)
        return answer

    monkeypatch.setattr(SandboxGateway, "open", slow)
    with pytest.raises(NotPayable):
        checkout.start(begin, bought.payment)
    assert session.exec(select(SandboxCharge)).one().status == "expired"
    assert pay.payment(session, bought.payment).provider_ref is not None


def test_a_gateway_switched_off_in_the_meantime_is_told_as_down(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "sandbox")

    def off(*_: object) -> None:
        raise registry.UnknownProvider

    monkeypatch.setattr(registry, "gateway", off)
    with pytest.raises(GatewayDown):
        checkout.start(begin, bought.payment)


def test_a_guests_payment_belongs_to_the_guests_checkout(session: Session) -> None:
    bought = pay.bought(session, "sandbox", buyer=Actor())
    (view,) = queries.for_group(session, bought.group_id)
    assert (view.id, view.payable, view.redirect_url, view.instructions) == (bought.payment, True, None, None)
    assert view.order_ids == bought.orders
