"""No more goes back than came, it goes once, and whoever holds the money sends it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlmodel import Session, select

from app.db import Transactions
from app.errors import Invalid, NotFound
from app.kit import clock, ids
from app.orders import cancelling, fulfilment
from app.orders.events import OrderCancelled, OrderRejected
from app.outbox.models import OutboxEvent
from app.payments import checkout, queries, refunds, reviewing, settling
from app.payments.errors import GatewayDown, NothingToRefund, NotOpenRefund, StillInSuspense
from app.payments.models import Payment, PaymentShare, Refund, SandboxCharge, SandboxRefund
from app.payments.providers.port import Returned
from app.payments.providers.sandbox import SandboxGateway
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought


def paid(session: Session, begin: Transactions, **options: object) -> Bought:
    """A checkout paid at the rehearsal gateway, charge and all."""
    bought = pay.bought(session, **options)  # type: ignore[arg-type]
    checkout.start(begin, bought.payment)
    payment = pay.payment(session, bought.payment)
    charge = session.get_one(SandboxCharge, payment.provider_ref)
    charge.status, charge.paid_amount = "paid", payment.amount
    session.flush()
    assert settling.sync(begin, bought.payment) == "paid"
    return bought


def transferred(session: Session) -> Bought:
    bought = pay.bought(session, "transfer")
    settling.confirm_transfer(session, bought.seller.actor, bought.payment, pay.payment(session, bought.payment).amount)
    return bought


def reject(session: Session, begin: Transactions, bought: Bought, place: int = 0) -> None:
    fulfilment.reject(session, bought.sellers[place].actor, bought.orders[place], reason="Habis")
    refunds.on_order_rejected(begin, OrderRejected(bought.orders[place], True))


def test_a_sale_that_is_refused_goes_back_through_its_gateway(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin, prices=(150_000, 22_500))
    reject(session, begin, bought)
    reject_again = OrderRejected(bought.orders[0], True)
    refunds.on_order_rejected(begin, reject_again)
    (refund,) = pay.refunds(session)
    assert (refund.amount, refund.order_id, refund.status, refund.source) == (
        150_000,
        bought.orders[0],
        "requested",
        "sale",
    )
    assert pay.book(session) == {
        "gateway_clearing:sandbox": 172_500,
        "buyer_funds": -22_500,
        "refund_payable": -150_000,
    }
    assert refunds.send_due(begin) == 1
    assert refunds.send_due(begin) == 0
    assert pay.refunds(session)[0].status == "succeeded"
    assert pay.book(session) == {"gateway_clearing:sandbox": 22_500, "buyer_funds": -22_500}
    assert session.exec(select(SandboxRefund.amount)).all() == [150_000]
    assert pay.announced(session, "RefundOpened", "RefundSucceeded") == ["RefundOpened", "RefundSucceeded"]
    assert pay.payment(session, bought.payment).refunded_amount == 150_000
    assert pay.faults(session) == []


def test_the_fact_of_a_refund_has_its_own_date(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin)
    reject(session, begin, bought)
    with clock.at(datetime(2026, 12, 31, 16, 0, tzinfo=UTC)):
        refunds.send_due(begin)
    event = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "RefundSucceeded")).one()
    assert event.payload["business_date"] == "2027-01-01"
    assert (event.payload["amount"], event.payload["of_sale"]) == (150_000, True)


def test_an_order_that_was_not_paid_owes_nothing(session: Session, begin: Transactions) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, buyer=buyer)
    cancelling.cancel(session, buyer, bought.order)
    refunds.on_order_cancelled(begin, OrderCancelled(bought.order, False))
    assert refunds.open_for_order(session, bought.order, reason="cancelled") is None
    assert refunds.open_for_order(session, ids.uuid7(), reason="cancelled") is None
    assert pay.refunds(session) == []


def test_what_the_seller_holds_the_seller_sends_back(session: Session, begin: Transactions) -> None:
    bought = transferred(session)
    amount = pay.payment(session, bought.payment).amount
    reject(session, begin, bought)
    (refund,) = pay.refunds(session)
    assert (refund.amount, refund.route, refund.status) == (amount, "manual", "manual_pending")
    assert [row.id for row in queries.refunds_for_seller(session, bought.seller.actor)] == [refund.id]
    assert refunds.send_due(begin) == 0
    for actor in (make.seller(session, "Lain").actor, pay.administrator(session), make.account(session)):
        with pytest.raises(NotFound):
            refunds.mark_returned(session, actor, refund.id)
    assert refund.status == "manual_pending"
    refunds.mark_returned(session, bought.seller.actor, refund.id, note="  Transfer   balik ")
    refunds.mark_returned(session, bought.seller.actor, refund.id, note="lagi")
    assert (refund.status, refund.note, refund.finished_by) == (
        "succeeded",
        "Transfer balik",
        bought.seller.actor.account_id,
    )
    assert pay.announced(session, "RefundSucceeded") == ["RefundSucceeded"]
    assert pay.book(session) == {}
    assert queries.refunds_for_seller(session, bought.seller.actor) == []
    assert pay.faults(session) == []


def test_what_a_gateway_will_not_send_an_administrator_sends(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = paid(session, begin)
    reject(session, begin, bought)
    (refund,) = pay.refunds(session)
    office = pay.administrator(session)
    with pytest.raises(NotOpenRefund):
        refunds.mark_returned(session, office, refund.id)
    monkeypatch.setattr(SandboxGateway, "refund", lambda *_: Returned("", "failed"))
    assert refunds.send_due(begin) == 0
    assert (refund.status, refund.route) == ("manual_pending", "manual")
    assert pay.announced(session, "RefundOpened") == ["RefundOpened", "RefundOpened"]
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "refund_payable": -150_000}
    with pytest.raises(NotFound):
        refunds.mark_returned(session, bought.seller.actor, refund.id)
    with pytest.raises(Invalid):
        refunds.mark_returned(session, office, refund.id, note="x" * 301)
    with pytest.raises(NotFound):
        refunds.mark_returned(session, office, ids.uuid7())
    refunds.mark_returned(session, office, refund.id, note="BI-FAST 123")
    assert pay.book(session) == {}
    assert pay.faults(session) == []


def test_a_refund_on_its_way_is_asked_after_until_it_arrives(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = paid(session, begin)
    reject(session, begin, bought)
    (refund,) = pay.refunds(session)
    sent = []

    def submit(_: object, ref: str, amount: int, key: str) -> Returned:
        sent.append((ref, amount, key))
        return Returned("re_1", "submitted")

    answers = iter(["submitted", "succeeded"])
    monkeypatch.setattr(SandboxGateway, "refund", submit)
    monkeypatch.setattr(SandboxGateway, "fetch_refund", lambda _, ref: Returned(ref, next(answers)))
    assert [refunds.send_due(begin) for _ in range(4)] == [0, 0, 1, 0]
    assert len(sent) == 1
    assert (refund.status, refund.provider_ref) == ("succeeded", "re_1")
    assert pay.faults(session) == []


def test_a_silent_gateway_delays_a_refund_and_loses_nothing(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = paid(session, begin), paid(session, begin)
    reject(session, begin, first)
    reject(session, begin, second)
    calls = []

    def silent(*_: object) -> Returned:
        calls.append(1)
        raise GatewayDown

    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "refund", silent)
        assert refunds.send_due(begin) == 0
    assert len(calls) == 1  # the second is not tried on a gateway that just did not answer
    assert {refund.status for refund in pay.refunds(session)} == {"requested"}
    assert refunds.send_due(begin) == 2


def test_one_refund_that_fails_keeps_no_other_waiting(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = paid(session, begin), paid(session, begin)
    reject(session, begin, first)
    reject(session, begin, second)
    ref = pay.payment(session, first.payment).provider_ref
    send = SandboxGateway.refund

    def some(gateway: SandboxGateway, asked: str, amount: int, key: str) -> Returned:
        if asked == ref:
            raise RuntimeError
        return send(gateway, asked, amount, key)

    monkeypatch.setattr(SandboxGateway, "refund", some)
    assert refunds.send_due(begin) == 1
    assert {refund.order_id: refund.status for refund in pay.refunds(session)} == {
        first.order: "requested",
        second.order: "succeeded",
    }


def test_a_crash_after_the_gateway_sent_it_sends_nothing_twice(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = paid(session, begin)
    reject(session, begin, bought)

    def crash(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(refunds, "told", crash)
        with pytest.raises(KeyboardInterrupt):
            refunds.send_due(begin)
    assert pay.refunds(session)[0].status == "requested"
    assert refunds.send_due(begin) == 1
    assert session.exec(select(SandboxCharge.refunded_amount)).all() == [150_000]


def ask(session: Session, bought: Bought, amount: int, key: str | None = None) -> Refund:
    office = pay.administrator(session)
    return refunds.request(session, office, bought.order, amount, reason="Sebagian rusak", key=key or pay.a_key())


def test_one_rupiah_more_than_was_paid_is_refused(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin)
    for wrong in (150_001, 0, -1):
        with pytest.raises(NothingToRefund):
            ask(session, bought, wrong)
    assert (pay.refunds(session), pay.payment(session, bought.payment).refunded_amount) == ([], 0)
    ask(session, bought, 100_000)
    with pytest.raises(NothingToRefund):
        ask(session, bought, 50_001)
    ask(session, bought, 50_000)
    with pytest.raises(NothingToRefund):
        ask(session, bought, 1)
    assert refunds.send_due(begin) == 2
    assert pay.book(session) == {}
    assert pay.faults(session) == []


def test_a_refund_of_one_order_never_takes_from_its_sibling(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin, prices=(150_000, 22_500))
    office = pay.administrator(session)
    with pytest.raises(NothingToRefund):
        refunds.request(session, office, bought.orders[1], 22_501, reason="x", key="k")
    refunds.request(session, office, bought.orders[1], 22_500, reason="x", key="k")
    shares = {share.order_id: share.refunded_amount for share in session.exec(select(PaymentShare))}
    assert shares == {bought.orders[0]: 0, bought.orders[1]: 22_500}


def test_the_same_key_is_the_same_refund(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin)
    first = ask(session, bought, 40_000, "satu")
    assert ask(session, bought, 40_000, "satu").id == first.id
    assert pay.payment(session, bought.payment).refunded_amount == 40_000


def test_a_cancelled_order_gives_back_what_was_not_given_back_before(session: Session, begin: Transactions) -> None:
    bought = paid(session, begin)
    ask(session, bought, 40_000)
    reject(session, begin, bought)
    assert sorted(refund.amount for refund in pay.refunds(session)) == [40_000, 110_000]


def test_only_the_holder_of_the_money_gives_part_of_it_back(session: Session, begin: Transactions) -> None:
    gateway, direct = paid(session, begin), transferred(session)
    office, stranger = pay.administrator(session), make.account(session)
    for actor, order in (
        (gateway.seller.actor, gateway.order),
        (stranger, gateway.order),
        (office, direct.order),
        (gateway.seller.actor, direct.order),
        (office, ids.uuid7()),
    ):
        with pytest.raises(NotFound):
            refunds.request(session, actor, order, 1_000, reason="x", key="k")
    for reason in ("", "   ", "x" * 301, "a\x00b"):
        with pytest.raises(Invalid):
            refunds.request(session, office, gateway.order, 1_000, reason=reason, key="k")
    unpaid = pay.bought(session, "transfer")
    with pytest.raises(NothingToRefund):
        refunds.request(session, unpaid.seller.actor, unpaid.order, 1_000, reason="x", key="k")
    assert pay.refunds(session) == []
    refunds.request(session, direct.seller.actor, direct.order, 1_000, reason="Kurang satu", key="k")
    assert [refund.amount for refund in pay.refunds(session)] == [1_000]


# --- the office closes a case ----------------------------------------------------------------------------------------


def test_a_case_is_closed_when_nothing_is_left_in_suspense(session: Session, begin: Transactions) -> None:
    bought = pay.bought(session)
    checkout.start(begin, bought.payment)
    payment = pay.payment(session, bought.payment)
    charge = session.get_one(SandboxCharge, payment.provider_ref)
    charge.status, charge.paid_amount = "paid", 149_000
    session.flush()
    assert settling.sync(begin, bought.payment) == "review"
    office = pay.administrator(session)
    (case,) = queries.in_review(session, office)
    assert (case.payment_id, case.reason, case.in_suspense, case.can_close) == (payment.id, "amount", 149_000, False)
    with pytest.raises(StillInSuspense):
        reviewing.close(session, office, payment.id, note="Beres")
    assert refunds.send_due(begin) == 1
    assert queries.in_review(session, office)[0].can_close
    for actor in (bought.seller.actor, make.account(session)):
        with pytest.raises(NotFound):
            reviewing.close(session, actor, payment.id, note="Beres")
    with pytest.raises(Invalid):
        reviewing.close(session, office, payment.id, note=" ")
    reviewing.close(session, office, payment.id, note="Pembeli salah jumlah, sudah kembali")
    reviewing.close(session, office, payment.id, note="lagi")
    closed = session.get_one(Payment, payment.id)
    assert (closed.status, closed.reviewed_by, closed.review_note) == (
        "review",
        office.account_id,
        "Pembeli salah jumlah, sudah kembali",
    )
    assert queries.in_review(session, office) == []
    fine = transferred(session)
    with pytest.raises(NotFound):
        reviewing.close(session, office, fine.payment, note="x")
