"""Tables of the register. What is not known is NULL, never a default."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, LargeBinary, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.audit.models import insert_only
from app.db import Timestamp
from app.kit.ids import uuid7
from app.registry.errors import WrongStatus

DRAFT = "draft"
SUBMITTED = "submitted"
NEEDS_CORRECTION = "needs_correction"
ACTIVE = "active"
SUSPENDED = "suspended"
REJECTED = "rejected"
CLOSED = "closed"
MERGED = "merged"

STATUSES = (DRAFT, SUBMITTED, NEEDS_CORRECTION, ACTIVE, SUSPENDED, REJECTED, CLOSED, MERGED)

MOVES: dict[str, frozenset[str]] = {
    DRAFT: frozenset({SUBMITTED, CLOSED}),
    SUBMITTED: frozenset({ACTIVE, NEEDS_CORRECTION, REJECTED, CLOSED}),
    NEEDS_CORRECTION: frozenset({SUBMITTED, CLOSED}),
    ACTIVE: frozenset({SUSPENDED, CLOSED, MERGED}),
    SUSPENDED: frozenset({ACTIVE, CLOSED, MERGED}),
    REJECTED: frozenset(),
    CLOSED: frozenset(),
    MERGED: frozenset(),
}
"""Every move a business may make; whatever is not here is refused."""

OPEN_TO_OWNER = frozenset({DRAFT, NEEDS_CORRECTION})
"""Where the owner may still change what the office will look at."""

CHECK_KINDS = ("registry", "identity", "place", "nib", "product")
"""What an officer can have checked: what was declared (every approval), the owner's card, the place by going there, the NIB,
the goods."""

SOURCES = ("self", "facilitator", "office", "import")


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({','.join(repr(value) for value in values)})"


class BusinessOwner(SQLModel, table=True):
    """A person who owns businesses. The NIK lies here encrypted; its blind index finds the same person again."""

    __tablename__ = "business_owner"
    __table_args__ = (
        CheckConstraint("sex IN ('male','female')", name="sex_known"),
        CheckConstraint("(nik_sealed IS NULL) = (nik_index IS NULL)", name="nik_whole"),
        CheckConstraint("length(nik_index) = 16", name="nik_index_length"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    account_id: UUID = Field(foreign_key="account.id", unique=True)
    name: str
    sex: str | None = None
    nik_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    nik_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    created_at: datetime = Field(sa_type=Timestamp)


class Business(SQLModel, table=True):
    """One business of one owner at one place. `version` rises with every change of it."""

    __tablename__ = "business"
    __table_args__ = (
        CheckConstraint(one_of("status", STATUSES), name="status_known"),
        CheckConstraint(one_of("source", SOURCES), name="source_known"),
        CheckConstraint(
            "status IN ('draft','closed') OR (district_code IS NOT NULL AND main_product IS NOT NULL)",
            name="complete_when_submitted",
        ),
        CheckConstraint(
            "village_code IS NULL OR village_code LIKE district_code || '.%'", name="village_in_its_district"
        ),
        CheckConstraint("(kbli_version IS NULL) = (kbli_code IS NULL)", name="kbli_with_version"),
        CheckConstraint("kbli_version IN (2020, 2025)", name="kbli_version_known"),
        CheckConstraint("nib ~ '^[0-9]{13}$'", name="nib_shape"),
        CheckConstraint("length(name) BETWEEN 1 AND 150", name="name_length"),
        CheckConstraint("status NOT IN ('active','suspended') OR registered_on IS NOT NULL", name="registration_dated"),
        Index("ix_business_desk", "submitted_at", postgresql_where=text("status = 'submitted'")),
        Index("ix_business_active_name", text("lower(name)"), "id", postgresql_where=text("status = 'active'")),
        Index(
            "ix_business_newest",
            text("registered_on DESC"),
            text("id DESC"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_business_place", "district_code", "village_code"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    number: str = Field(unique=True)
    slug: str = Field(unique=True)
    name: str
    status: str = DRAFT
    claimed: bool = True
    source: str = "self"
    owner_id: UUID | None = Field(default=None, foreign_key="business_owner.id", index=True)
    district_code: str | None = Field(default=None, foreign_key="region.code")
    village_code: str | None = Field(default=None, foreign_key="region.code")
    address: str | None = None
    main_product: str | None = None
    # a declared KBLI code may be right without standing in our list, so it has no foreign key
    kbli_version: int | None = None
    kbli_code: str | None = None
    kbli_listed: bool | None = None
    started_on: date | None = None
    nib: str | None = None
    version: int = 1
    created_at: datetime = Field(sa_type=Timestamp)
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    edited_by: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    submitted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    registered_on: date | None = None
    closed_on: date | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decision_reason: str | None = None
    correction_fields: list[str] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))

    def move_to(self, status: str) -> None:
        """Raises WrongStatus for a move that is not in MOVES."""
        if status not in MOVES[self.status]:
            raise WrongStatus
        self.status = status
        self.version += 1


class BusinessReport(SQLModel, table=True):
    """What an owner said on a day about money and workers: dated facts beside each other, never overwritten."""

    __tablename__ = "business_report"
    __table_args__ = (
        CheckConstraint("capital_amount >= 0", name="capital_not_negative"),
        CheckConstraint("turnover_amount >= 0", name="turnover_not_negative"),
        CheckConstraint("workers_male BETWEEN 0 AND 5000", name="workers_male_bounds"),
        CheckConstraint("workers_female BETWEEN 0 AND 5000", name="workers_female_bounds"),
        Index("ix_business_report_latest", "business_id", "reported_on", "id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id")
    reported_on: date
    capital_amount: int | None = Field(default=None, sa_type=BigInteger)
    turnover_amount: int | None = Field(default=None, sa_type=BigInteger)
    workers_male: int | None = None
    workers_female: int | None = None
    reported_by: UUID | None = Field(default=None, foreign_key="account.id")
    created_at: datetime = Field(sa_type=Timestamp)


class BusinessVerification(SQLModel, table=True):
    """One thing an officer checked, and until when that counts, that day included; read by date, never by a nightly job."""

    __tablename__ = "business_verification"
    __table_args__ = (
        CheckConstraint(one_of("kind", CHECK_KINDS), name="kind_known"),
        CheckConstraint("valid_until > checked_on", name="period_forward"),
        Index(
            "uq_business_verification_live",
            "business_id",
            "kind",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id")
    kind: str
    checked_by: UUID = Field(foreign_key="account.id")
    office: str
    checked_on: date
    valid_until: date
    withdrawn_at: datetime | None = Field(default=None, sa_type=Timestamp)


class Membership(SQLModel, table=True):
    """Who may act for a business, from when until when."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role IN ('owner','staff')", name="role_known"),
        Index("uq_membership_live", "business_id", "account_id", unique=True, postgresql_where=text("until IS NULL")),
        Index("ix_membership_account", "account_id", postgresql_where=text("until IS NULL")),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id")
    account_id: UUID = Field(foreign_key="account.id")
    role: str = "owner"
    since: datetime = Field(sa_type=Timestamp)
    until: datetime | None = Field(default=None, sa_type=Timestamp)


class NumberSequence(SQLModel, table=True):
    """The last serial given out in a year. A row, not a sequence: numbers on paper should have no gaps."""

    __tablename__ = "number_sequence"

    year: int = Field(primary_key=True)
    last_serial: int


TRIGGERS = ("business_report_insert_only",)

event.listen(BusinessReport.__table__, "after_create", insert_only("business_report"))  # type: ignore[attr-defined]
