"""The office's first page tells everybody what waits for them, and nobody what does not."""

from __future__ import annotations

from datetime import timedelta

from app.kit import clock
from tests.web.pages.office.conftest import SANGKULIRANG, Office


def test_waiting_registrations_are_counted_and_those_past_the_promise_are_named(office: Office) -> None:
    with clock.at(clock.now() - timedelta(days=6)):
        office.submitted(name="Warung Lama")
    office.submitted(name="Warung Baru")
    text = office.enter("verifier").get("/dinas").text
    assert "2 Pendaftaran usaha menunggu keputusan" in text
    assert "1 lewat dari janji" in text
    assert "Selamat bekerja, Joko Uji" in text


def test_an_analyst_sees_figures_and_no_heap_of_work(office: Office) -> None:
    office.active(name="Amplang Aktif")
    text = office.enter("analyst").get("/dinas").text
    assert "Usaha terdaftar 1" in text
    assert "Yang menunggu" not in text
    assert "Daftarkan usaha Anda" in text  # the public footer
    assert "Ada warga di depan meja?" not in text


def test_a_facilitator_sees_the_own_district_alone(office: Office) -> None:
    office.submitted(name="Dampingan Saya")
    office.submitted(name="Jauh Di Sana", district_code=SANGKULIRANG)
    text = office.enter("facilitator").get("/dinas").text
    assert "Dampingan Saya" in text
    assert "Jauh Di Sana" not in text
    assert "Keadaan hari ini" not in text
    assert "Pendaftaran usaha" not in text
