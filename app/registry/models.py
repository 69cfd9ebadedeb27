"""Tables of the register. What is not known is NULL, never a default."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from app.audit.models import insert_only
from app.db import Timestamp
from app.kit.ids import uuid7
from app.registry.errors import WrongStatus

DRAFT: Final = "draft"
SUBMITTED: Final = "submitted"
NEEDS_CORRECTION: Final = "needs_correction"
ACTIVE: Final = "active"
SUSPENDED: Final = "suspended"
REJECTED: Final = "rejected"
CLOSED: Final = "closed"
MERGED: Final = "merged"

OPEN_TO_OWNER: Final = frozenset({DRAFT, NEEDS_CORRECTION})
"""The statuses in which the owner fills in everything."""

CHECK_KINDS: Final = ("registry", "identity", "place", "nib", "product")
"""What the office can have checked: the data against what is known, the owner's identity card, the place by going there,
the NIB in the licensing system, the product itself."""

MOVES: Final[dict[str, frozenset[str]]] = {
    DRAFT: frozenset({SUBMITTED, CLOSED}),
    SUBMITTED: frozenset({ACTIVE, NEEDS_CORRECTION, REJECTED, CLOSED}),
    NEEDS_CORRECTION: frozenset({SUBMITTED, CLOSED}),
    ACTIVE: frozenset({SUSPENDED, CLOSED, MERGED}),
    SUSPENDED: frozenset({ACTIVE, CLOSED, MERGED}),
    REJECTED: frozenset(),
    CLOSED: frozenset(),
    MERGED: frozenset(),
}
"""Where a business may go from each status."""


class BusinessOwner(SQLModel, table=True):
    """A person who runs businesses. The NIK (citizen number) is sealed with AES-GCM; `nik_index` is a keyed digest of it,
    so that one NIK is registered once without anybody being able to read or guess it from the database."""

    __tablename__ = "business_owner"
    __table_args__ = (
        CheckConstraint("sex IN ('male','female')", name="sex_known"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("(nik_sealed IS NULL) = (nik_index IS NULL)", name="nik_whole"),
        CheckConstraint("nik_index IS NULL OR length(nik_index) = 16", name="nik_index_length"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    account_id: UUID | None = Field(default=None, foreign_key="account.id", unique=True)
    name: str
    sex: str | None = None
    phone_e164: str | None = None
    nik_sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    nik_index: bytes | None = Field(default=None, sa_column=Column(LargeBinary, unique=True))
    created_at: datetime = Field(sa_type=Timestamp)


class Business(SQLModel, table=True):
    """One business of one owner at one place. `version` rises with every change of it."""

    __tablename__ = "business"
    __table_args__ = (
        CheckConstraint(
            "status IN ('draft','submitted','needs_correction','active','suspended','rejected','closed','merged')",
            name="status_known",
        ),
        CheckConstraint("source IN ('self','facilitator','office','import')", name="source_known"),
        CheckConstraint(
            "status IN ('draft','closed') OR (district_code IS NOT NULL AND main_product IS NOT NULL)",
            name="complete_when_submitted",
        ),
        CheckConstraint(
            "village_code IS NULL OR village_code LIKE district_code || '.%'", name="village_in_its_district"
        ),
        CheckConstraint("(kbli_version IS NULL) = (kbli_code IS NULL)", name="kbli_whole"),
        CheckConstraint("kbli_version IN (2020, 2025)", name="kbli_version_known"),
        CheckConstraint("nib ~ '^[0-9]{13}$'", name="nib_shape"),
        CheckConstraint("length(name) BETWEEN 1 AND 120", name="name_length"),
        CheckConstraint("status NOT IN ('active','suspended') OR registered_on IS NOT NULL", name="registration_dated"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_points_on"),
        Index("ix_business_active_name", text("lower(name)"), "id", postgresql_where=text("status = 'active'")),
        Index("ix_business_place", "district_code", "village_code"),
        Index("ix_business_waiting", "submitted_at", "id", postgresql_where=text("status = 'submitted'")),
        Index("ix_business_nib", "nib", postgresql_where=text("nib IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    number: str = Field(unique=True)
    slug: str = Field(unique=True)
    owner_id: UUID | None = Field(default=None, foreign_key="business_owner.id", index=True)
    status: str = "draft"
    claimed: bool = True
    source: str
    name: str
    main_product: str | None = None
    district_code: str | None = Field(default=None, foreign_key="region.code")
    village_code: str | None = Field(default=None, foreign_key="region.code")
    address: str | None = None
    # a declared KBLI code may be right without being in our list, so it has no foreign key
    kbli_version: int | None = None
    kbli_code: str | None = None
    kbli_listed: bool | None = None
    started_on: date | None = None
    nib: str | None = None
    version: int = 1
    created_at: datetime = Field(sa_type=Timestamp)
    created_by: UUID | None = Field(default=None, foreign_key="account.id")
    edited_by: list[str] = Field(default_factory=list, sa_type=JSONB)
    submitted_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_at: datetime | None = Field(default=None, sa_type=Timestamp)
    decided_by: UUID | None = Field(default=None, foreign_key="account.id")
    decision_reason: str | None = None
    correction_fields: list[str] = Field(default_factory=list, sa_type=JSONB)
    registered_on: date | None = None
    closed_on: date | None = None
    merged_into_id: UUID | None = Field(default=None, foreign_key="business.id")

    def move_to(self, status: str) -> None:
        """Go to the next status. Raises WrongStatus when there is no way from here to there."""
        if status not in MOVES[self.status]:
            raise WrongStatus(self.number, self.status)
        self.status = status


class BusinessHistory(SQLModel, table=True):
    """One move of one business, dated: the file's history, and how many were active on a day gone by.

    `reason` and `fields` are what its owner was told (names of fields as in the API).
    """

    __tablename__ = "business_history"
    __table_args__ = (
        Index("ix_business_history_business", "business_id", "at"),
        Index("ix_business_history_day", "business_date", "business_id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id")
    status: str
    at: datetime = Field(sa_type=Timestamp)
    business_date: date
    by_account_id: UUID | None = Field(default=None, foreign_key="account.id")
    reason: str | None = None
    fields: list[str] = Field(default_factory=list, sa_type=JSONB)


class BusinessReport(SQLModel, table=True):
    """What the owner reported on a day: never overwritten, the newest row is what holds now. Rupiah a year (turnover) and
    rupiah without land and buildings (capital, PP 7/2021 article 35); persons including the owner (workers)."""

    __tablename__ = "business_report"
    __table_args__ = (
        CheckConstraint("capital_amount >= 0", name="capital_not_negative"),
        CheckConstraint("turnover_amount >= 0", name="turnover_not_negative"),
        CheckConstraint("workers_male BETWEEN 0 AND 5000", name="workers_male_range"),
        CheckConstraint("workers_female BETWEEN 0 AND 5000", name="workers_female_range"),
        Index("ix_business_report_newest", "business_id", "reported_on", "id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id")
    reported_on: date
    capital_amount: int | None = Field(default=None, sa_type=BigInteger)
    turnover_amount: int | None = Field(default=None, sa_type=BigInteger)
    workers_male: int | None = None
    workers_female: int | None = None
    created_at: datetime = Field(sa_type=Timestamp)
    reported_by: UUID | None = Field(default=None, foreign_key="account.id")


class BusinessVerification(SQLModel, table=True):
    """One thing the office has checked. It counts until `valid_until`, that day included, unless withdrawn."""

    __tablename__ = "business_verification"
    __table_args__ = (
        CheckConstraint("kind IN ('registry','identity','place','nib','product')", name="kind_known"),
        CheckConstraint("valid_until > checked_on", name="validity_forward"),
        Index(
            "uq_business_verification_live", "business_id", "kind",
            unique=True, postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id", index=True)
    kind: str
    checked_by: UUID = Field(foreign_key="account.id")
    office: str
    checked_on: date
    valid_until: date
    withdrawn_at: datetime | None = Field(default=None, sa_type=Timestamp)


class Membership(SQLModel, table=True):
    """Who may act for a business: its owner, and helpers the owner let in."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("role IN ('owner','helper')", name="role_known"),
        Index(
            "uq_membership_live", "account_id", "business_id",
            unique=True, postgresql_where=text("until IS NULL"),
        ),
    )  # fmt: skip

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    business_id: UUID = Field(foreign_key="business.id", index=True)
    account_id: UUID = Field(foreign_key="account.id")
    role: str
    since: datetime = Field(sa_type=Timestamp)
    until: datetime | None = Field(default=None, sa_type=Timestamp)


class NikReading(SQLModel, table=True):
    """Who read a citizen number in the clear, and why: an answer to "who has read my data"."""

    __tablename__ = "nik_reading"
    __table_args__ = (Index("ix_nik_reading_reader", "account_id", "at"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    owner_id: UUID = Field(foreign_key="business_owner.id", index=True)
    account_id: UUID = Field(foreign_key="account.id")
    reason: str
    at: datetime = Field(sa_type=Timestamp)


class NumberSequence(SQLModel, table=True):
    """The last serial given out in a year: public numbers have no gaps and no doubles."""

    __tablename__ = "number_sequence"
    __table_args__ = (CheckConstraint("last_serial BETWEEN 1 AND 999999", name="serial_fits"),)

    year: int = Field(primary_key=True)
    last_serial: int


TRIGGERS = ("business_history_insert_only", "business_report_insert_only", "nik_reading_insert_only")

event.listen(BusinessHistory.__table__, "after_create", insert_only("business_history"))  # type: ignore[attr-defined]
event.listen(BusinessReport.__table__, "after_create", insert_only("business_report"))  # type: ignore[attr-defined]
event.listen(NikReading.__table__, "after_create", insert_only("nik_reading"))  # type: ignore[attr-defined]
