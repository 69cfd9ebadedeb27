"""E-mail: claimed, sent outside any transaction, recorded; retried with back-off; no header can be smuggled in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlmodel import Session, select

from app import config
from app.accounts.models import Account
from app.kit import clock, ids
from app.notifications import sending
from app.notifications.channels import email
from app.notifications.channels.email import Outgoing
from app.notifications.models import Message
from app.notifications.sending import Notice
from app.notifications.writing import Letter
from tests.conftest import Database

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


class Mailbox:
    """A mail server that keeps what it gets; `refuse` names recipients it will not take."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], bytes]] = []
        self.refuse: set[str] = set()

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refuse:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.received.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    monkeypatch.setenv("PASAR_SMTP_URL", f"smtp://127.0.0.1:{port}")
    monkeypatch.setenv("PASAR_MAIL_FROM", "pasar@kutim.example")
    config.settings.cache_clear()
    yield box
    controller.stop()


@pytest.fixture
def dead_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASAR_SMTP_URL", "smtp://127.0.0.1:9")
    monkeypatch.setenv("PASAR_MAIL_FROM", "pasar@kutim.example")
    config.settings.cache_clear()


def outgoing(address: str = "siti@contoh.example", subject: str = "Pesanan siap", text: str = "Halo") -> Outgoing:
    return Outgoing(UUID(int=7), address, Letter(subject, text, None))


def told(session: Session, *, email_address: str | None = "siti@contoh.example", name: str = "Siti") -> UUID:
    serial = ids.uuid7().int % 10**8
    account = Account(phone_e164=f"+62812{serial:08d}", name=name, email=email_address, opened_at=NOON, is_demo=True)
    session.add(account)
    session.flush()
    notice = Notice(
        template="business_approved/owner",
        facts={"business": "Amplang Contoh", "number": "KT-2026-000001-5"},
        dedupe_key=f"test:{account.id}",
        thread=f"test:{account.id}",
        district_code="64.08.04",
        link_path="/usaha/amplang-contoh",
    )
    sending.to_account(session, account.id, notice)
    return session.exec(select(Message.id).where(Message.account_id == account.id)).one()


def test_a_waiting_mail_is_sent_once_and_leaves_the_desk(database: Database, mailbox: Mailbox) -> None:
    with clock.at(NOON):
        with database.begin() as session:
            message_id = told(session)
        assert email.send_due(database.begin) == 1
        assert email.send_due(database.begin) == 0
    ((recipients, content),) = mailbox.received
    mail = message_from_bytes(content, policy=default)
    assert recipients == ["siti@contoh.example"]
    assert mail["Subject"] == "Usaha Amplang Contoh sudah terdaftar"
    assert mail["From"] == "Diskop UKM Kutai Timur <pasar@kutim.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "http://testserver/usaha/amplang-contoh" in mail.get_content()
    with database.begin() as session:
        message = session.get_one(Message, message_id)
        assert (message.mail_status, message.mail_sent_at, message.desk_status) == ("sent", NOON, "not_needed")


def test_a_refused_mail_does_not_stop_the_others_and_is_tried_again_later(database: Database, mailbox: Mailbox) -> None:
    mailbox.refuse = {"hilang@contoh.example"}
    with clock.at(NOON):
        with database.begin() as session:
            lost = told(session, email_address="hilang@contoh.example")
            told(session)
        assert email.send_due(database.begin) == 1
        assert email.send_due(database.begin) == 0, "not before its time"
    with database.begin() as session:
        message = session.get_one(Message, lost)
        assert (message.mail_status, message.mail_attempts) == ("waiting", 1)
        assert message.mail_due_at == NOON + timedelta(minutes=1)
        assert message.mail_error == "SMTPRecipientsRefused"
        assert message.desk_status == "pending", "the desk still has it"
    mailbox.refuse = set()
    with clock.at(NOON + timedelta(minutes=1)):
        assert email.send_due(database.begin) == 1


@pytest.mark.usefixtures("dead_server")
def test_a_dead_mail_server_is_tried_with_growing_pauses_and_given_up_at_last(database: Database) -> None:
    with clock.at(NOON), database.begin() as session:
        message_id = told(session)
    at, pauses = NOON, []
    for _ in range(email.MOST_ATTEMPTS):
        with clock.at(at):
            assert email.send_due(database.begin) == 0
        with database.begin() as session:
            due = session.get_one(Message, message_id).mail_due_at
        if due is not None:
            pauses.append(int((due - at).total_seconds() // 60))
            at = due
    assert pauses == [1, 2, 4, 8, 16, 32, 64]
    with database.begin() as session:
        message = session.get_one(Message, message_id)
        assert (message.mail_status, message.desk_status) == ("failed", "pending")


def test_a_worker_that_dies_while_sending_loses_nothing(database: Database, mailbox: Mailbox) -> None:
    with clock.at(NOON):
        with database.begin() as session:
            told(session)
        with database.begin() as session:
            assert len(email.claim(session)) == 1
        assert email.send_due(database.begin) == 0, "leased"
    with clock.at(NOON + email.LEASE):
        assert email.send_due(database.begin) == 1
    assert len(mailbox.received) == 1


def test_two_workers_never_take_the_same_mail(database: Database, mailbox: Mailbox) -> None:
    with clock.at(NOON):
        with database.begin() as session:
            told(session)
            told(session, email_address="b@contoh.example")
        with database.begin() as first, database.begin() as second:
            taken = {outgoing.message_id for outgoing in email.claim(first)}
            assert len(taken) == 2
            assert email.claim(second) == []


def test_without_a_mail_server_nothing_is_queued_or_sent(database: Database) -> None:
    with clock.at(NOON):
        with database.begin() as session:
            message_id = told(session)
        assert email.send_due(database.begin) == 0
        with database.begin() as session:
            assert session.get_one(Message, message_id).mail_status == "none"


@pytest.mark.usefixtures("mailbox")
@pytest.mark.parametrize("subject", ["Halo\r\nBcc: semua@contoh.example", "Halo\nX: y", "Halo\r\n\r\n<script>"])
def test_a_line_break_in_a_name_adds_no_header(subject: str) -> None:
    mail = email.composed(config.settings(), outgoing(subject=subject))
    again = message_from_bytes(mail.as_bytes(), policy=default)
    assert set(again.keys()) == set(email.composed(config.settings(), outgoing()).keys())
    assert again["Bcc"] is None


@pytest.mark.usefixtures("mailbox")
@pytest.mark.parametrize(
    "address",
    [
        "",
        "siti",
        "@contoh.example",
        "siti@",
        "a@x.example, b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "<a@x.example>",
    ],
)
def test_what_is_not_one_address_is_refused_before_it_reaches_a_server(address: str) -> None:
    with pytest.raises(ValueError):
        email.composed(config.settings(), outgoing(address))


@pytest.mark.usefixtures("mailbox")
def test_a_mail_repeated_after_a_crash_has_the_same_identity() -> None:
    one = email.composed(config.settings(), outgoing())
    two = email.composed(config.settings(), outgoing())
    assert one["Message-ID"] == two["Message-ID"] == "<00000000-0000-0000-0000-000000000007@testserver>"


@pytest.mark.parametrize("url", ["http://x", "smtp:///x", "kotak", "smtp://"])
def test_an_address_that_is_no_mail_server_is_a_fault_that_is_retried(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASAR_SMTP_URL", url)
    monkeypatch.setenv("PASAR_MAIL_FROM", "pasar@kutim.example")
    config.settings.cache_clear()
    assert dict(email.deliver(config.settings(), [outgoing()])) == {UUID(int=7): "ValueError"}
