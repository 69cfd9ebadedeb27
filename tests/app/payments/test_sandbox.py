"""The rehearsal gateway: each button, told over HTTP and never by a shortcut."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlmodel import Session, select

from app.config import settings
from app.db import Transactions
from app.errors import Invalid, NotFound
from app.kit import clock
from app.payments import checkout, inbox, signatures
from app.payments.errors import BadNotice, GatewayRefused
from app.payments.models import Payment, SandboxCharge
from app.payments.providers import sandbox
from app.payments.providers.port import Intent
from app.payments.providers.sandbox import SandboxGateway
from tests.conftest import Database
from tests.factories import payments as pay
from tests.factories.payments import Bought


def opened(session: Session, begin: Transactions) -> tuple[Bought, str]:
    bought = pay.bought(session)
    checkout.start(begin, bought.payment)
    return bought, pay.payment(session, bought.payment).provider_ref or ""


@pytest.fixture
def shop(begin: Transactions, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Messages go through the inbox as if they had been posted; what was told stays in this list."""
    told: list[dict[str, object]] = []

    def hook(raw: bytes) -> None:
        told.append(json.loads(raw))
        headers = {sandbox.HEADER: signatures.sign(sandbox.secret(settings()), raw, clock.now())}
        inbox.attend(begin, inbox.receive(begin, "sandbox", raw, headers))

    monkeypatch.setattr(sandbox, "deliver", hook)
    monkeypatch.setattr(sandbox, "LATE_BY_SECONDS", 0)
    return told


EXPECTED = {
    "pay": (["charge.paid"], ("paid", "confirmed")),
    "pending": (["charge.processing"], ("processing", "awaiting_payment")),
    "fail": (["charge.failed"], ("failed", "expired")),
    "expire": (["charge.expired"], ("expired", "expired")),
    "duplicate": (["charge.paid", "charge.paid"], ("paid", "confirmed")),
    "late": (["charge.expired", "charge.paid"], ("paid", "confirmed")),
    "wrong_amount": (["charge.paid"], ("review", "expired")),
}


@pytest.mark.parametrize("outcome", sandbox.OUTCOMES)
def test_each_button_tells_the_shop_what_it_says(
    session: Session, begin: Transactions, shop: list[dict[str, object]], outcome: str
) -> None:
    bought, ref = opened(session, begin)
    back = sandbox.press(begin, ref, outcome)
    kinds, ends = EXPECTED[outcome]
    assert ([message["type"] for message in shop], pay.statuses(session, bought)) == (kinds, ends)
    assert back == sandbox.charge_view(session, ref).return_url
    assert "kembali=1" in back
    assert pay.faults(session) == []
    assert (outcome == "duplicate") == (len(shop) == 2 and shop[0]["id"] == shop[1]["id"])
    if outcome == "wrong_amount":
        assert pay.payment(session, bought.payment).received_amount == 149_000


def test_what_is_over_stays_so_and_says_nothing(
    session: Session, begin: Transactions, shop: list[dict[str, object]]
) -> None:
    bought, ref = opened(session, begin)
    sandbox.press(begin, ref, "pay")
    shop.clear()
    for outcome in ("pay", "fail", "expire", "pending", "wrong_amount", "late"):
        sandbox.press(begin, ref, outcome)
    assert shop == []
    sandbox.press(begin, ref, "duplicate")
    assert [message["type"] for message in shop] == ["charge.paid", "charge.paid"]
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "buyer_funds": -150_000}


def test_a_delayed_payment_can_come_or_fail_later(
    session: Session, begin: Transactions, shop: list[dict[str, object]]
) -> None:
    for outcome, ends in (("pay", ("paid", "confirmed")), ("fail", ("failed", "expired"))):
        bought, ref = opened(session, begin)
        sandbox.press(begin, ref, "pending")
        assert pay.statuses(session, bought) == ("processing", "awaiting_payment")
        sandbox.press(begin, ref, outcome)
        assert pay.statuses(session, bought) == ends
    assert len(shop) == 4


def test_an_unknown_button_or_charge_does_nothing(
    session: Session, begin: Transactions, shop: list[dict[str, object]]
) -> None:
    bought, ref = opened(session, begin)
    for wrong in ("", "PAY", "refund", "pay\x00", "bayar"):
        with pytest.raises(Invalid):
            sandbox.press(begin, ref, wrong)
    for unknown in ("sb_unknown", "", "a\x00b", "x" * 5_000):
        with pytest.raises(NotFound):
            sandbox.press(begin, unknown, "pay")
        with pytest.raises(NotFound):
            sandbox.charge_view(session, unknown)
    assert shop == []
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


def test_a_page_closes_by_itself_when_its_time_is_over(
    session: Session, begin: Transactions, shop: list[dict[str, object]]
) -> None:
    bought, ref = opened(session, begin)
    with clock.at(clock.now() + timedelta(minutes=21)):
        assert sandbox.charge_view(session, ref).status == "expired"
        sandbox.press(begin, ref, "pay")
    assert shop == []
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert session.exec(select(SandboxCharge.paid_amount)).all() == [0]


def test_the_page_shows_amount_and_time(session: Session, begin: Transactions) -> None:
    bought, ref = opened(session, begin)
    view = sandbox.charge_view(session, ref)
    assert (view.ref, view.amount, view.status) == (ref, 150_000, "open")
    assert view.expires_at == pay.payment(session, bought.payment).expires_at


def test_a_charge_is_opened_once_per_key_and_not_with_another_content(session: Session, begin: Transactions) -> None:
    gateway = SandboxGateway(begin)
    bought = pay.bought(session)
    intent = Intent(bought.payment, "PE-1", 150_000, "http://b", "http://c", clock.now() + timedelta(minutes=20), "key")
    assert gateway.open(intent) == gateway.open(intent)
    with pytest.raises(GatewayRefused):
        gateway.open(replace(intent, amount=1))
    assert len(session.exec(select(SandboxCharge)).all()) == 1


def test_no_more_goes_back_than_was_paid_and_once_per_key(session: Session, begin: Transactions) -> None:
    _, ref = opened(session, begin)
    gateway = SandboxGateway(begin)
    assert gateway.refund(ref, 1, "early").status == "failed"
    charge = session.get_one(SandboxCharge, ref)
    charge.status, charge.paid_amount = "paid", 150_000
    session.flush()
    assert gateway.refund(ref, 150_001, "a").status == "failed"
    assert [gateway.refund(ref, 100_000, "a").status for _ in range(3)] == ["succeeded"] * 3
    assert gateway.refund(ref, 99_999, "a").status == "failed"
    assert gateway.refund(ref, 50_001, "b").status == "failed"
    assert gateway.refund(ref, 50_000, "b").status == "succeeded"
    assert session.get_one(SandboxCharge, ref).refunded_amount == 150_000
    assert (gateway.fetch_refund("a").status, gateway.fetch_refund("nothing").status) == ("succeeded", "failed")


def test_a_message_nobody_takes_is_lost_without_a_fault(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought, ref = opened(session, begin)
    current = settings().model_copy(update={"base_url": "http://127.0.0.1:9"})
    monkeypatch.setattr(sandbox, "settings", lambda: current)
    assert "kembali=1" in sandbox.press(begin, ref, "pay")
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert session.get_one(SandboxCharge, ref).status == "paid"


@contextmanager
def hook(begin: Transactions) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """The shop's door over real HTTP: its address, and which path was asked with which answer."""
    asked: list[tuple[str, int]] = []

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                inbox.attend(begin, inbox.receive(begin, "sandbox", raw, dict(self.headers.items())))
                status = 200
            except BadNotice:
                status = 400
            asked.append((self.path, status))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def test_the_news_travels_over_http_signed(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.begin() as session:
        bought = pay.bought(session)
    with hook(database.begin) as (address, asked):
        monkeypatch.setenv("PASAR_BASE_URL", address)
        settings.cache_clear()
        started = checkout.start(database.begin, bought.payment)
        assert started.redirect_url is not None
        assert started.redirect_url.startswith(f"{address}/bayar-uji/sb_")
        sandbox.press(database.begin, started.redirect_url.rsplit("/", 1)[1], "pay")
    assert asked == [("/api/v1/hooks/payments/sandbox", 200)]
    with database.begin() as session:
        assert session.get_one(Payment, bought.payment).status == "paid"
        assert pay.faults(session) == []
