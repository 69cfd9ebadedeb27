"""Money that came becomes a sale, or waits in suspense; news may come twice, late and in any order."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.audit.models import AuditRecord
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock, ids
from app.orders import cancelling, fulfilment
from app.orders.errors import MoveRefused
from app.orders.models import CustomerOrder
from app.outbox.models import OutboxEvent
from app.payments import checkout, locking, queries, settling
from app.payments.errors import GatewayDown, NotPayable, OtherAmount
from app.payments.models import PaymentShare, SandboxCharge
from app.payments.providers.sandbox import SandboxGateway
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought


def settle(session: Session, bought: Bought, state: str = "paid", **changes: object) -> str:
    seen = pay.seen(pay.payment(session, bought.payment), state, **changes)
    return settling.settle(session, bought.payment, seen, livemode=False)


def expire(session: Session, bought: Bought) -> None:
    for order in bought.orders:
        cancelling.expire(session, order)


def sell_out(session: Session, bought: Bought, place: int = 0) -> None:
    make.set_on_hand(session, bought.sellers[place], bought.products[place], 0)


def test_the_exact_sum_confirms_every_order_and_is_in_the_book_once(session: Session) -> None:
    bought = pay.bought(session, prices=(150_000, 22_500))
    assert settle(session, bought) == "paid"
    assert pay.statuses(session, bought) == ("paid", "confirmed", "confirmed")
    payment = pay.payment(session, bought.payment)
    assert (payment.received_amount, payment.refunded_amount, payment.review_reason) == (172_500, 0, None)
    assert payment.paid_at is not None
    assert pay.book(session) == {"gateway_clearing:sandbox": 172_500, "buyer_funds": -172_500}
    assert [make.held(session, product) for product in bought.products] == [(10, 1), (10, 1)]
    assert pay.announced(session, "OrderPaid", "PaymentNeedsReview", "RefundOpened") == ["OrderPaid", "OrderPaid"]
    assert pay.faults(session) == []


def test_the_same_news_again_changes_nothing(session: Session) -> None:
    bought = pay.bought(session)
    assert [settle(session, bought) for _ in range(3)] == ["paid", "already", "already"]
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "buyer_funds": -150_000}
    assert pay.announced(session, "OrderPaid") == ["OrderPaid"]


@pytest.mark.parametrize("order", list(permutations(("open", "processing", "paid", "failed"))))
def test_whatever_the_order_of_news_a_success_is_a_sale(session: Session, order: tuple[str, ...]) -> None:
    bought = pay.bought(session)
    for state in (*order, *order):
        settle(session, bought, state)
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "buyer_funds": -150_000}
    assert make.held(session, bought.products[0]) == (10, 1)
    assert pay.refunds(session) == []


def test_a_delayed_method_waits_without_being_paid(session: Session) -> None:
    bought = pay.bought(session)
    assert settle(session, bought, "processing") == "processing"
    assert pay.statuses(session, bought) == ("processing", "awaiting_payment")
    assert pay.book(session) == {}
    assert settle(session, bought, "processing") == "already"
    assert settle(session, bought, "paid") == "paid"


@pytest.mark.parametrize("state", ["failed", "expired"])
def test_no_money_ends_payment_and_orders_and_frees_the_stock(session: Session, state: str) -> None:
    bought = pay.bought(session, prices=(150_000, 22_500))
    assert settle(session, bought, state) == state
    assert pay.statuses(session, bought) == (state, "expired", "expired")
    assert [make.held(session, product) for product in bought.products] == [(10, 0), (10, 0)]
    assert pay.announced(session, "OrderExpired", "OrderPaid") == ["OrderExpired", "OrderExpired"]
    assert settle(session, bought, state) == "already"
    assert pay.book(session) == {}


def test_a_success_is_not_undone_by_a_later_expiry_or_failure(session: Session) -> None:
    bought = pay.bought(session)
    settle(session, bought)
    assert [settle(session, bought, state) for state in ("expired", "failed", "processing")] == ["already"] * 3
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_a_late_success_revives_the_order_while_the_stock_is_free(session: Session) -> None:
    bought = pay.bought(session)
    settle(session, bought, "expired")
    assert settle(session, bought) == "paid"
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert make.held(session, bought.products[0]) == (10, 1)
    assert pay.faults(session) == []


def test_a_late_success_without_stock_goes_to_review_suspense_and_back(session: Session) -> None:
    bought = pay.bought(session)
    settle(session, bought, "expired")
    sell_out(session, bought)
    assert settle(session, bought) == "review"
    assert pay.statuses(session, bought) == ("review", "expired")
    assert make.held(session, bought.products[0]) == (0, 0)
    (refund,) = pay.refunds(session)
    assert (refund.amount, refund.status, refund.route, refund.source) == (150_000, "requested", "gateway", "suspense")
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "refund_payable": -150_000}
    assert pay.announced(session, "OrderPaid", "PaymentNeedsReview", "RefundOpened") == [
        "PaymentNeedsReview",
        "RefundOpened",
    ]
    assert settle(session, bought) == "already"
    assert pay.faults(session) == []


def test_money_for_a_cancelled_order_goes_back(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, buyer=buyer)
    cancelling.cancel(session, buyer, bought.order)
    assert settle(session, bought) == "review"
    assert pay.statuses(session, bought) == ("review", "cancelled")
    assert [refund.amount for refund in pay.refunds(session)] == [150_000]
    assert make.held(session, bought.products[0]) == (10, 0)
    assert pay.faults(session) == []


def test_of_two_orders_the_one_that_can_be_sold_is_sold_and_the_other_share_goes_back(session: Session) -> None:
    bought = pay.bought(session, prices=(150_000, 22_500))
    expire(session, bought)
    sell_out(session, bought, 1)
    assert settle(session, bought) == "paid"
    assert pay.statuses(session, bought) == ("paid", "confirmed", "expired")
    (refund,) = pay.refunds(session)
    assert (refund.order_id, refund.amount, refund.source) == (bought.orders[1], 22_500, "suspense")
    assert pay.book(session) == {
        "gateway_clearing:sandbox": 172_500,
        "buyer_funds": -150_000,
        "refund_payable": -22_500,
    }
    assert {share.order_id: (share.state, share.refunded_amount) for share in session.exec(select(PaymentShare))} == {
        bought.orders[0]: ("sold", 0),
        bought.orders[1]: ("suspense", 22_500),
    }
    assert pay.faults(session) == []


def test_an_order_whose_hold_was_lost_is_not_sold(session: Session) -> None:
    bought = pay.bought(session, on_hand=1)
    sell_out(session, bought)  # the seller's shelf is empty: the unpaid hold was let go, its order not yet told
    assert settle(session, bought) == "review"
    assert pay.statuses(session, bought) == ("review", "expired")
    assert make.held(session, bought.products[0]) == (0, 0)


@pytest.mark.parametrize("amount", [1_500, 149_999, 150_001, 15_000_000])
def test_another_amount_is_never_a_sale(session: Session, amount: int) -> None:
    bought = pay.bought(session)
    assert settle(session, bought, amount=amount) == "review"
    assert pay.statuses(session, bought) == ("review", "expired")
    payment = pay.payment(session, bought.payment)
    assert (payment.received_amount, payment.review_reason) == (amount, "amount")
    assert pay.book(session) == {"gateway_clearing:sandbox": amount, "refund_payable": -amount}
    assert [(refund.amount, refund.source) for refund in pay.refunds(session)] == [(amount, "suspense")]
    assert pay.announced(session, "OrderPaid") == []
    assert make.held(session, bought.products[0]) == (10, 0)
    assert pay.faults(session) == []


@pytest.mark.parametrize("changes", [{"currency": "USD"}, {"amount": None}])
def test_money_the_book_cannot_hold_is_for_people_to_look_at(session: Session, changes: dict[str, object]) -> None:
    bought = pay.bought(session)
    assert settle(session, bought, **changes) == "review"
    assert pay.statuses(session, bought) == ("review", "expired")
    assert pay.payment(session, bought.payment).review_reason == "currency"
    assert (pay.book(session), pay.refunds(session)) == ({}, [])
    assert pay.announced(session, "PaymentNeedsReview", "OrderPaid") == ["PaymentNeedsReview"]
    assert pay.faults(session) == []


@pytest.mark.parametrize("changes", [{"livemode": True}, {"ours": False}, {"payment_id": ids.uuid7()}])
def test_a_charge_of_another_mode_shop_or_payment_changes_nothing(session: Session, changes: dict[str, object]) -> None:
    bought = pay.bought(session)
    assert settle(session, bought, **changes) == "foreign"
    assert pay.statuses(session, bought) == ("created", "awaiting_payment")
    assert pay.book(session) == {}


def test_a_gateway_has_no_say_in_cash(session: Session) -> None:
    bought = pay.bought(session, "cod")
    assert settle(session, bought) == "foreign"
    with pytest.raises(NotFound):
        settling.settle(session, ids.uuid7(), pay.seen(pay.payment(session, bought.payment)), livemode=False)


def test_a_second_charge_of_a_paid_payment_is_nobodys_to_keep(session: Session) -> None:
    bought = pay.bought(session)
    settle(session, bought)
    assert settle(session, bought, ref="another") == "review"
    assert settle(session, bought, ref="another") == "already"
    payment = pay.payment(session, bought.payment)
    assert (payment.status, payment.received_amount, payment.review_reason) == ("paid", 300_000, "twice")
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    (refund,) = pay.refunds(session)
    assert (refund.amount, refund.route, refund.status) == (150_000, "manual", "manual_pending")
    assert pay.book(session) == {
        "gateway_clearing:sandbox": 300_000,
        "buyer_funds": -150_000,
        "refund_payable": -150_000,
    }
    assert pay.faults(session) == []


def test_an_older_charge_that_expires_does_not_end_the_newer_one(session: Session, begin: Transactions) -> None:
    bought = pay.bought(session)
    checkout.start(begin, bought.payment)
    assert settle(session, bought, "expired", ref="older") == "already"
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


def test_what_happened_is_in_the_audit_without_anybody_named(session: Session) -> None:
    bought = pay.bought(session)
    settle(session, bought)
    rows = session.exec(select(AuditRecord).where(AuditRecord.subject_id == str(bought.payment))).all()
    assert [row.action for row in rows] == ["payment.paid"]
    assert rows[0].detail == {"from": "created", "method": "sandbox", "amount": 150_000}


# --- asking the gateway ----------------------------------------------------------------------------------------------


def test_asking_settles_by_what_the_gateway_says_now(
    session: Session, begin: Transactions, messages: list[bytes]
) -> None:
    bought = pay.bought(session)
    assert settling.sync(begin, bought.payment) == "created"
    checkout.start(begin, bought.payment)
    assert settling.sync(begin, bought.payment) == "pending"
    gateway = SandboxGateway(begin)
    ref = pay.payment(session, bought.payment).provider_ref or ""
    with begin() as inside:
        charge = inside.get_one(SandboxCharge, ref)
        charge.status, charge.paid_amount = "paid", 150_000
    assert gateway.fetch(ref).state == "paid"
    assert settling.sync(begin, bought.payment) == "paid"
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    with pytest.raises(NotFound):
        settling.sync(begin, ids.uuid7())


def test_a_silent_gateway_leaves_all_as_it_is(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session)
    checkout.start(begin, bought.payment)

    def silent(*_: object) -> None:
        raise GatewayDown

    monkeypatch.setattr(SandboxGateway, "fetch", silent)
    with pytest.raises(GatewayDown):
        settling.sync(begin, bought.payment)
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


# --- straight to the seller ------------------------------------------------------------------------------------------


def receipts(bought: Bought) -> str:
    return f"direct_receipts:{bought.seller.shop_id}"


def test_the_seller_confirms_the_exact_amount(session: Session) -> None:
    bought = pay.bought(session, "transfer")
    amount = pay.payment(session, bought.payment).amount
    for wrong in (amount - 1, amount + 1, 150_000, 0, -amount, 10**30):
        with pytest.raises(OtherAmount):
            settling.confirm_transfer(session, bought.seller.actor, bought.payment, wrong)
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    settling.confirm_transfer(session, bought.seller.actor, bought.payment, amount)
    settling.confirm_transfer(session, bought.seller.actor, bought.payment, amount)
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.book(session) == {receipts(bought): amount, f"direct_sales:{bought.seller.shop_id}": -amount}
    assert pay.announced(session, "OrderPaid") == ["OrderPaid"]
    assert pay.faults(session) == []


def test_nobody_but_the_seller_confirms_a_transfer(session: Session) -> None:
    buyer = make.account(session)
    bought = pay.bought(session, "transfer", buyer=buyer)
    amount = pay.payment(session, bought.payment).amount
    other = make.seller(session, "Toko Lain")
    for actor in (buyer, other.actor, pay.administrator(session), make.account(session)):
        with pytest.raises(NotFound):
            settling.confirm_transfer(session, actor, bought.payment, amount)
    with pytest.raises(NotFound):
        settling.confirm_transfer(session, bought.seller.actor, ids.uuid7(), amount)
    gateway = pay.bought(session)
    with pytest.raises(NotFound):
        settling.confirm_transfer(session, gateway.seller.actor, gateway.payment, 150_000)
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


def test_a_transfer_for_goods_to_be_asked_for_waits_for_the_answer(session: Session) -> None:
    bought = pay.bought(session, "transfer", mode="ask_first")
    amount = pay.payment(session, bought.payment).amount
    with pytest.raises(MoveRefused):
        settling.confirm_transfer(session, bought.seller.actor, bought.payment, amount)
    fulfilment.accept(session, bought.seller.actor, bought.order)
    settling.confirm_transfer(session, bought.seller.actor, bought.payment, amount)
    assert pay.statuses(session, bought) == ("paid", "accepted")


def test_a_transfer_that_comes_late_revives_the_order_or_is_owed_back_by_the_seller(session: Session) -> None:
    first, second = pay.bought(session, "transfer"), pay.bought(session, "transfer")
    for bought in (first, second):
        expire(session, bought)
    sell_out(session, second)
    for bought in (first, second):
        settling.confirm_transfer(
            session, bought.seller.actor, bought.payment, pay.payment(session, bought.payment).amount
        )
    assert pay.statuses(session, first) == ("paid", "confirmed")
    assert pay.statuses(session, second) == ("review", "expired")
    (refund,) = pay.refunds(session)
    amount = pay.payment(session, second.payment).amount
    assert (refund.payment_id, refund.amount, refund.route, refund.status) == (
        second.payment,
        amount,
        "manual",
        "manual_pending",
    )
    assert pay.book(session)[f"direct_suspense:{second.seller.shop_id}"] == -amount
    assert pay.faults(session) == []


def ready(session: Session, method: str = "cod") -> Bought:
    bought = pay.bought(session, method)
    fulfilment.accept(session, bought.seller.actor, bought.order)
    fulfilment.mark_ready(session, bought.seller.actor, bought.order)
    return bought


def test_cash_is_collected_with_the_hand_over(session: Session) -> None:
    bought = ready(session)
    assert queries.of_order_for_seller(session, bought.seller.actor, bought.order).can_collect  # type: ignore[union-attr]
    settling.collect_cash(session, bought.seller.actor, bought.order)
    assert pay.statuses(session, bought) == ("paid", "handed_over")
    assert make.held(session, bought.products[0]) == (9, 0)
    assert pay.book(session) == {receipts(bought): 150_000, f"direct_sales:{bought.seller.shop_id}": -150_000}
    assert pay.announced(session, "OrderPaid", "OrderHandedOver") == ["OrderHandedOver", "OrderPaid"]
    with pytest.raises(MoveRefused):
        settling.collect_cash(session, bought.seller.actor, bought.order)
    assert pay.book(session)[receipts(bought)] == 150_000
    assert pay.faults(session) == []


def test_cash_is_not_collected_by_others_too_early_or_for_what_is_paid_otherwise(session: Session) -> None:
    early = pay.bought(session, "cod")
    with pytest.raises(MoveRefused):
        settling.collect_cash(session, early.seller.actor, early.order)
    bought = ready(session)
    for actor in (make.seller(session, "Lain").actor, pay.administrator(session), make.account(session)):
        with pytest.raises(NotFound):
            settling.collect_cash(session, actor, bought.order)
    with pytest.raises(NotFound):
        settling.collect_cash(session, bought.seller.actor, ids.uuid7())
    transfer = pay.bought(session, "transfer")
    with pytest.raises(NotPayable):
        settling.collect_cash(session, transfer.seller.actor, transfer.order)
    gateway = pay.bought(session)
    with pytest.raises(NotFound):
        settling.collect_cash(session, gateway.seller.actor, gateway.order)
    assert pay.book(session) == {}
    assert pay.statuses(session, bought) == ("pending", "ready")


def test_facts_are_dated_by_the_settable_clock(session: Session) -> None:
    bought = pay.bought(session, "transfer")
    then = clock.now() - timedelta(days=40)
    with clock.at(then):
        settling.confirm_transfer(
            session, bought.seller.actor, bought.payment, pay.payment(session, bought.payment).amount
        )
    order = session.get_one(CustomerOrder, bought.order)
    assert (order.paid_at, pay.payment(session, bought.payment).paid_at) == (then, then)
    event = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "OrderPaid")).one()
    assert event.payload["business_date"] == clock.business_date(then).isoformat()


def test_a_payment_is_found_by_its_order(session: Session) -> None:
    bought = pay.bought(session, prices=(1_000, 2_000))
    assert {locking.payment_of_order(session, order) for order in bought.orders} == {bought.payment}
    assert locking.payment_of_order(session, UUID(int=1)) is None
