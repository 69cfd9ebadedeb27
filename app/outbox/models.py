"""Tables of the outbox: announced events, and when each timetable job last ran."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from app.db import Timestamp
from app.outbox.event import Plain


class OutboxEvent(SQLModel, table=True):
    """One announced event. Open while neither done nor dead; leased while a worker holds it."""

    __tablename__ = "outbox_event"
    __table_args__ = (
        CheckConstraint("done_at IS NULL OR dead_at IS NULL", name="one_end"),
        Index("ix_outbox_event_open", "key", "id", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
        Index("ix_outbox_event_due", "id", postgresql_where=text("done_at IS NULL AND dead_at IS NULL")),
        Index("ix_outbox_event_dead", "id", postgresql_where=text("dead_at IS NOT NULL")),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    kind: str
    key: str
    payload: dict[str, Plain] = Field(sa_type=JSONB)
    announced_at: datetime = Field(sa_type=Timestamp)
    available_at: datetime = Field(sa_type=Timestamp)
    attempts: int = 0
    handled_by: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    lease_until: datetime | None = Field(default=None, sa_type=Timestamp)
    leased_by: str | None = None
    last_error: str | None = None
    done_at: datetime | None = Field(default=None, sa_type=Timestamp)
    dead_at: datetime | None = Field(default=None, sa_type=Timestamp)


class ScheduledJob(SQLModel, table=True):
    """When a job of the timetable is due next; the row is the lease, so two workers never run one job at once."""

    __tablename__ = "scheduled_job"

    name: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=Timestamp)
    lease_until: datetime | None = Field(default=None, sa_type=Timestamp)
    last_finished_at: datetime | None = Field(default=None, sa_type=Timestamp)
    last_error: str | None = None
