"""Money that needs a person: who may see it, who may act, and that the page never pretends."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from app.kit import clock
from app.orders import fulfilment
from app.payments import checkout, refunds, settling
from app.payments.models import Payment, PaymentNotice, Refund, SandboxCharge
from tests.factories import orders
from tests.factories.orders import Seller
from tests.web.pages.office.conftest import Office


@pytest.fixture(scope="module")
def seller(office: Office) -> Seller:
    return office.make(lambda session: orders.seller(session, "Toko Uang"))


def paid_wrongly(office: Office, seller: Seller, *, received: int) -> UUID:
    """A sandbox payment of Rp15.000 for which another sum arrived."""

    def place(session: Session) -> UUID:
        product_id = orders.product(session, seller, price_amount=15_000)
        group = orders.placed(session, (product_id, 1), payment_method="sandbox")
        checkout.prepare(session, group.id)
        return session.exec(select(Payment.id).where(Payment.group_id == group.id)).one()

    payment_id = office.make(place)
    checkout.start(office.begin, payment_id)

    def arrive(session: Session) -> None:
        charge = session.exec(select(SandboxCharge).where(SandboxCharge.payment_id == payment_id)).one()
        charge.status, charge.paid_amount = "paid", received

    office.make(arrive)
    settling.sync(office.begin, payment_id)
    return payment_id


def refund_of(office: Office, payment_id: UUID) -> Refund:
    return office.make(lambda session: session.exec(select(Refund).where(Refund.payment_id == payment_id)).one())


def left_to_people(office: Office, refund_id: UUID) -> None:
    """The gateway would not send it."""

    def leave(session: Session) -> None:
        refund = session.get_one(Refund, refund_id)
        refund.route, refund.status = "manual", "manual_pending"

    office.make(leave)


def test_with_nothing_to_do_the_page_says_so(office: Office) -> None:
    assert "Tidak ada yang perlu ditangani" in office.enter("verifier").get("/dinas/pembayaran").text


def test_a_wrong_amount_is_seen_returned_by_hand_and_closed(office: Office, seller: Seller) -> None:
    payment_id = paid_wrongly(office, seller, received=14_000)
    refund_id = refund_of(office, payment_id).id
    left_to_people(office, refund_id)
    desk = office.enter("administrator")
    page = desk.get("/dinas/pembayaran")
    assert "Jumlahnya tidak sama dengan tagihan" in page.text
    assert "Ditagih Rp15.000 Diterima Rp14.000 Belum kembali ke pembeli Rp14.000" in page.text
    desk.post(f"/dinas/pembayaran/{payment_id}/beres", expect=409, **{f"catatan-{payment_id}": "Beres."})
    assert "Uangnya belum kembali ke pembeli." in desk.page.text
    desk.get("/dinas/pembayaran")
    field = f"catatan-{refund_id}"
    page = desk.submit(f"/dinas/pengembalian/{refund_id}/terkirim", expect=422, **{field: "x" * 301})
    assert "paling panjang 300 huruf." in page.text
    assert page.form("/terkirim").values[field] == ["x" * 301]
    page = desk.submit(f"/dinas/pengembalian/{refund_id}/terkirim", **{field: "BRI 12345"})
    assert "Pengembalian uang dicatat selesai." in page.text
    assert refund_of(office, payment_id).status == "succeeded"
    page = desk.submit(f"/dinas/pembayaran/{payment_id}/beres", expect=422)
    assert "Tulis bagaimana ini diselesaikan" in page.text
    page = desk.submit(f"/dinas/pembayaran/{payment_id}/beres", **{f"catatan-{payment_id}": "Dikembalikan lewat BRI."})
    assert "Perkara ditutup dan tercatat." in page.text
    assert str(payment_id) not in page.html
    assert "payment.review_closed" in [act for act, _ in office.acts_on(payment_id)]


def test_a_verifier_sees_the_money_and_moves_none(office: Office, seller: Seller) -> None:
    payment_id = paid_wrongly(office, seller, received=9_000)
    refund_id = refund_of(office, payment_id).id
    left_to_people(office, refund_id)
    desk = office.enter("verifier")
    page = desk.get("/dinas/pembayaran")
    assert "Hanya administrator yang mencatat uang kembali." in page.text
    assert [form.action for form in page.reader.forms if "terkirim" in form.action or "beres" in form.action] == []
    desk.post(f"/dinas/pengembalian/{refund_id}/terkirim", expect=403, **{f"catatan-{refund_id}": "x"})
    desk.post(f"/dinas/pembayaran/{payment_id}/beres", expect=403, **{f"catatan-{payment_id}": "x"})
    assert refund_of(office, payment_id).status == "manual_pending"
    assert office.enter("administrator").get("/dinas").text.count("Uang perlu diperiksa atau dikembalikan") == 1


def test_what_a_seller_holds_no_officer_can_mark_as_returned(office: Office, seller: Seller) -> None:
    def rejected_after_transfer(session: Session) -> UUID:
        product_id = orders.product(session, seller, price_amount=20_000)
        order = orders.order(session, (product_id, 1), payment_method="transfer")
        checkout.prepare(session, order.group_id)
        payment = session.exec(select(Payment).where(Payment.order_id == order.id)).one()
        settling.confirm_transfer(session, seller.actor, payment.id, payment.amount)
        fulfilment.reject(session, seller.actor, order.id, reason="Habis dimakan tikus")
        refund = refunds.open_for_order(session, order.id, reason="rejected")
        assert refund is not None
        return refund.id

    refund_id = office.make(rejected_after_transfer)
    desk = office.enter("administrator")
    page = desk.get("/dinas/pembayaran")
    assert "Menunggu dikembalikan penjual" in page.text
    assert f"/dinas/pengembalian/{refund_id}/terkirim" not in page.html
    desk.post(f"/dinas/pengembalian/{refund_id}/terkirim", expect=404, **{f"catatan-{refund_id}": "x"})
    assert office.make(lambda session: session.get_one(Refund, refund_id).status) == "manual_pending"


def test_a_dead_message_of_a_gateway_is_read_again_on_demand(office: Office) -> None:
    moment = clock.now() - timedelta(hours=5)
    notice = PaymentNotice(
        provider="sandbox", livemode=False, event_id="ev_uji", kind="charge.paid", raw=b"{}", received_at=moment,
        attempts=8, dead_at=moment, last_error="charge unknown", due_at=moment,
    )  # fmt: skip
    notice_id = notice.id
    office.make(lambda session: session.add(notice))
    desk = office.enter("administrator")
    page = desk.get("/dinas/pembayaran")
    assert "charge.paid" in page.text
    page = desk.submit(f"/dinas/kabar-gerbang/{notice_id}/ulang")
    assert "Kabar itu segera dibaca lagi." in page.text
    assert office.make(lambda session: session.get_one(PaymentNotice, notice_id).dead_at) is None


def test_the_book_is_proved_on_demand_and_a_planted_fault_is_named(office: Office, seller: Seller) -> None:
    paid_wrongly(office, seller, received=7_000)
    desk = office.enter("verifier")
    page = desk.get("/dinas/buku")
    assert "Pos sementara" in page.text
    assert "Buku utuh" not in page.text
    assert "Buku utuh" in desk.get("/dinas/buku?periksa=ya").text
    wrong = paid_wrongly(office, seller, received=5_000)
    set_received = text("UPDATE payment SET received_amount = 5001 WHERE id = :id")
    office.make(lambda session: session.execute(set_received, {"id": wrong}))
    page = desk.get("/dinas/buku?periksa=ya")
    assert "posted_other_amount" in page.text
    assert "Buku utuh" not in page.text


def test_no_buyer_is_named_on_the_pages_of_money(office: Office) -> None:
    desk = office.enter("administrator")
    for path in ("/dinas/pembayaran", "/dinas/buku?periksa=ya"):
        html = desk.get(path).html
        assert "Pembeli Uji" not in html
        assert "+628" not in html
