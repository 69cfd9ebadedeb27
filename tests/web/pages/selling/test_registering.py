"""Registering a business: three short steps, a draft at every one, and the office's answer where it belongs."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from sqlmodel import select

from app.kit import clock, dates
from app.registry import files, membership, registration, verification
from app.registry.models import Business, BusinessReport
from tests.factories import accounts, registry
from tests.web.pages.conftest import Market
from tests.web.pages.selling.conftest import SellerDesk, desk_of, fault, newcomer, open_shop, visible


def number_in(path: str) -> str:
    return path.split("/")[3]


def started(desk: SellerDesk) -> str:
    """The number of a registration whose first step was taken in the browser."""
    desk.get("/jual/usaha/baru")
    page = desk.submit("/jual/usaha/baru", nama="Gula Aren Uji", barang_utama="gula aren", kecamatan="64.08.04")
    return number_in(page.path)


def stored(desk: SellerDesk, number: str) -> files.OwnBusiness:
    with desk.begin() as session:
        return files.for_edit(session, desk.actor, number)


def test_somebody_new_is_led_to_register(market: Market) -> None:
    desk = newcomer(market)
    words = visible(desk.get("/jual"))
    assert "Daftarkan usaha Anda" in words
    assert desk.page.link("/jual/usaha/baru") == "/jual/usaha/baru"
    for path in ("/jual/produk", "/jual/pesanan", "/jual/uang", "/jual/toko", "/jual/ongkir"):
        assert "Daftarkan usaha dahulu" in visible(desk.get(path))
    assert "Belum ada usaha atas nama Anda" in visible(desk.get("/jual/usaha"))


def test_a_guest_signs_in_first(market: Market) -> None:
    page = market.visitor().get("/jual/produk?usaha=x")
    assert page.path == "/masuk"
    assert page.form("/masuk").values["lanjut"] == ["/jual/produk?usaha=x"]


def test_three_steps_lead_to_the_office(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    assert desk.page.path == f"/jual/usaha/{number}/isi/pemilik"
    assert stored(desk, number).status == "draft"
    desk.submit(
        "/isi/pemilik", desa="64.08.04.1010", alamat="Jl. Contoh 7", nik=registry.fresh_nik(), jenis_kelamin="female"
    )
    assert desk.page.path == f"/jual/usaha/{number}/isi/izin"
    desk.submit(
        "/isi/izin", press=("kirim", "ya"), nib="1234567890123", mulai="1-3-2024", modal="5.000.000", omzet="60000000",
        tk_laki="1", tk_perempuan="2",
    )  # fmt: skip
    assert desk.page.path == f"/jual/usaha/{number}"
    business = stored(desk, number)
    assert business.status == "submitted"
    assert (business.village_code, business.address, business.has_nik) == ("64.08.04.1010", "Jl. Contoh 7", True)
    assert (business.nib, business.capital_amount, business.turnover_amount) == ("1234567890123", 5_000_000, 60_000_000)
    assert (business.workers_male, business.workers_female) == (1, 2)
    assert str(business.started_on) == "2024-03-01"
    promised = dates.long_date(clock.business_date(clock.now() + timedelta(days=5)))
    assert f"Jawaban paling lambat {promised}" in visible(desk.page)
    assert f"Jawaban paling lambat {promised}" in visible(desk.get("/jual"))
    assert desk.get(f"/jual/usaha/{number}/isi/usaha").path == f"/jual/usaha/{number}"


def test_stopping_after_a_step_keeps_the_draft_and_going_on_any_day_finds_it(market: Market) -> None:
    desk = newcomer(market)
    desk.get("/jual/usaha/baru")
    page = desk.submit("/jual/usaha/baru", press=("nanti", "ya"), nama="Nanas Uji", barang_utama="nanas")
    number = number_in(page.path)
    assert page.path == f"/jual/usaha/{number}"
    assert "Draf tersimpan" in visible(page)
    later = desk_of(market, desk.actor)
    assert "Selesaikan pendaftaran" in visible(later.get("/jual"))
    assert later.get(f"/jual/usaha/{number}/isi/usaha").form("/isi/usaha").values["nama"] == ["Nanas Uji"]


def test_sending_without_a_district_keeps_the_draft_and_says_what_is_missing(market: Market) -> None:
    desk = newcomer(market)
    desk.get("/jual/usaha/baru")
    number = number_in(desk.submit("/jual/usaha/baru", nama="Madu Uji", barang_utama="madu").path)
    page = desk.get(f"/jual/usaha/{number}")
    assert "Isi dulu nama, barang utama, dan kecamatan." in visible(page)
    assert page.link("/isi/usaha")
    desk.post(f"/jual/usaha/{number}/kirim", expect=422)
    assert "Pilih kecamatan tempat usaha." in visible(desk.page)
    desk.get(f"/jual/usaha/{number}/isi/izin")
    page = desk.submit("/isi/izin", press=("kirim", "ya"), modal="1000")
    assert page.path == f"/jual/usaha/{number}/isi/usaha"
    assert "Draf tersimpan. Lengkapi dahulu" in visible(page)
    business = stored(desk, number)
    assert (business.status, business.capital_amount) == ("draft", 1000)


def test_a_refused_first_step_keeps_the_typing_and_makes_nothing(market: Market) -> None:
    desk = newcomer(market)
    desk.get("/jual/usaha/baru")
    page = desk.submit("/jual/usaha/baru", nama="", barang_utama="kopi <b>", kecamatan="64.08.16", expect=422)
    assert fault(page, "nama") == "Tulis nama usaha."
    form = page.form("/jual/usaha/baru")
    assert form.values["barang_utama"] == ["kopi <b>"]
    assert form.values["kecamatan"] == ["64.08.16"]
    assert "kopi <b>" not in page.html
    page = desk.post("/jual/usaha/baru", nama="Toko", barang_utama="kopi", kecamatan="99.99.99", expect=422)
    assert fault(page, "kecamatan") == "Kecamatan itu tidak dikenal. Pilih dari daftar."
    with desk.begin() as session:
        assert files.mine(session, desk.actor) == []


def test_a_refused_later_step_keeps_the_typing_and_changes_nothing(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    page = desk.submit("/isi/pemilik", nik="123", pemilik_nama="", alamat="Jl. Baru", expect=422)
    assert fault(page, "nik") == "NIK harus 16 angka, seperti tertulis di KTP."
    assert fault(page, "pemilik_nama") == "Tulis nama pemilik."
    assert page.form("/isi/pemilik").values["alamat"] == ["Jl. Baru"]
    assert page.form("/isi/pemilik").values["nik"] == ["123"]
    desk.get(f"/jual/usaha/{number}/isi/izin")
    page = desk.submit(
        "/isi/izin", nib="12", modal="15,5", omzet="-1", tk_laki="dua", mulai="31-2-2024", kbli="10792", expect=422
    )
    for field in ("modal", "omzet", "tk_laki", "mulai"):
        assert fault(page, field)
        assert page.form("/isi/izin").values[field] != [""]
    assert 'name="mulai" type="text" value="31-2-2024"' in page.html, "a date field would drop what is no date"
    page = desk.submit("/isi/izin", modal="15,5", mulai="31-12-2024", nib="12", tk_laki="", omzet="", expect=422)
    assert 'name="mulai" type="text" value="31-12-2024"' in page.html
    page = desk.submit("/isi/izin", modal="15,5", mulai="2024-12-31", expect=422)
    assert 'name="mulai" type="date" value="2024-12-31"' in page.html
    page = desk.submit("/isi/izin", nib="12", modal="", omzet="", tk_laki="", mulai="", kbli="10792", expect=422)
    assert fault(page, "nib") == "NIB harus 13 angka. Kosongkan bila belum punya."
    assert fault(page, "kbli") == "Sebutkan versi KBLI: 2020 atau 2025."
    business = stored(desk, number)
    assert (business.address, business.nib, business.capital_amount, business.kbli) == (None, None, None, None)


def test_unchanged_money_is_not_reported_twice(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    for _ in range(2):
        desk.get(f"/jual/usaha/{number}/isi/izin")
        desk.submit("/isi/izin", press=("nanti", "ya"), omzet="1000000", tk_perempuan="1")
    with desk.begin() as session:
        reports = session.exec(
            select(BusinessReport).where(BusinessReport.business_id == stored(desk, number).id)
        ).all()
    assert [(report.turnover_amount, report.workers_female) for report in reports] == [(1_000_000, 1)]


def test_what_is_emptied_is_unknown_again(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    desk.submit("/isi/pemilik", press=("nanti", "ya"), desa="64.08.04.1010", alamat="Jl. Lama")
    desk.get(f"/jual/usaha/{number}/isi/pemilik")
    desk.submit("/isi/pemilik", press=("nanti", "ya"), desa="", alamat="")
    business = stored(desk, number)
    assert (business.village_code, business.address) == (None, None)


def test_a_step_written_over_elsewhere_is_refused_with_a_clear_sentence(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    desk.get(f"/jual/usaha/{number}/isi/usaha")
    other = desk_of(market, desk.actor)
    other.get(f"/jual/usaha/{number}/isi/usaha")
    other.submit("/isi/usaha", nama="Nama dari HP lain")
    page = desk.submit("/isi/usaha", nama="Nama dari sini", expect=409)
    assert "Data usaha ini sudah diubah di tempat lain." in visible(page)
    assert page.form("/isi/usaha").values["nama"] == ["Nama dari sini"]
    assert stored(desk, number).name == "Nama dari HP lain"


def test_the_office_answer_stands_beside_the_marked_field(market: Market) -> None:
    desk = newcomer(market)
    with market.begin() as session:
        business = registry.submitted(session, desk.actor, name="Papan Lain")
        verifier = accounts.staff(session, "verifier")
        verification.send_back(
            session, verifier, business.id, reason="Nama tidak sama dengan papan.", fields=["name", "village_code"]
        )
    assert "2 isian perlu diperbaiki" in visible(desk.get("/jual"))
    page = desk.get(f"/jual/usaha/{business.number}")
    assert page.link("/isi/usaha#nama")
    assert page.link("/isi/pemilik#desa")
    page = desk.get(f"/jual/usaha/{business.number}/isi/usaha")
    assert fault(page, "nama") == "Nama tidak sama dengan papan."
    assert "barang_utama-salah" not in page.html
    desk.submit("/isi/usaha", press=("nanti", "ya"), nama="Papan Benar")
    desk.submit(f"/{business.number}/kirim")
    assert "Pendaftaran terkirim" in visible(desk.page)
    mended = stored(desk, business.number)
    assert (mended.status, mended.name, mended.reason) == ("submitted", "Papan Benar", None)


def test_a_rejected_and_a_suspended_business_say_why(market: Market) -> None:
    desk = newcomer(market)
    with market.begin() as session:
        verifier = accounts.staff(session, "verifier")
        rejected = registry.submitted(session, desk.actor, name="Ditolak Uji")
        verification.reject(session, verifier, rejected.id, reason="Sudah terdaftar dengan nama lain.")
    assert "Sudah terdaftar dengan nama lain." in visible(desk.get("/jual"))
    page = desk.get(f"/jual/usaha/{rejected.number}")
    assert "Sudah terdaftar dengan nama lain." in visible(page)
    assert not any(form.action.endswith("/kirim") for form in page.reader.forms)
    with market.begin() as session:
        active = registry.active(session, desk.actor, name="Ditangguhkan Uji")
        verification.suspend(session, accounts.staff(session, "verifier"), active.id, reason="Izin dicabut.")
    assert "Izin dicabut." in visible(desk.get(f"/jual/usaha/{active.number}"))


def test_a_registered_business_opens_its_shop_with_one_tap(market: Market) -> None:
    desk = newcomer(market)
    with market.begin() as session:
        business = registry.active(session, desk.actor, ["place"], name="Rotan Uji")
    page = desk.get("/jual")
    assert "Usaha Anda terdaftar" in visible(page)
    desk.submit(f"/jual/usaha/{business.number}/toko")
    assert desk.page.path == "/jual/produk/baru"
    assert "Toko dibuka." in visible(desk.page)
    assert "Tambah barang pertama Anda" in visible(desk.get("/jual"))
    words = visible(desk.get(f"/jual/usaha/{business.number}"))
    assert "Tempat usaha" in words
    assert "Kelola toko" in words


def test_a_shop_of_an_unregistered_business_is_refused_with_the_reason(market: Market) -> None:
    desk = newcomer(market)
    with market.begin() as session:
        business = registry.submitted(session, desk.actor)
    page = desk.post(f"/jual/usaha/{business.number}/toko", expect=409)
    assert "Toko baru bisa dibuka setelah usahanya terdaftar." in visible(page)
    assert "Usaha belum terdaftar" in visible(desk.get("/jual/produk"))


def test_a_draft_can_be_closed_after_a_second_look(market: Market) -> None:
    desk = newcomer(market)
    number = started(desk)
    desk.get(f"/jual/usaha/{number}")
    page = desk.submit(f"/{number}/tutup")
    assert page.path == "/jual/usaha"
    assert stored(desk, number).status == "closed"


def test_an_active_business_is_changed_in_place(market: Market, desk: SellerDesk) -> None:
    with desk.begin() as session:
        (business,) = files.mine(session, desk.actor)
    page = desk.get(f"/jual/usaha/{business.number}/isi/usaha")
    assert "Langkah 1 dari 3" not in visible(page)
    page = desk.submit("/isi/usaha", barang_utama="amplang bandeng")
    assert page.path == f"/jual/usaha/{business.number}"
    after = stored(desk, business.number)
    assert (after.main_product, after.status) == ("amplang bandeng", "active")


def test_a_first_step_pressed_twice_makes_one_business(market: Market) -> None:
    desk = newcomer(market)
    desk.get("/jual/usaha/baru")
    first, second = desk.again("/jual/usaha/baru", nama="Sekali Saja", barang_utama="kue", kecamatan="64.08.04")
    assert first == second
    with desk.begin() as session:
        assert [row.name for row in files.mine(session, desk.actor)] == ["Sekali Saja"]


def test_a_foreign_business_is_missing(market: Market) -> None:
    desk, stranger = newcomer(market), newcomer(market)
    number = started(desk)
    missing = stranger.get("/jual/usaha/KT-2026-999999-9", expect=404).text
    assert stranger.get(f"/jual/usaha/{number}", expect=404).text == missing
    for path in ("isi/usaha", "isi/pemilik", "isi/izin"):
        assert stranger.get(f"/jual/usaha/{number}/{path}", expect=404).text == missing
        stranger.post(f"/jual/usaha/{number}/{path}", nama="Milik saya", barang_utama="x", expect=404)
    for path in ("kirim", "tutup", "toko"):
        stranger.post(f"/jual/usaha/{number}/{path}", expect=404)
        stranger.post(f"/jual/usaha/KT-2026-999999-9/{path}", expect=404)
    for path in (
        "/jual",
        "/jual/produk",
        "/jual/pesanan",
        "/jual/uang",
        "/jual/toko",
        "/jual/ongkir",
        "/jual/produk/baru",
    ):
        assert stranger.get(f"{path}?usaha={number}", expect=404).text == missing
    assert desk.get(f"/jual/usaha/{number}/isi/lain", expect=404)
    business = stored(desk, number)
    assert (business.status, business.name) == ("draft", "Gula Aren Uji")


def test_a_facilitator_registers_and_acts_for_an_owner_who_is_named(market: Market) -> None:
    with market.begin() as session:
        helper = accounts.staff(session, "facilitator", district_code="64.08.04", name="Pendamping Uji")
        phone = accounts.fresh_phone()
    desk = desk_of(market, helper)
    desk.get("/jual/usaha/baru")
    page = desk.submit(
        "/jual/usaha/baru", nama="Kue Bu Ani", barang_utama="kue", kecamatan="64.08.04", pemilik_nama="Ani Uji",
        pemilik_hp=phone,
    )  # fmt: skip
    number = number_in(page.path)
    assert "Anda bertindak untuk Ani Uji , Kue Bu Ani." in " ".join(page.text.split())
    words = visible(desk.get("/jual/usaha"))
    assert "Belum ada usaha atas nama Anda" in words
    assert number in words
    with market.begin() as session:
        business = session.exec(select(Business).where(Business.number == number)).one()
        assert business.source == "facilitator"
        assert helper.account_id not in membership.member_accounts(session, business.id)


def test_a_facilitator_of_another_place_is_refused_beside_the_form(market: Market) -> None:
    with market.begin() as session:
        helper = accounts.staff(session, "facilitator", district_code="64.08.05")
        seller = open_shop(session)
        number = files.mine(session, seller.actor)[0].number
        phone = accounts.fresh_phone()
    desk = desk_of(market, helper)
    desk.get("/jual/usaha/baru")
    page = desk.submit(
        "/jual/usaha/baru", nama="Kue", barang_utama="kue", kecamatan="64.08.04", pemilik_nama="Ani", pemilik_hp=phone,
        expect=403,
    )  # fmt: skip
    assert "Anda hanya dapat mendaftarkan usaha di wilayah tugas Anda." in visible(page)
    assert page.form("/jual/usaha/baru").values["pemilik_hp"] == [phone]
    desk.get(f"/jual?usaha={number}", expect=404)


def test_the_office_sees_the_file_and_does_not_trade(market: Market) -> None:
    with market.begin() as session:
        officer = accounts.staff(session, "verifier")
        seller = open_shop(session)
        number = files.mine(session, seller.actor)[0].number
        registration.change(session, seller.actor, seller.business_id, registry.draft(address="Jl. Rahasia"))
    desk = desk_of(market, officer)
    assert "Kelola toko" not in visible(desk.get(f"/jual/usaha/{number}"))
    assert "Dinas tidak berjualan" in visible(desk.get(f"/jual/produk?usaha={number}"))
    desk.post(f"/jual/toko?usaha={number}", keterangan="x", cara_bayar="cod", expect=404)
    assert urlsplit(desk.page.url).path == "/jual/toko"
