"""Every page read in English: none of its own words is left Indonesian. And in Indonesian, sellers read plain words."""

from __future__ import annotations

import re
from html import unescape

import pytest

from app.reference import regency
from tests.web import everything
from tests.web.everything import Things, Village

READERS: dict[str, tuple[str, ...]] = {
    "guest": ("/", "/produk", "/usaha", "/verifikasi", "/data", "/keranjang", "/checkout", "/pesanan", "/masuk", "/daftar",
              "/akun/pulihkan", "/tidak"),
    "buyer": ("/akun", "/pesanan", "/jual", "/dinas"),
    "seller himself": ("/jual/", "/akun"),
    "administrator": ("/dinas", "/akun"),
}  # fmt: skip
"""Who reads which pages: those below an address, or the address itself; the buyer only one of a desk."""

NO_PAGES = (
    "/healthz",
    "/readyz",
    "/metrics",
    "/sitemap.xml",
    "/robots.txt",
    "/manifest",
    "/foto/",
    "{kind}",
    "/bukti/",
)
"""Answers that are no pages, and files."""

TELLTALES = frozenset(
    re.findall(
        r"\w+",
        "ada agar akan akun alamat alasan anda angka atas atau bagaimana barang baru baca batal bayar belum berapa berjalan berlaku"
        " bila bisa boleh buka bukan bukti bulan cara cari catat dalam dan dari dengan di diterima dulu gagal ganti hapus harga"
        " hari hasil hubungi ini isi itu jawab jenis jual jumlah kami karena kata keluar kembali keranjang keterangan kirim kosong"
        " lagi lalu langkah lewat lihat masih masuk melihat menunggu misalnya mulai muat nama nomor ongkos oleh pada pakai pembeli"
        " pemilik penjual periksa perlu pesan pesanan pilih produk rekening saat saja sampai saya sebelum sedang selesai semua"
        " sendiri setelah setiap siap simpan stok sudah supaya tahun tambah tanggal tanpa telah tempat terakhir terdaftar tersimpan"
        " tetap tidak toko tolak tujuan tunai tutup uang ubah ukuran untuk unduh urutkan usaha waktu yang"
        " januari februari maret mei juni juli agustus oktober desember agu okt des",
    )
)
"""Words no English sentence has, and hardly any Indonesian one does without."""


def words_of(html: str) -> str:
    """What is seen, heard or shared of a page."""
    seen = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    seen = re.sub(r'<option value="\d\d[.\d]*".*?</option>', " ", seen)  # names of places are what they are
    heard = re.findall(r'\b(?:alt|aria-label|placeholder|content|label|data-[a-z]+)="([^"]*)"', seen)
    return re.sub(r"https?://\S+", " ", unescape(" · ".join([re.sub(r"<[^>]+>", " · ", seen), *heard])))


def left_over(html: str) -> list[str]:
    """The Indonesian words of a page, apart from the names and texts people gave."""
    text = words_of(html)
    own = regency.current()
    for given in (*GIVEN, own.office_name, own.office_short_name, own.name):
        text = text.replace(given, " ")
    text = re.sub(r"\b(Pemilik|Pembeli|Akun|Usaha) [A-Z]\w+|\S+/usaha/\S+", " ", text)
    return sorted({found for found in re.findall(r"[^\W\d_]+", text) if found.lower() in TELLTALES})


GIVEN = ("Bahasa Indonesia", "Dibuat pagi hari.")
"""What people wrote in the village of these tests, and the name of the other language."""


def addresses(of: Things) -> list[str]:
    """Every page there is, about somebody's own things."""
    found = []
    for route in everything.routes():
        method, path = everything.named(route).split(" ", 1)
        if method != "GET" or any(part in path for part in NO_PAGES):
            continue
        names = {"table_id": "T21", "product_id": of.product, "slug": "", "account_id": of.account, "step": "izin"}
        if path in ("/produk/{slug}", "/usaha/{slug}"):
            continue
        number = of.checkout if path.startswith("/pesanan/") else of.business if "usaha" in path else of.order
        names |= {"number": of.business if path.startswith("/verifikasi") else number, "kind": "business", "ref": "x"}
        names |= {"subject": "x"}
        found.append(path.format_map(names))
    more = [f"/usaha/{of.slug}", f"/pesanan/{of.checkout}?kunci={of.key}", f"/jual/usaha/{of.business}/isi/pemilik"]
    more += [f"/jual/usaha/{of.draft}", f"/jual/pesanan/{of.returned_order}", "/produk?q=zzz", "/verifikasi/KT-1"]
    more += [
        f"/jual/pesanan/{of.returned_order}/kembali",
        f"/jual/usaha/{of.business}/isi/usaha",
        "/dinas/statistik/T01",
    ]
    more += [
        f"/dinas/jejak/product/{of.product}",
        f"/dinas/jejak/payment/{of.payment}",
        f"/dinas/jejak/refund/{of.refund}",
    ]
    more += ["/dinas/statistik/T01/rincian?district=64.08&criterion=capital&size_class=_T"]
    more += [
        "/dinas/statistik/T21/rincian?district=64.08&category=_T&measure=orders",
        "/dinas/statistik/T21?tanggal=x&periode=1",
    ]
    return found + more + ["/dinas/usaha/cari?q=zzz", "/dinas/buku?periksa=ya", "/tidak/ada", "/data?periode=2026-08"]


def read_by(reader: str, of: Things) -> list[str]:
    found = [address for address in addresses(of) if is_below(address, READERS[reader])]
    return (
        found if reader != "buyer" else [address for address in found if address.count("/") == 1 or "akun" in address]
    )


def is_below(address: str, roots: tuple[str, ...]) -> bool:
    return address in roots or address.startswith(tuple(root for root in roots if root != "/"))


@pytest.mark.parametrize("reader", READERS)
def test_no_word_of_a_page_is_left_indonesian(village: Village, reader: str) -> None:
    client, left, wanted = village.browsers[reader].client, {}, read_by(reader, village.his)
    if reader == "guest":
        wanted.append(f"/produk/{village.market.fish_slug}")
    for address in wanted:
        answer = client.get(address, headers={"Accept-Language": "en"}, follow_redirects=True)
        if found := left_over(answer.text):
            left[f"{answer.status_code} {address}"] = found
    assert not left, "\n".join(f"{address}: {', '.join(words)}" for address, words in left.items())
    assert len(wanted) >= {"guest": 15, "buyer": 5, "seller himself": 20, "administrator": 22}[reader]


def test_the_telltales_tell(village: Village) -> None:
    for address in ("/", "/produk", "/masuk", "/data"):
        assert (
            len(left_over(village.browsers["guest"].client.get(address, headers={"Accept-Language": "id"}).text)) > 10
        )


JARGON = re.compile(r"\b(sku|checkout|order|cart|dashboard|submit|upload|update|login|log in|logout|username|password|e-?commerce|"
    r"customer|seller|buyer|payment|shipping|delivery|invoice|refund|link|klik|platform|merchant|kbli)\b", re.I)  # fmt: skip


def test_sellers_read_plain_words(village: Village) -> None:
    """No trade or computer word where a plain one exists; KBLI is named only to say where its digits stand."""
    client, left = village.browsers["seller himself"].client, {}
    for address in ("/jual", *read_by("seller himself", village.his)):
        text = words_of(client.get(address, headers={"Accept-Language": "id"}).text)
        found = JARGON.findall(text.replace("Lima angka yang disebut KBLI di NIB Anda.", ""))
        if found:
            left[address] = found
    assert left == {}


REFUSED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("guest", "/masuk", {"no_hp": "0812", "sandi": "x"}),
    ("guest", "/masuk", {"no_hp": "081200009999", "sandi": "salah-sekali"}),
    ("guest", "/daftar", {"nama": "", "no_hp": "1", "sandi": "1"}),
    ("guest", "/daftar", {"nama": "X" * 200, "no_hp": "1", "sandi": "password"}),
    ("guest", "/akun/pulihkan", {"no_hp": "081200009999", "kode": "1", "sandi": "1"}),
    ("guest", "/keranjang", {"produk": "his.product", "jumlah": "99999"}),
    ("guest", "/keranjang", {"produk": "his.product", "jumlah": "dua"}),
    ("guest", "/keranjang", {"produk": "his.product", "jumlah": "60"}),
    (
        "guest",
        "/checkout",
        {"langkah": "pesan", "cara_terima": "courier", "cara_bayar": "cod", "tujuan": "x", "alamat": "x"},
    ),
    ("guest", "/keranjang", {"produk": "his.product", "jumlah": "2"}),
    ("guest", "/keranjang", {"produk": "mine.product", "jumlah": "1"}),
    ("guest", "/checkout", {"langkah": "pesan", "cara_terima": "x", "cara_bayar": "x", "nama": "", "no_hp": "1"}),
    ("guest", "/checkout", {"langkah": "pesan", "cara_terima": "courier", "tujuan": "64.08.05", "cara_bayar": "cod"}),
    ("guest", "/checkout", {"langkah": "hitung", "cara_terima": "expedition", "tujuan": "64.72"}),
    ("seller himself", "/akun/sandi", {"sandi_lama": "x", "sandi_baru": "x"}),
    ("seller himself", "/jual/usaha/baru", {"nama": "", "kecamatan": "99"}),
    ("seller himself", "/jual/usaha/his.business/isi/pemilik", {"nik": "123", "pemilik_nama": "", "alamat": "x" * 400}),
    (
        "seller himself",
        "/jual/usaha/his.business/isi/izin",
        {"nib": "1", "modal": "1,5", "omzet": "-1", "kbli": "10792"},
    ),
    (
        "seller himself",
        "/jual/usaha/his.business/isi/izin",
        {"mulai": "31-2-2024", "tk_laki": "9999999", "kbli_versi": "2020"},
    ),
    ("seller himself", "/jual/produk/baru", {"nama": "", "harga": "1.5", "stok": "x", "jenis": "x"}),
    ("seller himself", "/jual/produk/baru", {"nama": "x" * 200, "harga": "99999999999999", "stok": "-1"}),
    (
        "seller himself",
        "/jual/produk/his.product",
        {"nama": "", "satuan": "", "berat": "0", "cara_stok": "x", "versi": "0"},
    ),
    ("seller himself", "/jual/produk/his.product/ukuran", {"ukuran": "", "harga": "0", "stok": ""}),
    ("seller himself", "/jual/produk/his.product/foto", {}),
    ("seller himself", "/jual/produk/his.product/stok", {"stok": "x"}),
    ("seller himself", "/jual/toko", {"rekening": "abc", "bank": "X", "versi": "0"}),
    ("seller himself", "/jual/ongkir/antar", {"antar-64.08.04": "x", "hari-64.08.04": "99", "64.08.04": "x"}),
    ("seller himself", "/jual/ongkir/kirim", {"tujuan": "x", "per_kg": "x", "paling_sedikit": "x", "hari": "x"}),
    ("seller himself", "/jual/pesanan/his.order/tolak", {"alasan": ""}),
    ("seller himself", "/jual/pesanan/his.order/uang", {"jumlah": "1"}),
    ("seller himself", "/jual/pesanan/his.order/siap", {}),
    ("verifier", "/dinas/usaha/his.business/kembalikan", {"alasan_kembali": ""}),
    ("verifier", "/dinas/usaha/his.business/tangguhkan", {"alasan_tangguh": ""}),
    ("verifier", "/dinas/usaha/his.business/nik", {"keperluan": ""}),
    ("verifier", "/dinas/usaha/baru", {"nama_usaha": "", "no_hp": "1"}),
    ("administrator", "/dinas/akun", {"no_hp": "081200009998"}),
    ("administrator", "/dinas/petugas/his.account/peran", {"peran": "x"}),
    ("administrator", "/dinas/petugas/his.account/peran", {"peran": "facilitator", "wilayah": ""}),
)


@pytest.mark.parametrize("reader", ["guest", "seller himself", "verifier", "administrator"])
def test_no_word_of_a_refusal_is_left_indonesian(village: Village, reader: str) -> None:
    client, left, refused = village.browsers[reader].client, {}, 0
    for who, path, typed in REFUSED:
        if who != reader:
            continue
        address = re.sub(r"his\.\w+", lambda found: village.value(found[0]), path)
        answer = client.post(
            address,
            data={name: village.value(value) for name, value in typed.items()},
            headers={"Accept-Language": "en", "Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
        )
        refused += answer.status_code >= 400
        if found := left_over(answer.text):
            left[f"{answer.status_code} {address} {typed}"] = found
    assert not left, "\n".join(f"{address}: {', '.join(words)}" for address, words in left.items())
    assert refused >= sum(who == reader for who, _, _ in REFUSED) - 4
