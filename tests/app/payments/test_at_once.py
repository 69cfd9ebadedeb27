"""Everything at the same moment: messages, refunds, successes against expiries, sellers against workers. One effect, no
deadlock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable

import pytest
from sqlmodel import col, func, select

from app.config import settings
from app.db import Transactions
from app.errors import DomainError
from app.kit import clock, ids
from app.ledger.models import LedgerTransaction
from app.orders import cancelling, fulfilment
from app.orders.events import OrderRejected
from app.orders.models import CustomerOrder
from app.payments import checkout, inbox, refunds, settling, signatures
from app.payments.models import Payment, PaymentNotice, SandboxCharge, SandboxRefund
from app.payments.providers import sandbox
from tests.app.orders.rush import in_threads
from tests.conftest import Database
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought


def paid_at_gateway(begin: Transactions, **options: object) -> tuple[Bought, dict[str, object]]:
    """A checkout whose charge was paid and of which the shop knows nothing yet, and the message about it."""
    with begin() as session:
        bought = pay.bought(session, **options)  # type: ignore[arg-type]
    checkout.start(begin, bought.payment)
    with begin() as session:
        charge = session.exec(select(SandboxCharge).where(SandboxCharge.payment_id == bought.payment)).one()
        charge.status, charge.paid_amount = "paid", charge.amount
        return bought, json.loads(sandbox.message(charge))


def deliver(begin: Transactions, body: dict[str, object]) -> None:
    """What the hook does with one request."""
    raw = json.dumps(body).encode()
    headers = {sandbox.HEADER: signatures.sign(sandbox.secret(settings()), raw, clock.now())}
    inbox.attend(begin, inbox.receive(begin, "sandbox", raw, headers))


def postings(database: Database) -> list[str]:
    with database.begin() as session:
        return list(session.exec(select(LedgerTransaction.key).order_by(LedgerTransaction.key)).all())


def told(act: Callable[[], object]) -> Callable[[], str]:
    """The act as an outcome: `done`, or the code of the refusal. Faults of ours go through."""

    def run() -> str:
        try:
            act()
        except DomainError as refusal:
            return refusal.code
        return "done"

    return run


def test_one_message_fifty_times_at_once_is_one_sale(database: Database) -> None:
    bought, body = paid_at_gateway(database.begin)
    in_threads(database, *[lambda: deliver(database.begin, body)] * 50)
    with database.begin() as session:
        (notice,) = session.exec(select(PaymentNotice)).all()
        assert (notice.outcome, notice.attempts) == ("paid", 1)
        assert pay.statuses(session, bought) == ("paid", "confirmed")
        assert pay.announced(session, "OrderPaid") == ["OrderPaid"]
        assert pay.faults(session) == []
    assert postings(database) == [f"paid:{bought.payment}"]


def test_fifty_messages_the_page_and_the_reconciler_at_once_are_one_sale(database: Database) -> None:
    bought, body = paid_at_gateway(database.begin)
    acts: list[Callable[[], object]] = [lambda: deliver(database.begin, body | {"id": ids.token()}) for _ in range(40)]
    acts += [lambda: settling.sync(database.begin, bought.payment)] * 8
    acts += [lambda: inbox.process_due(database.begin)] * 2
    in_threads(database, *acts)
    with database.begin() as session:
        outcomes = Counter(session.exec(select(PaymentNotice.outcome)).all())
        assert (outcomes["paid"] <= 1, outcomes["paid"] + outcomes["already"]) == (True, 40)
        assert pay.statuses(session, bought) == ("paid", "confirmed")
        assert pay.announced(session, "OrderPaid") == ["OrderPaid"]
        assert pay.faults(session) == []
    assert postings(database) == [f"paid:{bought.payment}"]


@pytest.mark.parametrize("on_hand", [10, 1])
def test_success_against_expiry_ends_in_one_consistent_way(database: Database, on_hand: int) -> None:
    """Stock for one, and somebody else wants it as soon as it is free: a sale, or money on its way back, never both."""
    bought, _ = paid_at_gateway(database.begin, on_hand=on_hand)
    with database.begin() as session:
        payment = session.get_one(Payment, bought.payment)

    def settle(state: str) -> Callable[[], object]:
        def act() -> str:
            with database.begin() as inside:
                return settling.settle(inside, bought.payment, pay.seen(payment, state), livemode=False)

        return act

    def buy() -> None:
        with database.begin() as inside:
            pay.with_payments(
                inside,
                make.placed(inside, (bought.products[0], 1), payment_method="sandbox"),
                bought.sellers,
                bought.products,
                bought.buyer,
            )

    acts = [settle("paid"), settle("expired")] * 10 + [told(buy)] * 5
    in_threads(database, *acts)
    with database.begin() as session:
        ends = pay.statuses(session, bought)
        assert ends in {("paid", "confirmed"), ("review", "expired")}
        sold = ends[0] == "paid"
        assert len(pay.refunds(session)) == (0 if sold else 1)
        assert pay.announced(session, "OrderPaid", "PaymentNeedsReview") == [
            "OrderPaid" if sold else "PaymentNeedsReview"
        ]
        hand, reserved = make.held(session, bought.products[0])
        assert hand == on_hand
        assert 0 < reserved <= on_hand
        assert pay.faults(session) == []
    assert postings(database)[0] == f"paid:{bought.payment}"


def test_twenty_refunds_at_once_never_exceed_what_was_paid(database: Database) -> None:
    bought, body = paid_at_gateway(database.begin)
    deliver(database.begin, body)
    with database.begin() as session:
        office = pay.administrator(session)

    def ask() -> None:
        with database.begin() as session:
            refunds.request(session, office, bought.order, 40_000, reason="Rusak", key=ids.token())

    outcomes = Counter(in_threads(database, *[told(ask)] * 20))
    assert outcomes == {"done": 3, "nothing_to_refund": 17}
    in_threads(database, *[lambda: refunds.send_due(database.begin)] * 8)
    with database.begin() as session:
        assert [refund.status for refund in pay.refunds(session)] == ["succeeded"] * 3
        assert session.exec(select(func.sum(SandboxRefund.amount))).one() == 120_000
        assert pay.announced(session, "RefundSucceeded") == ["RefundSucceeded"] * 3
        assert pay.book(session) == {"gateway_clearing:sandbox": 30_000, "buyer_funds": -30_000}
        assert pay.faults(session) == []


def test_one_refund_asked_for_twenty_times_at_once_is_one_refund(database: Database) -> None:
    bought, body = paid_at_gateway(database.begin)
    deliver(database.begin, body)
    with database.begin() as session:
        fulfilment.reject(session, bought.seller.actor, bought.order, reason="Habis")
    event = OrderRejected(bought.order, True)
    in_threads(database, *[lambda: refunds.on_order_rejected(database.begin, event)] * 20)
    in_threads(database, *[lambda: refunds.send_due(database.begin)] * 10)
    with database.begin() as session:
        (refund,) = pay.refunds(session)
        assert (refund.amount, refund.status) == (150_000, "succeeded")
        assert session.exec(select(SandboxCharge.refunded_amount)).all() == [150_000]
        assert pay.book(session) == {}
        assert pay.faults(session) == []


def test_starting_twenty_times_at_once_opens_one_charge(database: Database) -> None:
    with database.begin() as session:
        bought = pay.bought(session)
    started = in_threads(database, *[lambda: checkout.start(database.begin, bought.payment)] * 20)
    assert len({one.redirect_url for one in started}) == 1
    with database.begin() as session:
        assert len(session.exec(select(SandboxCharge)).all()) == 1
        assert pay.payment(session, bought.payment).attempt == 1


def test_buyers_at_once_get_transfers_of_different_amounts(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, price_amount=50_000, on_hand=100)

    def buy() -> int:
        with database.begin() as session:
            group = make.placed(session, (product, 1), payment_method="transfer")
            return checkout.prepare(session, group.id)[0].amount

    amounts = in_threads(database, *[buy] * 20)
    assert len(set(amounts)) == 20


def test_a_seller_a_buyer_and_the_clock_at_once(database: Database) -> None:
    """Confirming a transfer, cancelling and expiring it cross each other: the order ends one way, and its money agrees."""
    with database.begin() as session:
        buyer = make.account(session)
        bought = [pay.bought(session, "transfer", buyer=buyer) for _ in range(4)]

    def acts_on(one: Bought) -> list[Callable[[], str]]:
        def confirm() -> None:
            with database.begin() as session:
                amount = session.get_one(Payment, one.payment).amount
                settling.confirm_transfer(session, one.seller.actor, one.payment, amount)

        def cancel() -> None:
            with database.begin() as session:
                cancelling.cancel(session, buyer, one.order)

        def expire() -> None:
            with database.begin() as session:
                cancelling.expire(session, one.order)

        return [told(confirm), told(cancel), told(expire), told(confirm)]

    outcomes = in_threads(database, *[act for one in bought for act in acts_on(one)])
    assert set(outcomes) <= {"done", "order_status"}
    with database.begin() as session:
        for one in bought:
            assert pay.statuses(session, one) in {("paid", "confirmed"), ("paid", "cancelled"), ("review", "cancelled")}
        for order in session.exec(select(CustomerOrder).where(col(CustomerOrder.paid_at).is_not(None))):
            if order.status == "cancelled":
                refunds.open_for_order(session, order.id, reason="cancelled")
        assert pay.faults(session) == []
