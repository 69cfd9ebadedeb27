"""The core of the loop in Chromium with JavaScript, on a small phone: touched, measured, looked at."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys import people, phone
from tests.journeys.conftest import Running
from tests.journeys.people import SANGATTA_UTARA, Person, Shop
from tests.journeys.phone import Phone

pytestmark = [
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on PATH"),
]

KB = 1000


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = phone.chromium(playwright)
        yield browser
        browser.close()


def within(traffic: phone.Traffic, most_kb: int, name: str, *, requests: int = 12) -> None:
    """DESIGN section 9: compressed bytes of a first visit, requests before scrolling, JavaScript, no other host."""
    assert traffic.received <= most_kb * KB, f"{name}: {traffic.received} bytes, {traffic.addresses}"
    assert len(traffic.addresses) <= requests, f"{name}: {traffic.addresses}"
    assert traffic.scripts <= 15 * KB, name
    assert {re.sub(r"^http://127\.0\.0\.1:\d+/.*", "own", address) for address in traffic.addresses} == {"own"}


def test_a_seller_and_a_buyer_meet_on_small_phones(running: Running, chromium: Browser, tmp_path: Path) -> None:
    verifier = people.officer(running, "verifier", "Verifikator Uji")
    picture = people.photo(tmp_path / "foto.jpg", side=2400, seed=3)
    neighbour = people.opens_a_shop(
        verifier, Person(running, "Penjual Uji Dua"), "Gula Aren Uji", goods="Gula aren cetak", price=18_000, stock=8,
        picture=people.photo(tmp_path / "gula.jpg", seed=4),
    )  # fmt: skip
    seller = Phone(chromium, running.base_url)
    number = registers(seller)
    looks_and_approves(Phone(chromium, running.base_url), verifier, number)
    product = lists_a_product(seller, picture)
    people.trusts(verifier, number)
    verifier.browser.get("/dinas/produk")
    verifier.browser.submit(f"/dinas/produk/{product}/setujui")
    sets_up_the_shop(seller)

    guest = Person(running, "Tamu")
    people.waits_until_found(guest, "/produk?q=amplang", "Amplang tenggiri")
    buyer = Phone(chromium, running.base_url)
    order = buys_from_two_shops(buyer)
    fulfils(seller, f"{order}-")
    keeper = neighbour.keeper.browser
    hands_over(keeper, neighbour, order)
    buyer.opens("/pesanan-saya")
    buyer.sees(order, "Sudah diserahkan")
    buyer.inspect("22-pesanan-saya")
    looks_at_the_office(Phone(chromium, running.base_url), verifier)
    looks_around(buyer, number)


def registers(seller: Phone) -> str:
    within(seller.opens("/"), 80, "home")
    seller.inspect("01-beranda-kosong")
    seller.opens("/daftar?lanjut=/jual")
    seller.inspect("02-daftar")
    seller.type("Nama", "Penjual Uji Satu")
    seller.type("Nomor HP", f"0813600{next(people.serials):05d}")
    seller.type("Kata sandi", people.PASSWORD)
    seller.go(seller.button("Buat akun"))
    seller.sees("Daftarkan usaha Anda")
    seller.inspect("03-jual-pertama")
    within(seller.opens("/jual/usaha/baru"), 55, "registration")
    seller.inspect("04-usaha-baru")
    seller.type("Nama usaha", "Amplang Uji Jaya")
    seller.type("Barang atau jasa utama", "amplang tenggiri")
    seller.page.get_by_label("Kecamatan tempat usaha").select_option(SANGATTA_UTARA)
    seller.go(seller.button("Simpan dan lanjut"))
    seller.inspect("05-usaha-pemilik")
    seller.go(seller.button("Simpan dan lanjut"))
    seller.inspect("06-usaha-izin")
    seller.go(seller.button("Simpan dan kirim ke dinas"))
    seller.sees("Sedang diperiksa dinas")
    seller.inspect("07-usaha-terkirim")
    found = re.search(r"/jual/usaha/(KT-[0-9-]+)", seller.page.url)
    assert found
    return found[1]


def looks_and_approves(desk: Phone, verifier: Person, number: str) -> None:
    enters(desk, verifier)
    within(desk.opens("/dinas"), 150, "office")
    desk.inspect("08-dinas")
    within(desk.opens("/dinas/usaha"), 150, "office queue")
    desk.inspect("09-dinas-antrean")
    within(desk.opens(f"/dinas/usaha/{number}"), 150, "office case")
    desk.inspect("10-dinas-usaha")
    desk.page.get_by_role("checkbox", name="Tempat usaha").check()
    desk.go(desk.button("Setujui usaha ini"))
    desk.sees("Usaha disetujui dan kini terdaftar.")
    desk.context.close()


def enters(somebody: Phone, person: Person) -> None:
    """Carry the sign-in of a person's other browser over: argon2 has been asked once already."""
    somebody.context.add_cookies(
        [
            {"name": cookie.name, "value": str(cookie.value), "url": person.running.base_url}
            for cookie in person.browser.client.cookies.jar
        ]
    )


def lists_a_product(seller: Phone, picture: Path) -> str:
    """From the seller's desk to a product with its photo: at most 4 fields, 8 taps and 300 kB both ways."""
    seller.opens("/jual")
    seller.go(seller.link("Buka toko") if seller.link("Buka toko").count() else seller.button("Buka toko"))
    seller.sees("Toko dibuka. Sekarang tambahkan barang pertama Anda.")
    within(seller.opens("/jual/produk/baru"), 55, "new product")
    seller.inspect("11-barang-baru")
    seller.opens("/jual")
    assert picture.stat().st_size > 300 * KB  # as it comes from the camera
    seller.taps = seller.typed = 0
    with seller.measured() as traffic:
        seller.go(seller.link("Tambah barang").first)
        seller.page.get_by_label("Nama barang").wait_for()
        assert seller.page.evaluate("document.activeElement.id") == "nama"  # ready to type without a tap
        seller.page.keyboard.type("Amplang tenggiri")
        seller.typed += 1
        seller.tap(seller.page.get_by_label("Jenis"))
        seller.page.get_by_label("Jenis").select_option("makanan")
        seller.typed += 1
        seller.type("Harga", "25000")
        seller.type("Stok yang ada sekarang", "10")
        seller.go(seller.button("Simpan, lalu foto"))
        with seller.page.expect_file_chooser() as chooser:
            seller.tap(seller.page.get_by_label("Pilih foto"))
        chooser.value.set_files(picture)
        seller.page.get_by_text("Foto siap").wait_for()
        seller.tap(seller.button("Kirim foto"))
        seller.page.get_by_text("Foto utama").wait_for()
        seller.page.wait_for_load_state("networkidle")
    assert (seller.taps, seller.typed) == (7, 4)
    assert traffic.sent > 20 * KB
    assert traffic.both_ways < 300 * KB, (traffic.received, traffic.sent)
    seller.inspect("12-foto")
    found = re.search(r"/jual/produk/([0-9a-f-]{36})/foto", seller.page.url)
    assert found
    return found[1]


def sets_up_the_shop(seller: Phone) -> None:
    within(seller.opens("/jual/toko"), 55, "shop settings")
    seller.inspect("13-toko")
    seller.type("Alamat ambil barang (boleh kosong)", "Rumah produksi Amplang Uji Jaya")
    seller.go(seller.button("Simpan pengaturan"))
    seller.sees("Perubahan tersimpan.")
    within(seller.opens("/jual/ongkir"), 55, "delivery rates")
    seller.inspect("14-ongkir")
    seller.opens("/jual/produk")
    seller.inspect("15-barang")


def buys_from_two_shops(buyer: Phone) -> str:
    within(buyer.opens("/"), 80, "home")
    buyer.inspect("16-beranda")
    within(buyer.opens("/produk"), 80, "listing")
    buyer.inspect("17-produk")
    within(buyer.opens("/produk?q=amplng"), 80, "search")
    buyer.sees("Amplang tenggiri")
    for words, name in (("amplang", "Amplang tenggiri"), ("gula", "Gula aren cetak")):
        buyer.opens(f"/produk?q={words}")
        address = buyer.link(name).first.get_attribute("href")
        assert address
        within(buyer.opens(address), 60, "product")
        buyer.inspect(f"18-{words}")
        buyer.go(buyer.button("Masukkan keranjang"))
        buyer.sees("Barang masuk keranjang.")
    within(buyer.opens("/keranjang"), 40, "cart")
    buyer.inspect("19-keranjang")
    within(buyer.opens("/checkout"), 40, "checkout")
    buyer.inspect("20-pesan")
    buyer.type("Nama", "Pembeli Uji Satu")
    buyer.type("Nomor HP", f"0813700{next(people.serials):05d}")
    buyer.tap(buyer.page.get_by_text("Pembayaran uji", exact=True))
    buyer.go(buyer.button("Pesan sekarang"))
    buyer.sees("Rp43.000")
    buyer.inspect("21-bayar", with_axe=True)
    buyer.go(buyer.button("Bayar"))
    buyer.sees("Lunas", "Amplang Uji Jaya", "Gula Aren Uji")
    buyer.inspect("21-pesanan", with_axe=True)
    found = re.search(r"/pesanan/([A-Z0-9-]+)", buyer.page.url)
    assert found
    return found[1]


def fulfils(seller: Phone, number: str) -> None:
    """Accept, ready, handed over: a tap each, and one more where a step cannot be taken back."""
    within(seller.opens("/jual"), 55, "desk")
    seller.inspect("23-jual")
    seller.opens("/jual/pesanan")
    seller.inspect("24-pesanan-masuk")
    seller.go(seller.link("Pembeli Uji Satu"))
    assert f"/jual/pesanan/{number}" in seller.page.url
    seller.inspect("25-pesanan-jual")
    for words in ("Terima pesanan", "Tandai siap"):
        seller.go(seller.button(words))
    seller.tap(seller.page.get_by_text("Sudah diserahkan", exact=True))
    seller.inspect("26-serahkan")
    seller.go(seller.button("Ya, sudah diserahkan"))
    seller.sees("Pesanan ditandai sudah diserahkan.")
    seller.inspect("27-diserahkan")


def hands_over(keeper: people.Browser, shop: Shop, order: str) -> None:
    keeper.get("/jual/pesanan")
    keeper.follow(f"/jual/pesanan/{order}-")
    keeper.submit("/terima")
    keeper.submit("/siap")
    keeper.submit("/serah")
    shop.keeper.sees("Pesanan ditandai sudah diserahkan.")


def looks_at_the_office(desk: Phone, verifier: Person) -> None:
    enters(desk, verifier)
    for path, name in (
        ("/dinas/produk", "28-dinas-barang"),
        ("/dinas/pesan", "29-dinas-pesan"),
        ("/dinas/statistik", "30-statistik"),
        ("/dinas/statistik/T01", "31-t01"),
        ("/dinas/statistik/T21", "32-t21"),
    ):
        within(desk.opens(path), 150, path)
        desk.inspect(name)
    assert desk.page.get_by_role("cell", name="Rp43.000").count() >= 1


def looks_around(guest: Phone, number: str) -> None:
    """Public pages, as somebody without an account sees them."""
    for path, name in (
        (f"/verifikasi/{number}", "33-verifikasi"),
        ("/usaha", "34-usaha"),
        ("/data", "35-data"),
        ("/masuk", "36-masuk"),
    ):
        guest.opens(path)
        guest.inspect(name)
