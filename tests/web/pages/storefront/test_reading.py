"""What anybody reads: home, listing, product, register, verification, data."""

from __future__ import annotations

import re

from tests.journeys.browser import Browser
from tests.web.pages.conftest import Market

PUBLIC = ("/", "/produk", "/usaha", "/verifikasi", "/data")


def pages_of(market: Market) -> list[str]:
    return [*PUBLIC, f"/produk/{market.fish_slug}", f"/usaha/{market.business_slug}", f"/verifikasi/{market.number}"]


def meta(html: str, name: str) -> str:
    found = re.search(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)"', html)
    assert found, f"no {name}"
    return found[1]


def test_every_public_page_says_what_it_is_to_people_and_to_previews(market: Market, visitor: Browser) -> None:
    pages = pages_of(market)
    titles = set()
    for path in pages:
        page = visitor.get(path)
        titles.add(page.reader.title)
        assert len(meta(page.html, "description")) > 20
        assert f'<link rel="canonical" href="{market.base_url}{path}">' in page.html
        assert meta(page.html, "og:image").endswith(".jpg")
        assert meta(page.html, "og:url") == f"{market.base_url}{path}"
        assert page.html.count("<h1") == 1
        assert "style=" not in page.html
        assert "onclick" not in page.html
    assert len(titles) == len(pages)


def test_home_shows_what_is_new_and_the_kinds_of_goods(market: Market, visitor: Browser) -> None:
    page = visitor.get("/")
    assert "Amplang ikan tenggiri" in page.text
    assert "Rp25.000" in page.text
    assert "Amplang lama" not in page.text
    page.link("/produk?kategori=hasil-laut")
    page.link(f"/usaha/{market.business_slug}")


def test_a_product_page_says_price_stock_seller_and_ways_to_receive(market: Market, visitor: Browser) -> None:
    page = visitor.get(f"/produk/{market.fish_slug}")
    assert "Rp25.000" in page.text
    assert "Ambil sendiri di Sangatta Utara" in page.text
    assert "Diantar penjual ke 1 kecamatan, mulai Rp10.000" in page.text
    assert "Dikirim ke 1 kabupaten atau kota lain" in page.text
    assert "bayar di tempat, transfer bank ke penjual, pembayaran uji" in page.text
    assert market.number in page.text
    assert "belum diketahui" in page.text, "halal is unknown and said to be"
    assert meta(page.html, "og:type") == "product"
    assert meta(page.html, "product:price:amount") == "25000"
    assert meta(page.html, "og:image") == f"{market.base_url}/foto/{market.photo_id}/preview.jpg"
    assert page.form("/keranjang").values["produk"] == [str(market.fish)]


def test_what_is_hidden_or_missing_is_the_same_404(market: Market, visitor: Browser) -> None:
    hidden = visitor.get(f"/produk/{market.hidden_slug}", expect=404)
    missing = visitor.get("/produk/tidak-pernah-ada", expect=404)
    assert hidden.text == missing.text
    visitor.get("/produk/nol%00byte", expect=404)
    visitor.get("/usaha/tidak-ada", expect=404)
    visitor.get("/foto/bukan-id/360.webp", expect=404)
    visitor.get("/data/T99.csv", expect=404)


def test_the_listing_finds_narrows_and_sorts(market: Market, visitor: Browser) -> None:
    both = visitor.get("/produk?q=amplang")
    assert "Amplang ikan tenggiri" in both.text
    assert "Amplang lama" not in both.text
    cheap = visitor.get("/produk?harga_maks=20.000")
    assert "Kerupuk udang" in cheap.text
    assert "Amplang ikan tenggiri" not in cheap.text
    dear_first = visitor.get("/produk?urut=-harga&harga_min=18000").text
    assert dear_first.index("Amplang ikan tenggiri") < dear_first.index("Kerupuk udang")
    nothing = visitor.get("/produk?q=zzzzqqqq")
    assert "Tidak ada barang yang cocok" in nothing.text
    assert '<meta name="robots" content="noindex,follow">' in nothing.html
    misspelt = visitor.get("/produk?q=amplng")
    assert "Amplang ikan tenggiri" in misspelt.text


def test_a_price_that_cannot_be_read_is_told_beside_its_field(market: Market, visitor: Browser) -> None:
    page = visitor.get("/produk?harga_min=1,5&q=amplang", expect=422)
    assert "Tulis harga dalam rupiah bulat" in page.text
    assert 'value="1,5" aria-describedby=" harga_min-salah" aria-invalid="true"' in page.html
    assert 'href="#harga_min"' in page.html
    assert "Amplang ikan tenggiri" in page.text, "the fault narrows nothing"
    turned = visitor.get("/produk?harga_min=50000&harga_maks=100", expect=422)
    assert "lebih kecil dari harga paling rendah" in turned.text


def test_nonsense_in_the_address_of_a_list_is_no_fault(market: Market, visitor: Browser) -> None:
    for query in (
        "urut=x",
        "halaman=0",
        "halaman=abc",
        "halaman=-1",
        "kategori=tiada",
        "kecamatan=99",
        "q=%00",
        "lat=nan&lon=inf&urut=terdekat",
    ):
        visitor.get(f"/produk?{query}")
    late = visitor.get("/produk?halaman=77")
    assert late.url.endswith("/produk"), "a page past the end is the last page"
    visitor.get("/usaha?lanjut=bukan-penanda", expect=422)
    visitor.get("/data?periode=2150", expect=422)


def test_the_register_shows_what_was_checked_by_whom_and_until_when(market: Market, visitor: Browser) -> None:
    listing = visitor.get("/usaha?q=etam")
    listing.link(f"/usaha/{market.business_slug}")
    page = visitor.get(f"/usaha/{market.business_slug}")
    for words in ("Data usaha", "Tempat usaha", "diperiksa Dinas Koperasi", "berlaku sampai", market.number):
        assert words in page.text
    assert "Amplang ikan tenggiri" in page.text
    assert "Pemilik Rahasia" not in page.text
    assert "Pemeriksa" not in page.text


def test_is_this_business_registered(market: Market, visitor: Browser) -> None:
    yes = visitor.get(f"/verifikasi?nomor={market.number.lower()}")
    assert yes.path == f"/verifikasi/{market.number}"
    assert "Usaha ini terdaftar" in yes.text
    assert "Amplang Etam" in yes.text
    malformed = visitor.get("/verifikasi?nomor=KT-2026-000001-x", expect=422)
    assert "Nomor ini salah tulis" in malformed.text
    assert malformed.form("/verifikasi").values["nomor"] == ["KT-2026-000001-X"]
    unknown = visitor.get("/verifikasi/KT-2026-900001-7", expect=404)
    assert "Amplang" not in unknown.text.replace("Cari amplang", "")


def test_public_data_are_totals_of_the_regency(market: Market, visitor: Browser) -> None:
    page = visitor.get("/data")
    assert "Pesanan terbayar per bulan" in page.text
    assert "Kelurahan" not in page.text
    assert "Sangkulirang" not in page.text
    table = visitor.client.get("/data/T01.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="T01_' in table.headers["content-disposition"]
    assert table.headers["cache-control"] == "public, max-age=3600"
    assert {line.split(",")[2] for line in table.text.splitlines()[1:]} == {"64.08"}
    workbook = visitor.client.get("/data/T21.xlsx")
    assert workbook.content[:2] == b"PK"
    assert visitor.client.get("/data/T21.pdf").status_code == 404


def test_no_public_page_holds_a_phone_number_or_an_owner(market: Market, visitor: Browser) -> None:
    digits = market.seller_phone[1:]
    for path in [
        *PUBLIC,
        f"/produk/{market.fish_slug}",
        f"/usaha/{market.business_slug}",
        f"/verifikasi/{market.number}",
        "/sitemap.xml",
    ]:
        html = visitor.client.get(path).text
        assert digits not in html
        assert "Pemilik Rahasia" not in html
        assert "1234567890" not in html
