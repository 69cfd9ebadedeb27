"""Twelve things people come to do, without JavaScript and by keyboard alone: register, verify, list, edit, restock, search,
buy from two shops, pay, track, accept, hand over, cancel. One story, on the running product, in Chromium at 360 pixels.

Every step ends with what stands on the page and in the database.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import text

from tests.journeys import people, phone
from tests.journeys.conftest import Running
from tests.journeys.keyboard import Keyboard
from tests.journeys.people import Person

pytestmark = [
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on PATH"),
]

AMPLANG = "Amplang tenggiri"
SUGAR = "Gula aren cetak"


@pytest.fixture
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = phone.chromium(playwright)
        yield browser
        browser.close()


@dataclass
class Story:
    """Who takes part; `away` notes how many stops of Tab each page's main action was away."""

    running: Running
    seller: Keyboard
    buyer: Keyboard
    officer: Keyboard
    away: dict[str, int] = field(default_factory=dict)

    def rows(self, query: str, **given: object) -> list[tuple[object, ...]]:
        with self.running.database.begin() as session:
            return [tuple(row) for row in session.execute(text(query), given)]

    def stock(self, name: str) -> tuple[object, ...]:
        """(on hand, reserved) as the database has it."""
        (row,) = self.rows(
            "SELECT on_hand, reserved FROM stock JOIN product ON product.id = product_id WHERE name = :name", name=name
        )
        return row

    def statuses(self, checkout: str) -> list[object]:
        """Of the orders of a checkout, in order."""
        query = "SELECT status FROM customer_order WHERE number LIKE :number ORDER BY number"
        return [status for (status,) in self.rows(query, number=f"{checkout}-%")]


def test_the_twelve_tasks_need_neither_script_nor_mouse(running: Running, chromium: Browser, tmp_path: Path) -> None:
    verifier = people.officer(running, "verifier", "Verifikator Uji")
    people.opens_a_shop(
        verifier, Person(running, "Penjual Uji Dua"), "Gula Aren Uji", goods=SUGAR, price=18_000, stock=8,
        picture=people.photo(tmp_path / "gula.jpg", seed=4),
    )  # fmt: skip
    seller, buyer, desk = (Keyboard(chromium, running.base_url) for _ in range(3))
    story = Story(running, seller, buyer, desk)
    story.officer.context.add_cookies(
        [
            {"name": cookie.name, "value": str(cookie.value), "url": running.base_url}
            for cookie in verifier.browser.client.cookies.jar
        ]
    )
    number = register(story)
    verify(story, number)
    list_a_product(story, people.photo(tmp_path / "foto.jpg", seed=3))
    edit(story)
    restock(story)
    guest = Person(running, "Tamu")
    people.waits_until_found(guest, "/produk?q=amplang", AMPLANG)
    search(story)
    buy_from_two_shops(story)
    checkout = pay(story)
    track(story, checkout, "Sudah dibayar")
    accept(story, checkout)
    hand_over(story, checkout)
    track(story, checkout, "Sudah diserahkan")
    cancel(story)
    anybody_checks_the_number(story, number)
    for person in (story.seller, story.buyer, story.officer):
        assert person.unseen == []
    presses = {name: getattr(story, name).presses for name in ("seller", "buyer", "officer")}
    print(f"keys pressed: {presses}; stops before the main action: {story.away}")  # noqa: T201 - shown with -s


def register(story: Story) -> str:
    """From the first page to a registration the office has: an account, then three short steps."""
    seller = story.seller
    seller.opens("/")
    seller.follows("Daftarkan usaha Anda", key="Shift+Tab", over_the_frame=False)
    seller.follows("Buat akun")
    seller.fills_in("Nama", "Penjual Uji Satu")
    seller.fills_in("Nomor HP", f"0813600{next(people.serials):05d}")
    password = seller.fills_in("Kata sandi", people.PASSWORD)
    assert "Paling sedikit 8" in password.description
    story.away["daftar"] = seller.pushes("Buat akun")
    seller.sees("Daftarkan usaha Anda")
    story.away["jual (baru)"] = seller.follows("Mulai mendaftar")
    seller.fills_in("Nama usaha", "Amplang Uji Jaya")
    seller.fills_in("Barang atau jasa utama", "amplang tenggiri")
    seller.selects("Kecamatan tempat usaha", "Sangatta U")
    story.away["usaha baru"] = seller.pushes("Simpan dan lanjut")
    story.away["usaha, pemilik"] = seller.pushes("Simpan dan lanjut")
    story.away["usaha, izin"] = seller.pushes("Simpan dan kirim ke dinas")
    seller.sees("Sedang diperiksa dinas")
    found = re.search(r"/jual/usaha/(KT-[0-9-]+)", seller.page.url)
    assert found
    assert story.rows(
        "SELECT name, main_product, district_code, status FROM business WHERE number = :number", number=found[1]
    ) == [("Amplang Uji Jaya", "amplang tenggiri", people.SANGATTA_UTARA, "submitted")]
    return found[1]


def verify(story: Story, number: str) -> None:
    """The officer reads the case, says what was checked, and approves."""
    officer = story.officer
    officer.opens("/dinas/usaha")
    officer.follows("Amplang Uji Jaya")
    officer.ticks("Tempat usaha")
    story.away["dinas, usaha"] = officer.pushes("Setujui usaha ini")
    officer.sees("Usaha disetujui dan kini terdaftar.")
    assert story.rows("SELECT status FROM business WHERE number = :number", number=number) == [("active",)]
    assert story.rows(
        "SELECT kind FROM business_verification JOIN business ON business.id = business_id WHERE number = :number ORDER BY kind",
        number=number,
    ) == [("place",), ("registry",)]


def list_a_product(story: Story, picture: Path) -> None:
    """A shop, a product in four fields and its photo; the officer lets it be seen and trusts the shop."""
    seller, officer = story.seller, story.officer
    seller.opens("/jual")
    story.away["jual (buka toko)"] = seller.pushes("Buka toko")
    seller.sees("Toko dibuka. Sekarang tambahkan barang pertama Anda.")
    seller.fills_in("Nama barang", AMPLANG)
    seller.selects("Jenis", "Makanan")
    seller.fills_in("Harga", "24000")
    seller.fills_in("Stok yang ada sekarang", "10")
    story.away["barang baru"] = seller.pushes("Simpan, lalu foto")
    seller.hands_in("Pilih foto", picture)
    story.away["foto"] = seller.pushes("Kirim foto")
    seller.sees("Foto utama")
    assert story.rows("SELECT status, price_amount FROM product WHERE name = :name", name=AMPLANG) == [
        ("pending", 24_000)
    ]
    officer.opens("/dinas/produk")
    officer.ticks("dan percayai toko ini")
    officer.reaches("Tayangkan", "button", key="Shift+Tab")
    officer.leaves()
    assert story.rows("SELECT status FROM product WHERE name = :name", name=AMPLANG) == [("published",)]


def edit(story: Story) -> None:
    """Another price, after a refusal that says what is wrong where it is wrong."""
    seller = story.seller
    seller.opens("/jual/produk")
    seller.follows(AMPLANG)
    seller.fills_in("Harga", "mahal")
    seller.press("Enter")
    seller.page.wait_for_load_state("load")
    seller.sees("Ada 1 hal yang perlu diperbaiki")
    seller.stops = 0
    seller.goes_on(lambda stop: stop.role == "link" and "arga" in stop.name, "link to the fault", "Tab", True)
    seller.press("Enter")
    refused = seller.reaches("Harga", "textbox")
    assert refused.invalid
    assert refused.description
    seller.fills_in("Harga", "25000")
    story.away["barang, ubah"] = seller.pushes("Simpan perubahan")
    seller.sees("Perubahan tersimpan.")
    assert story.rows("SELECT price_amount FROM product WHERE name = :name", name=AMPLANG) == [(25_000,)]


def restock(story: Story) -> None:
    """In the list of one's goods, without opening the product."""
    seller = story.seller
    seller.opens("/jual/produk")
    seller.fills_in(f"Stok {AMPLANG}", "14")
    story.away["barang, stok"] = seller.pushes(f"Simpan stok {AMPLANG}")
    assert story.stock(AMPLANG) == (14, 0)


def search(story: Story) -> None:
    """A misspelt word in the box at the top of every page."""
    buyer = story.buyer
    buyer.opens("/")
    buyer.fills_in("Cari barang", "ampalng", role="searchbox")
    buyer.leaves()
    buyer.sees(AMPLANG)
    assert SUGAR not in buyer.text
    story.away["hasil cari"] = buyer.follows(AMPLANG)
    buyer.sees("Rp25.000", "Amplang Uji Jaya")


def buy_from_two_shops(story: Story) -> None:
    """Two bags of one, one of the other, in one cart and one order; nothing is reserved before it is placed."""
    buyer = story.buyer
    buyer.fills_in("Jumlah", "2")
    story.away["produk"] = buyer.pushes("Masukkan keranjang")
    buyer.sees("Barang masuk keranjang.")
    buyer.fills_in("Cari barang", "gula", role="searchbox", key="Shift+Tab")
    buyer.leaves()
    buyer.follows(SUGAR)
    buyer.pushes("Masukkan keranjang")
    buyer.sees("Rp68.000")
    story.away["keranjang"] = buyer.follows("Lanjut memesan")
    buyer.fills_in("Nama", "Pembeli Uji Satu")
    buyer.fills_in("Nomor HP", f"0813700{next(people.serials):05d}")
    buyer.reaches("Ambil sendiri", "radio")
    buyer.press("Tab")
    buyer.picks("Pembayaran uji")
    assert (story.stock(AMPLANG), story.stock(SUGAR)) == ((14, 0), (8, 0))
    story.away["pesan"] = buyer.pushes("Pesan sekarang")
    assert (story.stock(AMPLANG), story.stock(SUGAR)) == ((14, 2), (8, 1))


def pay(story: Story) -> str:
    """On the gateway's own page; the order comes back paid."""
    buyer = story.buyer
    buyer.sees("Rp68.000")
    story.away["bayar"] = buyer.pushes("Bayar")
    buyer.sees("Lunas", "Amplang Uji Jaya", "Gula Aren Uji", "Rp68.000")
    found = re.search(r"/pesanan/([A-Z0-9-]+)", buyer.page.url)
    assert found
    assert story.rows("SELECT status, amount, received_amount FROM payment") == [("paid", 68_000, 68_000)]
    assert story.statuses(found[1]) == ["confirmed", "confirmed"]
    return found[1]


def track(story: Story, checkout: str, words: str) -> None:
    """From any page to where the order stands."""
    buyer = story.buyer
    buyer.opens("/")
    buyer.follows("Pesanan saya", key="Shift+Tab", over_the_frame=False)
    story.away["pesanan saya"] = buyer.follows(checkout)
    buyer.sees(words)
    buyer.unfolds("Riwayat")


def accept(story: Story, checkout: str) -> None:
    """The desk says what is next: an order to answer."""
    seller = story.seller
    seller.opens("/jual")
    story.away["jual (pesanan baru)"] = seller.follows("Jawab sekarang")
    story.away["pesanan masuk"] = seller.follows("Pembeli Uji Satu")
    story.away["pesanan, terima"] = seller.pushes("Terima pesanan")
    seller.sees("Pesanan diterima. Siapkan barangnya.")
    assert sorted(map(str, story.statuses(checkout))) == ["accepted", "confirmed"]


def hand_over(story: Story, checkout: str) -> None:
    """Ready, then handed over; what cannot be taken back is asked twice."""
    seller = story.seller
    story.away["pesanan, siap"] = seller.pushes("Tandai siap")
    seller.unfolds("Sudah diserahkan")
    story.away["pesanan, serah"] = seller.pushes("Ya, sudah diserahkan")
    seller.sees("Pesanan ditandai sudah diserahkan.")
    assert sorted(map(str, story.statuses(checkout))) == ["confirmed", "handed_over"]
    assert story.stock(AMPLANG) == (12, 0)


def cancel(story: Story) -> None:
    """Another order, for cash, given up again: its goods are free at once."""
    buyer = story.buyer
    buyer.opens("/produk?q=gula")
    buyer.follows(SUGAR)
    buyer.pushes("Masukkan keranjang")
    buyer.follows("Lanjut memesan")
    buyer.fills_in("Nama", "Pembeli Uji Satu")
    buyer.fills_in("Nomor HP", f"0813700{next(people.serials):05d}")
    buyer.reaches("Ambil sendiri", "radio")
    buyer.press("Tab")
    buyer.picks("Bayar di tempat")
    buyer.pushes("Pesan sekarang")
    buyer.sees("Menunggu jawaban penjual")
    found = re.search(r"/pesanan/([A-Z0-9-]+)", buyer.page.url)
    assert found
    assert story.stock(SUGAR) == (8, 2)
    buyer.unfolds("Batalkan pesanan")
    buyer.fills_in("Alasan", "Salah pilih")
    story.away["pesanan, batal"] = buyer.pushes("Ya, batalkan")
    buyer.sees("Pesanan dibatalkan.")
    assert story.statuses(found[1]) == ["cancelled"]
    assert story.stock(SUGAR) == (8, 1)


def anybody_checks_the_number(story: Story, number: str) -> None:
    """The number on the wrapping, typed from the foot of any page."""
    buyer = story.buyer
    buyer.follows("Periksa usaha terdaftar", key="Shift+Tab", over_the_frame=False)
    buyer.fills_in("Nomor registrasi", number)
    story.away["verifikasi"] = buyer.pushes("Periksa")
    buyer.sees("Usaha ini terdaftar", "Amplang Uji Jaya", number)
