"""Tables of the money book, and the triggers that hold it together whoever writes.

Debit is positive, credit negative. A transaction sums to zero and has at least two entries; entries are written only in the
database transaction that wrote their header; nothing is ever changed, a mistake is reversed by another transaction.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DDL, BigInteger, CheckConstraint, Column, Index, event, text
from sqlmodel import Field, SQLModel

from app.audit.models import TransactionId, insert_only
from app.db import Timestamp
from app.kit.ids import uuid7

KINDS = (
    "gateway_clearing",
    "buyer_funds",
    "seller_payable",
    "suspense",
    "refund_payable",
    "direct_receipts",
    "direct_sales",
    "direct_suspense",
)
"""The last three are memoranda of money that goes straight from buyer to seller: recorded, never held."""


class LedgerAccount(SQLModel, table=True):
    """`code` is `kind` or `kind:owner`, such as `seller_payable:<shop id>`."""

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint(f"kind IN ({','.join(repr(kind) for kind in KINDS)})", name="kind_known"),
        CheckConstraint("code = kind OR code LIKE kind || ':%'", name="code_of_kind"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    code: str = Field(unique=True)
    kind: str
    opened_at: datetime = Field(sa_type=Timestamp)


class LedgerTransaction(SQLModel, table=True):
    """The header. `key` makes the effect unique: one payment is settled once however often it is told."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (Index("ix_ledger_transaction_payment", "payment_id"),)

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    payment_id: UUID | None = None
    posted_at: datetime = Field(sa_type=Timestamp)
    business_date: date
    written_in: str | None = Field(
        default=None, sa_column=Column(TransactionId(), nullable=False, server_default=text("pg_current_xact_id()"))
    )


class LedgerEntry(SQLModel, table=True):
    __tablename__ = "ledger_entry"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        CheckConstraint("currency = 'IDR'", name="currency_idr"),
        Index("ix_ledger_entry_order", "order_id", "account_id"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    transaction_id: UUID = Field(foreign_key="ledger_transaction.id", index=True)
    account_id: UUID = Field(foreign_key="ledger_account.id", index=True)
    amount: int = Field(sa_type=BigInteger)
    currency: str = "IDR"
    order_id: UUID | None = None


BALANCE_FUNCTION = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE OR REPLACE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE wanted uuid; found_sum numeric; found_rows bigint;
    BEGIN
        IF TG_TABLE_NAME = 'ledger_entry' THEN wanted := NEW.transaction_id; ELSE wanted := NEW.id; END IF;
        SELECT coalesce(sum(amount), 0), count(*) INTO found_sum, found_rows FROM ledger_entry WHERE transaction_id = wanted;
        IF found_sum <> 0 OR found_rows < 2 THEN
            RAISE EXCEPTION 'ledger transaction %% has %% entries and sums to %%', wanted, found_rows, found_sum
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """
)

CLOSED_FUNCTION = DDL(  # type: ignore[no-untyped-call]
    """
    CREATE OR REPLACE FUNCTION ledger_transaction_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.transaction_id
                          AND written_in = pg_current_xact_id()) THEN
            RAISE EXCEPTION 'ledger transaction %% was closed when it was committed', NEW.transaction_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """
)

TRIGGERS = (
    "ledger_account_insert_only",
    "ledger_transaction_insert_only",
    "ledger_entry_insert_only",
    "ledger_transaction_balances",
    "ledger_entry_balances",
    "ledger_entry_open",
)


def deferred(name: str, table: str) -> DDL:
    return DDL(  # type: ignore[no-untyped-call]
        f"CREATE CONSTRAINT TRIGGER {name} AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances()"
    )


OPEN_TRIGGER = DDL(  # type: ignore[no-untyped-call]
    "CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_transaction_is_open()"
)

event.listen(SQLModel.metadata, "before_create", BALANCE_FUNCTION)
event.listen(SQLModel.metadata, "before_create", CLOSED_FUNCTION)
event.listen(LedgerAccount.__table__, "after_create", insert_only("ledger_account"))  # type: ignore[attr-defined]
for ddl in (insert_only("ledger_transaction"), deferred("ledger_transaction_balances", "ledger_transaction")):
    event.listen(LedgerTransaction.__table__, "after_create", ddl)  # type: ignore[attr-defined]
for ddl in (insert_only("ledger_entry"), deferred("ledger_entry_balances", "ledger_entry"), OPEN_TRIGGER):
    event.listen(LedgerEntry.__table__, "after_create", ddl)  # type: ignore[attr-defined]
