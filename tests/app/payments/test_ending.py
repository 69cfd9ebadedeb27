"""When an order ends unpaid its payment ends, and the gateway is told before anything else is believed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from app.db import Transactions
from app.kit import clock
from app.orders import cancelling, fulfilment
from app.orders.events import OrderCancelled, OrderExpired, OrderRejected
from app.payments import checkout, ending, reconciling, settling
from app.payments.errors import GatewayDown, GatewayRefused
from app.payments.models import SandboxCharge
from app.payments.providers.sandbox import SandboxGateway
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought


def charge_of(session: Session, bought: Bought) -> SandboxCharge:
    return session.exec(select(SandboxCharge).where(SandboxCharge.payment_id == bought.payment)).one()


def pay_at_gateway(session: Session, bought: Bought) -> None:
    charge = charge_of(session, bought)
    charge.status, charge.paid_amount = "paid", charge.amount
    session.flush()


def started(session: Session, begin: Transactions, **options: object) -> Bought:
    bought = pay.bought(session, **options)  # type: ignore[arg-type]
    checkout.start(begin, bought.payment)
    return bought


def test_a_direct_payment_ends_with_its_order(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    refused, cancelled, expired = (pay.bought(session, m, buyer=buyer) for m in ("cod", "transfer", "transfer"))
    fulfilment.reject(session, refused.seller.actor, refused.order, reason="Habis")
    ending.on_order_rejected(begin, OrderRejected(refused.order, False))
    cancelling.cancel(session, buyer, cancelled.order)
    ending.on_order_cancelled(begin, OrderCancelled(cancelled.order, False))
    cancelling.expire(session, expired.order)
    for _ in range(2):
        ending.on_order_expired(begin, OrderExpired(expired.order))
    assert pay.statuses(session, refused) == ("cancelled", "rejected")
    assert pay.statuses(session, cancelled) == ("cancelled", "cancelled")
    assert pay.statuses(session, expired) == ("expired", "expired")


def test_an_ended_transfer_frees_its_amount_for_others(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    amount = pay.payment(session, bought.payment).amount
    cancelling.cancel(session, buyer, bought.order)
    ending.end(begin, bought.payment)
    payment = pay.payment(session, pay.bought(session, "transfer").payment)
    payment.shop_id, payment.amount, payment.suffix = bought.seller.shop_id, amount, amount - 150_000
    session.flush()


def test_a_cancelled_checkout_closes_the_gateways_page(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    bought = started(session, begin, buyer=buyer, prices=(150_000, 22_500))
    cancelling.cancel(session, buyer, bought.orders[0])
    ending.on_order_cancelled(begin, OrderCancelled(bought.orders[0], False))
    assert pay.statuses(session, bought) == ("cancelled", "cancelled", "cancelled")
    assert charge_of(session, bought).status == "expired"


def test_a_page_never_opened_needs_no_gateway(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, buyer=buyer)
    cancelling.cancel(session, buyer, bought.order)
    monkeypatch.setattr(SandboxGateway, "open", lambda *_: pytest.fail("the gateway was asked"))
    assert ending.end(begin, bought.payment) == "cancelled"


def test_a_page_paid_in_the_last_second_goes_back_to_the_buyer(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    bought = started(session, begin, buyer=buyer)
    pay_at_gateway(session, bought)
    cancelling.cancel(session, buyer, bought.order)
    assert ending.end(begin, bought.payment) == "review"
    assert [refund.amount for refund in pay.refunds(session)] == [150_000]
    assert pay.faults(session) == []


def test_an_expired_order_that_turns_out_paid_is_a_sale_after_all(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    pay_at_gateway(session, bought)
    cancelling.expire(session, bought.order)
    ending.on_order_expired(begin, OrderExpired(bought.order))
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_a_page_stays_open_while_another_order_of_it_waits(session: Session, begin: Transactions) -> None:
    bought = started(session, begin, prices=(150_000, 22_500))
    cancelling.expire(session, bought.orders[1])
    make.set_on_hand(session, bought.sellers[1], bought.products[1], 0)
    assert ending.end(begin, bought.payment) == "pending"
    assert charge_of(session, bought).status == "open"
    pay_at_gateway(session, bought)
    settling.sync(begin, bought.payment)
    assert pay.statuses(session, bought) == ("paid", "confirmed", "expired")
    assert [refund.amount for refund in pay.refunds(session)] == [22_500]


def crashed(session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch) -> Bought:
    """The gateway opened the page, and we died before we could write down its name."""
    buyer = make.account(session)
    bought = pay.bought(session, buyer=buyer)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "record_opened", crash)
        with pytest.raises(KeyboardInterrupt):
            checkout.start(begin, bought.payment)
    cancelling.cancel(session, buyer, bought.order)
    return bought


def test_a_page_whose_name_was_lost_in_a_crash_is_found_and_closed(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = crashed(session, begin, monkeypatch)
    assert ending.end(begin, bought.payment) == "cancelled"
    charge = charge_of(session, bought)
    assert (charge.status, pay.payment(session, bought.payment).provider_ref) == ("expired", charge.ref)


def test_a_page_that_never_came_to_be_is_simply_over(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = crashed(session, begin, monkeypatch)

    def refuse(*_: object) -> None:
        raise GatewayRefused

    monkeypatch.setattr(SandboxGateway, "open", refuse)
    assert ending.end(begin, bought.payment) == "cancelled"


def test_a_silent_gateway_is_asked_again(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    buyer = make.account(session)
    bought = started(session, begin, buyer=buyer)
    cancelling.cancel(session, buyer, bought.order)

    def silent(*_: object) -> None:
        raise GatewayDown

    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "expire", silent)
        with pytest.raises(GatewayDown):
            ending.on_order_cancelled(begin, OrderCancelled(bought.order, False))
    assert pay.statuses(session, bought) == ("pending", "cancelled")
    ending.on_order_cancelled(begin, OrderCancelled(bought.order, False))
    assert pay.statuses(session, bought) == ("cancelled", "cancelled")


# --- reconciling -----------------------------------------------------------------------------------------------------


def test_a_lost_message_is_made_up_for_after_some_quiet_minutes(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    pay_at_gateway(session, bought)
    assert reconciling.run(begin) == 0  # still fresh: its message may be on the way
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert reconciling.run(begin) == 1
        assert reconciling.run(begin) == 0
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_past_its_time_a_page_is_closed_at_the_gateway_before_the_stock_is_let_go(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = started(session, begin)
    seen = []
    expire = SandboxGateway.expire

    def watched(gateway: SandboxGateway, ref: str) -> object:
        seen.append((ref, make.held(session, bought.products[0])))
        return expire(gateway, ref)

    monkeypatch.setattr(SandboxGateway, "expire", watched)
    with clock.at(clock.now() + timedelta(minutes=20, seconds=1)):
        assert reconciling.run(begin) == 1
    assert seen == [(charge_of(session, bought).ref, (10, 1))]
    assert pay.statuses(session, bought) == ("expired", "expired")
    assert make.held(session, bought.products[0]) == (10, 0)


def test_past_its_time_a_paid_page_is_a_sale(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    pay_at_gateway(session, bought)
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert reconciling.run(begin) == 1
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_payments_of_ended_orders_whose_event_was_lost_are_ended(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    never_opened, opened = pay.bought(session, buyer=buyer), started(session, begin, buyer=buyer)
    for bought in (never_opened, opened):
        cancelling.cancel(session, buyer, bought.order)
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert reconciling.run(begin) == 2
    assert pay.statuses(session, never_opened) == ("cancelled", "cancelled")
    assert pay.statuses(session, opened) == ("cancelled", "cancelled")


def test_one_look_at_a_silent_gateway_is_enough_and_cash_is_never_asked_about(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(session, begin)
    started(session, begin)
    pay.bought(session, "cod")
    calls = []

    def silent(*_: object) -> None:
        calls.append(1)
        raise GatewayDown

    monkeypatch.setattr(SandboxGateway, "fetch", silent)
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert reconciling.run(begin) == 0
    assert len(calls) == 1


@pytest.mark.parametrize("fault", [GatewayRefused, RuntimeError])
def test_a_charge_that_cannot_be_looked_at_keeps_nobody_else_waiting(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch, fault: type[Exception]
) -> None:
    unknown, known = started(session, begin), started(session, begin)
    pay_at_gateway(session, known)
    ref = pay.payment(session, unknown.payment).provider_ref
    fetch = SandboxGateway.fetch

    def some(gateway: SandboxGateway, asked: str) -> object:
        if asked == ref:
            raise fault
        return fetch(gateway, asked)

    monkeypatch.setattr(SandboxGateway, "fetch", some)
    with clock.at(clock.now() + timedelta(minutes=4)):
        assert reconciling.run(begin) == 1
    assert pay.statuses(session, known) == ("paid", "confirmed")
    assert pay.statuses(session, unknown) == ("pending", "awaiting_payment")
