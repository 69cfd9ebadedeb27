"""What no form of ours sends: every address of the seller's desk answers it like a person's mistake, never with a fault of ours."""

from __future__ import annotations

from uuid import UUID

from app.catalogue import shelves
from app.registry import files
from tests.web.pages.selling.conftest import SellerDesk, add_photo, add_product, place, shop_of

FIELDS = (
    "nama", "barang_utama", "kecamatan", "desa", "alamat", "pemilik_nama", "pemilik_hp", "nik", "jenis_kelamin", "nib",
    "kbli", "kbli_versi", "mulai", "modal", "omzet", "tk_laki", "tk_perempuan", "jenis", "harga", "stok", "stok_semula",
    "keterangan", "satuan", "berat", "ukuran", "cara_stok", "alamat_ambil", "cara_bayar", "bank", "rekening", "atas_nama",
    "antar-64.08.04", "tujuan", "per_kg", "paling_sedikit", "alasan", "jumlah", "pengembalian", "catatan", "versi",
    "kembali", "foto",
)  # fmt: skip

VALUES = (
    b"%00", b"a%00b", b"%FF%FE", b"%ED%A0%80", b"%E2%80%AEtxt", b"%F0%9F%8D%A4", b"x" * 700, b"-1", b"1e9",
    b"%EF%BC%91%EF%BC%92", b"99999999999999999999999999", b"%27%3B--", b"%3Cscript%3E", b"%0D%0ALocation:%20x", b"%7B%7B7*7%7D%7D",
)  # fmt: skip

TURNS = (0, 4, 7, 11)
"""Every field is sent another value in each turn."""


def addresses(desk: SellerDesk) -> list[str]:
    """Every post of the desk, on things this person owns. What ends something stands last."""
    with desk.begin() as session:
        seller = shop_of(session, desk)
        product: UUID = add_product(session, seller)
        photo = add_photo(session, seller, product)
        order = place(session, product, 1, payment_method="transfer")
        number = files.mine(session, desk.actor)[0].number
    return [
        "/jual/usaha/baru", *(f"/jual/usaha/{number}/isi/{step}" for step in ("usaha", "pemilik", "izin")),
        f"/jual/usaha/{number}/kirim", f"/jual/usaha/{number}/toko", "/jual/produk/baru", f"/jual/produk/{product}",
        f"/jual/produk/{product}/stok", f"/jual/produk/{product}/ukuran", f"/jual/produk/{product}/foto",
        f"/jual/produk/{product}/foto/{photo}/utama", f"/jual/produk/{product}/tampilkan", "/jual/toko",
        "/jual/ongkir/antar", "/jual/ongkir/kirim", "/jual/ongkir/kirim/hapus",
        *(f"/jual/pesanan/{order.number}/{step}" for step in ("uang", "kembali", "siap", "serah", "sampai", "tolak")),
    ]  # fmt: skip


def test_hostile_typing_is_never_a_fault_of_ours(desk: SellerDesk) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    for path in addresses(desk):
        for turn in TURNS:
            values = [VALUES[(place + turn) % len(VALUES)] for place in range(len(FIELDS))]
            body = b"&".join(name.encode() + b"=" + value for name, value in zip(FIELDS, values, strict=True))
            answer = desk.client.post(path, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code in {303, 404, 409, 422}, f"{path} turn {turn}: {answer.status_code}"
            assert "<script>" not in answer.text
            assert "\n" not in answer.headers.get("location", "")
    with desk.begin() as session:
        assert len(shelves.shops(session, desk.actor)) == 1


def test_hostile_addresses_are_missing_or_plain_pages(desk: SellerDesk) -> None:
    for path in ("/jual", "/jual/produk", "/jual/pesanan", "/jual/uang", "/jual/toko", "/jual/ongkir", "/jual/usaha"):
        for query in (
            "usaha=%00",
            "usaha=%ED%A0%80",
            "q=%00&status=x&halaman=-5",
            "tahap=%27&sebelum=x",
            "kabar=%3Ci%3Ehalo",
        ):
            answer = desk.client.get(f"{path}?{query}")
            assert answer.status_code in {200, 404}, f"{path}?{query}: {answer.status_code}"
            assert "<i>" not in answer.text
    for path in (
        "/jual/usaha/%00", "/jual/pesanan/%00", "/jual/pesanan/%00/uang", "/jual/produk/%00", "/jual/usaha/%ED%A0%80",
        "/jual/pesanan/%F0%9F%8D%A4", "/jual/usaha/x/isi/%00",
    ):  # fmt: skip
        assert desk.client.get(path).status_code == 404, path
