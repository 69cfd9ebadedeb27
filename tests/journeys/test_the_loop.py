"""The whole loop over real HTTP without JavaScript: register, verify, list, find, buy, pay, hand over, count.

Server and worker run as processes of their own; every step is a page somebody sees and a form somebody fills in.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlalchemy import text

from app.kit import clock
from tests.factories.registry import fresh_nik
from tests.journeys import people
from tests.journeys.conftest import Running, until
from tests.journeys.people import SAMARINDA, SANGATTA_UTARA, SANGKULIRANG, Person, Placed, Shop

pytestmark = pytest.mark.xdist_group("journeys")

AMPLANG = "Amplang ikan tenggiri 250 g"
HONEY = "Madu kelulut 500 ml"


@dataclass
class Stage:
    """Who is there, and where the journey stands."""

    running: Running
    administrator: Person
    verifier: Person
    analyst: Person
    facilitator: Person
    amplang: Shop
    honey: Shop

    def rows(self, query: str, **given: object) -> list[tuple[object, ...]]:
        with self.running.database.begin() as session:
            return [tuple(row) for row in session.execute(text(query), given)]

    def stock(self, shop: Shop, name: str) -> tuple[object, ...]:
        """(on hand, reserved) as the database has it."""
        (row,) = self.rows("SELECT on_hand, reserved FROM stock WHERE product_id = :id", id=shop.products[name])
        return row

    def status_of(self, order: str) -> object:
        return self.rows("SELECT status FROM customer_order WHERE number = :n", n=order)[0][0]

    def event_done(self) -> bool:
        """Whether the worker has carried everything that was announced, and nothing died."""
        ((open_events, dead),) = self.rows(
            "SELECT count(*) FILTER (WHERE done_at IS NULL), count(*) FILTER (WHERE dead_at IS NOT NULL) FROM outbox_event"
        )
        assert dead == 0
        return open_events == 0


def test_a_business_registers_sells_to_the_next_city_and_the_office_counts_it(running: Running, tmp_path: Path) -> None:
    administrator = people.officer(running, "administrator", "Administrator Uji")
    verifier, analyst = Person(running, "Verifikator Uji"), Person(running, "Analis Uji")
    facilitator = Person(running, "Pendamping Uji")
    people.appoint(administrator, verifier, "verifier")
    people.appoint(administrator, analyst, "analyst")
    people.appoint(administrator, facilitator, "facilitator", SANGKULIRANG)

    amplang = register_for_oneself(Person(running, "Penjual Uji Satu"))
    honey = register_for_another(facilitator, owner=Person(running, "Penjual Uji Dua"))
    stage = Stage(running, administrator, verifier, analyst, facilitator, amplang, honey)
    approve(stage)
    open_shops(stage, tmp_path)
    find(stage)
    gateway = buy_from_two_shops_by_parcel(stage)
    cash = buy_for_cash_and_pick_up(stage)
    transfer = buy_by_transfer(stage, tmp_path)
    refused_and_cancelled_orders_free_their_stock(stage)
    fulfil(stage, gateway, cash, transfer)
    until(stage.event_done, what="the worker")
    stock_and_book_agree(stage, transfer)
    the_office_sees_the_sales(stage)
    the_public_sees_totals_only(stage)
    messages_wait_at_the_desk(stage)
    the_badge_says_what_was_checked(stage)
    the_audit_names_who_acted_for_whom(stage)


# --- register and verify ---------------------------------------------------------------------------------------------


def register_for_oneself(seller: Person) -> Shop:
    """Three short steps; the draft is there again after the phone was switched off half-way."""
    seller.signs_up()
    seller.browser.get("/jual")
    seller.sees("Daftarkan usaha Anda")
    seller.browser.follow("/jual/usaha/baru")
    refused = seller.browser.submit("/jual/usaha/baru", nama="Amplang Uji Jaya", expect=422)
    assert refused.form("/jual/usaha/baru").values["nama"] == ["Amplang Uji Jaya"]
    seller.browser.submit(
        "/jual/usaha/baru", barang_utama="amplang ikan tenggiri", kecamatan=SANGATTA_UTARA, press=("nanti", "ya")
    )
    seller.sees("Draf tersimpan. Anda bisa melanjutkan kapan saja.", "Amplang Uji Jaya")
    found = re.search(r"/jual/usaha/(KT-\d{4}-\d{6}-\d)", seller.page.url)
    assert found
    number = found[1]

    seller = Person(seller.running, seller.name, seller.phone)  # another day, another phone
    seller.signs_in()
    seller.browser.get(f"/jual/usaha/{number}/isi/usaha")
    assert seller.page.form("/isi/usaha").values["barang_utama"] == ["amplang ikan tenggiri"]
    seller.browser.submit("/isi/usaha")
    seller.browser.submit(
        "/isi/pemilik", desa=f"{SANGATTA_UTARA}.1010", alamat="Jalan Contoh 7", nik=fresh_nik(), jenis_kelamin="female"
    )
    seller.browser.submit("/isi/izin", modal="15.000.000", tk_perempuan="2", press=("kirim", "ya"))
    seller.sees("Pendaftaran terkirim", "Sedang diperiksa dinas")
    return Shop(seller, number, "Amplang Uji Jaya")


def register_for_another(facilitator: Person, owner: Person) -> Shop:
    """A village helper registers for somebody who has no account yet; the owner's number makes one."""
    facilitator.browser.get("/jual/usaha/baru")
    facilitator.browser.submit(
        "/jual/usaha/baru",
        pemilik_nama=owner.name,
        pemilik_hp=owner.phone,
        nama="Madu Uji Kelulut",
        barang_utama="madu kelulut",
        kecamatan=SANGKULIRANG,
    )
    facilitator.browser.submit("/isi/pemilik")
    facilitator.browser.submit("/isi/izin", press=("kirim", "ya"))
    facilitator.sees("Pendaftaran terkirim", f"Anda bertindak untuk {owner.name}")
    found = re.search(r"/jual/usaha/(KT-\d{4}-\d{6}-\d)", facilitator.page.url)
    assert found
    return Shop(facilitator, found[1], "Madu Uji Kelulut", asked=f"?usaha={found[1]}")


def approve(stage: Stage) -> None:
    """The office sends one back with marked fields, then approves both, saying what was checked."""
    verifier, seller = stage.verifier, stage.amplang.keeper
    seller.browser.get("/dinas/usaha", expect=403)
    stage.analyst.browser.get(f"/dinas/usaha/{stage.amplang.number}", expect=403)
    verifier.browser.get("/dinas/usaha")
    verifier.sees("Amplang Uji Jaya", "Madu Uji Kelulut")

    verifier.browser.follow(stage.amplang.number)
    verifier.browser.submit("/kembalikan", isian=["nib"], alasan_kembali="Isi NIB dari OSS, 13 angka.")
    seller.browser.get(f"/jual/usaha/{stage.amplang.number}")
    seller.sees("Isi NIB dari OSS, 13 angka.")
    seller.browser.get(f"/jual/usaha/{stage.amplang.number}/isi/izin")
    seller.browser.submit("/isi/izin", nib="1234567890123", press=("kirim", "ya"))

    verifier.browser.get(f"/dinas/usaha/{stage.amplang.number}")
    verifier.browser.submit("/setujui", periksa=["identity", "place", "nib"])
    verifier.sees("Usaha disetujui dan kini terdaftar.")
    verifier.browser.get(f"/dinas/usaha/{stage.honey.number}")
    verifier.browser.submit("/setujui", periksa=["place"])
    assert stage.rows("SELECT status FROM business ORDER BY number") == [("active",), ("active",)]


# --- open the shops, list the goods ----------------------------------------------------------------------------------


def open_shops(stage: Stage, tmp_path: Path) -> None:
    """One tap opens a shop; the first goods are looked at by the office, those of a trusted shop go live at once."""
    picture = people.photo(tmp_path / "foto.jpg")
    for shop in (stage.amplang, stage.honey):
        browser = shop.keeper.browser
        browser.get(f"/jual/usaha/{shop.number}")
        browser.submit("/toko")
        shop.keeper.sees("Toko dibuka. Sekarang tambahkan barang pertama Anda.")
        assert shop.keeper.page.path == "/jual/produk/baru"
        browser.get(shop.at("/jual/toko"))
        browser.submit(
            "/jual/toko",
            alamat_ambil=f"Rumah produksi {shop.name}",
            cara_bayar=["cod", "transfer"],
            bank="Bankaltimtara",
            rekening="0011223344",
            atas_nama="Pemilik Uji",
        )
        browser.get(shop.at("/jual/ongkir"))
        browser.submit("/jual/ongkir/kirim", tujuan=SAMARINDA, per_kg="20.000" if shop is stage.amplang else "25000")
        shop.keeper.sees("Kota Samarinda")
    stage.amplang.keeper.browser.get("/jual/ongkir")
    stage.amplang.keeper.browser.submit("/jual/ongkir/antar", **{f"antar-{SANGATTA_UTARA}": "10000"})

    people.lists(stage.amplang, AMPLANG, category="makanan", price=25_000, stock=10, picture=picture)
    people.lists(stage.honey, HONEY, category="minuman", price=90_000, stock=6, picture=picture)
    assert stage.rows("SELECT DISTINCT status FROM product") == [("pending",)]
    guest = Person(stage.running, "Tamu")
    guest.browser.get("/produk")
    guest.does_not_see(AMPLANG, HONEY)
    for shop, name in ((stage.amplang, AMPLANG), (stage.honey, HONEY)):
        stage.verifier.browser.get("/dinas/produk")
        stage.verifier.sees(name)
        stage.verifier.browser.submit(f"/dinas/produk/{shop.products[name]}/setujui", percaya="ya")
    people.weighs(stage.amplang, AMPLANG, 300)
    people.weighs(stage.honey, HONEY, 700)
    people.lists(stage.amplang, "Amplang udang 250 g", category="makanan", price=27_000, stock=3, picture=picture)
    assert stage.rows("SELECT status, count(*) FROM product GROUP BY 1") == [("published", 3)]
    for shop in (stage.amplang, stage.honey):
        for name, identity in shop.products.items():
            ((slug,),) = stage.rows("SELECT slug FROM product WHERE id = :id", id=identity)
            shop.slugs[name] = str(slug)


# --- find ------------------------------------------------------------------------------------------------------------


def find(stage: Stage) -> None:
    """By a misspelt word, by filter; the product page shows the photo, whose preview can be shared."""
    guest = Person(stage.running, "Tamu")
    people.waits_until_found(guest, "/produk?q=amplang+tenggiri", AMPLANG)
    people.waits_until_found(guest, "/produk?q=madu", HONEY)
    guest.browser.get("/produk?q=ampalng+tengiri")
    guest.sees(AMPLANG, "amplang tenggiri")
    guest.does_not_see(HONEY)
    guest.browser.get(f"/produk?kecamatan={SANGKULIRANG}")
    guest.sees(HONEY)
    guest.does_not_see(AMPLANG)
    guest.browser.get("/produk?harga_maks=26000")
    guest.sees(AMPLANG)
    guest.does_not_see(HONEY, "Amplang udang 250 g")
    guest.browser.get(f"/produk/{stage.amplang.slugs[AMPLANG]}")
    guest.sees("Rp25.000", "Amplang Uji Jaya", "Dikirim ke 1 kabupaten atau kota lain")
    preview = re.search(r'property="og:image" content="([^"]+)"', guest.page.html)
    assert preview
    response = guest.browser.client.get(preview[1])
    assert response.headers["content-type"] == "image/jpeg"
    assert len(response.content) <= 300 * 1024
    assert people.jpeg_size(response.content) == (1200, 630)


# --- buy and pay -----------------------------------------------------------------------------------------------------


def buy_from_two_shops_by_parcel(stage: Stage) -> Placed:
    """The cart outlives signing up; two shops, one checkout, one payment on the gateway's own page."""
    buyer = Person(stage.running, "Pembeli Uji Satu")
    people.puts_in_cart(buyer, stage.amplang.slugs[AMPLANG], 2)
    people.puts_in_cart(buyer, stage.honey.slugs[HONEY], 1)
    buyer.sees("Rp140.000")
    buyer.signs_up()
    buyer.browser.get("/keranjang")
    buyer.sees(AMPLANG, HONEY)
    buyer.browser.submit("/keranjang/ubah", holding=stage.amplang.products[AMPLANG], jumlah="3")
    buyer.sees("Rp165.000")

    page = people.checks_out(
        buyer, method="expedition", payment="sandbox", region=SAMARINDA, address="Jalan Contoh 12, Samarinda"
    )
    assert page.path.startswith("/bayar-uji/")
    buyer.sees("Rp210.000")  # 165.000 of goods; 0,9 kg at 20.000 and 0,7 kg at 25.000, each a started kilogram
    assert (stage.stock(stage.amplang, AMPLANG), stage.stock(stage.honey, HONEY)) == ((10, 3), (6, 1))
    order = people.placed(buyer.browser.submit(page.path, press=("outcome", "pay")))
    buyer.sees("Lunas", "Sudah dibayar", "Amplang Uji Jaya", "Madu Uji Kelulut", "Rp210.000")
    assert stage.rows("SELECT status, amount, received_amount FROM payment") == [("paid", 210_000, 210_000)]
    assert stage.rows("SELECT count(*) FROM payment_notice") == [(1,)]
    buyer.browser.get("/keranjang")
    buyer.sees("Keranjang masih kosong")
    stranger = Person(stage.running, "Orang lain")
    stranger.browser.get(f"/pesanan/{order.number}?kunci=salah", expect=404)
    return order


def buy_for_cash_and_pick_up(stage: Stage) -> Placed:
    """A guest, by phone number only; the seller is paid when the goods change hands."""
    buyer = Person(stage.running, "Pembeli Uji Dua")
    people.puts_in_cart(buyer, stage.amplang.slugs[AMPLANG], 2)
    order = people.placed(people.checks_out(buyer, method="pickup", payment="cod"))
    buyer.sees("Menunggu jawaban penjual", "Rp50.000", "Ambil di Rumah produksi Amplang Uji Jaya")
    assert stage.stock(stage.amplang, AMPLANG) == (10, 5)
    buyer.browser.get("/pesanan-saya")
    buyer.sees(order.number, "Amplang Uji Jaya")
    return order


def buy_by_transfer(stage: Stage, tmp_path: Path) -> Placed:
    """The exact sum with its odd rupiah; a slip helps the seller's eyes, and only the seller's word makes it paid."""
    buyer = Person(stage.running, "Pembeli Uji Tiga")
    people.puts_in_cart(buyer, stage.amplang.slugs[AMPLANG], 1)
    order = people.placed(
        people.checks_out(
            buyer, method="courier", payment="transfer", region=SANGATTA_UTARA, address="Jalan Contoh 3, Sangatta"
        )
    )
    ((suffix, amount),) = stage.rows("SELECT suffix, amount FROM payment WHERE method = 'transfer'")
    assert 1 <= int(str(suffix)) <= 999
    assert amount == 35_000 + int(str(suffix))
    exact = f"Rp{amount:,}".replace(",", ".")
    buyer.sees("0011223344", "atas nama Pemilik Uji")
    assert exact in buyer.page.text.replace(f"{exact[:-3]} {exact[-3:]}", exact)
    buyer.browser.submit("/bukti", files={"bukti": people.photo(tmp_path / "bukti.jpg", side=500, seed=2)})
    buyer.sees("1 bukti terkirim")
    assert stage.status_of(order.order()) == "awaiting_payment"

    seller = stage.amplang.keeper
    seller.browser.get(f"/jual/pesanan/{order.order()}/uang")
    seller.sees(exact, "Buka bukti transfer 1")
    seller.browser.client.get(seller.page.link("/bukti/")).raise_for_status()
    seller.browser.submit("/uang", jumlah="35.000", expect=409)
    seller.sees("Jumlah itu tidak sama dengan yang harus dibayar.")
    assert stage.status_of(order.order()) == "awaiting_payment"
    seller.browser.submit("/uang", holding=str(amount))
    seller.sees("Uang dicatat sudah diterima.")
    assert stage.status_of(order.order()) == "confirmed"
    assert stage.stock(stage.amplang, AMPLANG) == (10, 6)
    return order


def refused_and_cancelled_orders_free_their_stock(stage: Stage) -> None:
    buyer = Person(stage.running, "Pembeli Uji Empat")
    people.puts_in_cart(buyer, stage.amplang.slugs[AMPLANG], 4)
    refused = people.placed(people.checks_out(buyer, method="pickup", payment="cod"))
    people.puts_in_cart(buyer, stage.honey.slugs[HONEY], 2)
    cancelled = people.placed(people.checks_out(buyer, method="pickup", payment="transfer"))
    assert (stage.stock(stage.amplang, AMPLANG), stage.stock(stage.honey, HONEY)) == ((10, 10), (6, 3))
    late = Person(stage.running, "Pembeli Uji Lima")
    late.browser.get(f"/produk/{stage.amplang.slugs[AMPLANG]}")
    late.sees("Stok barang ini sedang habis.")

    seller = stage.amplang.keeper
    seller.browser.get(f"/jual/pesanan/{refused.order()}")
    seller.browser.submit("/tolak", alasan="", expect=422)
    seller.browser.submit("/tolak", alasan="Ikannya tidak datang hari ini.")
    buyer.browser.get(refused.path)
    buyer.sees("Ditolak penjual", "Ikannya tidak datang hari ini.")
    buyer.browser.get(cancelled.path)
    buyer.browser.submit("/batal", alasan="Salah pilih")
    buyer.sees("Pesanan dibatalkan.")
    assert (stage.stock(stage.amplang, AMPLANG), stage.stock(stage.honey, HONEY)) == ((10, 6), (6, 1))
    assert (stage.status_of(refused.order()), stage.status_of(cancelled.order())) == ("rejected", "cancelled")


# --- hand over -------------------------------------------------------------------------------------------------------


def fulfil(stage: Stage, gateway: Placed, cash: Placed, transfer: Placed) -> None:
    """Both sellers answer, pack and hand over; every step is on the buyer's page."""
    for shop, placed in (
        (stage.amplang, gateway),
        (stage.honey, gateway),
        (stage.amplang, cash),
        (stage.amplang, transfer),
    ):
        number = order_of(stage, placed, shop)
        browser = shop.keeper.browser
        browser.get(shop.at("/jual/pesanan"))
        browser.follow(f"/jual/pesanan/{number}")
        browser.submit("/terima")
        shop.keeper.sees("Pesanan diterima. Siapkan barangnya.")
        browser.submit("/siap")
        browser.submit("/serah")
        shop.keeper.sees("Pesanan ditandai sudah diserahkan.")
        assert stage.status_of(number) == "handed_over"
    buyer = Person(stage.running, "Pembeli Uji Satu")
    buyer.browser.get(gateway.path)
    buyer.sees("Sudah diserahkan", "Barang dalam perjalanan.")
    ((order_id,),) = stage.rows(
        "SELECT id FROM customer_order WHERE number = :n", n=order_of(stage, gateway, stage.honey)
    )
    buyer.browser.submit("/terima", holding=str(order_id))
    buyer.sees("Selesai")
    buyer.browser.get("/pesanan-saya")
    buyer.sees(gateway.number, "Sudah diserahkan", "Selesai")


def order_of(stage: Stage, placed: Placed, shop: Shop) -> str:
    """The part of a checkout that is for this shop."""
    ((number,),) = stage.rows(
        "SELECT number FROM customer_order WHERE business_number = :b AND number LIKE :n",
        b=shop.number,
        n=f"{placed.number}-%",
    )
    return str(number)


# --- what must agree afterwards --------------------------------------------------------------------------------------


def stock_and_book_agree(stage: Stage, transfer: Placed) -> None:
    assert stage.stock(stage.amplang, AMPLANG) == (4, 0)
    assert stage.stock(stage.honey, HONEY) == (5, 0)
    ((suffix,),) = stage.rows(
        "SELECT suffix FROM payment JOIN customer_order ON customer_order.id = payment.order_id WHERE number = :n",
        n=transfer.order(),
    )
    direct = 50_000 + 35_000 + int(str(suffix))
    assert stage.rows(
        "SELECT kind, sum(amount)::bigint FROM ledger_entry JOIN ledger_account ON ledger_account.id = account_id"
        " GROUP BY kind ORDER BY kind"
    ) == [
        ("buyer_funds", -210_000),
        ("direct_receipts", direct),
        ("direct_sales", -direct),
        ("gateway_clearing", 210_000),
    ]
    assert stage.rows("SELECT count(*) FROM ledger_transaction") == [(3,)]
    verified = people.command(stage.running, "ledger", "verify")
    assert (verified.returncode, verified.stderr) == (0, "")
    assert "The book is whole: 4 accounts, no fault." in verified.stdout


EXPECTED = {
    # (district, measure): value, all categories together
    (SANGATTA_UTARA, "orders"): "3",
    (SANGATTA_UTARA, "gross_amount"): "150000",
    (SANGATTA_UTARA, "cancelled_orders"): "1",
    (SANGATTA_UTARA, "active_sellers"): "1",
    (SANGKULIRANG, "orders"): "1",
    (SANGKULIRANG, "net_amount"): "90000",
    (SANGKULIRANG, "cancelled_orders"): "1",
    ("64.08", "orders"): "4",
    ("64.08", "gross_amount"): "240000",
    ("64.08", "reversed_amount"): "0",
    ("64.08", "net_amount"): "240000",
    ("64.08", "average_order_amount"): "60000",
    ("64.08", "cancelled_orders"): "2",
    ("64.08", "active_sellers"): "2",
    ("64.08", "refunds"): "0",
    ("64.08.01", "orders"): "0",
}
"""Goods without delivery: 3 + 2 + 1 amplang at 25.000, one honey at 90.000."""


def the_office_sees_the_sales(stage: Stage) -> None:
    analyst = stage.analyst
    month = clock.today().strftime("%Y-%m")
    analyst.browser.get("/dinas/statistik")
    analyst.browser.get(f"/dinas/statistik/T21?periode={month}")
    analyst.sees("Rp240.000", "Rp150.000", "Rp90.000")
    table = list(csv.DictReader(io.StringIO(analyst.browser.download("T21.csv").decode())))
    found = {
        (row["district"], row["measure"]): row["value"]
        for row in table
        if row["category"] == "_T" and (row["district"], row["measure"]) in EXPECTED
    }
    assert found == EXPECTED
    book = openpyxl.load_workbook(io.BytesIO(analyst.browser.download("T21.xlsx")), read_only=True)
    cells = [row for row in book["Tabel"].iter_rows(values_only=True) if row and "Sangkulirang" in row]
    assert [row[4] for row in cells if row[2] == "Jumlah" and row[3] == "Nilai penjualan kotor"] == [90_000]

    (opened,) = {
        link.attributes["href"]
        for link in analyst.page.reader.links
        if link.text == "Rp150.000" and "measure=gross_amount" in link.attributes["href"]
    }
    analyst.browser.get(opened)
    analyst.sees("3 catatan di balik angka ini", "Bersama-sama Rp150.000.", "Amplang Uji Jaya")
    analyst.does_not_see("Pembeli Uji", *(person.phone for person in (stage.amplang.keeper, stage.facilitator)))
    analyst.browser.get("/dinas/statistik/T01")
    assert stage.rows("SELECT count(*) FROM business WHERE status = 'active'") == [(2,)]


def the_public_sees_totals_only(stage: Stage) -> None:
    """Counts of the whole regency; its money is held back while two sellers could read each other's part from it."""
    guest = Person(stage.running, "Tamu")
    month = clock.today().strftime("%Y-%m")
    guest.browser.get(f"/data?periode={month}")
    guest.sees("Penjual aktif 2", "Pesanan terbayar 4", "Nilai penjualan kotor dirahasiakan", "Pesanan batal 2")
    guest.does_not_see("Sangatta Utara", "Sangkulirang", "Rp240.000", "Rp150.000", "Rp90.000")
    table = list(csv.DictReader(io.StringIO(guest.browser.download("/data/T21.csv").decode())))
    found = {row["measure"]: (row["value"], row["status"]) for row in table}
    assert len(found) == len(table)
    assert (found["orders"], found["gross_amount"]) == (("4", "ok"), ("", "suppressed"))
    told = guest.browser.client.get("/api/v1/statistics/tables/T21").json()
    assert {row.get("district", "64.08") for row in told["rows"]} == {"64.08"}
    assert guest.browser.get(f"/dinas/statistik/T21?periode={month}").path == "/masuk"


def messages_wait_at_the_desk(stage: Stage) -> None:
    """The buyer has no e-mail and no account: one tap of the office sends the news by WhatsApp."""
    office = stage.verifier
    office.browser.get("/dinas/pesan")
    waiting = [form for form in office.page.reader.forms if form.action.endswith("/buka")]
    assert len(waiting) == stage.rows("SELECT count(*) FROM message WHERE desk_status = 'pending'")[0][0] > 0
    ((message, phone),) = stage.rows(
        "SELECT id, phone FROM message WHERE template = 'order_handed_over/buyer' AND recipient_name = 'Pembeli Uji Dua'"
    )
    assert str(phone) not in office.page.html
    office.browser.submit(f"/dinas/pesan/{message}/buka")
    link = office.page.link("https://wa.me/")
    assert urlsplit(link).path == f"/{str(phone).removeprefix('+')}"
    (said,) = parse_qs(urlsplit(link).query)["text"]
    assert "Amplang Uji Jaya" in said
    assert f"{stage.running.base_url}/pesanan/" in said
    buyer = Person(stage.running, "Pembeli Uji Dua")
    address = re.search(r"http://\S+/pesanan/\S+", said)
    assert address
    buyer.browser.get(address[0])
    buyer.sees("Sudah diserahkan")
    office.browser.submit("/terkirim", press=("langkah", "selesai"))
    office.sees("Pesan ditandai sudah dikirim.")
    assert stage.rows("SELECT desk_status FROM message WHERE id = :id", id=message) == [("sent",)]


def the_badge_says_what_was_checked(stage: Stage) -> None:
    guest = Person(stage.running, "Tamu")
    guest.browser.get(f"/verifikasi/{stage.amplang.number}")
    guest.sees("Usaha ini terdaftar", "Identitas pemilik", "Tempat usaha", "NIB", "berlaku sampai")
    guest.does_not_see("1234567890123", "Jalan Contoh 7", "15.000.000")
    guest.browser.get(f"/verifikasi/{stage.honey.number}")
    guest.sees("Usaha ini terdaftar", "Tempat usaha")
    guest.does_not_see("Identitas pemilik")
    wrong = stage.amplang.number[:-1] + str((int(stage.amplang.number[-1]) + 1) % 10)
    guest.browser.get(f"/verifikasi/{wrong}", expect=404)
    guest.sees("Nomor ini salah tulis")
    guest.browser.get(f"/dinas/usaha/{stage.amplang.number}")
    assert guest.page.path == "/masuk"


def the_audit_names_who_acted_for_whom(stage: Stage) -> None:
    ((business_id,),) = stage.rows("SELECT id FROM business WHERE number = :n", n=stage.honey.number)
    stage.administrator.browser.get(f"/dinas/jejak/business/{business_id}")
    stage.administrator.sees(
        "Pendaftaran dimulai",
        "Pendamping Uji untuk Penjual Uji Dua",
        "sebagai pendamping",
        "Disetujui dan masuk daftar",
    )
    started, submitted, approved = acts_on(stage, "business", business_id, without="business.step_saved")
    assert started == ("business.started", "Pendamping Uji", "Penjual Uji Dua", "facilitator")
    assert submitted == ("business.submitted", "Pendamping Uji", "Penjual Uji Dua", "facilitator")
    assert approved == ("business.approved", "Verifikator Uji", "Penjual Uji Dua", "web")
    ((order_id,),) = stage.rows(
        "SELECT id FROM customer_order WHERE business_number = :n AND status = 'completed'", n=stage.honey.number
    )
    assert acts_on(stage, "order", order_id) == [
        ("order.awaiting_payment", "Pembeli Uji Satu", None, "web"),
        ("order.confirmed", None, None, "system"),
        ("order.accepted", "Pendamping Uji", "Penjual Uji Dua", "facilitator"),
        ("order.ready", "Pendamping Uji", "Penjual Uji Dua", "facilitator"),
        ("order.handed_over", "Pendamping Uji", "Penjual Uji Dua", "facilitator"),
        ("order.delivered", None, None, "web"),
        ("order.completed", None, None, "web"),
    ]


def acts_on(stage: Stage, kind: str, subject: object, without: str = "") -> list[tuple[object, ...]]:
    """(action, actor, beneficiary, channel) of one record, in the order they happened."""
    return stage.rows(
        "SELECT action, actor.name, beneficiary.name, channel FROM audit_record"
        " LEFT JOIN account AS actor ON actor.id = actor_account_id"
        " LEFT JOIN account AS beneficiary ON beneficiary.id = beneficiary_account_id"
        " WHERE subject_kind = :kind AND subject_id = :subject AND action <> :without ORDER BY audit_record.id",
        kind=kind,
        subject=str(subject),
        without=without,
    )
