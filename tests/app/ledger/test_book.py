"""The money book takes what balances, once, and never changes what it took, whoever asks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from app.kit import clock, ids
from app.ledger import book, queries
from app.ledger.book import Entry
from app.ledger.errors import BookFault
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from tests.conftest import Database

SALE = (Entry("gateway_clearing", 15_000), Entry("buyer_funds", -15_000))


def transactions(session: Session) -> list[LedgerTransaction]:
    return list(session.exec(select(LedgerTransaction).order_by(LedgerTransaction.id)))  # type: ignore[arg-type]


def test_a_posting_stands_in_the_book_as_it_was_made(session: Session) -> None:
    order, payment = ids.uuid7(), ids.uuid7()
    # 16:30 UTC is half past midnight of the next day in the regency
    with clock.at(datetime(2026, 3, 1, 16, 30, tzinfo=UTC)):
        assert book.post(
            session,
            key="paid:1",
            kind="payment_received",
            entries=[Entry("gateway_clearing:stripe", 15_000), Entry("buyer_funds", -15_000, order)],
            payment_id=payment,
        )
    (header,) = transactions(session)
    assert (header.key, header.kind, header.payment_id, header.business_date) == (
        "paid:1",
        "payment_received",
        payment,
        date(2026, 3, 2),
    )
    rows = session.exec(
        select(LedgerAccount.code, LedgerAccount.kind, LedgerEntry.amount, LedgerEntry.currency, LedgerEntry.order_id)  # type: ignore[call-overload]
        .join(LedgerAccount)
        .order_by(LedgerAccount.code)
    ).all()
    assert rows == [
        ("buyer_funds", "buyer_funds", -15_000, "IDR", order),
        ("gateway_clearing:stripe", "gateway_clearing", 15_000, "IDR", None),
    ]


def test_a_posting_told_twice_is_made_once(session: Session) -> None:
    assert book.post(session, key="paid:1", kind="sale", entries=SALE) is True
    assert book.post(session, key="paid:1", kind="sale", entries=tuple(reversed(SALE))) is False
    assert len(transactions(session)) == 1
    assert queries.balance(session, "buyer_funds") == -15_000


@pytest.mark.parametrize(
    "other",
    [
        {"entries": (Entry("gateway_clearing", 16_000), Entry("buyer_funds", -16_000))},
        {"entries": (Entry("gateway_clearing", 15_000), Entry("suspense", -15_000))},
        {"entries": (*SALE, Entry("suspense", 1), Entry("suspense", -1))},
        {"kind": "refund"},
        {"payment_id": ids.uuid7()},
    ],
)
def test_another_posting_under_a_taken_key_is_a_fault_and_not_lost_in_silence(
    session: Session, other: dict[str, object]
) -> None:
    first = {"kind": "sale", "entries": SALE, "payment_id": None}
    book.post(session, key="paid:1", **first)  # type: ignore[arg-type]
    with pytest.raises(BookFault, match="taken by another posting"):
        book.post(session, key="paid:1", **(first | other))  # type: ignore[arg-type]
    assert queries.balance(session, "buyer_funds") == -15_000


@pytest.mark.parametrize("amounts", [(), (1,), (0, 0), (1, 1), (15_000, -14_999), (1, -1, 0)])
def test_what_does_not_balance_is_never_written(session: Session, amounts: tuple[int, ...]) -> None:
    with pytest.raises(BookFault, match="does not balance"):
        book.post(session, key="k", kind="sale", entries=[Entry("suspense", amount) for amount in amounts])
    assert transactions(session) == []


@pytest.mark.parametrize("account", ["savings", "buyer_fund", "", "buyer funds:1"])
def test_an_account_of_an_unknown_kind_is_a_fault(session: Session, account: str) -> None:
    with pytest.raises(BookFault, match="no kind of account"), session.begin_nested():
        book.post(session, key="k", kind="sale", entries=[Entry(account, 5), Entry("suspense", -5)])
    assert transactions(session) == []


def test_thirty_tellings_of_one_payment_at_once_are_one_posting(database: Database) -> None:
    def tell(_: int) -> bool:
        with database.begin() as session:
            return book.post(session, key="paid:1", kind="sale", entries=SALE)

    with ThreadPoolExecutor(30) as threads:
        assert sorted(threads.map(tell, range(30))) == [False] * 29 + [True]
    with database.begin() as session:
        assert len(transactions(session)) == 1
        assert queries.balance(session, "gateway_clearing") == 15_000
        assert queries.verify(session) == []


def test_postings_that_open_the_same_accounts_at_once_all_stand(database: Database) -> None:
    def tell(number: int) -> bool:
        with database.begin() as session:
            pair = [Entry("direct_receipts:toko", 1), Entry("direct_sales:toko", -1)]
            return book.post(session, key=f"paid:{number}", kind="sale", entries=pair[:: 1 if number % 2 else -1])

    with ThreadPoolExecutor(12) as threads:
        assert list(threads.map(tell, range(12))) == [True] * 12
    with database.begin() as session:
        assert queries.balance(session, "direct_receipts:toko") == 12
        assert len(session.exec(select(LedgerAccount)).all()) == 2


@given(st.lists(st.integers(-(10**12), 10**12).filter(bool), min_size=1, max_size=6))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_balanced_posting_leaves_the_book_at_zero(session: Session, amounts: list[int]) -> None:
    rest = -sum(amounts)
    entries = [Entry(f"suspense:{n}", amount) for n, amount in enumerate(amounts)] + [Entry("buyer_funds", rest)]
    balanced = rest != 0
    with session.begin_nested() as savepoint:
        if balanced:
            book.post(session, key="k", kind="any", entries=entries)
            assert sum(balance.amount for balance in queries.balances(session)) == 0
        else:
            with pytest.raises(BookFault):
                book.post(session, key="k", kind="any", entries=entries)
        savepoint.rollback()


# the database refuses, whoever writes --------------------------------------------------------------------------------


def header(session: Session, key: str = "raw") -> str:
    return str(
        session.execute(
            text(
                "INSERT INTO ledger_transaction (id, key, kind, posted_at, business_date)"
                " VALUES (gen_random_uuid(), :key, 'raw', now(), '2026-03-01') RETURNING id"
            ),
            {"key": key},
        ).scalar_one()
    )


def entry(session: Session, transaction: str, amount: int, currency: str = "IDR") -> None:
    session.execute(
        text(
            "INSERT INTO ledger_entry (id, transaction_id, account_id, amount, currency)"
            " SELECT gen_random_uuid(), :t, id, :amount, :currency FROM ledger_account WHERE code = 'suspense'"
        ),
        {"t": transaction, "amount": amount, "currency": currency},
    )


@pytest.mark.parametrize("amounts", [(), (5,), (5, 5), (5, -4), (5, -5, 1)])
def test_the_database_refuses_a_transaction_that_is_empty_single_or_unbalanced(
    database: Database, amounts: tuple[int, ...]
) -> None:
    with database.begin() as session:
        book.post(session, key="first", kind="sale", entries=[Entry("suspense", 1), Entry("buyer_funds", -1)])
    with pytest.raises(IntegrityError, match="entries and sums to"), database.begin() as session:
        transaction = header(session)
        for amount in amounts:
            entry(session, transaction, amount)
    with database.begin() as session:
        assert [row.key for row in transactions(session)] == ["first"]


def test_the_database_refuses_a_late_entry_even_a_balanced_pair(database: Database) -> None:
    with database.begin() as session:
        book.post(session, key="first", kind="sale", entries=[Entry("suspense", 1), Entry("buyer_funds", -1)])
        first = str(transactions(session)[0].id)
    with pytest.raises(IntegrityError, match="was closed when it was committed"), database.begin() as session:
        entry(session, first, 7)
        entry(session, first, -7)
    with database.begin() as session:
        assert len(session.exec(select(LedgerEntry)).all()) == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET amount = amount * 2",
        "UPDATE ledger_entry SET amount = amount WHERE false",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "UPDATE ledger_transaction SET business_date = business_date - 1",
        "DELETE FROM ledger_transaction",
        "TRUNCATE ledger_transaction CASCADE",
        "TRUNCATE ledger_account CASCADE",
        "UPDATE ledger_account SET code = 'suspense:9' WHERE code = 'suspense'",
        "DELETE FROM ledger_account",
    ],
)
def test_the_database_refuses_to_change_what_is_written(session: Session, statement: str) -> None:
    book.post(session, key="first", kind="sale", entries=[Entry("suspense", 1), Entry("buyer_funds", -1)])
    with pytest.raises(IntegrityError, match="insert-only"), session.begin_nested():
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        session.execute(text(statement))
    assert queries.balance(session, "suspense") == 1


@pytest.mark.parametrize(("amount", "currency"), [(0, "IDR"), (5, "USD")])
def test_the_database_knows_no_empty_entry_and_no_other_currency(session: Session, amount: int, currency: str) -> None:
    book.post(session, key="first", kind="sale", entries=[Entry("suspense", 1), Entry("buyer_funds", -1)])
    with pytest.raises(IntegrityError, match="ck_ledger_entry_"), session.begin_nested():
        entry(session, header(session), amount, currency)
