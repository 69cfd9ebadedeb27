"""Table of stored answers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.db import Timestamp


class StoredKey(SQLModel, table=True):
    """One key of one caller: running while the work is under way, done with the answer it gave."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (answer IS NULL)", name="answer_whole"),
        Index("ix_idempotency_key_created_at", "created_at"),
    )

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_type=Timestamp)
    lease_until: datetime = Field(sa_type=Timestamp)
    status: int | None = None
    answer: dict[str, object] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
