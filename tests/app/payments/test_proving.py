"""Every disagreement between payments and book is found, by name; a sound book has none."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.ledger import book
from app.ledger.book import Entry
from app.orders import fulfilment
from app.payments import proving, refunds, settling
from tests.factories import payments as pay
from tests.factories.payments import Bought


@pytest.fixture
def bought(session: Session) -> Bought:
    """A paid checkout, refused by its seller, half on its way back."""
    made = pay.bought(session)
    settling.settle(session, made.payment, pay.seen(pay.payment(session, made.payment)), livemode=False)
    fulfilment.reject(session, made.seller.actor, made.order, reason="Habis")
    refunds.open_for_order(session, made.order, reason="rejected")
    assert proving.verify(session) == []
    return made


def codes(session: Session) -> set[str]:
    return {fault.code for fault in proving.verify(session)}


TAMPERING = {
    "payment_not_posted": "UPDATE payment SET id = id, received_amount = received_amount WHERE false",
    "posted_other_amount": "UPDATE payment SET received_amount = received_amount + 1",
    "paid_without_money": "UPDATE payment SET received_amount = 150000 - 1, refunded_amount = 0",
    "promised_other_amount": "UPDATE payment SET refunded_amount = refunded_amount - 1",
    "payable_not_owed": "UPDATE refund SET amount = amount - 1",
    "refund_not_posted": "UPDATE refund SET status = 'succeeded'",
    "shares_other_amount": "UPDATE payment_share SET amount = amount + 1",
    "sale_without_money": "UPDATE payment_share SET state = 'open'",
    "posting_without_payment": "UPDATE payment SET status = 'pending'",
}


@pytest.mark.parametrize("code", sorted(TAMPERING.keys() - {"payment_not_posted"}))
def test_a_changed_row_is_found(session: Session, bought: Bought, code: str) -> None:
    session.execute(text(TAMPERING[code]))
    assert code in codes(session)


def test_money_said_to_have_come_that_is_not_in_the_book_is_found(session: Session, bought: Bought) -> None:
    other = pay.payment(session, pay.bought(session).payment)
    session.execute(
        text("UPDATE payment SET status = 'paid', paid_at = now(), received_amount = amount WHERE id = :id"),
        {"id": other.id},
    )
    assert codes(session) == {"payment_not_posted"}


def test_a_posting_that_nobody_asked_for_is_found(session: Session, bought: Bought) -> None:
    entries = [Entry("gateway_clearing:sandbox", 5), Entry("suspense", -5)]
    book.post(session, key="paid:00000000-0000-7000-8000-000000000000", kind="payment_received", entries=entries)
    book.post(session, key="returned:nothing", kind="refund_returned", entries=entries)
    assert codes(session) == {"posting_without_payment", "returned_without_refund"}


def test_each_fault_names_the_case_and_the_sums(session: Session, bought: Bought) -> None:
    session.execute(text("UPDATE payment SET refunded_amount = 1"))
    (fault,) = proving.verify(session)
    assert fault.sentence == f"pembayaran {bought.payment} menjanjikan 1 rupiah kembali, jumlah pengembaliannya 150000"
