"""What a payment and a refund look like in the money book. One posting for money that came, one for each step of giving it back.

Through a gateway the platform holds the money: `gateway_clearing` against `buyer_funds` (or `suspense` when it found no open
order). Straight to the seller nothing is held: the memorandum accounts of the shop say what was received and sold.
"""

from __future__ import annotations

from sqlmodel import Session

from app.ledger import book
from app.ledger.book import Entry
from app.payments.locking import Held
from app.payments.models import Payment, Refund


def received(session: Session, held: Held) -> bool:
    """The money came: all of `received_amount`, the sold shares to their orders and the rest to suspense. False when it is in the
    book already."""
    payment = held.payment
    sold = [share for share in held.shares.values() if share.state == "sold"]
    credit = "direct_sales" if held.direct else "buyer_funds"
    entries = [Entry(clearing(payment), payment.received_amount, payment.order_id)]
    entries += [Entry(account(payment, credit), -share.amount, share.order_id) for share in sold]
    rest = payment.received_amount - sum(share.amount for share in sold)
    if rest:
        entries.append(Entry(suspense(payment), -rest, payment.order_id))
    return book.post(session, key=key_of(payment), kind="payment_received", entries=entries, payment_id=payment.id)


def received_again(session: Session, payment: Payment, ref: str, amount: int) -> bool:
    """A second charge was paid for a payment that has its money: all of it is in suspense. False when it is in the book
    already."""
    return book.post(
        session,
        key=f"again:{payment.id}:{ref}",
        kind="payment_received_again",
        entries=[Entry(clearing(payment), amount), Entry(suspense(payment), -amount)],
        payment_id=payment.id,
    )


def promised(session: Session, payment: Payment, refund: Refund) -> bool:
    """Money the platform holds is set aside for its buyer. What the seller holds is not in our hands: nothing to set aside."""
    if payment.order_id is not None:
        return False
    source = "buyer_funds" if refund.source == "sale" else "suspense"
    order_id = refund.order_id if refund.source == "sale" else None
    return book.post(
        session,
        key=f"refund:{refund.id}",
        kind="refund_promised",
        entries=[Entry(source, refund.amount, order_id), Entry("refund_payable", -refund.amount, refund.order_id)],
        payment_id=payment.id,
    )


def returned(session: Session, payment: Payment, refund: Refund) -> bool:
    """The buyer has it back."""
    if payment.order_id is None:
        debit = "refund_payable"
    else:
        debit = account(payment, "direct_sales") if refund.source == "sale" else suspense(payment)
    return book.post(
        session,
        key=f"returned:{refund.id}",
        kind="refund_returned",
        entries=[
            Entry(debit, refund.amount, refund.order_id),
            Entry(clearing(payment), -refund.amount, refund.order_id),
        ],
        payment_id=payment.id,
    )


def key_of(payment: Payment) -> str:
    """The key under which the money of a payment is in the book."""
    return f"paid:{payment.id}"


def clearing(payment: Payment) -> str:
    """Where the money is: on its way from the gateway, or with the seller."""
    return f"gateway_clearing:{payment.method}" if payment.order_id is None else f"direct_receipts:{payment.shop_id}"


def suspense(payment: Payment) -> str:
    return "suspense" if payment.order_id is None else f"direct_suspense:{payment.shop_id}"


def account(payment: Payment, kind: str) -> str:
    return kind if payment.order_id is None else f"{kind}:{payment.shop_id}"
