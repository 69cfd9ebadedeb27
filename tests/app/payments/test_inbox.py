"""A gateway's message: verified, stored once, worked off until it is done; hostile ones leave nothing behind."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.actor import GUEST
from app.config import settings
from app.db import Transactions
from app.errors import Forbidden, NotFound
from app.kit import clock, ids
from app.payments import checkout, inbox, queries, settling, signatures
from app.payments.errors import BadNotice, GatewayDown, UnknownProvider
from app.payments.models import PaymentNotice, SandboxCharge
from app.payments.providers import sandbox
from app.payments.providers.sandbox import SandboxGateway
from tests.factories import payments as pay
from tests.factories.payments import Bought


def started(session: Session, begin: Transactions) -> Bought:
    bought = pay.bought(session)
    checkout.start(begin, bought.payment)
    return bought


def charge_of(session: Session, bought: Bought) -> SandboxCharge:
    return session.exec(select(SandboxCharge).where(SandboxCharge.payment_id == bought.payment)).one()


def paid_message(session: Session, bought: Bought, **changes: object) -> dict[str, Any]:
    charge = charge_of(session, bought)
    charge.status, charge.paid_amount = "paid", charge.amount
    session.flush()
    found: dict[str, Any] = json.loads(sandbox.message(charge))
    return found | changes


def signed(raw: bytes, **shift: float) -> dict[str, str]:
    return {sandbox.HEADER: signatures.sign(sandbox.secret(settings()), raw, clock.now() + timedelta(**shift))}


def receive(begin: Transactions, body: object) -> object:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return inbox.receive(begin, "sandbox", raw, signed(raw))


def stored(session: Session) -> list[PaymentNotice]:
    return list(session.exec(select(PaymentNotice).order_by(PaymentNotice.received_at)).all())  # type: ignore[arg-type]


def test_a_message_is_stored_as_it_came_and_then_worked_off(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    body = paid_message(session, bought)
    raw = json.dumps(body, indent=3).encode()
    notice_id = inbox.receive(begin, "sandbox", raw, {k.upper(): v for k, v in signed(raw).items()})
    (notice,) = stored(session)
    assert (notice.id, bytes(notice.raw), notice.event_id, notice.kind) == (notice_id, raw, body["id"], "charge.paid")
    assert (notice.provider, notice.livemode, notice.processed_at, notice.attempts) == ("sandbox", False, None, 0)
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert inbox.process_due(begin) == 1
    assert inbox.process_due(begin) == 0
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert (notice.outcome, notice.payment_id, notice.attempts) == ("paid", bought.payment, 1)
    assert notice.processed_at is not None


def test_attending_right_away_does_the_same(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    notice_id = receive(begin, paid_message(session, bought))
    inbox.attend(begin, notice_id)  # type: ignore[arg-type]
    inbox.attend(begin, notice_id)  # type: ignore[arg-type]
    inbox.attend(begin, None)
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert stored(session)[0].attempts == 1


def test_a_repeated_message_is_known(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    body = paid_message(session, bought)
    assert receive(begin, body) is not None
    assert receive(begin, body) is None
    assert len(stored(session)) == 1


def test_fifty_messages_of_one_success_are_one_success(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    for _ in range(50):
        assert receive(begin, paid_message(session, bought)) is not None
    assert inbox.process_due(begin) == 50
    outcomes = [notice.outcome for notice in stored(session)]
    assert (outcomes.count("paid"), outcomes.count("already")) == (1, 49)
    assert pay.book(session) == {"gateway_clearing:sandbox": 150_000, "buyer_funds": -150_000}
    assert pay.announced(session, "OrderPaid") == ["OrderPaid"]
    assert pay.faults(session) == []


def test_the_message_is_a_hint_and_the_charge_is_the_truth(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    body = paid_message(session, bought)
    charge = charge_of(session, bought)
    charge.status, charge.paid_amount = "open", 0
    session.flush()
    receive(begin, body | {"amount": 1})
    assert inbox.process_due(begin) == 1
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert pay.book(session) == {}


def test_messages_about_nothing_of_ours_are_taken_and_change_nothing(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    body = paid_message(session, bought)
    for changes in ({"app": "other-shop"}, {"ref": None}, {"ref": "sb_unknown"}, {"type": "charge.disputed", "ref": 5}):
        assert receive(begin, body | {"id": ids.token()} | changes) is not None
    assert inbox.process_due(begin) == 4
    assert {notice.outcome for notice in stored(session)} == {"foreign"}
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")


HOSTILE: dict[str, bytes] = {
    "a list": b"[]",
    "an empty object": b"{}",
    "no JSON": b"hello",
    "nothing": b"",
    "not UTF-8": b'{"id": "\xff\xfe"}',
    "deep": b"[" * 50_000 + b"]" * 50_000,
    "a huge number": b'{"id": ' + b"9" * 5_000 + b"}",
    "live": b'{"id":"evt_1","type":"charge.paid","livemode":true,"ref":"r","app":"pasar-etam"}',
    "a mode that is none": b'{"id":"evt_1","type":"charge.paid","livemode":0,"ref":"r","app":"pasar-etam"}',
    "no id": b'{"type":"charge.paid","livemode":false,"ref":"r","app":"pasar-etam"}',
    "an id that is no text": b'{"id":1,"type":"charge.paid","livemode":false}',
    "an endless id": b'{"id":"' + b"e" * 300 + b'","type":"charge.paid","livemode":false}',
    "NUL in the id": b'{"id":"a\\u0000b","type":"charge.paid","livemode":false}',
    "half a character": b'{"id":"a\\ud800b","type":"charge.paid","livemode":false}',
    "too large": b'{"id":"evt_1","type":"t","livemode":false,"x":"' + b"x" * 300_000 + b'"}',
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_what_is_signed_and_still_no_message_is_refused(session: Session, begin: Transactions, raw: bytes) -> None:
    with pytest.raises(BadNotice):
        inbox.receive(begin, "sandbox", raw, signed(raw))
    assert stored(session) == []


def test_what_the_gateway_did_not_sign_is_refused(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    body = paid_message(session, bought)
    raw = json.dumps(body).encode()
    good = signed(raw)[sandbox.HEADER]
    stamp, signature = good.split(",v1=")
    nibble = "0" if signature[0] != "0" else "1"
    headers: list[str | None] = [
        None, "", "garbage", "t=,v1=", stamp, f"v1={signature}", f"{stamp},v0={signature}", f"{stamp},v1={nibble}{signature[1:]}",
        f"{stamp},v1={signature.upper()}", f"t=٣,v1={signature}", f"{good}é", "t=" + "9" * 400 + f",v1={signature}",
        f"{stamp},{stamp},v1={signature}", f"t=-1,v1={signature}", f"t=1e9,v1={signature}", "t=\x00,v1=\x00",
        f"{stamp},v1={signature}\n"[:-2], "v1=" * 1_000,
        signatures.sign("another secret", raw, clock.now()), signatures.sign("", raw, clock.now()),
        signed(raw, seconds=-301)[sandbox.HEADER], signed(raw, minutes=10)[sandbox.HEADER], signed(raw, days=3650)[sandbox.HEADER],
    ]  # fmt: skip
    for header in headers:
        with pytest.raises(BadNotice):
            inbox.receive(begin, "sandbox", raw, {} if header is None else {sandbox.HEADER: header})
    for other in (raw + b"\n", json.dumps(body, indent=1).encode(), raw[:-1], b" " + raw):
        with pytest.raises(BadNotice):
            inbox.receive(begin, "sandbox", other, {sandbox.HEADER: good})
    assert stored(session) == []
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert inbox.receive(begin, "sandbox", raw, {sandbox.HEADER.lower(): good}) is not None


def test_a_gateway_nobody_knows_or_that_is_off_sends_nothing(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = b"{}"
    for name in ("stripe", "midtrans", "cod", "transfer", "", "../sandbox", "SANDBOX", "sandbox\x00"):
        with pytest.raises(UnknownProvider):
            inbox.receive(begin, name, raw, signed(raw))
    current = settings().model_copy(update={"env": "production"})
    monkeypatch.setattr("app.payments.providers.registry.settings", lambda: current)
    with pytest.raises(UnknownProvider):
        inbox.receive(begin, "sandbox", raw, signed(raw))
    assert stored(session) == []


def test_a_message_that_fails_comes_again_and_in_the_end_is_dead_and_seen(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = started(session, begin)
    receive(begin, paid_message(session, bought))
    (notice,) = stored(session)

    def silent(*_: object) -> None:
        raise GatewayDown

    office, now = pay.administrator(session), clock.now()
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "fetch", silent)
        tries = 0
        for _ in range(40):
            with clock.at(now):
                assert inbox.process_due(begin) == 0
            tries += 1
            if notice.dead_at is not None:
                break
            assert notice.due_at > now
            now = notice.due_at
    assert (tries, notice.attempts, notice.last_error) == (12, 12, "GatewayDown")
    assert timedelta(hours=8) < now - notice.received_at < timedelta(hours=24)
    assert [dead.id for dead in queries.dead_notices(session, office)] == [notice.id]
    with pytest.raises(Forbidden):
        queries.dead_notices(session, GUEST)
    assert inbox.process_due(begin) == 0
    with pytest.raises(NotFound):
        inbox.retry(session, bought.seller.actor, notice.id)
    inbox.retry(session, office, notice.id)
    with pytest.raises(NotFound):
        inbox.retry(session, office, notice.id)
    assert inbox.process_due(begin) == 1
    assert pay.statuses(session, bought) == ("paid", "confirmed")


def test_a_worker_that_dies_in_the_middle_leaves_the_message_for_the_next(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = started(session, begin)
    receive(begin, paid_message(session, bought))
    finish = inbox.finish

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(inbox, "finish", die)  # after settling, before the commit
        with pytest.raises(KeyboardInterrupt):
            inbox.process_due(begin)
    assert inbox.finish is finish
    assert pay.statuses(session, bought) == ("pending", "awaiting_payment")
    assert inbox.process_due(begin) == 0  # taken a moment ago
    with clock.at(clock.now() + timedelta(seconds=16)):
        assert inbox.process_due(begin) == 1
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.faults(session) == []


def test_a_month_later_the_body_is_forgotten_and_the_outcome_is_not(session: Session, begin: Transactions) -> None:
    bought = started(session, begin)
    receive(begin, paid_message(session, bought))
    with clock.at(clock.now() + timedelta(days=40)):
        inbox.forget_bodies(begin)
        (notice,) = stored(session)
        session.refresh(notice)
        assert notice.raw  # not worked off yet
        assert inbox.process_due(begin) == 1
        inbox.forget_bodies(begin)
        session.refresh(notice)
        assert notice.raw
    with clock.at(clock.now() + timedelta(days=71)):
        inbox.forget_bodies(begin)
    session.refresh(notice)
    assert (bytes(notice.raw), notice.outcome, notice.payment_id) == (b"", "paid", bought.payment)


def test_attending_never_raises(session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch) -> None:
    bought = started(session, begin)
    notice_id = receive(begin, paid_message(session, bought))

    def broken(*_: object, **__: object) -> str:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(settling, "settle", broken)
        inbox.attend(begin, notice_id)  # type: ignore[arg-type]
    assert stored(session)[0].processed_at is None
    with clock.at(clock.now() + timedelta(seconds=16)):
        assert inbox.process_due(begin) == 1


def test_a_message_before_our_record_of_the_charge_finds_its_payment(
    session: Session, begin: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought = pay.bought(session)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(checkout, "record_opened", crash)
        with pytest.raises(KeyboardInterrupt):
            checkout.start(begin, bought.payment)
    body = paid_message(session, bought)
    notice_id = receive(begin, body)
    session.get_one(PaymentNotice, notice_id).payment_id = bought.payment  # what a real gateway carries as metadata
    session.flush()
    assert inbox.process_due(begin) == 1
    assert pay.statuses(session, bought) == ("paid", "confirmed")
    assert pay.payment(session, bought.payment).provider_ref == body["ref"]
    assert checkout.start(begin, bought.payment).redirect_url is None
