"""The cart: across shops, kept in the browser, told about what changed."""

from __future__ import annotations

from uuid import UUID

from app.catalogue import access, editing, publishing, stock
from app.catalogue.rules import ProductDraft
from tests.factories import accounts
from tests.journeys.browser import Browser
from tests.web.pages.conftest import Market


def put(browser: Browser, slug: str, count: str = "1", *, expect: int = 200) -> None:
    browser.get(f"/produk/{slug}")
    browser.submit("/keranjang", jumlah=count, expect=expect)


def slug_of(market: Market, product_id: UUID) -> str:
    with market.begin() as session:
        return access.product_to_edit(session, market.amplang.actor, product_id).slug


def test_an_empty_cart_says_what_to_do(market: Market, visitor: Browser) -> None:
    page = visitor.get("/keranjang")
    assert "Keranjang masih kosong" in page.text
    page.link("/produk")
    assert "set-cookie" not in page.headers, "looking makes no cart"


def test_goods_of_two_shops_stand_under_their_shops_with_the_sum(market: Market, visitor: Browser) -> None:
    put(visitor, market.fish_slug, "2")
    assert "Barang masuk keranjang." in visitor.page.text
    put(visitor, market.shrimp_slug, "3")
    text = visitor.page.text
    assert text.index("Amplang Etam") < text.index("Kerupuk Pesisir")
    assert "Rp50.000" in text
    assert "Rp54.000" in text
    assert "Rp104.000" in text
    assert visitor.page.headers["cache-control"] == "private, no-store"
    cookie = next(cookie for cookie in visitor.client.cookies.jar if cookie.name == "keranjang")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.get_nonstandard_attr("SameSite") == "lax"


def test_a_number_is_changed_and_a_line_taken_out(market: Market, visitor: Browser) -> None:
    put(visitor, market.fish_slug)
    visitor.submit("/keranjang/ubah", jumlah="4")
    assert "Rp100.000" in visitor.page.text
    visitor.submit("/keranjang/ubah", press=("hapus", "ya"))
    assert "Keranjang masih kosong" in visitor.page.text


def test_what_is_no_number_stays_typed_with_a_sentence_beside_it(market: Market, visitor: Browser) -> None:
    put(visitor, market.fish_slug, "2")
    for typed in ("abc", "1,5", "-1", "1000", "９"):
        page = visitor.submit("/keranjang/ubah", jumlah=typed, expect=422)
        assert f'value="{typed}" inputmode="numeric"' in page.html
        assert f'href="#jumlah-{market.fish}"' in page.html
        assert f'id="jumlah-{market.fish}-salah"' in page.html
        visitor.get("/keranjang")
    assert "Rp50.000" in visitor.page.text, "nothing was changed"


def test_a_bad_number_on_the_product_page_can_be_mended_where_it_is_told(market: Market, visitor: Browser) -> None:
    put(visitor, market.fish_slug, "banyak", expect=422)
    assert "Tulis jumlah dengan angka bulat" in visitor.page.text
    assert visitor.page.form("/keranjang").values["jumlah"] == ["banyak"]
    visitor.submit("/keranjang", jumlah="2")
    assert "Rp50.000" in visitor.page.text


def test_more_than_there_is_becomes_what_there_is_and_says_so(market: Market, visitor: Browser) -> None:
    product = market.product("Amplang terbatas", price_amount=10_000, on_hand=3)
    put(visitor, slug_of(market, product), "99")
    assert "Jumlah disesuaikan dengan stok yang masih ada." in visitor.page.text
    assert "Rp30.000" in visitor.page.text


def test_a_price_that_changed_meanwhile_is_told(market: Market, visitor: Browser) -> None:
    product = market.product("Amplang naik", price_amount=10_000, on_hand=5)
    put(visitor, slug_of(market, product))
    with market.begin() as session:
        editing.change(session, market.amplang.actor, product, ProductDraft(price_amount=12_000))
    page = visitor.get("/keranjang")
    assert "Harga Amplang naik berubah dari Rp10.000 menjadi Rp12.000." in page.text


def test_what_ran_out_or_was_hidden_stands_in_the_way_of_ordering_and_says_why(
    market: Market, visitor: Browser
) -> None:
    short = market.product("Amplang habis", price_amount=10_000, on_hand=5)
    gone = market.product("Amplang ditarik", price_amount=10_000, on_hand=5)
    put(visitor, slug_of(market, short), "4")
    put(visitor, slug_of(market, gone))
    with market.begin() as session:
        stock.set_on_hand(session, market.amplang.actor, short, 1)
        publishing.hide(session, market.amplang.actor, gone)
    page = visitor.get("/keranjang")
    assert "Stok Amplang habis tinggal 1 bungkus." in page.text
    assert "Amplang ditarik tidak dapat dibeli" in page.text
    assert not any(link.attributes["href"] == "/checkout" for link in page.reader.links)


def test_a_product_nobody_sells_is_missing(market: Market, visitor: Browser) -> None:
    for produk in ("bukan-id", "00000000-0000-7000-8000-000000000000", ""):
        assert visitor.client.post("/keranjang", data={"produk": produk, "jumlah": "1"}).status_code == 404
    answer = visitor.client.post("/keranjang/ubah", data={"produk": str(market.fish), "jumlah": "3"})
    assert answer.url.path == "/keranjang"
    assert "Keranjang masih kosong" in answer.text, "a browser without a cart has nothing to change"


def test_the_cart_comes_along_when_signing_in(market: Market, visitor: Browser) -> None:
    with market.begin() as session:
        phone = accounts.fresh_phone()
        accounts.person(session, phone=phone)
    put(visitor, market.fish_slug, "2")
    visitor.get("/masuk?lanjut=/keranjang")
    visitor.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)
    assert visitor.page.path == "/keranjang"
    assert "Rp50.000" in visitor.page.text
    visitor.get("/akun")
    visitor.submit("/keluar")
    assert "Keranjang masih kosong" in visitor.get("/keranjang").text


def test_one_cart_is_nobody_elses(market: Market, visitor: Browser) -> None:
    put(visitor, market.fish_slug)
    assert "Keranjang masih kosong" in market.visitor().get("/keranjang").text
