"""Orders and money at the seller's desk: one clear step at a time, by whoever runs the shop and nobody else."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.actor import Actor
from app.catalogue import shelves
from app.kit import phone
from app.orders import fulfilment, queries
from app.orders.views import SellerOrderView
from app.payments import proofs, refunds, settling
from app.payments import queries as payments
from app.payments.views import SellerPayment
from app.registry import files
from tests.app.media import pictures
from tests.factories import accounts, registry
from tests.web.pages.conftest import Market
from tests.web.pages.selling.conftest import (
    Placed,
    SellerDesk,
    add_product,
    audit_of,
    desk_of,
    fault,
    open_shop,
    place,
    shop_of,
    visible,
)


@pytest.fixture
def amplang(desk: SellerDesk) -> UUID:
    with desk.begin() as session:
        return add_product(session, shop_of(session, desk), "Amplang ikan")


@pytest.fixture
def cash(desk: SellerDesk, amplang: UUID) -> Placed:
    """An order to be paid in cash, waiting for the seller's answer."""
    with desk.begin() as session:
        return place(session, amplang, 2, contact_name="Ibu Marni")


@pytest.fixture
def transfer(desk: SellerDesk, amplang: UUID) -> Placed:
    with desk.begin() as session:
        return place(session, amplang, 1, payment_method="transfer", contact_name="Hendra")


def order(desk: SellerDesk, placed: Placed) -> SellerOrderView:
    with desk.begin() as session:
        return queries.for_seller_one(session, desk.actor, placed.number)


def payment(desk: SellerDesk, placed: Placed) -> SellerPayment:
    with desk.begin() as session:
        found = payments.of_order_for_seller(session, desk.actor, placed.order_id)
    assert found is not None
    return found


def held(desk: SellerDesk, product_id: UUID) -> tuple[int, int]:
    with desk.begin() as session:
        product = shelves.for_edit(session, desk.actor, product_id)
    return product.on_hand, product.reserved


def page_of(placed: Placed) -> str:
    return f"/jual/pesanan/{placed.number}"


def test_without_orders_the_page_says_what_to_do(desk: SellerDesk) -> None:
    assert "Belum ada pesanan" in visible(desk.get("/jual/pesanan"))
    for stage in ("baru", "belum-dibayar", "jalan", "selesai"):
        assert "Lihat semua pesanan" in visible(desk.get(f"/jual/pesanan?tahap={stage}"))
    assert "Tidak ada urusan uang sekarang" in visible(desk.get("/jual/uang"))


def test_a_cash_order_goes_from_answer_to_hand_over(desk: SellerDesk, cash: Placed, amplang: UUID) -> None:
    assert "1 pesanan baru menunggu jawaban Anda" in visible(desk.get("/jual"))
    assert "Ibu Marni" in visible(desk.get("/jual/pesanan?tahap=baru"))
    page = desk.get(page_of(cash))
    words = visible(page)
    assert "Perlu Anda jawab" in words
    assert "2× Amplang ikan Rp20.000 / buah Rp40.000" in words
    assert f"wa.me/{cash.phone[1:]}?" in page.link("wa.me")
    assert page.link("tel:") == f"tel:{cash.phone}"
    desk.submit("/terima")
    assert "Pesanan diterima" in visible(desk.page)
    assert held(desk, amplang) == (10, 2)
    assert "1 pesanan perlu disiapkan" in visible(desk.get("/jual"))
    desk.get(page_of(cash))
    desk.submit("/siap")
    assert "Serahkan dan terima Rp40.000" in visible(desk.page)
    desk.submit("/serah")
    assert order(desk, cash).status == "handed_over"
    assert payment(desk, cash).status == "paid"
    assert held(desk, amplang) == (8, 0)
    desk.submit("/sampai")
    assert order(desk, cash).status == "delivered"
    assert "Ibu Marni" in visible(desk.get("/jual/pesanan?tahap=jalan"))


def test_handing_over_pressed_twice_collects_once(desk: SellerDesk, cash: Placed, amplang: UUID) -> None:
    with desk.begin() as session:
        fulfilment.accept(session, desk.actor, cash.order_id)
        fulfilment.mark_ready(session, desk.actor, cash.order_id)
    desk.get(page_of(cash))
    assert len(set(desk.again("/serah"))) == 1
    assert held(desk, amplang) == (8, 0)
    page = desk.post(f"{page_of(cash)}/serah", expect=409)
    assert "sudah diserahkan" in visible(page)
    assert held(desk, amplang) == (8, 0)


def test_refusing_needs_a_reason_the_buyer_reads(desk: SellerDesk, cash: Placed, amplang: UUID) -> None:
    desk.get(page_of(cash))
    page = desk.submit("/tolak", alasan="   ", expect=422)
    assert fault(page, "alasan") == "Tulis alasannya supaya pihak lain mengerti."
    page = desk.submit("/tolak", alasan="x" * 301, expect=422)
    assert fault(page, "alasan") == "Alasan paling panjang 300 huruf."
    assert page.form("/tolak").values["alasan"] == ["x" * 301]
    assert order(desk, cash).status == "awaiting_seller"
    desk.submit("/tolak", alasan="Ikannya habis")
    found = order(desk, cash)
    assert (found.status, found.reason) == ("rejected", "Ikannya habis")
    assert held(desk, amplang) == (10, 0)
    words = visible(desk.page)
    assert "Ikannya habis" in words
    assert phone.masked(cash.phone) in words
    assert cash.phone not in desk.page.html


def test_an_accepted_order_is_cancelled_with_a_reason(desk: SellerDesk, cash: Placed, amplang: UUID) -> None:
    desk.get(page_of(cash))
    desk.submit("/terima")
    page = desk.submit("/batal", alasan="", expect=422)
    assert fault(page, "alasan")
    desk.submit("/batal", alasan="Kompor rusak")
    assert order(desk, cash).status == "cancelled"
    assert held(desk, amplang) == (10, 0)


def test_a_step_that_is_no_longer_possible_is_told_on_the_page(desk: SellerDesk, cash: Placed) -> None:
    page = desk.post(f"{page_of(cash)}/siap", expect=409)
    assert "menunggu jawaban penjual, jadi tidak dapat diubah" in visible(page)
    assert order(desk, cash).status == "awaiting_seller"


def test_a_transfer_is_confirmed_with_one_tap_after_a_look(desk: SellerDesk, transfer: Placed) -> None:
    proofs.attach(desk.begin, Actor(), transfer.payment_id, pictures.drawn((300, 300)), key=transfer.key)
    assert "1 transfer perlu Anda periksa" in visible(desk.get("/jual"))
    page = desk.get("/jual/uang")
    assert "Periksa di rekening Anda" in visible(page)
    page = desk.get(page.link(f"{transfer.number}/uang"))
    amount = f"Rp{transfer.amount:,}".replace(",", ".")
    assert f"Ya, {amount} sudah masuk" in visible(page)
    assert "Bank Uji, 1234567890, Pemilik Uji" in visible(page)
    slip = desk.client.get(page.link("/bukti/"))
    assert (slip.status_code, slip.headers["content-type"]) == (200, "image/jpeg")
    assert slip.headers["cache-control"] == "private, no-store"
    desk.submit("/uang")
    assert desk.page.path == page_of(transfer)
    assert "Uang dicatat sudah diterima" in visible(desk.page)
    assert (order(desk, transfer).status, payment(desk, transfer).status) == ("confirmed", "paid")


def test_another_amount_is_never_confirmed(desk: SellerDesk, transfer: Placed) -> None:
    for typed, status in (("20000", 409), (str(transfer.amount + 1), 409), ("", 422), ("dua puluh", 422), ("-1", 422)):
        page = desk.post(f"{page_of(transfer)}/uang", jumlah=typed, expect=status)
        assert [form.values["jumlah"] for form in page.reader.forms if form.action.endswith("/uang")][-1] == [typed]
    assert (order(desk, transfer).status, payment(desk, transfer).status) == ("awaiting_payment", "pending")
    desk.post(f"{page_of(transfer)}/uang", jumlah=f"{transfer.amount:,}".replace(",", "."))
    assert order(desk, transfer).status == "confirmed"


def test_a_transfer_pressed_twice_is_booked_once(desk: SellerDesk, transfer: Placed) -> None:
    desk.get(f"{page_of(transfer)}/uang")
    assert len(set(desk.again("/uang"))) == 1
    desk.post(f"{page_of(transfer)}/uang", jumlah=str(transfer.amount))
    assert payment(desk, transfer).status == "paid"


def test_money_of_a_refused_paid_order_is_sent_back_and_marked(desk: SellerDesk, transfer: Placed) -> None:
    with desk.begin() as session:
        settling.confirm_transfer(session, desk.actor, transfer.payment_id, transfer.amount)
        fulfilment.reject(session, desk.actor, transfer.order_id, reason="Habis")
        opened = refunds.open_for_order(session, transfer.order_id, reason="rejected")
    assert opened is not None
    assert "1 pengembalian uang menunggu Anda kirim" in visible(desk.get("/jual"))
    page = desk.get(desk.get("/jual/uang").link("/kembali"))
    assert "Kembalikan uang ke Hendra" in visible(page)
    assert f"wa.me/{transfer.phone[1:]}?" in page.link("wa.me")
    page = desk.submit("/kembali", catatan="x" * 301, expect=422)
    assert fault(page, "catatan") == "Tulis catatan biasa, paling panjang 300 huruf."
    assert len(set(desk.again("/kembali", catatan="REF 123"))) == 1
    page = desk.get(page_of(transfer))
    assert "Uang sudah dikembalikan" in visible(page)
    assert payment(desk, transfer).refunds[0].status == "succeeded"
    assert "wa.me" not in desk.get(f"{page_of(transfer)}/kembali").html.partition("<main")[2].partition("</main>")[0]


def test_an_order_without_a_refund_or_a_transfer_has_no_such_page(desk: SellerDesk, cash: Placed) -> None:
    desk.get(f"{page_of(cash)}/kembali", expect=404)
    desk.get(f"{page_of(cash)}/uang", expect=404)
    desk.post(f"{page_of(cash)}/uang", jumlah="40000", expect=404)
    desk.post(f"{page_of(cash)}/kembali", pengembalian=str(uuid4()), expect=404)


def test_the_list_goes_on_where_it_ended(market: Market) -> None:
    with market.begin() as session:
        seller = open_shop(session)
        product = add_product(session, seller, on_hand=100)
        for number in range(31):
            place(session, product, 1, contact_name=f"Pembeli {number:02d}")
    desk = desk_of(market, seller.actor)
    page = desk.get("/jual/pesanan?tahap=baru")
    assert "Pembeli 30" in visible(page)
    assert "Pembeli 00" not in visible(page)
    page = desk.get(page.link("sebelum="))
    assert "Pembeli 00" in visible(page)
    assert "tahap=baru" in page.url


def test_a_foreign_order_is_missing_everywhere(market: Market, desk: SellerDesk, transfer: Placed) -> None:
    proof = proofs.attach(market.begin, Actor(), transfer.payment_id, pictures.drawn((300, 300)), key=transfer.key)
    with market.begin() as session:
        stranger_shop = open_shop(session)
        own = place(session, add_product(session, stranger_shop), 1, payment_method="transfer")
    stranger = desk_of(market, stranger_shop.actor)
    nothing = "/jual/pesanan/PE-2026-999999-9"
    for path in ("", "/uang", "/kembali", f"/bukti/{proof.id}"):
        foreign = stranger.get(f"{page_of(transfer)}{path}", expect=404).text
        assert foreign == stranger.get(f"{nothing}{path}", expect=404).text, path
    stranger.get(f"{page_of(own)}/bukti/{proof.id}", expect=404)
    typed = {"alasan": "x", "jumlah": str(transfer.amount), "pengembalian": str(uuid4())}
    for path in ("terima", "tolak", "siap", "serah", "sampai", "batal", "uang", "kembali"):
        foreign = stranger.post(f"{page_of(transfer)}/{path}", expect=404, **typed).text
        assert foreign == stranger.post(f"{nothing}/{path}", expect=404, **typed).text, path
    assert transfer.number not in stranger.get("/jual/pesanan").html
    assert transfer.number not in stranger.get("/jual/uang").html
    assert (order(desk, transfer).status, payment(desk, transfer).status) == ("awaiting_payment", "pending")
    assert market.visitor().get(page_of(transfer)).path == "/masuk"


def test_a_refund_of_another_order_is_missing(desk: SellerDesk, transfer: Placed, amplang: UUID) -> None:
    with desk.begin() as session:
        settling.confirm_transfer(session, desk.actor, transfer.payment_id, transfer.amount)
        fulfilment.reject(session, desk.actor, transfer.order_id, reason="Habis")
        opened = refunds.open_for_order(session, transfer.order_id, reason="rejected")
        other = place(session, amplang, 1)
    assert opened is not None
    desk.post(f"{page_of(other)}/kembali", pengembalian=str(opened.id), expect=404)
    assert payment(desk, transfer).refunds[0].status == "manual_pending"


def test_a_facilitator_answers_for_an_owner_and_both_are_named(desk: SellerDesk, cash: Placed) -> None:
    with desk.begin() as session:
        helper = accounts.staff(session, "facilitator", district_code=registry.SANGATTA_UTARA)
        number = files.mine(session, desk.actor)[0].number
    helping = desk_of(desk.market, helper)
    assert "Bantu usaha di wilayah Anda" in visible(helping.get("/jual"))
    assert number in visible(helping.get("/jual/usaha"))
    page = helping.get(f"/jual?usaha={number}")
    assert "1 pesanan baru menunggu jawaban Anda" in visible(page)
    helping.get(page.link("tahap=baru"))
    helping.get(helping.page.link(cash.number))
    helping.submit("/terima")
    assert order(desk, cash).status == "accepted"
    with desk.begin() as session:
        (row,) = audit_of(session, cash.order_id, "order.accepted")
    assert (row.actor_account_id, row.beneficiary_account_id, row.channel) == (
        helper.account_id, desk.actor.account_id, "facilitator",
    )  # fmt: skip


def test_a_facilitator_of_another_place_finds_nothing(desk: SellerDesk, cash: Placed) -> None:
    with desk.begin() as session:
        helper = accounts.staff(session, "facilitator", district_code=registry.SANGKULIRANG)
        number = files.mine(session, desk.actor)[0].number
    elsewhere = desk_of(desk.market, helper)
    elsewhere.get(f"/jual/pesanan?usaha={number}", expect=404)
    elsewhere.get(page_of(cash), expect=404)
    elsewhere.post(f"{page_of(cash)}/terima", expect=404)
    assert order(desk, cash).status == "awaiting_seller"
