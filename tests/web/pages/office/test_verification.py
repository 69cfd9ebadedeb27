"""The queue, the case, the decisions: four eyes, reasons that stay typed, a NIK seen only by asking."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session

from app.catalogue import shops
from app.catalogue.models import Shop
from app.kit import clock, dates
from app.registry import registration, verification
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts, registry
from tests.web.pages.office.conftest import SANGKULIRANG, Office


def test_the_queue_is_oldest_first_with_the_promised_date_and_narrows_to_a_district(office: Office) -> None:
    moment = clock.now() - timedelta(days=7)
    with clock.at(moment):
        old = office.submitted(name="Antre Lama")
    new = office.submitted(name="Antre Baru", district_code=SANGKULIRANG)
    desk = office.enter("verifier")
    page = desk.get("/dinas/usaha")
    assert page.text.index("Antre Lama") < page.text.index("Antre Baru")
    assert "7 hari, lewat janji" in page.text
    assert dates.long_date(clock.business_date(moment + timedelta(days=5))) in page.text
    assert page.link(old) == f"/dinas/usaha/{old}"
    narrowed = desk.submit("/dinas/usaha", kecamatan=SANGKULIRANG)
    assert "Antre Baru" in narrowed.text
    assert "Antre Lama" not in narrowed.text
    assert new in narrowed.html


def test_an_empty_queue_says_so_and_offers_the_next_step(office: Office) -> None:
    page = office.enter("verifier").get("/dinas/usaha?kecamatan=64.08.18")
    assert "Tidak ada yang menunggu di kecamatan ini" in page.text
    assert office.enter("verifier").get("/dinas/usaha?kecamatan=99.99").status == 200


def test_a_case_shows_the_facts_and_hides_number_and_nik(office: Office) -> None:
    owner = office.make(accounts.somebody)
    nik = registry.fresh_nik()
    full = registry.with_everything(name="Kasus Lengkap", owner=OwnerDraft(name="Ibu Kasus", nik=nik, sex="female"))
    number = office.make(
        lambda session: registration.submit(session, owner, registration.start(session, owner, full).id).number
    )
    page = office.enter("verifier").get(f"/dinas/usaha/{number}")
    for fact in ("Kasus Lengkap", "Ibu Kasus", "Jalan Contoh 7", "1234567890123", "Rp987.654.321", "Rp1.234.567.891"):
        assert fact in page.text
    assert "belum diketahui" in page.text  # the starting date was never given
    assert nik not in page.html
    assert "••••" in page.text
    assert "Dikirim untuk diperiksa" in page.text


def test_the_nik_is_its_own_act_with_a_purpose_and_stays_in_one_answer(office: Office) -> None:
    owner = office.make(accounts.somebody)
    nik = registry.fresh_nik()
    known = registry.draft(name="Usaha Ber-NIK", owner=OwnerDraft(name="Ibu Nik", nik=nik))
    number = office.make(
        lambda session: registration.submit(session, owner, registration.start(session, owner, known).id).number
    )
    owner_id = office.business(number).owner_id
    assert owner_id is not None
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    refused = desk.submit(f"/dinas/usaha/{number}/nik", expect=422)
    assert "Pilih untuk apa NIK ini perlu dilihat." in refused.text
    assert nik not in refused.html
    assert ("owner.nik_read", {"purpose": "verification"}) not in office.acts_on(owner_id)
    seen = desk.submit(f"/dinas/usaha/{number}/nik", keperluan="complaint")
    assert nik in seen.html
    assert seen.headers["cache-control"] == "private, no-store"
    assert office.acts_on(owner_id) == [("owner.nik_read", {"purpose": "complaint"})]
    again = desk.get(f"/dinas/usaha/{number}")
    assert nik not in again.html
    assert "Keperluan: menyelesaikan pengaduan" in again.text


def test_approving_takes_it_into_the_register_with_exactly_what_was_ticked(office: Office) -> None:
    number = office.submitted(name="Disetujui Saja", nib="1234567890123")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    page = desk.submit(f"/dinas/usaha/{number}/setujui", periksa=["nib", "place"])
    assert "Usaha disetujui dan kini terdaftar." in page.text
    assert page.path == f"/dinas/usaha/{number}"
    assert office.business(number).status == "active"
    acts = office.acts_on(office.business(number).id)
    assert acts[-1] == ("business.approved", {"checks": ["nib", "place", "registry"]})
    assert "Joko Uji" in page.text


def test_a_check_of_what_is_not_there_cannot_be_ticked_and_is_refused_when_sent_anyway(office: Office) -> None:
    number = office.submitted(name="Tanpa NIB")
    desk = office.enter("verifier")
    assert "NIB belum diisi" in desk.get(f"/dinas/usaha/{number}").text
    desk.post(f"/dinas/usaha/{number}/setujui", expect=422, periksa=["nib"])
    assert "NIB belum diisi, jadi belum dapat ditandai sudah diperiksa." in desk.page.text
    assert office.business(number).status == "submitted"


def test_returning_wants_marked_fields_and_a_reason_and_keeps_what_was_given(office: Office) -> None:
    number = office.submitted(name="Perlu Perbaikan")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    page = desk.submit(f"/dinas/usaha/{number}/kembalikan", isian=["address", "nib"], expect=422)
    assert "Tulis alasannya: pemilik akan membacanya." in page.text
    assert page.form("/kembalikan").values["isian"] == ["address", "nib"]
    page = desk.submit(f"/dinas/usaha/{number}/kembalikan", isian=[], alasan_kembali="Alamat kurang jelas", expect=422)
    assert "Tandai isian yang perlu diperbaiki." in page.text
    assert page.form("/kembalikan").values["alasan_kembali"] == ["Alamat kurang jelas"]
    assert office.business(number).status == "submitted"
    page = desk.submit(f"/dinas/usaha/{number}/kembalikan", isian=["address"])
    assert "Pendaftaran dikembalikan untuk diperbaiki." in page.text
    kept = office.business(number)
    assert (kept.status, kept.correction_fields, kept.decision_reason) == (
        "needs_correction", ["address"], "Alamat kurang jelas",
    )  # fmt: skip
    assert "diminta diperbaiki" in page.text


def test_rejecting_wants_a_reason(office: Office) -> None:
    number = office.submitted(name="Bukan Usaha")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    desk.submit(f"/dinas/usaha/{number}/tolak", expect=422)
    assert office.business(number).status == "submitted"
    page = desk.submit(f"/dinas/usaha/{number}/tolak", alasan_tolak="Bukan usaha di Kutai Timur.")
    assert "Pendaftaran ditolak." in page.text
    assert office.business(number).status == "rejected"


def test_a_reason_too_long_is_told_and_kept(office: Office) -> None:
    number = office.submitted(name="Panjang Lebar")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    page = desk.submit(f"/dinas/usaha/{number}/tolak", alasan_tolak="a" * 501, expect=422)
    assert "Alasan paling panjang 500 huruf." in page.text
    assert page.form("/tolak").values["alasan_tolak"] == ["a" * 501]


def test_nobody_decides_what_they_edited_and_is_told_why_on_the_page(office: Office) -> None:
    owner, officer = office.make(accounts.somebody), office.staff["verifier"]

    def mended_by_the_officer(session: Session) -> str:
        business = registry.started(session, owner, name="Empat Mata")
        registration.save_step(session, officer, business.id, BusinessDraft(address="Jalan Pejabat 1"))
        return registration.submit(session, owner, business.id).number

    number = office.make(mended_by_the_officer)
    desk = office.enter("verifier")
    page = desk.get(f"/dinas/usaha/{number}")
    assert "Bukan untuk Anda putuskan" in page.text
    for step, typed in (("setujui", {}), ("tolak", {"alasan_tolak": "Tidak."})):
        desk.get(f"/dinas/usaha/{number}")
        page = desk.submit(f"/dinas/usaha/{number}/{step}", expect=403, **typed)
        assert "Anda tidak dapat memutuskan usaha yang Anda miliki atau yang Anda ubah sendiri." in page.text
        assert "Empat Mata" in page.text  # the case is still there, not a bare refusal
    assert office.business(number).status == "submitted"
    other = office.enter("administrator")
    other.get(f"/dinas/usaha/{number}")
    other.submit(f"/dinas/usaha/{number}/setujui")
    assert office.business(number).status == "active"


def test_an_officer_does_not_decide_the_own_business(office: Office) -> None:
    owner = office.make(lambda session: accounts.staff(session, "verifier", name="Pemilik Pemeriksa"))
    number = office.submitted(owner, name="Milik Pemeriksa")
    desk = office.enter_as(owner)
    desk.get(f"/dinas/usaha/{number}")
    desk.submit(f"/dinas/usaha/{number}/setujui", expect=403)
    assert office.business(number).status == "submitted"


def test_an_officer_of_one_district_finds_no_case_of_another(office: Office) -> None:
    local = office.make(lambda session: accounts.staff(session, "verifier", district_code=SANGKULIRANG))
    number = office.submitted(name="Di Sangatta")
    desk = office.enter_as(local)
    assert "Di Sangatta" not in desk.get("/dinas/usaha").text
    desk.get(f"/dinas/usaha/{number}", expect=404)
    for step in ("setujui", "kembalikan", "tolak", "tangguhkan", "pulihkan", "nik", "percaya", "periksa-ulang"):
        desk.post(
            f"/dinas/usaha/{number}/{step}", expect=404, alasan_tolak="x", alasan_tangguh="x", keperluan="complaint"
        )
    assert office.business(number).status == "submitted"


def test_the_second_press_of_a_button_decides_nothing_again(office: Office) -> None:
    number = office.submitted(name="Ditekan Dua Kali")
    desk = office.enter("verifier")
    first = desk.get(f"/dinas/usaha/{number}")
    key = first.form("/setujui").values["kunci_kirim"][0]
    for _ in range(2):
        desk.post(f"/dinas/usaha/{number}/setujui", expect=303, kunci_kirim=key)
    approvals = [act for act, _ in office.acts_on(office.business(number).id) if act == "business.approved"]
    assert len(approvals) == 1


def test_a_case_decided_meanwhile_is_a_sentence_and_not_a_fault(office: Office) -> None:
    number = office.submitted(name="Sudah Diputuskan")
    slow = office.enter("verifier")
    slow.get(f"/dinas/usaha/{number}")
    quick = office.enter("administrator")
    quick.get(f"/dinas/usaha/{number}")
    quick.submit(f"/dinas/usaha/{number}/setujui")
    page = slow.submit(f"/dinas/usaha/{number}/tolak", alasan_tolak="Terlambat.", expect=409)
    assert "Langkah ini tidak berlaku untuk status usaha sekarang." in page.text
    assert office.business(number).status == "active"


def test_suspending_and_reinstating(office: Office) -> None:
    number = office.active(name="Sementara Tutup")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    desk.submit(f"/dinas/usaha/{number}/tangguhkan", expect=422)
    page = desk.submit(f"/dinas/usaha/{number}/tangguhkan", alasan_tangguh="Laporan barang palsu.")
    assert office.business(number).status == "suspended"
    assert "Laporan barang palsu." in page.text
    desk.submit(f"/dinas/usaha/{number}/pulihkan")
    assert office.business(number).status == "active"


def test_a_new_check_is_noted_beside_the_old(office: Office) -> None:
    number = office.active(name="Diperiksa Lagi")
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    desk.submit(f"/dinas/usaha/{number}/periksa-ulang", expect=422)
    page = desk.submit(f"/dinas/usaha/{number}/periksa-ulang", periksa_ulang=["place"])
    assert "Tempat usaha" in page.text
    assert office.acts_on(office.business(number).id)[-1] == ("business.rechecked", {"checks": ["place"]})


def test_trust_in_a_shop_is_given_and_taken_on_its_page(office: Office) -> None:
    owner = office.make(accounts.somebody)
    number = office.active(owner, name="Toko Tepercaya")
    business_id = office.business(number).id
    shop_id = office.make(lambda session: shops.open_shop(session, owner, business_id).id)
    desk = office.enter("verifier")
    desk.get(f"/dinas/usaha/{number}")
    desk.submit(f"/dinas/usaha/{number}/percaya")
    assert office.make(lambda session: session.get_one(Shop, shop_id).trusted) is True
    desk.submit(f"/dinas/usaha/{number}/percaya")
    assert office.make(lambda session: session.get_one(Shop, shop_id).trusted) is False


def test_a_name_that_looks_like_markup_is_text(office: Office) -> None:
    draft = BusinessDraft(name="<script>alert(1)</script>")
    owner = office.make(accounts.somebody)
    number = office.submitted(owner, name=draft.name)
    for path in ("/dinas/usaha", f"/dinas/usaha/{number}", "/dinas/usaha/cari?q=script"):
        html = office.enter("verifier").get(path).html
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_case_of_every_status_opens_and_offers_only_what_fits(office: Office) -> None:
    owner = office.make(accounts.somebody)
    verifier = office.staff["verifier"]

    def bring(session: Session) -> dict[str, str]:
        draft = registry.started(session, owner, name="Status Draf")
        gone = registry.started(session, owner, name="Status Tutup")
        registration.close(session, owner, gone.id)
        returned, rejected = (
            registry.submitted(session, owner, name=name) for name in ("Status Balik", "Status Tolak")
        )
        verification.send_back(session, verifier, returned.id, reason="Perbaiki.", fields=["name"])
        verification.reject(session, verifier, rejected.id, reason="Bukan usaha.")
        found = {"draft": draft, "closed": gone, "needs_correction": returned, "rejected": rejected}
        return {status: business.number for status, business in found.items()}

    desk = office.enter("verifier")
    for status, number in office.make(bring).items():
        assert office.business(number).status == status
        page = desk.get(f"/dinas/usaha/{number}")
        offered = {form.action.rpartition("/")[2] for form in page.reader.forms if number in form.action}
        assert offered == set(), status
    assert {
        form.action.rpartition("/")[2]
        for form in desk.get(f"/dinas/usaha/{office.submitted(name='Status Masuk')}").reader.forms
    } >= {"setujui", "kembalikan", "tolak"}
