"""Table of the messages to people."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db import Timestamp
from app.kit import ids

Fact = str | int | None

MailStatus = Literal["none", "waiting", "sent", "failed"]
DeskStatus = Literal["none", "pending", "sent", "unsendable", "not_needed"]


class Message(SQLModel, table=True):
    """One message to one person. The text is not stored: `template` and `facts` are, and it is written out when read,
    so that no link key lies in a backup.

    A newer message of the same `thread` (one order, one side) takes the place of an older one nobody has sent yet.
    `mail_status` and `desk_status` say how far each channel is; a message with an account is always in that account's
    inbox.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("account_id IS NOT NULL OR phone IS NOT NULL", name="someone_to_tell"),
        CheckConstraint("mail_status IN ('none','waiting','sent','failed')", name="mail_status_known"),
        CheckConstraint(
            "desk_status IN ('none','pending','sent','unsendable','not_needed')",
            name="desk_status_known",
        ),
        CheckConstraint("mail_status = 'none' OR mail_address IS NOT NULL", name="mail_needs_an_address"),
        CheckConstraint("desk_status = 'none' OR phone IS NOT NULL", name="desk_needs_a_phone"),
        CheckConstraint("(desk_status = 'sent') = (desk_sent_at IS NOT NULL)", name="desk_sent_at"),
        Index("ix_message_inbox", "account_id", "created_at", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_message_desk", "district_code", "created_at", postgresql_where=text("desk_status = 'pending'")),
        Index("ix_message_thread", "thread", postgresql_where=text("desk_status = 'pending'")),
        Index("ix_message_mail", "mail_due_at", postgresql_where=text("mail_status = 'waiting'")),
    )

    id: UUID = Field(default_factory=ids.uuid7, primary_key=True)
    dedupe_key: str = Field(unique=True)
    thread: str
    template: str
    facts: dict[str, Fact] = Field(default_factory=dict, sa_type=JSONB)
    created_at: datetime = Field(sa_type=Timestamp)
    account_id: UUID | None = Field(default=None, foreign_key="account.id")
    recipient_name: str | None = None
    phone: str | None = None
    district_code: str | None = None
    village_code: str | None = None
    order_group_id: UUID | None = None
    link_path: str | None = None
    read_at: datetime | None = Field(default=None, sa_type=Timestamp)
    mail_address: str | None = None
    mail_status: str = "none"
    mail_attempts: int = 0
    mail_due_at: datetime | None = Field(default=None, sa_type=Timestamp)
    mail_error: str | None = None
    mail_sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    desk_status: str = "none"
    desk_opened_at: datetime | None = Field(default=None, sa_type=Timestamp)
    desk_sent_at: datetime | None = Field(default=None, sa_type=Timestamp)
    desk_sent_by: UUID | None = None
