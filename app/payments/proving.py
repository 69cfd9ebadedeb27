"""The proof that payments and the money book say the same."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from app.ledger import queries as ledger
from app.ledger.queries import Fault

CHECKS: tuple[tuple[str, str, str], ...] = (
    (
        "payment_not_posted",
        "SELECT p.id, p.received_amount, count(t.id) FROM payment p"
        " LEFT JOIN ledger_transaction t ON t.key = 'paid:' || p.id"
        " WHERE p.received_amount > 0 GROUP BY p.id HAVING count(t.id) <> 1",
        "pembayaran {0} menerima {1} rupiah dan dibukukan {2} kali, seharusnya sekali",
    ),
    (
        "posting_without_payment",
        "SELECT t.key, coalesce(p.status, 'tidak ada') FROM ledger_transaction t LEFT JOIN payment p ON t.key = 'paid:' || p.id"
        " WHERE t.kind = 'payment_received' AND (p.id IS NULL OR p.status NOT IN ('paid','review'))",
        "menurut pembukuan {0} uang datang, menurut pembayarannya: {1}",
    ),
    (
        "paid_without_money",
        "SELECT id, received_amount, amount FROM payment WHERE status = 'paid' AND received_amount < amount",
        "pembayaran {0} lunas padahal baru menerima {1} dari {2} rupiah",
    ),
    (
        "posted_other_amount",
        "SELECT p.id, p.received_amount, sum(e.amount) FROM payment p"
        " JOIN ledger_transaction t ON t.payment_id = p.id AND t.kind IN ('payment_received','payment_received_again')"
        " JOIN ledger_entry e ON e.transaction_id = t.id AND e.amount > 0"
        " GROUP BY p.id HAVING sum(e.amount) <> p.received_amount",
        "pembayaran {0} menerima {1} rupiah, menurut buku {2}",
    ),
    (
        "promised_other_amount",
        "SELECT p.id, p.refunded_amount, coalesce(sum(r.amount), 0) FROM payment p LEFT JOIN refund r"
        " ON r.payment_id = p.id AND r.status <> 'failed' GROUP BY p.id"
        " HAVING coalesce(sum(r.amount), 0) <> p.refunded_amount",
        "pembayaran {0} menjanjikan {1} rupiah kembali, jumlah pengembaliannya {2}",
    ),
    (
        "refund_not_posted",
        "SELECT r.id, r.amount, coalesce(sum(e.amount), 0) FROM refund r"
        " LEFT JOIN ledger_transaction t ON t.key = 'returned:' || r.id"
        " LEFT JOIN ledger_entry e ON e.transaction_id = t.id AND e.amount > 0"
        " WHERE r.status = 'succeeded' GROUP BY r.id HAVING coalesce(sum(e.amount), 0) <> r.amount",
        "pengembalian {0} sebesar {1} rupiah sudah sampai, menurut buku {2}",
    ),
    (
        "returned_without_refund",
        "SELECT t.key, coalesce(r.status, 'tidak ada') FROM ledger_transaction t LEFT JOIN refund r ON t.key = 'returned:' || r.id"
        " WHERE t.kind = 'refund_returned' AND r.status IS DISTINCT FROM 'succeeded'",
        "menurut pembukuan {0} uang sudah kembali, menurut pengembaliannya: {1}",
    ),
    (
        "payable_not_owed",
        "SELECT (SELECT -coalesce(sum(e.amount), 0) FROM ledger_entry e JOIN ledger_account a ON a.id = e.account_id"
        "        WHERE a.kind = 'refund_payable') AS booked,"
        "       (SELECT coalesce(sum(r.amount), 0) FROM refund r JOIN payment p ON p.id = r.payment_id"
        "        WHERE p.order_id IS NULL AND r.status IN ('requested','submitted','manual_pending')) AS owed",
        "menurut buku {0} rupiah terutang ke pembeli, menurut pengembalian yang terbuka {1}",
    ),
    (
        "shares_other_amount",
        "SELECT p.id, p.amount, coalesce(sum(s.amount), 0) FROM payment p LEFT JOIN payment_share s ON s.payment_id = p.id"
        " GROUP BY p.id HAVING coalesce(sum(s.amount), 0) <> p.amount",
        "pembayaran {0} sebesar {1} rupiah, jumlah bagiannya {2}",
    ),
    (
        "sale_without_money",
        "SELECT o.number, s.state FROM customer_order o JOIN payment_share s ON s.order_id = o.id"
        " WHERE (o.paid_at IS NOT NULL) <> (s.state = 'sold')",
        "pesanan {0} dan bagian pembayarannya ({1}) berbeda soal sudah dibayar atau belum",
    ),
)
"""What must never be: a code, a query of the cases, and a sentence for each."""

EQUAL_PAIR = "payable_not_owed"
"""The one check that always has a row: its two numbers must be equal."""


def verify(session: Session) -> list[Fault]:
    """Every fault of the book itself, and every way in which payments and book disagree; empty when all is well."""
    found = ledger.verify(session)
    for code, query, sentence in CHECKS:
        for row in session.execute(text(query)):
            if code != EQUAL_PAIR or row[0] != row[1]:
                found.append(Fault(code, sentence.format(*row)))
    return found
