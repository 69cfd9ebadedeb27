"""Tables of the audit. Both are insert-only, held by triggers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, Column, Identity, Index, LargeBinary, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, SQLModel

from app.db import Timestamp


class TransactionId(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction number, in which the chain is ordered: unlike an identity column it is known when
    everything below it has ended."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


class AuditRecord(SQLModel, table=True):
    """One act. `detail` holds field names and codes, never personal data."""

    __tablename__ = "audit_record"
    __table_args__ = (
        CheckConstraint(
            "channel IN ('web','api','facilitator','import','system','demo')",
            name="channel_known",
        ),
        Index("ix_audit_record_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_record_chain", "transaction_id", "id"),
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    transaction_id: str | None = Field(
        default=None,
        sa_column=Column(TransactionId(), nullable=False, server_default=text("pg_current_xact_id()")),
    )
    at: datetime = Field(sa_type=Timestamp)
    actor_account_id: UUID | None = None
    beneficiary_account_id: UUID | None = None
    channel: str
    action: str
    subject_kind: str
    subject_id: str
    detail: dict[str, object] = Field(default_factory=dict, sa_type=JSONB)


class AuditSeal(SQLModel, table=True):
    """One link of the chain: a digest over the records up to a point and over the previous digest."""

    __tablename__ = "audit_seal"

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(), primary_key=True))
    last_transaction_id: str = Field(sa_column=Column(TransactionId(), nullable=False))
    last_record_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    record_count: int = Field(sa_column=Column(BigInteger, nullable=False))
    digest: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    sealed_at: datetime = Field(sa_type=Timestamp)


REFUSE_CHANGE = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '%% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """
)


def insert_only(table: str) -> DDL:
    """The trigger that refuses UPDATE, DELETE and TRUNCATE on a table, whoever asks."""
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


TRIGGERS = ("audit_record_insert_only", "audit_seal_insert_only")

event.listen(SQLModel.metadata, "before_create", REFUSE_CHANGE)
event.listen(AuditRecord.__table__, "after_create", insert_only("audit_record"))  # type: ignore[attr-defined]
event.listen(AuditSeal.__table__, "after_create", insert_only("audit_seal"))  # type: ignore[attr-defined]
