"""Signing up and in, the own account, a way back in, the inbox."""

from __future__ import annotations

import pytest

from app.accounts import recovery, roles
from app.accounts.signup import by_phone
from app.actor import SYSTEM
from app.notifications import sending
from app.notifications.sending import Notice
from tests.factories import accounts
from tests.journeys.browser import Browser
from tests.web.pages.conftest import Market

NOTICE = Notice(
    template="business_approved/owner",
    facts={"business": "Amplang Etam", "number": "KT-2026-000777-1"},
    dedupe_key="uji",
    thread="uji",
    link_path="/usaha",
)


@pytest.fixture
def phone(market: Market) -> str:
    """The number of somebody who has an account."""
    typed = accounts.fresh_phone()
    with market.begin() as session:
        accounts.person(session, name="Orang Uji", phone=typed)
    return typed


def signed_in(browser: Browser, phone: str, then: str = "/akun") -> None:
    browser.get(f"/masuk?lanjut={then}")
    browser.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)


def cookie(browser: Browser, name: str) -> str | None:
    return next((one.value for one in browser.client.cookies.jar if one.name == name), None)


def test_a_phone_and_a_password_make_an_account(market: Market, visitor: Browser) -> None:
    typed = accounts.fresh_phone()
    visitor.get("/daftar?lanjut=/akun")
    page = visitor.submit("/daftar", nama="Orang Baru", no_hp=typed, sandi=accounts.PASSWORD)
    assert page.path == "/akun"
    assert "Akun Anda sudah jadi." in page.text
    assert "Orang Baru" in page.text
    assert typed[1:] not in page.html
    again = market.visitor()
    again.get("/daftar")
    refused = again.submit("/daftar", nama="Orang Lain", no_hp=typed, sandi=accounts.PASSWORD, expect=422)
    assert "Nomor HP ini sudah punya akun." in refused.text
    assert refused.form("/daftar").values["nama"] == ["Orang Lain"]


def test_every_fault_of_signing_up_stands_beside_its_field(market: Market, visitor: Browser) -> None:
    visitor.get("/daftar?lanjut=/jual")
    page = visitor.submit("/daftar", nama="", no_hp="12", sandi="abc", expect=422)
    for field in ("nama", "no_hp", "sandi"):
        assert f'id="{field}-salah"' in page.html
        assert f'href="#{field}"' in page.html
    form = page.form("/daftar")
    assert (form.values["no_hp"], form.values["sandi"], form.values["lanjut"]) == (["12"], [""], ["/jual"])
    assert "sesi" not in {one.name for one in visitor.client.cookies.jar}


def test_a_wrong_pair_and_an_unknown_phone_are_told_alike(market: Market, visitor: Browser, phone: str) -> None:
    visitor.get("/masuk?lanjut=/keranjang")
    wrong = visitor.submit("/masuk", no_hp=phone, sandi="salah-sekali", expect=422)
    assert "Nomor HP atau kata sandi tidak cocok." in wrong.text
    assert wrong.form("/masuk").values["no_hp"] == [phone]
    assert "salah-sekali" not in wrong.html
    unknown = visitor.submit("/masuk", no_hp="081999999999", sandi="salah-sekali", expect=422)
    assert unknown.text == wrong.text
    right = visitor.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)
    assert right.path == "/keranjang"


def test_after_ten_wrong_passwords_the_right_one_waits(market: Market, visitor: Browser, phone: str) -> None:
    visitor.get("/masuk")
    for _ in range(10):
        visitor.submit("/masuk", no_hp=phone, sandi="salah-sekali", expect=422)
    page = visitor.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD, expect=429)
    assert "Terlalu banyak percobaan masuk." in page.text
    assert int(page.headers["retry-after"]) > 0
    assert cookie(visitor, "sesi") is None


def test_signing_in_leads_nowhere_but_here(market: Market, visitor: Browser, phone: str) -> None:
    visitor.get("/masuk?lanjut=https://jahat.example/")
    assert visitor.page.form("/masuk").values["lanjut"] == ["/"]
    forged = {"lanjut": "//jahat.example", "no_hp": phone, "sandi": accounts.PASSWORD}
    visitor.keep(visitor.client.post("/masuk", data=forged))
    assert visitor.page.url.startswith(market.base_url)
    assert visitor.get("/masuk?lanjut=/akun").path == "/akun", "who is in needs not sign in"


def test_a_page_of_the_account_asks_to_sign_in_and_comes_back(market: Market, visitor: Browser, phone: str) -> None:
    page = visitor.get("/akun/pesan")
    assert page.path == "/masuk"
    assert page.form("/masuk").values["lanjut"] == ["/akun/pesan"]
    visitor.submit("/masuk", no_hp=phone, sandi=accounts.PASSWORD)
    assert visitor.page.path == "/akun/pesan"


def test_a_new_password_ends_the_other_sign_ins(market: Market, visitor: Browser, phone: str) -> None:
    other = market.visitor()
    signed_in(visitor, phone)
    signed_in(other, phone)
    wrong = visitor.submit("/akun/sandi", sandi_lama="bukan-ini", sandi_baru="pendek", expect=422)
    assert "Kata sandi sekarang tidak cocok." in wrong.text
    short = visitor.submit("/akun/sandi", sandi_lama=accounts.PASSWORD, sandi_baru="pendek", expect=422)
    assert 'id="sandi_baru-salah"' in short.html
    assert other.get("/akun").path == "/akun"
    done = visitor.submit("/akun/sandi", sandi_lama=accounts.PASSWORD, sandi_baru="empat-perahu-hijau")
    assert "Kata sandi diganti." in done.text
    assert other.get("/akun").path == "/masuk"
    assert visitor.get("/akun").path == "/akun"


def test_signing_out_ends_the_sign_in_on_the_server_too(market: Market, visitor: Browser, phone: str) -> None:
    signed_in(visitor, phone)
    token = cookie(visitor, "sesi")
    assert token
    visitor.submit("/keluar")
    assert cookie(visitor, "sesi") is None
    visitor.client.cookies.set("sesi", token)
    assert visitor.get("/akun").path == "/masuk"


def test_a_code_from_the_office_lets_in_once(market: Market, visitor: Browser, phone: str) -> None:
    with market.begin() as session:
        officer = accounts.staff(session, "administrator")
        code = recovery.issue(session, officer, by_phone(session, phone).id)
    visitor.get("/akun/pulihkan")
    wrong = visitor.submit("/akun/pulihkan", no_hp=phone, kode="00000000", sandi="empat-perahu-hijau", expect=422)
    assert "Kode salah atau sudah kedaluwarsa." in wrong.text
    assert wrong.form("/akun/pulihkan").values["no_hp"] == [phone]
    short = visitor.submit("/akun/pulihkan", no_hp=phone, kode=code, sandi="abc", expect=422)
    assert 'id="sandi-salah"' in short.html
    page = visitor.submit("/akun/pulihkan", no_hp=phone, kode=f"{code[:4]} {code[4:]}", sandi="empat-perahu-hijau")
    assert page.path == "/akun"
    again = market.visitor()
    again.get("/akun/pulihkan")
    again.submit("/akun/pulihkan", no_hp=phone, kode=code, sandi="lima-perahu-putih", expect=422)


def test_guessed_codes_are_counted(market: Market, visitor: Browser, phone: str) -> None:
    visitor.get("/akun/pulihkan")
    for number in range(10):
        visitor.submit("/akun/pulihkan", no_hp=phone, kode=f"1234567{number}", sandi="empat-perahu-hijau", expect=422)
    page = visitor.submit("/akun/pulihkan", no_hp=phone, kode="12345678", sandi="empat-perahu-hijau", expect=429)
    assert int(page.headers["retry-after"]) > 0
    assert 'id="kode-salah"' in page.html


def test_the_inbox_shows_ones_own_messages_and_marks_them_read(market: Market, visitor: Browser, phone: str) -> None:
    with market.begin() as session:
        account_id = by_phone(session, phone).id
        sending.to_account(session, account_id, NOTICE)
    signed_in(visitor, phone, "/akun/pesan")
    assert "KT-2026-000777-1" in visitor.page.text
    assert "Baru" in visitor.page.text
    stranger = market.visitor()
    signed_in(stranger, other_phone(market), "/akun/pesan")
    assert "Belum ada pesan" in stranger.page.text
    assert visitor.page.link("/usaha")
    visitor.submit("/akun/pesan/baca")
    assert "Baru" not in visitor.page.text.split("Kotak masuk", 1)[1]
    assert "KT-2026-000777-1" in visitor.page.text


def other_phone(market: Market) -> str:
    typed = accounts.fresh_phone()
    with market.begin() as session:
        accounts.person(session, phone=typed)
    return typed


def test_the_language_asked_for_is_remembered(market: Market, visitor: Browser) -> None:
    assert 'lang="en"' in visitor.get("/?bahasa=en").html
    assert cookie(visitor, "bahasa") == "en"
    assert visitor.get("/produk").headers["content-language"] == "en"
    assert visitor.get("/produk?bahasa=id").headers["content-language"] == "id"
    assert visitor.get("/produk?bahasa=xx").headers["content-language"] == "id"


def test_staff_see_their_roles_and_the_way_to_their_desk(market: Market, visitor: Browser, phone: str) -> None:
    with market.begin() as session:
        roles.give(session, SYSTEM, by_phone(session, phone).id, "verifier")
    signed_in(visitor, phone)
    assert "pemeriksa" in visitor.page.text
    visitor.page.link("/dinas")
