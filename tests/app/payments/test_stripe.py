"""Stripe's own SDK against a strict stand-in over HTTP: what is asked, what is understood, what is refused."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
import stripe as sdk
from sqlmodel import Session, select

from app.db import Transactions
from app.kit import clock
from app.orders import cancelling, fulfilment
from app.orders import queries as orders
from app.orders.events import OrderRejected
from app.payments import checkout, ending, inbox, reconciling, refunds, settling
from app.payments.errors import BadNotice, GatewayDown, GatewayRefused, NotPayable
from app.payments.models import PaymentNotice
from app.payments.providers import registry
from app.payments.providers.port import Intent
from tests.factories import orders as make
from tests.factories import payments as pay
from tests.factories.payments import Bought
from tests.fakes import stripe_server
from tests.fakes.stripe_server import FakeStripe

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
"""The SDK hands its body to httpx by an old name."""


def started(session: Session, begin: Transactions, **options: object) -> tuple[Bought, str]:
    bought = pay.bought(session, "stripe", **options)  # type: ignore[arg-type]
    checkout.start(begin, bought.payment)
    return bought, pay.payment(session, bought.payment).provider_ref or ""


def told(begin: Transactions, fake: FakeStripe, event: dict[str, object]) -> None:
    raw, headers = fake.webhook(event)
    inbox.attend(begin, inbox.receive(begin, "stripe", raw, headers))


def client(fake: FakeStripe) -> sdk.StripeClient:
    return sdk.StripeClient(stripe_server.KEY, base_addresses={"api": fake.url}, max_network_retries=0)


def test_a_checkout_is_opened_with_what_stripe_takes(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    bought, ref = started(session, begin, prices=(150_000, 22_500))
    opened = stripe.sessions[ref]
    payment = pay.payment(session, bought.payment)
    assert (opened["amount_total"], opened["currency"], opened["mode"]) == (17_250_000, "idr", "payment")
    assert opened["metadata"] == {"app": "pasar-etam", "env": "development", "payment_id": str(payment.id)}
    assert payment.redirect_url == opened["url"]
    assert opened["success_url"].endswith(f"?kunci={orders.key_of(bought.group_id)}&kembali=1")
    assert payment.expires_at is not None
    assert opened["expires_at"] == int(payment.expires_at.timestamp())
    assert timedelta(minutes=30, seconds=58) < payment.expires_at - payment.created_at < timedelta(minutes=32)
    assert checkout.start(begin, bought.payment).redirect_url == opened["url"]
    assert len(stripe.sessions) == 1


def test_a_signed_webhook_makes_the_sale(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    bought, ref = started(session, begin)
    told(begin, stripe, stripe.pay(ref))
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.book(session) == {"gateway_clearing:stripe": 150_000, "buyer_funds": -150_000}
    notice = session.exec(select(PaymentNotice)).one()
    assert (notice.kind, notice.payment_id, notice.outcome) == (
        "checkout.session.completed",
        bought.payment,
        "paid",
    )
    assert pay.faults(session) == []


def test_rupiah_sent_as_sen_is_not_the_price(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    bought, ref = started(session, begin)
    told(begin, stripe, stripe.pay(ref, total=150_000))
    assert pay.statuses(session, bought) == ("review", "expired")
    assert pay.payment(session, bought.payment).received_amount == 1_500
    assert pay.book(session) == {"gateway_clearing:stripe": 1_500, "refund_payable": -1_500}
    assert refunds.send_due(begin) == 1
    assert [made["amount"] for made in stripe.refunds.values()] == [150_000]
    assert pay.book(session) == {}


@pytest.mark.parametrize(("total", "currency"), [(15_000_001, "idr"), (15_000_000, "usd")])
def test_parts_of_a_rupiah_and_other_money_are_never_a_sale(
    session: Session, begin: Transactions, stripe: FakeStripe, total: int, currency: str
) -> None:
    bought, ref = started(session, begin)
    told(begin, stripe, stripe.pay(ref, total=total, currency=currency))
    assert pay.statuses(session, bought) == ("review", "expired")
    assert pay.book(session) == {}


def test_a_delayed_method_completes_first_and_pays_later_in_any_order(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought, ref = started(session, begin)
    completed = stripe.complete_unpaid(ref)
    told(begin, stripe, completed)
    assert pay.statuses(session, bought) == ("processing", "awaiting_payment")
    told(begin, stripe, stripe.delayed_paid(ref))
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    told(begin, stripe, completed | {"id": "evt_again"})
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_other_events_other_shops_and_other_places_change_nothing(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought, ref = started(session, begin)
    stripe.pay(ref)
    charge = stripe.sessions[ref]
    for event in (
        stripe.event("payment_intent.succeeded", {"id": "pi_1", "object": "payment_intent"}),
        stripe.event("checkout.session.completed", charge | {"metadata": charge["metadata"] | {"app": "lain"}}),
        stripe.event("checkout.session.completed", charge | {"metadata": charge["metadata"] | {"env": "production"}}),
        stripe.event("checkout.session.completed", charge | {"metadata": None}),
        stripe.event("checkout.session.completed", {}, data={"object": []}),
        stripe.event("checkout.session.completed", {}, data=None),
        stripe.event("checkout.session.completed", charge | {"id": "cs_test_\x00"}),
    ):
        told(begin, stripe, event)
    assert {notice.outcome for notice in session.exec(select(PaymentNotice))} == {"foreign"}
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


def test_a_live_event_at_a_test_door_is_refused(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    _, ref = started(session, begin)
    event = stripe.pay(ref)
    for changes in ({"livemode": True}, {"livemode": "false"}, {"object": "charge"}, {"id": None}, {"type": ["x"]}):
        raw, headers = stripe.webhook(event | changes)
        with pytest.raises(BadNotice):
            inbox.receive(begin, "stripe", raw, headers)
    raw, headers = stripe.webhook(event, secret="whsec_of_somebody_else")
    with pytest.raises(BadNotice):
        inbox.receive(begin, "stripe", raw, headers)
    assert session.exec(select(PaymentNotice)).all() == []


def test_hostile_headers_the_sdk_itself_stumbles_over_are_refused(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    _, ref = started(session, begin)
    raw, headers = stripe.webhook(stripe.pay(ref))
    good = headers["Stripe-Signature"]
    future = stripe_server.signature(raw, at=time.time() + 10 * 365 * 86_400)
    old = stripe_server.signature(raw, at=time.time() - 301)
    for header in (future, old, f"{good}é", "", "t=x,v1=y", good.replace("v1", "v0")):
        with pytest.raises(BadNotice):
            inbox.receive(begin, "stripe", raw, {"Stripe-Signature": header})
    with pytest.raises(BadNotice):
        inbox.receive(begin, "stripe", b"\xff\xfe", {"Stripe-Signature": good})
    assert inbox.receive(begin, "stripe", raw, {"stripe-signature": good}) is not None


def test_a_secret_may_be_rolled(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASAR_STRIPE_WEBHOOK_SECRET", f"whsec_new,{stripe_server.SECRET}")
    bought, ref = started(session, begin)
    told(begin, stripe, stripe.pay(ref))
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_a_lost_answer_is_asked_for_again_and_opens_one_session(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought = pay.bought(session, "stripe")
    stripe.lose_answers = 1
    started_ = checkout.start(begin, bought.payment)  # the SDK repeats under our key
    assert len(stripe.sessions) == 1
    assert stripe.calls.count("POST /v1/checkout/sessions") == 2
    assert started_.redirect_url is not None


def test_a_request_still_being_worked_on_is_no_refusal(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought = pay.bought(session, "stripe")
    stripe.busy = 2  # the SDK's own repetition finds it still busy
    with pytest.raises(GatewayDown) as caught:
        checkout.start(begin, bought.payment)
    assert not isinstance(caught.value, GatewayRefused)
    assert pay.payment(session, bought.payment).attempt == 1
    checkout.start(begin, bought.payment)
    assert pay.payment(session, bought.payment).attempt == 1
    assert len(stripe.sessions) == 1


def test_a_crash_before_our_record_ends_in_one_session_paid_once(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "stripe")

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "record_opened", crash)
        with pytest.raises(KeyboardInterrupt):
            checkout.start(begin, bought.payment)
    (ref,) = stripe.sessions
    with clock.at(clock.now() + timedelta(minutes=2)):
        checkout.start(begin, bought.payment)
    assert list(stripe.sessions) == [ref]
    told(begin, stripe, stripe.pay(ref))
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.faults(session) == []


def test_a_webhook_that_overtakes_our_record_is_matched_by_its_metadata(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session, "stripe")
    record = checkout.record_opened

    def overtaken(*given: object) -> object:
        told(begin, stripe, stripe.pay(next(iter(stripe.sessions))))
        return record(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(checkout, "record_opened", overtaken)
    assert checkout.start(begin, bought.payment).redirect_url is None
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.payment(session, bought.payment).provider_ref in stripe.sessions


def test_a_gateway_that_is_down_leaves_the_order_payable(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.payments.providers.stripe.RETRIES", 0)
    registry.client.cache_clear()
    bought = pay.bought(session, "stripe")
    stripe.down = True
    with pytest.raises(GatewayDown):
        checkout.start(begin, bought.payment)
    assert pay.statuses(session, bought) == ("created", "awaiting_payment")
    stripe.down = False
    assert checkout.start(begin, bought.payment).redirect_url is not None


def test_a_request_stripe_refuses_is_made_anew_with_a_later_end(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call never got through; five minutes later its frozen end is too near for Stripe."""
    bought = pay.bought(session, "stripe")
    now = clock.now()
    with monkeypatch.context() as patched, clock.at(now - timedelta(minutes=5)):
        patched.setattr(stripe, "down", True)
        patched.setattr("app.payments.providers.stripe.RETRIES", 0)
        registry.client.cache_clear()
        with pytest.raises(GatewayDown):
            checkout.start(begin, bought.payment)
    payment = pay.payment(session, bought.payment)
    assert payment.attempt == 1
    payment.asked = payment.asked | {"expires_at": (now + timedelta(minutes=25)).isoformat()}
    session.flush()
    assert checkout.start(begin, bought.payment).redirect_url is not None
    assert pay.payment(session, bought.payment).attempt == 2
    assert len(stripe.sessions) == 1


def test_too_late_for_stripes_half_hour_nothing_is_opened(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought = pay.bought(session, "stripe")
    with clock.at(clock.now() + timedelta(minutes=16)), pytest.raises(NotPayable):
        checkout.start(begin, bought.payment)
    assert stripe.sessions == {}


def test_a_cancelled_checkout_closes_the_page_or_finds_it_paid(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    buyer = make.account(session)
    (first, open_page), (second, paid_page) = (started(session, begin, buyer=buyer) for _ in range(2))
    stripe.pay(paid_page)
    for bought in (first, second):
        cancelling.cancel(session, buyer, bought.order)
        ending.end(begin, bought.payment)
    assert stripe.sessions[open_page]["status"] == "expired"
    assert pay.statuses(session, first) == ("cancelled", "cancelled")
    assert pay.statuses(session, second) == ("review", "cancelled")
    assert refunds.send_due(begin) == 1
    assert pay.book(session) == {}
    assert pay.faults(session) == []


def test_past_its_time_the_page_is_closed_first(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    bought, ref = started(session, begin)
    with clock.at(clock.now() + timedelta(minutes=33)):
        assert reconciling.run(begin) == 1
    assert stripe.sessions[ref]["status"] == "expired"
    assert pay.statuses(session, bought) == ("expired", "expired")


def refused(session: Session, begin: Transactions, stripe: FakeStripe) -> Bought:
    bought, ref = started(session, begin)
    told(begin, stripe, stripe.pay(ref))
    fulfilment.reject(session, bought.seller.actor, bought.order, reason="Habis")
    refunds.on_order_rejected(begin, OrderRejected(bought.order, True))
    return bought


def test_a_refund_is_sent_once_also_after_a_lost_answer_and_forgotten_keys(
    session: Session, begin: Transactions, stripe: FakeStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(session, begin, stripe)

    def crash(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(refunds, "told", crash)
        with pytest.raises(KeyboardInterrupt):
            refunds.send_due(begin)
    stripe.replies.clear()  # two days later Stripe knows nothing of our key
    assert refunds.send_due(begin) == 1
    assert [made["amount"] for made in stripe.refunds.values()] == [15_000_000]
    assert pay.book(session) == {}
    assert pay.faults(session) == []


def test_a_refund_on_its_way_arrives_or_fails_later(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    stripe.refund_status = "pending"
    refused(session, begin, stripe)
    refused(session, begin, stripe)
    assert refunds.send_due(begin) == 0
    assert {refund.status for refund in pay.refunds(session)} == {"submitted"}
    first, second = stripe.refunds.values()
    first["status"], second["status"] = "succeeded", "failed"
    assert refunds.send_due(begin) == 1
    assert sorted(refund.status for refund in pay.refunds(session)) == ["manual_pending", "succeeded"]
    assert pay.faults(session) == []


def test_what_stripe_will_not_give_back_people_must(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    bought = refused(session, begin, stripe)
    ref = pay.payment(session, bought.payment).provider_ref or ""
    client(stripe).v1.refunds.create({"payment_intent": stripe.sessions[ref]["payment_intent"]})  # by hand, at Stripe
    assert refunds.send_due(begin) == 0
    assert [refund.status for refund in pay.refunds(session)] == ["manual_pending"]


def test_a_charge_stripe_does_not_know(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    gateway = registry.gateway("stripe", begin)
    for call in (gateway.fetch, gateway.expire, gateway.fetch_refund):
        with pytest.raises(GatewayDown):
            call("cs_unknown")
    assert gateway.refund("cs_unknown", 1, "k").status == "failed"


def test_twelve_digits_of_sen_fit(session: Session, begin: Transactions, stripe: FakeStripe) -> None:
    gateway = registry.gateway("stripe", begin)
    intent = Intent(
        pay.bought(session, "stripe").payment,
        "PE-1",
        9_999_999_999,
        "http://b",
        "http://c",
        clock.now() + timedelta(minutes=31),
        "k",
    )
    assert gateway.fetch(gateway.open(intent).ref).amount == 9_999_999_999
    with pytest.raises(GatewayRefused):
        gateway.open(intent.__class__(**(vars(intent) | {"amount": 10_000_000_000, "key": "l"})))


def test_settling_by_the_page_the_buyer_comes_back_to(
    session: Session, begin: Transactions, stripe: FakeStripe
) -> None:
    bought, ref = started(session, begin)
    assert settling.sync(begin, bought.payment) == "pending"
    stripe.pay(ref)
    assert [settling.sync(begin, bought.payment) for _ in range(2)] == ["paid", "paid"]
    assert pay.announced(session, "OrderPaid") == ["OrderPaid"]


# --- the stand-in itself ---------------------------------------------------------------------------------------------


def good() -> dict[str, object]:
    return {
        "mode": "payment",
        "line_items": [
            {"quantity": 1, "price_data": {"currency": "idr", "unit_amount": 100, "product_data": {"name": "x"}}}
        ],
        "success_url": "https://example.com",
    }


@pytest.mark.parametrize(
    ("changes", "parameter"),
    [
        ({"ammount": 1}, "ammount"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"mode": "payments"}, "mode"),
        ({"locale": "xx"}, "locale"),
        ({"expires_at": "soon"}, "expires_at"),
        ({"metadata": {"a": {"b": "c"}}}, "metadata"),
        ({"line_items": [{"price_data": {"unit_amount": 1}}]}, "line_items[0][price_data][currency]"),
        ({"line_items": [{"quantity": "one"}]}, "line_items[0][quantity]"),
        ({"payment_intent_data": {"transfergroup": "x"}}, "payment_intent_data[transfergroup]"),
    ],
)
def test_the_stand_in_is_as_strict_as_stripe(stripe: FakeStripe, changes: dict[str, object], parameter: str) -> None:
    with pytest.raises(sdk.InvalidRequestError) as caught:
        client(stripe).v1.checkout.sessions.create(good() | changes)  # type: ignore[arg-type]
    assert caught.value.param == parameter
    assert stripe.sessions == {}


def test_the_stand_in_replays_a_key_and_refuses_it_for_another_request(stripe: FakeStripe) -> None:
    sessions = client(stripe).v1.checkout.sessions
    first = sessions.create(good(), {"idempotency_key": "k"})  # type: ignore[arg-type]
    assert sessions.create(good(), {"idempotency_key": "k"}).id == first.id  # type: ignore[arg-type]
    with pytest.raises(sdk.IdempotencyError):
        sessions.create(good() | {"client_reference_id": "x"}, {"idempotency_key": "k"})  # type: ignore[arg-type]
    assert list(stripe.sessions) == [first.id]


def test_the_stand_in_has_stripes_bounds(stripe: FakeStripe) -> None:
    api = client(stripe).v1
    for seconds in (60, 29 * 60, 25 * 3_600):
        with pytest.raises(sdk.InvalidRequestError, match="expires_at"):
            api.checkout.sessions.create(good() | {"expires_at": int(time.time()) + seconds})  # type: ignore[arg-type]
    made = api.checkout.sessions.create(good())  # type: ignore[arg-type]
    with pytest.raises(sdk.InvalidRequestError, match="no successful charge"):
        api.refunds.create({"payment_intent": str(made.payment_intent)})
    stripe.pay(made.id)
    with pytest.raises(sdk.InvalidRequestError, match="greater than unrefunded"):
        api.refunds.create({"payment_intent": str(made.payment_intent), "amount": 101})
    with pytest.raises(sdk.InvalidRequestError, match="can be expired"):
        api.checkout.sessions.expire(made.id)
    with pytest.raises(sdk.AuthenticationError):
        sdk.StripeClient("sk_test_other", base_addresses={"api": stripe.url}).v1.events.list()
    assert [event.type for event in api.events.list({"limit": 10}).data] == ["checkout.session.completed"]
