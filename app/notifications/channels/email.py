"""E-mail by SMTP (`PASAR_SMTP_URL`: `smtp://user:password@host:587`, STARTTLS; `smtps://` TLS from the start), in the
worker.

Three steps, so that no transaction is open while a mail server thinks: claim (with a lease), send, record. A message
whose lease ran out is sent again: twice is better than never.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import structlog
from sqlmodel import Session, col, select

from app.config import Settings, settings
from app.db import Transactions
from app.kit import clock
from app.notifications import writing
from app.notifications.models import Message
from app.notifications.writing import Letter
from app.reference import regency

BATCH = 20
LEASE = timedelta(minutes=5)
TIMEOUT = 20
"""Seconds a mail server may take for one answer."""

MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Outgoing:
    message_id: UUID
    address: str
    letter: Letter


def configured(current: Settings) -> bool:
    return current.smtp_url is not None and bool(current.mail_from)


def send_due(begin: Transactions) -> int:
    """Send what is waiting, one batch. Returns how many went out; 0 without a mail server."""
    current = settings()
    if not configured(current):
        return 0
    with begin() as session:
        waiting = claim(session)
    if not waiting:
        return 0
    results = dict(deliver(current, waiting))
    with begin() as session:
        record(session, results)
    return sum(error is None for error in results.values())


def claim(session: Session) -> list[Outgoing]:
    """Take the messages that are due, leased so that another worker leaves them alone."""
    due = session.exec(
        select(Message)
        .where(Message.mail_status == "waiting", col(Message.mail_due_at) <= clock.now())
        .order_by(col(Message.mail_due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    taken = []
    for message in due:
        message.mail_attempts += 1
        message.mail_due_at = clock.now() + LEASE
        if message.mail_address is not None:
            taken.append(Outgoing(message.id, message.mail_address, writing.letter(message)))
    session.flush()
    return taken


def deliver(current: Settings, waiting: list[Outgoing]) -> Iterator[tuple[UUID, str | None]]:
    """Each message with what went wrong (None: sent). One refused address does not stop the others."""
    left = {outgoing.message_id: outgoing for outgoing in waiting}
    try:
        with connection(current) as server:
            for outgoing in waiting:
                error = sent(server, current, outgoing)
                del left[outgoing.message_id]
                yield outgoing.message_id, error
    except (smtplib.SMTPException, OSError, ValueError) as fault:
        log.warning("mail_server_away", error=fault_name(fault))
        for message_id in left:
            yield message_id, fault_name(fault)


def sent(server: smtplib.SMTP, current: Settings, outgoing: Outgoing) -> str | None:
    """Send one; what went wrong, or None. A lost connection is not this mail's fault and is passed on."""
    try:
        server.send_message(composed(current, outgoing))
    except smtplib.SMTPServerDisconnected:
        raise
    except (smtplib.SMTPException, ValueError) as fault:
        return fault_name(fault)
    return None


def fault_name(fault: Exception) -> str:
    """What is kept of a fault: its kind and code; its text may hold the address."""
    code = getattr(fault, "smtp_code", None)
    return type(fault).__name__ + (f" {code}" if isinstance(code, int) else "")


@contextmanager
def connection(current: Settings) -> Iterator[smtplib.SMTP]:
    """A signed-in connection. A password never crosses a network in the clear: without TLS it is only sent to this
    machine.

    Raises smtplib.SMTPException, OSError, or ValueError for an address that is none.
    """
    where = parsed(current)
    trusted = ssl.create_default_context()
    port = where.port or (465 if where.scheme == "smtps" else 587)
    host = where.hostname or ""
    server: smtplib.SMTP
    if where.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=trusted)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    with server:
        server.ehlo()
        if where.scheme == "smtp" and (server.has_extn("starttls") or host not in LOOPBACK):
            server.starttls(context=trusted)
            server.ehlo()
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        yield server


def parsed(current: Settings) -> SplitResult:
    where = urlsplit(current.smtp_url.get_secret_value() if current.smtp_url else "")
    if where.scheme not in ("smtp", "smtps") or not where.hostname:
        raise ValueError("PASAR_SMTP_URL is smtp://host or smtps://host")
    return where


def composed(current: Settings, outgoing: Outgoing) -> EmailMessage:
    """The mail. Line breaks in names or subjects cannot add a header. Raises ValueError for an address that is none."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = address(current.mail_from or "", regency.current().office_short_name)
    mail["To"] = address(outgoing.address, "")
    mail["Subject"] = one_line(outgoing.letter.subject)
    mail["Date"] = format_datetime(clock.now())
    # the same for every attempt, so that a mail sent twice is recognised as one
    mail["Message-ID"] = f"<{outgoing.message_id}@{urlsplit(current.base_url).hostname or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(outgoing.letter.text)
    return mail


def address(written: str, name: str) -> Address:
    if any(character in written for character in "\r\n,;<>"):
        raise ValueError("not one e-mail address")
    user, at, domain = written.strip().rpartition("@")
    if not (user and at and domain):
        raise ValueError("not one e-mail address")
    return Address(display_name=one_line(name), username=user, domain=domain)


def one_line(text: str) -> str:
    return " ".join(text.split())


def record(session: Session, results: dict[UUID, str | None]) -> None:
    """Keep what became of each: sent, or when to try again, or given up (then the desk still has it)."""
    messages = session.exec(select(Message).where(col(Message.id).in_(list(results))).with_for_update()).all()
    for message in messages:
        error = results[message.id]
        if error is None:
            message.mail_status = "sent"
            message.mail_sent_at = clock.now()
            message.mail_error = None
            message.mail_due_at = None
            if message.desk_status == "pending":
                message.desk_status = "not_needed"
            continue
        message.mail_error = error
        if message.mail_attempts >= MOST_ATTEMPTS:
            message.mail_status = "failed"
            message.mail_due_at = None
        else:
            message.mail_due_at = clock.now() + wait_after(message.mail_attempts)
    session.flush()


def wait_after(attempts: int) -> timedelta:
    """1, 2, 4, ... minutes, at most six hours."""
    return min(FIRST_WAIT * (1 << (attempts - 1)), LONGEST_WAIT)
