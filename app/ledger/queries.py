"""Reads of the money book, and the proof that it is whole."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, text
from sqlmodel import Session, col, select

from app.ledger.models import LedgerAccount, LedgerEntry


@dataclass(frozen=True)
class Fault:
    """Something in the book that must not be."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Balance:
    code: str
    kind: str
    amount: int


def balances(session: Session) -> list[Balance]:
    """Every account with its balance (debit positive), by code."""
    rows = session.exec(
        select(LedgerAccount.code, LedgerAccount.kind, func.coalesce(func.sum(LedgerEntry.amount), 0))
        .join(LedgerEntry, col(LedgerEntry.account_id) == LedgerAccount.id, isouter=True)
        .group_by(col(LedgerAccount.code), col(LedgerAccount.kind))
        .order_by(col(LedgerAccount.code))
    )
    return [Balance(code, kind, int(amount)) for code, kind, amount in rows]


def balance(session: Session, code: str) -> int:
    """The balance of one account; 0 for one that was never used."""
    found = session.exec(
        select(func.coalesce(func.sum(LedgerEntry.amount), 0)).join(LedgerAccount).where(LedgerAccount.code == code)
    ).one()
    return int(found)


CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "book_unbalanced",
        "SELECT 'seluruh buku', sum(amount) FROM ledger_entry HAVING sum(amount) <> 0",
        "jumlah {0} adalah {1}, bukan nol",
    ),
    (
        "transaction_unbalanced",
        "SELECT t.key, coalesce(sum(e.amount), 0) FROM ledger_transaction t LEFT JOIN ledger_entry e ON e.transaction_id = t.id"
        " GROUP BY t.key HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.id) < 2",
        "transaksi {0} berjumlah {1} atau punya kurang dari dua catatan",
    ),
    (
        "buyer_funds_overdrawn",
        # credit balances are negative: more was paid out for an order than its buyer put in
        "SELECT e.order_id, sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE a.kind = 'buyer_funds' GROUP BY e.order_id HAVING sum(e.amount) > 0",
        "untuk pesanan {0} keluar {1} rupiah lebih banyak daripada yang dibayar pembelinya",
    ),
    (
        "memorandum_unequal",
        "SELECT split_part(a.code, ':', 2), sum(e.amount) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        " WHERE a.kind IN ('direct_receipts','direct_sales','direct_suspense') GROUP BY 1 HAVING sum(e.amount) <> 0",
        "penjualan dan penerimaan langsung toko {0} berselisih {1} rupiah",
    ),
)


def verify(session: Session) -> list[Fault]:
    """Every fault of the book itself; empty when it is whole. What payments and book say of each other is checked in
    `app.payments.proving`."""
    found = []
    for code, query, sentence in CHECKS:
        found += [Fault(code, sentence.format(*row)) for row in session.execute(text(query))]
    return found
