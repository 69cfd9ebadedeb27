"""The shop's settings, its holidays, and where it delivers."""

from __future__ import annotations

from app.catalogue import shelves
from app.catalogue.shelves import OwnShop
from app.db import Session
from app.orders import delivery, queries
from app.registry import files
from tests.factories import registry
from tests.web.pages.conftest import Market
from tests.web.pages.selling.conftest import (
    SellerDesk,
    add_product,
    audit_of,
    desk_of,
    fault,
    open_shop,
    shop_of,
    visible,
)

KEPT = {
    "keterangan": "Buka pagi.",
    "alamat_ambil": "Jl. Baru 2",
    "cara_bayar": ["cod"],
    "bank": "",
    "rekening": "",
    "atas_nama": "",
}


def stored(desk: SellerDesk) -> OwnShop:
    with desk.begin() as session:
        (shop,) = shelves.shops(session, desk.actor)
    return shop


def rates(desk: SellerDesk) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """What is charged, by district and by regency."""
    with desk.begin() as session:
        found = queries.rates(session, stored(desk).id)
    return (
        {rate.district_code: rate.price_amount for rate in found.courier},
        {rate.regency_code: (rate.per_kilogram_amount, rate.minimum_amount) for rate in found.expedition},
    )


def test_the_settings_are_saved_whole(desk: SellerDesk) -> None:
    form = desk.get("/jual/toko").form("/jual/toko")
    assert form.values["cara_bayar"] == ["cod", "transfer"]
    assert form.values["rekening"] == ["1234567890"]
    desk.submit("/jual/toko", **KEPT)
    assert "Perubahan tersimpan" in visible(desk.page)
    shop = stored(desk)
    assert (shop.description, shop.pickup_address) == ("Buka pagi.", "Jl. Baru 2")
    assert (shop.takes_cod, shop.takes_transfer) == (True, False)
    assert (shop.bank_name, shop.bank_account_number, shop.bank_account_holder) == (None, None, None)


def test_faulty_settings_keep_the_typing_and_change_nothing(desk: SellerDesk) -> None:
    desk.get("/jual/toko")
    page = desk.submit("/jual/toko", bank="", rekening="12 34", atas_nama="Ani", alamat_ambil="Jl. X", expect=422)
    assert fault(page, "rekening") == "Isi bank, nomor rekening, dan nama pemiliknya sekaligus."
    form = page.form("/jual/toko")
    assert (form.values["rekening"], form.values["atas_nama"], form.values["alamat_ambil"]) == (
        ["12 34"],
        ["Ani"],
        ["Jl. X"],
    )
    assert form.values["cara_bayar"] == ["cod", "transfer"]
    page = desk.submit("/jual/toko", bank="", rekening="", atas_nama="", expect=422)
    assert fault(page, "rekening") == "Isi rekening dahulu agar pembeli bisa transfer."
    page = desk.submit("/jual/toko", keterangan="x" * 501, expect=422)
    assert fault(page, "keterangan") == "Keterangan toko paling panjang 500 huruf."
    shop = stored(desk)
    assert (shop.bank_account_number, shop.pickup_address) == ("1234567890", "Jl. Uji 1")


def test_settings_written_over_elsewhere_are_refused_with_a_clear_sentence(desk: SellerDesk) -> None:
    desk.get("/jual/toko")
    other = desk_of(desk.market, desk.actor)
    other.get("/jual/toko")
    other.submit("/jual/toko", keterangan="Dari HP lain")
    page = desk.submit("/jual/toko", keterangan="Dari sini", expect=409)
    assert "sudah diubah di tempat lain" in visible(page)
    assert page.form("/jual/toko").values["keterangan"] == ["Dari sini"]
    assert stored(desk).description == "Dari HP lain"


def test_the_shop_takes_a_holiday_and_opens_again(desk: SellerDesk) -> None:
    with desk.begin() as session:
        add_product(session, shop_of(session, desk))
    desk.get("/jual/toko")
    desk.submit("/jual/toko/jeda")
    assert stored(desk).status == "paused"
    assert "Toko dijeda" in visible(desk.page)
    desk.post("/jual/toko/jeda", expect=409)
    desk.get("/jual")
    desk.submit("/jual/toko/buka")
    assert stored(desk).status == "open"


def test_a_bank_account_is_on_no_page_of_somebody_else(market: Market, desk: SellerDesk) -> None:
    stranger = market.visitor()
    for path in ("/", f"/usaha/{stored(desk).slug}", "/usaha"):
        assert "1234567890" not in stranger.get(path).html


def test_courier_rates_are_set_for_all_districts_at_once(desk: SellerDesk) -> None:
    desk.get("/jual/ongkir")
    desk.submit("/jual/ongkir/antar", **{"antar-64.08.04": "10.000", "antar-64.08.05": "0"})
    assert rates(desk)[0] == {"64.08.04": 10_000, "64.08.05": 0}
    form = desk.page.form("/jual/ongkir/antar")
    assert (form.values["antar-64.08.04"], form.values["antar-64.08.05"]) == (["10000"], ["0"])
    desk.submit("/jual/ongkir/antar", **{"antar-64.08.04": "", "antar-64.08.05": "0"})
    assert rates(desk)[0] == {"64.08.05": 0}
    with desk.begin() as session:
        assert len(audit_of(session, stored(desk).id, "courier_rate.set")) == 2
        assert len(audit_of(session, stored(desk).id, "courier_rate.removed")) == 1


def test_a_faulty_courier_rate_keeps_the_typing_and_saves_none(desk: SellerDesk) -> None:
    desk.get("/jual/ongkir")
    page = desk.submit(
        "/jual/ongkir/antar",
        **{"antar-64.08.04": "sepuluh", "antar-64.08.05": "5000", "antar-64.08.06": "99999999"},
        expect=422,
    )
    assert fault(page, "antar-64.08.04") == "Tulis harga dalam rupiah bulat, misalnya 15000 atau 15.000."
    assert fault(page, "antar-64.08.06").startswith("Isi ongkos antara Rp0 dan Rp10.000.000.")
    assert page.form("/jual/ongkir/antar").values["antar-64.08.05"] == ["5000"]
    assert rates(desk) == ({}, {})


def test_days_until_arrival_are_said_changed_and_left_open_again(desk: SellerDesk) -> None:
    desk.get("/jual/ongkir")
    for days, kept in (("2", 2), ("0", 0), ("", None)):
        desk.submit("/jual/ongkir/antar", **{"antar-64.08.04": "10.000", "hari-64.08.04": days})
        desk.post("/jual/ongkir/kirim", tujuan="64.72", per_kg="18.000", hari=days)
        with desk.begin() as session:
            found = queries.rates(session, stored(desk).id)
        assert (found.courier[0].days, found.expedition[0].days) == (kept, kept)
        form = desk.get("/jual/ongkir").form("/jual/ongkir/antar")
        assert form.values["hari-64.08.04"] == [days]


def test_faulty_days_are_told_beside_their_field_and_nothing_is_saved(desk: SellerDesk) -> None:
    desk.get("/jual/ongkir")
    page = desk.submit(
        "/jual/ongkir/antar",
        **{"antar-64.08.04": "5000", "hari-64.08.04": "61", "hari-64.08.05": "2", "hari-64.08.06": "dua"},
        expect=422,
    )
    assert fault(page, "hari-64.08.04") == "Isi lama pengiriman antara 0 dan 60 hari."
    assert fault(page, "antar-64.08.05") == "Isi juga ongkosnya; 0 berarti gratis."
    assert fault(page, "hari-64.08.06") == "Tulis dengan angka bulat, misalnya 10."
    assert page.form("/jual/ongkir/antar").values["hari-64.08.04"] == ["61"]
    parcel = desk.post("/jual/ongkir/kirim", tujuan="64.72", per_kg="18000", hari="61", expect=422)
    assert fault(parcel, "hari") == "Isi lama pengiriman antara 0 dan 60 hari."
    assert rates(desk) == ({}, {})


def test_a_parcel_rate_is_added_changed_and_removed(desk: SellerDesk) -> None:
    page = desk.get("/jual/ongkir")
    assert "64.72" in page.form("/jual/ongkir/kirim").choices["tujuan"]
    desk.submit("/jual/ongkir/kirim", tujuan="64.72", per_kg="18.000", paling_sedikit="20000")
    assert rates(desk)[1] == {"64.72": (18_000, 20_000)}
    assert "Kota Samarinda" in visible(desk.page)
    desk.submit("/jual/ongkir/kirim", tujuan="64.74", per_kg="9000")
    desk.post("/jual/ongkir/kirim", tujuan="64.72", per_kg="17000")
    assert rates(desk)[1] == {"64.72": (17_000, 0), "64.74": (9_000, 0)}
    desk.post("/jual/ongkir/kirim/hapus", tujuan="64.72")
    desk.post("/jual/ongkir/kirim/hapus", tujuan="64.72")
    assert rates(desk)[1] == {"64.74": (9_000, 0)}


def test_a_faulty_parcel_rate_keeps_the_typing_and_saves_nothing(desk: SellerDesk) -> None:
    desk.get("/jual/ongkir")
    page = desk.submit("/jual/ongkir/kirim", tujuan="", per_kg="", paling_sedikit="gratis", expect=422)
    assert fault(page, "tujuan") == "Pilih kabupaten atau kota dari daftar."
    assert fault(page, "per_kg") == "Tulis ongkos per kilogram, misalnya 20000."
    assert fault(page, "paling_sedikit")
    page = desk.post("/jual/ongkir/kirim", tujuan="00.00", per_kg="0", expect=422)
    assert fault(page, "tujuan") == "Pilih kabupaten atau kota dari daftar."
    assert fault(page, "per_kg").startswith("Isi tarif antara Rp1")
    assert page.form("/jual/ongkir/kirim").values["per_kg"] == ["0"]
    assert rates(desk) == ({}, {})


def test_a_foreign_shop_is_missing(market: Market, desk: SellerDesk) -> None:
    with market.begin() as session:
        actor = open_shop(session).actor
        number = number_of(session, desk)
        delivery.set_expedition_rate(session, desk.actor, stored(desk).id, "64.72", per_kilogram_amount=1_000)
    stranger = desk_of(market, actor)
    for path, typed in (
        ("/jual/toko", {"keterangan": "Bajakan", "cara_bayar": "cod"}),
        ("/jual/toko/jeda", {}),
        ("/jual/toko/buka", {}),
        ("/jual/ongkir/antar", {"antar-64.08.04": "1"}),
        ("/jual/ongkir/kirim", {"tujuan": "64.72", "per_kg": "1"}),
        ("/jual/ongkir/kirim/hapus", {"tujuan": "64.72"}),
        ("/jual/produk/baru", {"nama": "Bajakan", "jenis": "kue", "harga": "1", "stok": "1"}),
    ):
        foreign = stranger.post(f"{path}?usaha={number}", expect=404, **typed).text
        assert foreign == stranger.post(f"{path}?usaha=KT-2026-999999-9", expect=404, **typed).text, path
    shop = stored(desk)
    assert (shop.description, shop.status, shop.product_count) == (None, "open", 0)
    assert rates(desk) == ({}, {"64.72": (1_000, 0)})


def number_of(session: Session, desk: SellerDesk) -> str:
    return files.mine(session, desk.actor)[0].number


def test_whoever_has_two_shops_says_which_one(market: Market) -> None:
    with market.begin() as session:
        first = open_shop(session, name="Toko Satu")
        registry.active(session, first.actor, name="Toko Dua")
        two = files.mine(session, first.actor)[0].number
    desk = desk_of(market, first.actor)
    page = desk.get("/jual/toko")
    assert "Toko Satu" in page.text
    assert "Ganti usaha" in page.text
    page = desk.get(f"/jual?usaha={two}")
    assert "Usaha Anda terdaftar" in visible(page)
    assert page.link(f"/jual/produk?usaha={two}")
    desk.submit(f"/jual/usaha/{two}/toko")
    desk.submit("/jual/produk/baru", nama="Milik dua", jenis="kue", harga="1000", stok="1")
    with market.begin() as session:
        assert {shop.business_name: shop.product_count for shop in shelves.shops(session, first.actor)} == {
            "Toko Satu": 0,
            "Toko Dua": 1,
        }
