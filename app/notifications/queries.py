"""Reading messages: one's inbox, the desk of those who send by hand, and whether any channel reaches people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_, true
from sqlmodel import Session, col, select

from app.actor import Actor
from app.config import settings
from app.errors import SignInRequired
from app.kit import clock, phone
from app.notifications import writing
from app.notifications.channels import email
from app.notifications.errors import NoDesk
from app.notifications.models import Message

DESK_PATIENCE = timedelta(hours=24)
"""A pending message older than this means that nobody is at the desk."""

MAIL_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True)
class InboxItem:
    id: UUID
    subject: str
    text: str
    path: str | None
    created_at: datetime
    read: bool


@dataclass(frozen=True)
class DeskItem:
    """A message waiting to be sent by hand. The number is masked; the whole one is only in the link that
    `sending.open_on_desk` gives."""

    id: UUID
    recipient_name: str | None
    masked_phone: str
    subject: str
    created_at: datetime
    district_code: str | None
    opened: bool


Health = Literal["ok", "degraded"]


@dataclass(frozen=True)
class ChannelState:
    """`mail`: the mail server takes mails. `messages`: at least one channel reaches people (mail, or somebody at the
    desk)."""

    mail: Health
    messages: Health
    detail: str


def inbox(session: Session, actor: Actor, *, limit: int = 50) -> list[InboxItem]:
    """One's own messages, the newest first. Raises SignInRequired."""
    query = select(Message).where(own(actor)).order_by(col(Message.created_at).desc(), col(Message.id).desc())
    return [inbox_item(message) for message in session.exec(query.limit(limit))]


def inbox_item(message: Message) -> InboxItem:
    letter = writing.letter(message)
    read = message.read_at is not None
    return InboxItem(message.id, letter.subject, letter.text, letter.path, message.created_at, read)


def unread(session: Session, actor: Actor) -> int:
    """How many of one's own messages are unread. Raises SignInRequired."""
    counted = select(func.count()).select_from(Message).where(own(actor), col(Message.read_at).is_(None))
    return session.exec(counted).one()


def own(actor: Actor) -> ColumnElement[bool]:
    if actor.account_id is None:
        raise SignInRequired
    return col(Message.account_id) == actor.account_id


def desk(session: Session, actor: Actor, *, limit: int = 100) -> list[DeskItem]:
    """What waits to be sent by hand, the oldest first: all of it for the office, that of one's own district or
    village for a facilitator. Raises NoDesk for everybody else."""
    query = select(Message).where(Message.desk_status == "pending", desk_scope(actor))
    found = session.exec(query.order_by(col(Message.created_at), col(Message.id)).limit(limit))
    return [desk_item(message) for message in found]


def desk_item(message: Message) -> DeskItem:
    return DeskItem(
        id=message.id,
        recipient_name=message.recipient_name,
        masked_phone=phone.masked(message.phone or ""),
        subject=writing.letter(message).subject,
        created_at=message.created_at,
        district_code=message.district_code,
        opened=message.desk_opened_at is not None,
    )


def desk_scope(actor: Actor) -> ColumnElement[bool]:
    """Which messages are this person's to send. Raises NoDesk when none can be."""
    if actor.has("administrator", "verifier"):
        return true()
    places = [
        and_(
            col(Message.district_code) == grant.district_code,
            true() if grant.village_code is None else col(Message.village_code) == grant.village_code,
        )
        for grant in actor.grants
        if grant.role == "facilitator" and grant.district_code is not None
    ]
    if not places:
        raise NoDesk
    return or_(false(), *places)


def channel_state(session: Session) -> ChannelState:
    """Whether people can be told anything at present, for the readiness report."""
    mail = mail_state(session)
    counted = select(func.count(), func.min(Message.created_at)).where(Message.desk_status == "pending")
    pending, found = session.exec(counted).one()
    oldest: datetime | None = found
    deserted = oldest is not None and oldest < clock.now() - DESK_PATIENCE
    if mail == "ok" and not deserted:
        return ChannelState(mail, "ok", "")
    if mail == "ok":
        return ChannelState(mail, "ok", f"{pending} pesan menunggu di meja kirim, sebagian lebih dari sehari")
    if deserted:
        return ChannelState(mail, "degraded", f"tidak ada e-mail, dan {pending} pesan di meja kirim tidak dikirimkan")
    return ChannelState(mail, "ok", "tanpa e-mail; pesan dikirim dari meja kirim")


def mail_state(session: Session) -> Health:
    """Degraded without a mail server, and when a mail has waited for an hour."""
    if not email.configured(settings()):
        return "degraded"
    waiting = select(Message.id).where(
        Message.mail_status == "waiting", col(Message.created_at) < clock.now() - MAIL_PATIENCE
    )
    return "degraded" if session.exec(waiting.limit(1)).first() is not None else "ok"
