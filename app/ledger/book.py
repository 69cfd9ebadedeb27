"""Post balanced transactions. The only code that writes the money book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.kit import clock
from app.kit.ids import uuid7
from app.ledger.errors import BookFault
from app.ledger.models import KINDS, LedgerAccount, LedgerEntry, LedgerTransaction


@dataclass(frozen=True)
class Entry:
    """`account` is a code such as `buyer_funds` or `seller_payable:<shop>`; debit is positive, whole rupiah, never 0."""

    account: str
    amount: int
    order_id: UUID | None = None


def post(session: Session, *, key: str, kind: str, entries: Sequence[Entry], payment_id: UUID | None = None) -> bool:
    """Write one transaction. True when it was written now; False when this key was written before, and nothing happens.

    Two at once under one key: the second waits for the first and then sees it. Raises BookFault for a posting that does
    not balance (the database would refuse it at commit as well), and for another posting under a key that is taken.
    """
    if len(entries) < 2 or sum(entry.amount for entry in entries) != 0 or any(entry.amount == 0 for entry in entries):
        raise BookFault(f"{key} does not balance: {[entry.amount for entry in entries]}")
    now = clock.now()
    written = session.execute(
        insert(LedgerTransaction)
        .values(
            id=uuid7(), key=key, kind=kind, payment_id=payment_id, posted_at=now, business_date=clock.business_date(now)
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(LedgerTransaction.id))
    ).scalar_one_or_none()
    if written is None:
        require_same(session, key, kind, entries, payment_id)
        return False
    accounts = opened(session, sorted({entry.account for entry in entries}))
    session.add_all(
        LedgerEntry(
            transaction_id=written, account_id=accounts[entry.account], amount=entry.amount, order_id=entry.order_id
        )
        for entry in entries
    )
    session.flush()
    return True


def require_same(session: Session, key: str, kind: str, entries: Sequence[Entry], payment_id: UUID | None) -> None:
    """Raises BookFault when what stands under this key is not this posting: an effect must never be lost in silence."""
    header = session.exec(select(LedgerTransaction).where(LedgerTransaction.key == key)).one()
    stands = session.exec(
        select(LedgerAccount.code, LedgerEntry.amount, LedgerEntry.order_id)
        .join(LedgerAccount, col(LedgerAccount.id) == LedgerEntry.account_id)
        .where(LedgerEntry.transaction_id == header.id)
    )
    same = Counter(tuple(row) for row in stands) == Counter(
        (entry.account, entry.amount, entry.order_id) for entry in entries
    )
    if not same or (header.kind, header.payment_id) != (kind, payment_id):
        raise BookFault(f"{key} is taken by another posting")


def opened(session: Session, codes: Sequence[str]) -> dict[str, UUID]:
    """The ids of these accounts, opening those that are new."""
    known = select(LedgerAccount.code, LedgerAccount.id).where(col(LedgerAccount.code).in_(codes))
    found = dict(session.exec(known).all())
    missing = [code for code in codes if code not in found]
    if not missing:
        return found
    for code in missing:
        if code.partition(":")[0] not in KINDS:
            raise BookFault(f"there is no kind of account for {code}")
    session.execute(
        insert(LedgerAccount)
        .values(
            [
                {"id": uuid7(), "code": code, "kind": code.partition(":")[0], "opened_at": clock.now()}
                for code in missing
            ]
        )
        .on_conflict_do_nothing(index_elements=["code"])
    )
    return dict(session.exec(known).all())
