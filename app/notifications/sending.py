"""Make messages, and say what became of them on the desk and in the inbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.actor import Actor
from app.audit import record
from app.config import settings
from app.db import Transactions
from app.errors import NotFound, SignInRequired
from app.kit import clock
from app.notifications import queries, writing
from app.notifications.channels import email, whatsapp
from app.notifications.errors import NotPending
from app.notifications.models import Fact, Message

STALE = timedelta(days=14)
"""A message nobody sent for so long is no news any more and leaves the desk (it stays in the inbox)."""


@dataclass(frozen=True)
class Notice:
    """What is told, whoever is told it. `dedupe_key` makes it once for all deliveries of an event; of one `thread`
    only the newest waits on the desk. `order_group_id` makes `link_path` a buyer's order page, whose key is added
    when the text is written out. The place decides on which facilitator's desk it lies."""

    template: str
    facts: Mapping[str, Fact]
    dedupe_key: str
    thread: str
    district_code: str | None = None
    village_code: str | None = None
    order_group_id: UUID | None = None
    link_path: str | None = None
    happened_at: datetime | None = None


def to_account(session: Session, account_id: UUID, notice: Notice) -> None:
    """Tell somebody who has an account: inbox, e-mail where there is an address, and the desk. A key that exists is
    done."""
    account = session.get_one(Account, account_id)
    message = drafted(notice)
    message.account_id = account.id
    message.recipient_name = account.name
    message.phone = account.phone_e164
    message.mail_address = account.email
    store(session, message)


def to_phone(session: Session, phone: str, notice: Notice, *, name: str | None = None) -> None:
    """Tell somebody without an account, of whom only a number (E.164) is known: the desk alone reaches them. The
    number is never looked up among the accounts: it is not proven to be theirs."""
    message = drafted(notice)
    message.recipient_name = name
    message.phone = phone
    store(session, message)


def drafted(notice: Notice) -> Message:
    return Message(
        dedupe_key=notice.dedupe_key,
        thread=notice.thread,
        template=notice.template,
        facts=dict(notice.facts),
        created_at=notice.happened_at or clock.now(),
        district_code=notice.district_code,
        village_code=notice.village_code,
        order_group_id=notice.order_group_id,
        link_path=notice.link_path,
    )


def store(session: Session, message: Message) -> None:
    """Write a new message into its channels; an older unsent one of the same thread gives way to it."""
    writing.letter(message)  # a template that lacks a fact fails here, where it is retried and seen
    old = message.created_at < clock.now() - STALE
    message.desk_status = "none" if not message.phone else "not_needed" if old else "pending"
    if message.mail_address and not old and email.configured(settings()):
        message.mail_status, message.mail_due_at = "waiting", clock.now()
    statement = insert(Message).values(message.model_dump()).on_conflict_do_nothing(index_elements=["dedupe_key"])
    if session.execute(statement.returning(col(Message.id))).first() is None:
        return
    session.execute(
        update(Message)
        .where(
            col(Message.thread) == message.thread,
            col(Message.id) != message.id,
            col(Message.desk_status) == "pending",
        )
        .values(desk_status="not_needed")
    )
    session.flush()


def open_on_desk(session: Session, actor: Actor, message_id: UUID) -> str:
    """The `https://wa.me/...` address of a pending message, with the text typed in. It holds the number, so asking
    for it is an act that the audit keeps. Raises NotFound outside one's desk, NotPending when it was sent already."""
    message = on_desk(session, actor, message_id)
    if message.desk_status != "pending" or message.phone is None:
        raise NotPending
    message.desk_opened_at = clock.now()
    session.add(message)
    note(session, actor, message, "message.opened_for_sending")
    letter = writing.letter(message)
    return whatsapp.link(message.phone, letter.text)


def mark_sent(session: Session, actor: Actor, message_id: UUID) -> None:
    """The person at the desk has sent it. Saying so twice changes nothing. Raises NotFound, NotPending."""
    message = on_desk(session, actor, message_id)
    if message.desk_status == "sent":
        return
    if message.desk_status != "pending":
        raise NotPending
    message.desk_status = "sent"
    message.desk_sent_at = clock.now()
    message.desk_sent_by = actor.account_id
    session.add(message)
    note(session, actor, message, "message.sent_by_hand")


def mark_unsendable(session: Session, actor: Actor, message_id: UUID) -> None:
    """The number does not answer to WhatsApp: the message leaves the desk and is counted. Raises NotFound,
    NotPending."""
    message = on_desk(session, actor, message_id)
    if message.desk_status == "unsendable":
        return
    if message.desk_status != "pending":
        raise NotPending
    message.desk_status = "unsendable"
    session.add(message)
    note(session, actor, message, "message.found_unsendable")


def on_desk(session: Session, actor: Actor, message_id: UUID) -> Message:
    """The message, locked, if this person's desk holds it. Raises NoDesk, NotFound."""
    query = select(Message).where(Message.id == message_id, Message.desk_status != "none", queries.desk_scope(actor))
    message = session.exec(query.with_for_update()).first()
    if message is None:
        raise NotFound
    return message


def note(session: Session, actor: Actor, message: Message, action: str) -> None:
    session.flush()
    detail = {"template": message.template, "district": message.district_code}
    record.note(
        session,
        actor,
        action=action,
        subject_kind="message",
        subject_id=message.id,
        detail=detail,
        beneficiary=message.account_id,
    )


def mark_read(session: Session, actor: Actor, message_id: UUID) -> None:
    """One's own message was read; it then need not be sent by hand. Raises SignInRequired, NotFound."""
    if actor.account_id is None:
        raise SignInRequired
    query = select(Message).where(Message.id == message_id, Message.account_id == actor.account_id)
    message = session.exec(query.with_for_update()).first()
    if message is None:
        raise NotFound
    seen(message)
    session.add(message)
    session.flush()


def mark_all_read(session: Session, actor: Actor) -> None:
    """Everything in one's own inbox was read. Raises SignInRequired."""
    if actor.account_id is None:
        raise SignInRequired
    query = select(Message).where(Message.account_id == actor.account_id, col(Message.read_at).is_(None))
    for message in session.exec(query.with_for_update()):
        seen(message)
        session.add(message)
    session.flush()


def seen(message: Message) -> None:
    message.read_at = message.read_at or clock.now()
    if message.desk_status == "pending":
        message.desk_status = "not_needed"


def drop_stale(begin: Transactions) -> int:
    """Take old news off the desk. Returns how many messages left it."""
    with begin() as session:
        dropped = session.execute(
            update(Message)
            .where(col(Message.desk_status) == "pending", col(Message.created_at) < clock.now() - STALE)
            .values(desk_status="not_needed")
            .returning(col(Message.id))
        ).all()
    return len(dropped)
