"""Balances are sums of entries, and the proof of the book finds every planted fault."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.kit import ids
from app.ledger import book, queries
from app.ledger.book import Entry
from app.ledger.queries import Balance

ORDER = ids.uuid7()


def kept(session: Session) -> None:
    book.post(
        session,
        key="paid:1",
        kind="payment_received",
        entries=[Entry("gateway_clearing:stripe", 20_000), Entry("buyer_funds", -20_000, ORDER)],
        payment_id=ORDER,
    )
    book.post(
        session,
        key="refund:1",
        kind="refund_promised",
        entries=[Entry("buyer_funds", 5_000, ORDER), Entry("refund_payable", -5_000, ORDER)],
        payment_id=ORDER,
    )
    book.post(
        session,
        key="paid:2",
        kind="payment_received",
        entries=[Entry("direct_receipts:toko", 7_000), Entry("direct_sales:toko", -7_000)],
    )


def plant(session: Session, statement: str, **values: object) -> None:
    """As somebody who owns the database and switches its guards off."""
    session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(text(statement), values)
    session.execute(text("SET LOCAL session_replication_role = origin"))


def test_every_account_has_the_sum_of_its_entries(session: Session) -> None:
    kept(session)
    assert queries.balances(session) == [
        Balance("buyer_funds", "buyer_funds", -15_000),
        Balance("direct_receipts:toko", "direct_receipts", 7_000),
        Balance("direct_sales:toko", "direct_sales", -7_000),
        Balance("gateway_clearing:stripe", "gateway_clearing", 20_000),
        Balance("refund_payable", "refund_payable", -5_000),
    ]
    assert queries.balance(session, "buyer_funds") == -15_000
    assert queries.balance(session, "never used") == 0


def test_a_whole_book_has_no_faults_and_neither_has_an_empty_one(session: Session) -> None:
    assert queries.verify(session) == []
    kept(session)
    assert queries.verify(session) == []


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        (
            "UPDATE ledger_entry SET amount = amount + 1 WHERE amount = 20000",
            [
                ("book_unbalanced", "jumlah seluruh buku adalah 1, bukan nol"),
                ("transaction_unbalanced", "transaksi paid:1 berjumlah 1 atau punya kurang dari dua catatan"),
            ],
        ),
        (
            "DELETE FROM ledger_entry WHERE transaction_id = (SELECT id FROM ledger_transaction WHERE key = 'paid:1')",
            [
                ("transaction_unbalanced", "transaksi paid:1 berjumlah 0 atau punya kurang dari dua catatan"),
                (
                    "buyer_funds_overdrawn",
                    f"untuk pesanan {ORDER} keluar 5000 rupiah lebih banyak daripada yang dibayar pembelinya",
                ),
            ],
        ),
        (
            "UPDATE ledger_entry SET amount = amount * 5"
            " WHERE transaction_id = (SELECT id FROM ledger_transaction WHERE key = 'refund:1')",
            [
                (
                    "buyer_funds_overdrawn",
                    f"untuk pesanan {ORDER} keluar 5000 rupiah lebih banyak daripada yang dibayar pembelinya",
                )
            ],
        ),
        (
            "UPDATE ledger_account SET code = 'direct_sales:lain' WHERE code = 'direct_sales:toko'",
            [
                ("memorandum_unequal", "penjualan dan penerimaan langsung toko lain berselisih -7000 rupiah"),
                ("memorandum_unequal", "penjualan dan penerimaan langsung toko toko berselisih 7000 rupiah"),
            ],
        ),
    ],
)
def test_a_planted_fault_is_found_and_named(session: Session, statement: str, faults: list[tuple[str, str]]) -> None:
    kept(session)
    plant(session, statement)
    assert sorted((fault.code, fault.sentence) for fault in queries.verify(session)) == sorted(faults)
