"""Find any business, enter one for its owner."""

from __future__ import annotations

from sqlmodel import func, select

from app.accounts.models import Account
from app.kit import phone
from app.registry.models import Business
from tests.factories import accounts
from tests.web.pages.office.conftest import SANGATTA_UTARA, SANGKULIRANG, Office

FIELDS = {
    "nama_usaha": "Kue Cincin Bu Ani",
    "nama_pemilik": "Ani Uji",
    "tempat": "64.08.04.1010",
    "produk_utama": "kue cincin",
}


def count(office: Office) -> int:
    return office.make(lambda session: session.exec(select(func.count()).select_from(Business)).one())


def test_search_finds_by_part_of_the_name_and_by_number_in_any_status(office: Office) -> None:
    number = office.submitted(name="Sambal Terasi Nyonya")
    office.active(name="Kopi Lampu Merah")
    desk = office.enter("verifier")
    desk.get("/dinas/usaha/cari")
    page = desk.submit("/dinas/usaha/cari", q="terasi")
    assert "Sambal Terasi Nyonya" in page.text
    assert "Kopi Lampu Merah" not in page.text
    assert page.form("/dinas/usaha/cari").values["q"] == ["terasi"]
    assert "Sambal Terasi Nyonya" in desk.get(f"/dinas/usaha/cari?q={number}").text
    assert "Sambal Terasi Nyonya" not in desk.get("/dinas/usaha/cari?status=active").text
    assert "Tidak ada usaha yang cocok" in desk.get("/dinas/usaha/cari?q=%25tidak-ada").text
    desk.get("/dinas/usaha/cari?status=apa-saja")
    desk.get("/dinas/usaha/cari?q=%00")


def test_a_facilitator_enters_a_business_and_its_owner_gets_an_account(office: Office) -> None:
    number = accounts.fresh_phone()
    desk = office.enter("facilitator")
    desk.get("/dinas/usaha/baru")
    page = desk.submit("/dinas/usaha/baru", no_hp=number, press=("langkah", "kirim"), **FIELDS)
    assert page.path == "/dinas/dampingan"
    assert "Pendaftaran terkirim." in page.text
    assert "Kue Cincin Bu Ani" in page.text
    with office.begin() as session:
        business = session.exec(select(Business).where(Business.name == "Kue Cincin Bu Ani")).one()
        owner = session.exec(select(Account).where(Account.phone_e164 == phone.normalise(number))).one()
    assert (business.status, business.source) == ("submitted", "facilitator")
    assert (business.district_code, business.village_code) == (SANGATTA_UTARA, "64.08.04.1010")
    assert owner.password_hash is None
    assert number not in page.html


def test_a_draft_is_kept_by_an_officer_who_then_cannot_decide_it(office: Office) -> None:
    desk = office.enter("verifier")
    desk.get("/dinas/usaha/baru")
    typed = {**FIELDS, "nama_usaha": "Dari Meja Dinas", "no_hp": accounts.fresh_phone()}
    page = desk.submit("/dinas/usaha/baru", press=("langkah", "draf"), **typed)
    assert "Draf tersimpan." in page.text
    with office.begin() as session:
        business = session.exec(select(Business).where(Business.name == "Dari Meja Dinas")).one()
    assert (business.status, business.source) == ("draft", "office")
    assert page.path == f"/dinas/usaha/{business.number}"
    assert str(office.staff["verifier"].account_id) in business.edited_by


def test_what_is_missing_is_told_beside_each_field_and_the_rest_stays_typed(office: Office) -> None:
    before = count(office)
    desk = office.enter("facilitator")
    desk.get("/dinas/usaha/baru")
    page = desk.submit("/dinas/usaha/baru", nama_usaha="Hanya Nama", press=("langkah", "kirim"), expect=422)
    for sentence in (
        "Tulis nama pemilik.",
        "Tulis nomor HP pemilik: dengan nomor itu ia masuk sendiri nanti.",
        "Pilih desa atau kecamatan tempat usaha.",
    ):
        assert sentence in page.text
    assert "Ada 3 hal yang perlu diperbaiki" in page.text
    assert page.form("/dinas/usaha/baru").values["nama_usaha"] == ["Hanya Nama"]
    page = desk.submit(
        "/dinas/usaha/baru", press=("langkah", "kirim"), expect=422, **{**FIELDS, "no_hp": "12", "produk_utama": "kue"}
    )
    assert "Nomor HP tidak dikenali." in page.text
    assert page.form("/dinas/usaha/baru").values["tempat"] == ["64.08.04.1010"]
    assert page.form("/dinas/usaha/baru").values["no_hp"] == ["12"]
    assert count(office) == before


def test_without_a_product_it_cannot_be_sent_and_nothing_is_kept_half(office: Office) -> None:
    before = count(office)
    desk = office.enter("facilitator")
    desk.get("/dinas/usaha/baru")
    typed = {**FIELDS, "produk_utama": "", "no_hp": accounts.fresh_phone()}
    page = desk.submit("/dinas/usaha/baru", press=("langkah", "kirim"), expect=422, **typed)
    assert "Tulis barang atau jasa utama, misalnya amplang." in page.text
    assert count(office) == before


def test_a_facilitator_is_offered_and_allowed_the_own_place_alone(office: Office) -> None:
    before = count(office)
    desk = office.enter("facilitator")
    offered = desk.get("/dinas/usaha/baru").form("/dinas/usaha/baru").choices["tempat"]
    assert SANGATTA_UTARA in offered
    assert all(code == "" or code.startswith(SANGATTA_UTARA) for code in offered)
    typed = {**FIELDS, "tempat": SANGKULIRANG, "no_hp": accounts.fresh_phone(), "langkah": "kirim"}
    desk.post("/dinas/usaha/baru", expect=403, **typed)
    assert "Anda hanya dapat mendaftarkan usaha di wilayah tugas Anda." in desk.page.text
    assert desk.page.form("/dinas/usaha/baru").values["nama_usaha"] == ["Kue Cincin Bu Ani"]
    assert count(office) == before


def test_the_list_of_a_facilitator_holds_the_own_places_and_is_empty_for_others(office: Office) -> None:
    office.submitted(name="Punya Sangatta")
    office.submitted(name="Punya Sangkulirang", district_code=SANGKULIRANG)
    page = office.enter("facilitator").get("/dinas/dampingan")
    assert "Punya Sangatta" in page.text
    assert "Punya Sangkulirang" not in page.text
    assert "Belum ada usaha di wilayah Anda" in office.enter("verifier").get("/dinas/dampingan").text
