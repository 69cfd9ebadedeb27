"""Tables of accounts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from app.db import Timestamp
from app.kit.ids import uuid7


class Account(SQLModel, table=True):
    """One person with one phone. Without a password hash nobody can sign in yet: a facilitator opened it for the owner."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("status IN ('active','disabled')", name="status_known"),
        CheckConstraint(r"phone_e164 ~ '^\+62[0-9]{7,13}$'", name="phone_e164_shape"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    phone_e164: str = Field(unique=True)
    name: str
    password_hash: str | None = None
    status: str = "active"
    email: str | None = None
    is_demo: bool = False
    opened_at: datetime = Field(sa_type=Timestamp)
    opened_by: UUID | None = Field(default=None, foreign_key="account.id")
    password_changed_at: datetime | None = Field(default=None, sa_type=Timestamp)


class RoleGrant(SQLModel, table=True):
    """A role given to an account, perhaps for one district or village only; taken back by date, never deleted."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('administrator','verifier','analyst','facilitator')", name="role_known"),
        CheckConstraint("role <> 'facilitator' OR district_code IS NOT NULL", name="facilitator_has_a_place"),
        CheckConstraint("village_code IS NULL OR district_code IS NOT NULL", name="village_in_a_district"),
        Index(
            "uq_role_grant_live",
            "account_id", "role", text("coalesce(district_code, '')"), text("coalesce(village_code, '')"),
            unique=True, postgresql_where=text("revoked_at IS NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    role: str
    district_code: str | None = None
    village_code: str | None = None
    granted_at: datetime = Field(sa_type=Timestamp)
    granted_by: UUID | None = Field(default=None, foreign_key="account.id")
    revoked_at: datetime | None = Field(default=None, sa_type=Timestamp)
    revoked_by: UUID | None = Field(default=None, foreign_key="account.id")


class SignIn(SQLModel, table=True):
    """One sign-in of one browser or program. Only the SHA-256 of its token is kept."""

    __tablename__ = "sign_in"
    __table_args__ = (CheckConstraint("kind IN ('web','api')", name="kind_known"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    account_id: UUID = Field(foreign_key="account.id", index=True)
    kind: str
    started_at: datetime = Field(sa_type=Timestamp)
    seen_at: datetime = Field(sa_type=Timestamp)
    idle_expires_at: datetime = Field(sa_type=Timestamp)
    expires_at: datetime = Field(sa_type=Timestamp, index=True)
    ended_at: datetime | None = Field(default=None, sa_type=Timestamp)


class SignInFailure(SQLModel, table=True):
    """One failed attempt, under the digest of what it is counted by: an account or an address."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        CheckConstraint("counted_by IN ('account','address')", name="counted_by_known"),
        Index("ix_sign_in_failure_recent", "counted_by", "key_hash", "at"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    counted_by: str
    key_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    at: datetime = Field(sa_type=Timestamp, index=True)


class RecoveryCode(SQLModel, table=True):
    """A challenge whose code is derived from its id: handed over by somebody of the office or a facilitator."""

    __tablename__ = "recovery_code"
    __table_args__ = (CheckConstraint("attempts BETWEEN 0 AND 5", name="attempts_bounded"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", index=True)
    issued_by: UUID = Field(foreign_key="account.id")
    issued_at: datetime = Field(sa_type=Timestamp)
    expires_at: datetime = Field(sa_type=Timestamp)
    attempts: int = 0
    used_at: datetime | None = Field(default=None, sa_type=Timestamp)
