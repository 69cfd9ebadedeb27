"""Checkout on one page: who, how to receive, how to pay; nothing of it needs JavaScript or an account."""

from __future__ import annotations

import re

import pytest

from app.catalogue import editing
from app.catalogue.rules import ProductDraft
from tests.factories import accounts
from tests.journeys.browser import Browser
from tests.web.pages.buying.test_cart import put, slug_of
from tests.web.pages.conftest import SAMARINDA, SANGATTA_UTARA, Market

COUNT = ("langkah", "hitung")
ORDER = ("langkah", "pesan")


@pytest.fixture
def buyer(market: Market, visitor: Browser) -> Browser:
    """Somebody with two fish in the cart, at the checkout."""
    put(visitor, market.fish_slug, "2")
    visitor.get("/checkout")
    return visitor


def contact() -> dict[str, str]:
    return {"nama": "Pembeli Uji", "no_hp": accounts.fresh_phone()}


def test_an_empty_cart_cannot_be_ordered(market: Market, visitor: Browser) -> None:
    assert "Keranjang masih kosong" in visitor.get("/checkout").text
    answer = visitor.client.post(
        "/checkout", data={"nama": "A", "no_hp": "0812", "cara_terima": "pickup", "cara_bayar": "cod"}
    )
    assert answer.status_code == 409
    assert "Keranjang masih kosong. Pilih barang dahulu." in answer.text


def test_pick_up_and_cash_is_ordered_at_once(market: Market, buyer: Browser) -> None:
    assert "Ambil di Jl. Uji 1, Sangatta Utara" in buyer.page.text
    page = buyer.submit("/checkout", press=ORDER, cara_bayar="cod", **contact())
    assert re.fullmatch(r"/pesanan/PE-\d{4}-\d{6}-\d", page.path)
    assert "Pesanan Anda tercatat." in page.text
    assert "Menunggu jawaban penjual" in page.text
    assert "Anda membayar saat barang diserahkan." in page.text
    assert "Keranjang masih kosong" in buyer.get("/keranjang").text


def test_the_charge_of_each_way_is_counted_without_javascript(market: Market, buyer: Browser) -> None:
    page = buyer.submit("/checkout", press=COUNT, cara_terima="courier", tujuan=SANGATTA_UTARA)
    assert "Rp60.000" in page.text
    assert page.form("/checkout").values["cara_terima"] == ["courier"]
    page = buyer.submit("/checkout", press=COUNT, cara_terima="expedition", tujuan=SAMARINDA, nama="Tetap Diketik")
    assert "Rp86.000" in page.text, "1.2 kg are two started kilograms at 18,000"
    assert "Bayar di tempat tidak bisa untuk kiriman ekspedisi." in page.text
    assert page.form("/checkout").values["nama"] == ["Tetap Diketik"]
    assert page.form("/checkout").values["tujuan"] == [SAMARINDA]


def test_an_order_to_samarinda_goes_through(market: Market, buyer: Browser) -> None:
    buyer.submit("/checkout", press=COUNT, cara_terima="expedition", tujuan=SAMARINDA, alamat="Jl. Contoh 5")
    page = buyer.submit("/checkout", press=ORDER, cara_bayar="transfer", **contact())
    assert "Kota Samarinda" in page.text
    assert "Jl. Contoh 5" in page.text
    assert "Bank Uji" in page.text
    assert "1234567890" in page.text
    assert re.search(r'<span class="number nowrap">Rp86\.<mark>\d{3}</mark></span>', page.html)
    told = re.search(r"Barang dan ongkos Rp86\.000 Kode unik Rp(\d{1,3}) Yang ditransfer Rp86\.(\d{3})", page.text)
    assert told is not None
    assert int(told[1]) == int(told[2]) > 0


def test_every_fault_is_told_at_once_beside_its_field_and_the_typing_stays(market: Market, buyer: Browser) -> None:
    buyer.submit("/checkout", press=COUNT, cara_terima="courier", tujuan=SANGATTA_UTARA)
    page = buyer.submit("/checkout", press=ORDER, nama=" ", no_hp="12", alamat="x", expect=422)
    for field in ("nama", "no_hp", "alamat", "cara_bayar"):
        assert f'href="#{field}"' in page.html
        assert f'id="{field}-salah"' in page.html
    form = page.form("/checkout")
    assert (form.values["no_hp"], form.values["alamat"], form.values["cara_terima"]) == (["12"], ["x"], ["courier"])
    assert "Ada 4 hal yang perlu diperbaiki" in page.text
    assert "Keranjang masih kosong" not in buyer.get("/keranjang").text


def test_another_destination_than_the_one_counted_is_counted_before_it_is_ordered(
    market: Market, buyer: Browser
) -> None:
    page = buyer.submit(
        "/checkout", press=ORDER, cara_terima="courier", tujuan=SANGATTA_UTARA, alamat="Jl. Contoh 5", cara_bayar="cod",
        expect=409, **contact(),
    )  # fmt: skip
    assert "ongkos kirim dihitung ulang" in page.text
    assert "Rp60.000" in page.text
    assert buyer.submit("/checkout", press=ORDER).path.startswith("/pesanan/PE-")


def test_a_place_nobody_delivers_to_is_said_with_what_there_is(market: Market, buyer: Browser) -> None:
    page = buyer.submit("/checkout", press=COUNT, cara_terima="courier", tujuan=SAMARINDA)
    assert "Pilih kecamatan tujuan untuk diantar kurir." in page.text
    assert ORDER not in page.form("/checkout").buttons
    answer = buyer.client.post(
        "/checkout",
        data={
            "nama": "A",
            "no_hp": "081234567890",
            "cara_terima": "courier",
            "tujuan": "64.08.05",
            "alamat": "Jl. Contoh 5",
            "cara_bayar": "cod",
        },
    )
    assert answer.status_code == 422
    assert "tidak mengantar dengan kurir ke Sangkulirang" in answer.text


def test_a_way_to_pay_one_of_the_shops_does_not_take_says_which(market: Market, buyer: Browser) -> None:
    put(buyer, market.shrimp_slug)
    page = buyer.get("/checkout")
    assert "Kerupuk Pesisir tidak menerima cara bayar ini." in page.text
    assert 'value="transfer" disabled' in page.html
    assert page.form("/checkout").values["cara_bayar"] == ["cod"], "the only way left is chosen"
    placed = buyer.submit("/checkout", press=ORDER, **contact())
    assert placed.html.count('class="box order"') == 2


def test_a_price_that_rises_while_the_form_is_open_is_told_before_anything_is_ordered(
    market: Market, visitor: Browser
) -> None:
    product = market.product("Amplang segera naik", price_amount=10_000, on_hand=5)
    put(visitor, slug_of(market, product))
    visitor.get("/checkout")
    with market.begin() as session:
        editing.change(session, market.amplang.actor, product, ProductDraft(price_amount=11_000))
    who = contact()
    page = visitor.submit("/checkout", press=ORDER, cara_bayar="cod", expect=409, **who)
    assert "Harga Amplang segera naik berubah dari Rp10.000 menjadi Rp11.000." in page.text
    assert page.form("/checkout").values["no_hp"] == [who["no_hp"]]
    assert "Rp11.000" in visitor.submit("/checkout", press=ORDER).text


def test_pressing_twice_orders_once(market: Market, buyer: Browser) -> None:
    form = {**buyer.page.form("/checkout").values, **contact(), "cara_bayar": "cod", "langkah": "pesan"}
    first = buyer.client.post("/checkout", data=form)
    second = buyer.client.post("/checkout", data=form)
    assert first.url == second.url
    assert first.url.path.startswith("/pesanan/PE-")
    assert buyer.get("/pesanan-saya").html.count('class="cover"') == 1


def test_the_last_piece_is_sold_once_and_the_other_buyer_is_told(market: Market, visitor: Browser) -> None:
    product = market.product("Amplang terakhir", price_amount=10_000, on_hand=1)
    slug, other = slug_of(market, product), market.visitor()
    for browser in (visitor, other):
        put(browser, slug)
        browser.get("/checkout")
    visitor.submit("/checkout", press=ORDER, cara_bayar="cod", **contact())
    page = other.submit("/checkout", press=ORDER, cara_bayar="cod", expect=409, **contact())
    assert "Amplang terakhir sedang habis." in page.text


def test_the_third_unpaid_order_of_a_phone_waits(market: Market, visitor: Browser) -> None:
    who = contact()
    for expected in (200, 200, 429):
        browser = market.visitor()
        put(browser, market.shrimp_slug)
        browser.get("/checkout")
        page = browser.submit("/checkout", press=ORDER, cara_bayar="cod", expect=expected, **who)
    assert "dua pesanan yang belum dibayar" in page.text
    assert int(page.headers["retry-after"]) > 0


def test_a_foreign_page_cannot_order(market: Market, buyer: Browser) -> None:
    form = {**buyer.page.form("/checkout").values, **contact(), "cara_bayar": "cod"}
    answer = buyer.client.post(
        "/checkout", data=form, headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://jahat.example"}
    )
    assert answer.status_code == 403
    assert "Keranjang masih kosong" not in buyer.get("/keranjang").text
