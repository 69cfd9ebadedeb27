"""Meja kirim: open, send by one WhatsApp link, say what became of it; the number stands in that one answer alone."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlmodel import Session, select

from app.kit import ids
from app.notifications import sending
from app.notifications.models import Message
from app.notifications.sending import Notice
from tests.web.pages.office.conftest import SANGATTA_UTARA, SANGKULIRANG, Office

PHONE = "+6281234567890"
DIGITS = "6281234567890"


def message(office: Office, *, district: str = SANGATTA_UTARA, number: str = "PE-2026-000001-5-1") -> UUID:
    """Something that waits to be told to a buyer of whom only the number is known."""
    key = str(ids.uuid7())
    notice = Notice(
        "order_accepted/buyer",
        {"number": number, "business": "Amplang Uji"},
        key,
        thread=key,
        district_code=district,
        link_path="/akun",
    )
    office.make(lambda session: sending.to_phone(session, PHONE, notice, name="Siti Uji"))
    return office.make(lambda session: session.exec(select(Message.id).where(Message.dedupe_key == key)).one())


def status_of(office: Office, message_id: UUID) -> str:
    return office.make(lambda session: session.get_one(Message, message_id).desk_status)


@pytest.fixture(autouse=True)
def empty_desk(office: Office) -> None:
    def clear(session: Session) -> None:
        for found in session.exec(select(Message).where(Message.desk_status == "pending")):
            found.desk_status = "not_needed"

    office.make(clear)


def test_an_empty_desk_says_so(office: Office) -> None:
    assert "Semua kabar sudah terkirim" in office.enter("verifier").get("/dinas/pesan").text


def test_the_list_shows_no_number_and_no_link(office: Office) -> None:
    message(office)
    page = office.enter("verifier").get("/dinas/pesan")
    assert "Siti Uji" in page.text
    assert "0812••••890" in page.text
    assert DIGITS not in page.html
    assert "1234567" not in page.html
    assert "wa.me/62812" not in page.html


def test_one_message_is_opened_sent_and_marked(office: Office) -> None:
    message_id = message(office)
    desk = office.enter("verifier")
    desk.get("/dinas/pesan")
    page = desk.submit(f"/dinas/pesan/{message_id}/buka")
    link = page.link("wa.me/628")
    assert urlsplit(link).path == f"/{DIGITS}"
    text = parse_qs(urlsplit(link).query)["text"][0]
    assert "PE-2026-000001-5-1" in text
    assert text.splitlines()[0] in page.text
    assert 'rel="noreferrer noopener"' in page.html
    assert page.headers["cache-control"] == "private, no-store"
    assert status_of(office, message_id) == "pending"
    page = desk.submit(f"/dinas/pesan/{message_id}/terkirim", press=("langkah", "selesai"))
    assert "Pesan ditandai sudah dikirim." in page.text
    assert DIGITS not in page.html
    assert status_of(office, message_id) == "sent"
    assert [act for act, _ in office.acts_on(message_id)] == ["message.opened_for_sending", "message.sent_by_hand"]


def test_marking_opens_the_next_in_the_same_answer(office: Office) -> None:
    first, second = message(office), message(office, number="PE-2026-000002-3-1")
    desk = office.enter("verifier")
    desk.get("/dinas/pesan")
    desk.submit(f"/dinas/pesan/{first}/buka")
    page = desk.submit(f"/dinas/pesan/{first}/terkirim", press=("langkah", "berikutnya"))
    assert "PE-2026-000002-3-1" in parse_qs(urlsplit(page.link("wa.me/628")).query)["text"][0]
    assert (status_of(office, first), status_of(office, second)) == ("sent", "pending")
    page = desk.submit(f"/dinas/pesan/{second}/terkirim", press=("langkah", "berikutnya"))
    assert "Semua kabar sudah terkirim" in page.text
    assert status_of(office, second) == "sent"


def test_a_number_without_whatsapp_leaves_the_desk(office: Office) -> None:
    message_id = message(office)
    desk = office.enter("facilitator")
    desk.get("/dinas/pesan")
    desk.post(f"/dinas/pesan/{message_id}/tidak-bisa", expect=303)
    assert status_of(office, message_id) == "unsendable"


def test_a_message_somebody_else_has_sent_is_a_sentence(office: Office) -> None:
    message_id = message(office)
    slow, quick = office.enter("verifier"), office.enter("administrator")
    slow.get("/dinas/pesan")
    quick.post(f"/dinas/pesan/{message_id}/terkirim", expect=303)
    page = slow.submit(f"/dinas/pesan/{message_id}/buka", expect=409)
    assert "Pesan ini sudah dikirim atau tidak perlu dikirim lagi." in page.text
    assert DIGITS not in page.html


def test_marking_twice_is_marking_once(office: Office) -> None:
    message_id = message(office)
    desk = office.enter("verifier")
    for _ in range(2):
        desk.post(f"/dinas/pesan/{message_id}/terkirim", expect=303)
    assert [act for act, _ in office.acts_on(message_id)] == ["message.sent_by_hand"]


def test_a_facilitator_sends_for_the_own_district_and_finds_nothing_else(office: Office) -> None:
    near, far = message(office), message(office, district=SANGKULIRANG, number="PE-2026-000003-1-1")
    desk = office.enter("facilitator")
    page = desk.get("/dinas/pesan")
    assert str(near) in page.html
    assert str(far) not in page.html
    for step in ("buka", "terkirim", "tidak-bisa"):
        desk.post(f"/dinas/pesan/{far}/{step}", expect=404)
        desk.post(f"/dinas/pesan/00000000-0000-7000-8000-000000000000/{step}", expect=404)
    assert status_of(office, far) == "pending"
    assert office.acts_on(far) == []
