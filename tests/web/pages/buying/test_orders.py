"""The order's page: opened by its key, tells what happens next, and lets nobody else in."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.orders import fulfilment, queries
from app.payments import settling
from tests.app.media import pictures
from tests.factories import accounts
from tests.journeys.browser import Browser, Page
from tests.web.pages.buying.test_cart import put
from tests.web.pages.buying.test_checkout import ORDER, contact
from tests.web.pages.conftest import Market


def ordered(browser: Browser, slug: str, way: str) -> Page:
    put(browser, slug)
    browser.get("/checkout")
    return browser.submit("/checkout", press=ORDER, cara_bayar=way, **contact())


def key_of(page: Page) -> str:
    return parse_qs(urlsplit(page.url).query)["kunci"][0]


def address(page: Page) -> str:
    return f"{page.path}?kunci={key_of(page)}"


def test_only_the_key_opens_an_order(market: Market, visitor: Browser) -> None:
    page = ordered(visitor, market.shrimp_slug, "cod")
    stranger = market.visitor()
    assert stranger.get(address(page)).path == page.path
    missing = market.visitor().get("/pesanan/PE-2026-999999-9?kunci=abc", expect=404).text
    for wrong in ("", "?kunci=", "?kunci=0123456789abcdef0123456789abcdef", "?kunci=%00"):
        assert market.visitor().get(f"{page.path}{wrong}", expect=404).text == missing


def test_an_order_without_its_key_cannot_be_acted_on(market: Market, visitor: Browser) -> None:
    page = ordered(visitor, market.shrimp_slug, "cod")
    order_id = page.form("/batal").values["pesanan"][0]
    foreign = ordered(market.visitor(), market.shrimp_slug, "cod")
    for step, data in (
        ("batal", {"pesanan": order_id}),
        ("terima", {"pesanan": order_id}),
        ("bayar", {"pembayaran": order_id}),
        ("bukti", {"pembayaran": order_id}),
    ):
        for kunci in ("", "salah", key_of(foreign)):
            files = {"bukti": ("b.jpg", pictures.drawn())} if step == "bukti" else None
            answer = market.visitor().client.post(f"{page.path}/{step}", data={**data, "kunci": kunci}, files=files)
            assert answer.status_code == 404, (step, kunci)
        answer = market.visitor().client.post(
            f"{foreign.path}/{step}",
            data={**data, "kunci": key_of(foreign)},
            files={"bukti": ("b.jpg", pictures.drawn())} if step == "bukti" else None,
        )
        assert answer.status_code == 404, f"{step}: an order of another checkout"
    assert "Menunggu jawaban penjual" in visitor.get(address(page)).text


def test_the_buyer_cancels_with_a_second_thought(market: Market, visitor: Browser) -> None:
    page = ordered(visitor, market.shrimp_slug, "cod")
    assert "Ini tidak bisa dibatalkan lagi." in page.text
    page = visitor.submit("/batal", alasan="Salah pilih")
    assert "Pesanan dibatalkan." in page.text
    assert "Salah pilih" in page.text
    assert not any(form.action.endswith("/batal") for form in page.reader.forms)
    too_long = ordered(visitor, market.shrimp_slug, "cod")
    refused = visitor.submit("/batal", alasan="x" * 301, expect=422)
    assert "Alasan paling panjang 300 huruf." in refused.text
    assert refused.form("/batal").values["alasan"] == ["x" * 301]
    assert too_long.path == urlsplit(refused.url).path.removesuffix("/batal")


def test_the_page_follows_the_order_to_its_end(market: Market, visitor: Browser) -> None:
    page = ordered(visitor, market.shrimp_slug, "cod")
    own = address(page)
    with market.begin() as session:
        (order,) = queries.group(session, page.path.rsplit("/", 1)[1], key=key_of(page)).orders
    seller = market.kerupuk.actor
    with market.begin() as session:
        fulfilment.accept(session, seller, order.id)
    accepted = visitor.get(own)
    assert "Penjual sedang menyiapkan barang Anda." in accepted.text
    assert "Siapkan uang tunai Rp18.000." in accepted.text
    refused = visitor.client.post(f"{page.path}/batal", data={"kunci": key_of(page), "pesanan": str(order.id)})
    assert refused.status_code == 409
    assert "diterima penjual, jadi tidak dapat diubah" in refused.text
    with market.begin() as session:
        fulfilment.mark_ready(session, seller, order.id)
    assert "Barang siap diambil di Jl. Uji 1, Sangatta Utara." in visitor.get(own).text
    with market.begin() as session:
        settling.collect_cash(session, seller, order.id)
    assert "Tekan tombol di bawah bila sudah Anda terima." in visitor.get(own).text
    done = visitor.submit("/terima")
    assert "Pesanan selesai. Terima kasih." in done.text
    assert (
        visitor.client.post(f"{page.path}/terima", data={"kunci": key_of(page), "pesanan": str(order.id)}).status_code
        == 409
    )


def test_the_seller_can_be_asked_while_the_order_lives_and_only_then(market: Market, visitor: Browser) -> None:
    page = ordered(visitor, market.fish_slug, "cod")
    digits = "62" + market.seller_phone[1:]
    assert f"https://wa.me/{digits}?text=Halo%2C%20saya%20menanyakan%20pesanan%20PE-" in page.html
    cancelled = visitor.submit("/batal")
    assert digits not in cancelled.html
    assert market.seller_phone[1:] not in cancelled.html


def test_a_buyers_phone_is_masked_even_on_their_own_page(market: Market, visitor: Browser) -> None:
    put(visitor, market.shrimp_slug)
    visitor.get("/checkout")
    who = contact()
    page = visitor.submit("/checkout", press=ORDER, cara_bayar="cod", **who)
    assert who["no_hp"][1:] not in page.html
    assert f"••••{who['no_hp'][-3:]}" in page.text


def test_a_slip_is_sent_and_seen_by_the_buyer_alone(market: Market, visitor: Browser, tmp_path: Path) -> None:
    page = ordered(visitor, market.fish_slug, "transfer")
    slip, text = tmp_path / "bukti.jpg", tmp_path / "catatan.txt"
    slip.write_bytes(pictures.with_place())
    text.write_text("bukan foto")
    refused = visitor.submit("/bukti", files={"bukti": text}, expect=422)
    assert "File ini bukan foto yang bisa dibaca." in refused.text
    assert 'id="bukti-' in refused.html
    none = visitor.submit("/bukti", expect=422)
    assert "Pilih dahulu foto" in none.text
    sent = visitor.submit("/bukti", files={"bukti": slip})
    assert "Bukti transfer terkirim." in sent.text
    assert "1 bukti terkirim" in sent.text
    assert "Menunggu pembayaran" in sent.text, "a slip marks nothing as paid"
    picture = sent.link("/bukti/")
    seen = visitor.client.get(picture)
    assert seen.headers["content-type"] == "image/jpeg"
    assert seen.headers["cache-control"] == "private, no-store"
    assert pictures.CAMERA.encode() not in seen.content
    assert market.visitor().client.get(picture.partition("?")[0]).status_code == 404
    assert page.path in picture


@pytest.mark.parametrize(
    ("button", "words"),
    [("pay", "Pembayaran sudah diterima."), ("pending", "Sedang diproses"), ("fail", "Pembayaran gagal")],
)
def test_the_rehearsal_gateway_tells_the_shop_and_sends_the_buyer_back(
    market: Market, visitor: Browser, button: str, words: str
) -> None:
    gateway = ordered(visitor, market.fish_slug, "sandbox")
    assert gateway.path.startswith("/bayar-uji/")
    values = [value for name, value in gateway.reader.forms[-1].buttons if name == "outcome"]
    assert values == ["pay", "pending", "fail", "expire", "duplicate", "late", "wrong_amount"]
    assert visitor.client.post(gateway.path, data={"outcome": "curang"}).status_code == 422
    visitor.get(gateway.path)
    back = visitor.submit(gateway.path, press=("outcome", button))
    assert back.path.startswith("/pesanan/PE-")
    assert words in back.text
    visitor.get("/bayar-uji/tidak-ada", expect=404)


def test_a_payment_left_open_can_be_taken_up_again(market: Market, visitor: Browser) -> None:
    gateway = ordered(visitor, market.fish_slug, "sandbox")
    visitor.get("/pesanan-saya")
    page = visitor.get(visitor.page.link("/pesanan/PE-"))
    assert "Bayar paling lambat" in page.text
    assert visitor.submit("/bayar").path == gateway.path


def test_my_orders_are_those_of_this_browser_and_of_the_account(market: Market, visitor: Browser) -> None:
    assert "Belum ada pesanan" in visitor.get("/pesanan-saya").text
    number = ordered(visitor, market.shrimp_slug, "cod").path.rsplit("/", 1)[1]
    assert number in visitor.get("/pesanan-saya").text
    assert number not in market.visitor().get("/pesanan-saya").text
    with market.begin() as session:
        phone = accounts.fresh_phone()
        accounts.person(session, phone=phone)
    visitor.get("/masuk")
    visitor.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)
    own = ordered(visitor, market.shrimp_slug, "cod").path.rsplit("/", 1)[1]
    elsewhere = market.visitor()
    elsewhere.get("/masuk?lanjut=/pesanan-saya")
    elsewhere.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)
    assert own in elsewhere.page.text
    assert number not in elsewhere.page.text, "a guest's order belongs to no account"
    assert elsewhere.get(f"/pesanan/{own}").path == f"/pesanan/{own}", "the account opens it without a key"
    assert re.search(r"PE-\d{4}-\d{6}-\d-1", elsewhere.page.text)


def test_a_damaged_memory_of_orders_is_an_empty_one(market: Market, visitor: Browser) -> None:
    for value in ("[", '"x"', "[1,2]", '["a:b"]', "%00"):
        visitor.client.cookies.set("pesanan", value)
        assert "Belum ada pesanan" in visitor.get("/pesanan-saya").text
