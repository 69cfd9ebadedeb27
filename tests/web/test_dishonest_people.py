"""Somebody who wants goods without paying for them, somebody else's account, or a badge nobody checked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from uuid import UUID

from httpx import Response
from sqlalchemy import text

from app.accounts import recovery, roles
from app.actor import SYSTEM
from app.payments import proving
from app.registry import membership
from tests.factories import accounts, registry
from tests.web.everything import Village, changed, state
from tests.web.pages.selling import conftest as desks
from tests.web.pages.selling.conftest import SellerDesk, desk_of

OURS = {"Sec-Fetch-Site": "same-origin"}


def send(desk: SellerDesk, path: str, **typed: str) -> Response:
    return desk.client.post(path, data=typed, headers=OURS, follow_redirects=False)


def value(village: Village, sql: str, **given: object) -> object:
    with village.market.begin() as session:
        return session.execute(text(sql), given).scalar_one()


def cart_of(village: Village, product: UUID, quantity: str = "1") -> SellerDesk:
    """A guest with this in the cart."""
    desk = desk_of(village.market, village.mine.buyer)
    desk.client.cookies.clear()
    assert send(desk, "/keranjang", produk=str(product), jumlah=quantity).status_code == 303
    return desk


def ordering(desk: SellerDesk, **more: str) -> Response:
    """The checkout of this browser's cart, by pick-up and cash."""
    found = re.search(r'name="penawaran" value="([^"]+)"', desk.client.get("/checkout").text)
    assert found is not None
    typed = {"nama": "Pembeli Uji", "no_hp": accounts.fresh_phone(), "cara_terima": "pickup", "cara_bayar": "cod"}
    return send(desk, "/checkout", **{**typed, "penawaran": found[1], **more})


def test_the_price_is_ours_whatever_is_sent_along(village: Village) -> None:
    """Prices, totals, discounts and another account in the form: nothing of it is read."""
    desk = cart_of(village, village.mine.product, "2")
    smuggled = {"harga": "1", "total": "1", "total_amount": "1", "unit_price_amount": "0", "diskon": "100", "jumlah": "-5",
        "account_id": str(village.his.owner.account_id), "status": "paid", "ongkir": "-20000"}  # fmt: skip
    answer = ordering(desk, **smuggled)
    assert answer.status_code == 303, answer.text[:800]
    number = re.search(r"/pesanan/([^?]+)", answer.headers["location"])
    assert number is not None
    sql = "SELECT {0} FROM order_group WHERE number = :n"
    assert value(village, sql.format("total_amount"), n=number[1]) == 40_000
    assert value(village, sql.format("account_id"), n=number[1]) is None


def test_a_quote_is_no_promise_one_can_write_oneself(village: Village) -> None:
    """A made-up quote, or that of a cheaper cart: told what changed, and nothing is ordered."""
    with village.market.begin() as session:
        cheap = desks.add_product(
            session, desks.shop_of(session, desk_of(village.market, village.mine.owner)), price_amount=100
        )
    found = re.search(r'name="penawaran" value="([^"]+)"', cart_of(village, cheap).client.get("/checkout").text)
    assert found is not None
    desk = cart_of(village, village.mine.product)
    before = state(village.market.begin)
    for forged in (
        found[1],
        "x",
        "0",
        found[1][:-1],
        "e30",
        "x" * 5_000,
        "\ud83c\udf64".encode("utf-16", "surrogatepass").decode("utf-16"),
    ):
        answer = ordering(desk, penawaran=forged)
        assert answer.status_code in (409, 422), forged[:40]
        assert 'role="alert"' in answer.text
    assert changed(before, state(village.market.begin)) == []


def test_no_quantity_makes_a_cart_cheaper(village: Village) -> None:
    desk = cart_of(village, village.mine.product)
    before = state(village.market.begin)
    for quantity in ("-1", "-999999999", "0.5", "1e3", "1000", "99999999999999999999", "NaN", "２"):
        for path in ("/keranjang", "/keranjang/ubah"):
            assert send(desk, path, produk=str(village.mine.product), jumlah=quantity).status_code == 422, (
                f"{path} {quantity}"
            )
    assert send(desk, "/keranjang", produk=str(village.mine.product), jumlah="0").status_code == 422
    assert changed(before, state(village.market.begin)) == []


def test_an_account_is_opened_without_any_role_whatever_is_asked(village: Village) -> None:
    phone = accounts.fresh_phone()
    desk = desk_of(village.market, village.mine.owner)
    desk.client.cookies.clear()
    answer = send(desk, "/daftar", nama="Cari Kuasa", no_hp=phone, sandi=accounts.PASSWORD, peran="administrator",
        role="administrator", status="active", is_admin="1", lanjut="/dinas")  # fmt: skip
    assert answer.status_code == 303
    assert desk.client.get("/dinas").status_code == 403
    named = "SELECT count(*) FROM role_grant g JOIN account a ON a.id = g.account_id WHERE a.name = 'Cari Kuasa'"
    assert value(village, named) == 0


def test_nobody_gives_themselves_a_role_or_opens_their_own_account(village: Village) -> None:
    desk = village.browsers["administrator"]
    own = desk.actor.account_id
    for path, typed in (("peran", {"peran": "verifier"}), ("nonaktif", {}), ("aktif", {})):
        assert send(desk, f"/dinas/petugas/{own}/{path}", **typed).status_code == 403, path
    for who in ("verifier", "stranger", "helper elsewhere"):
        answer = send(village.browsers[who], f"/dinas/petugas/{own}/peran", peran="administrator")
        assert answer.status_code == 403, who


def test_an_officer_decides_neither_the_own_business_nor_what_they_entered(village: Village) -> None:
    """Also when the officer holds two roles, or is an administrator."""
    with village.market.begin() as session:
        officer = accounts.staff(session, "verifier", name="Dua Peran")
        assert officer.account_id is not None
        roles.give(session, SYSTEM, officer.account_id, "facilitator",
            district_code=registry.SANGATTA_UTARA)  # fmt: skip
        own = registry.submitted(session, officer, name="Usaha Sendiri")
        assert membership.owner_account(session, own.id) == officer.account_id
        number = own.number
    desk = desk_of(village.market, officer)
    before = state(village.market.begin)
    for verb, typed in (
        ("setujui", {}), ("kembalikan", {"alasan_kembali": "Perbaiki alamat", "isian": "address"}),
        ("tolak", {"alasan_tolak": "Tidak sesuai"}),
    ):  # fmt: skip
        assert send(desk, f"/dinas/usaha/{number}/{verb}", **typed).status_code == 403, verb
    assert changed(before, state(village.market.begin)) == []
    phone = accounts.fresh_phone()
    entered = send(desk, "/dinas/usaha/baru", nama_usaha="Usaha Tetangga", nama_pemilik="Tetangga Uji", no_hp=phone,
        tempat=registry.SANGATTA_UTARA, produk_utama="keripik", langkah="kirim")  # fmt: skip
    assert entered.status_code == 303
    where = str(value(village, "SELECT number FROM business WHERE name = 'Usaha Tetangga'"))
    assert send(desk, f"/dinas/usaha/{where}/setujui").status_code == 403
    assert value(village, "SELECT status FROM business WHERE number = :n", n=where) == "submitted"


def test_a_helper_lets_nobody_into_an_account_outside_their_place(village: Village) -> None:
    """Not of a seller elsewhere, not of an officer, not by a draft made up for the number."""
    helper = village.browsers["helper elsewhere"]
    seller_phone, officer_phone, plain_phone = (accounts.fresh_phone() for _ in range(3))
    with village.market.begin() as session:
        seller = accounts.actor(session, accounts.person(session, phone=seller_phone))
        registry.active(session, seller, district_code=registry.SANGATTA_UTARA)
        officer = accounts.person(session, phone=officer_phone)
        roles.give(session, SYSTEM, officer.id, "verifier")
        accounts.person(session, phone=plain_phone)
    for phone in (officer_phone, plain_phone):
        send(helper, "/dinas/usaha/baru", nama_usaha="Karangan", nama_pemilik="Siapa Saja", no_hp=phone,
            tempat=registry.SANGKULIRANG, produk_utama="keripik", langkah="kirim")  # fmt: skip
    for phone in (seller_phone, officer_phone, plain_phone):
        answer = send(helper, "/dinas/akun/kode", no_hp=phone)
        assert answer.status_code in (403, 404, 422), phone
        assert not re.search(r"\b\d{4} ?\d{4}\b", re.sub(r"\s+", " ", re.sub(r'value="[^"]*"', "", answer.text))), phone
    assert value(village, "SELECT count(*) FROM recovery_code") == 0


def test_a_code_is_guessed_five_times_and_then_it_is_dead(village: Village) -> None:
    phone = accounts.fresh_phone()
    with village.market.begin() as session:
        account = accounts.person(session, phone=phone)
        code = recovery.issue(session, village.browsers["verifier"].actor, account.id)
    desk = desk_of(village.market, village.mine.owner)
    desk.client.cookies.clear()
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        assert send(desk, "/akun/pulihkan", no_hp=phone, kode=wrong, sandi="empat-perahu-hijau").status_code == 422
    late = send(desk, "/akun/pulihkan", no_hp=phone, kode=code, sandi="empat-perahu-hijau")
    assert late.status_code == 422
    assert "sesi" not in desk.client.cookies
    assert send(desk, "/masuk", no_hp=phone, sandi=accounts.PASSWORD).status_code == 303


def test_an_administrator_reads_an_order_and_is_not_its_buyer(village: Village) -> None:
    """The office may look at an order; taking it back or confirming it is the buyer's."""
    desk, mine = village.browsers["administrator"], village.mine
    page = desk.client.get(f"/pesanan/{mine.checkout}")
    assert page.status_code == 200
    assert mine.key not in page.text
    before = state(village.market.begin)
    for verb in ("batal", "terima"):
        answer = send(desk, f"/pesanan/{mine.checkout}/{verb}", pesanan=str(mine.order_id), kunci="")
        assert answer.status_code == 404, verb
    assert changed(before, state(village.market.begin)) == []


def test_money_sent_back_in_two_tabs_is_sent_back_once(village: Village) -> None:
    """Both tabs press at once, each with a key of its own."""
    mine = village.mine
    desk = desk_of(village.market, mine.owner)
    path, refund = f"/jual/pesanan/{mine.returned_order}/kembali", str(mine.refund)
    answers = at_once(
        lambda: send(desk, path, pengembalian=refund, catatan="BRI 1", kunci_kirim="tab-satu"),
        lambda: send(desk, path, pengembalian=refund, catatan="BRI 1", kunci_kirim="tab-dua"),
    )
    assert sorted(answers)[0] == 303
    assert set(answers) <= {303, 409}
    assert value(village, "SELECT status FROM refund WHERE id = :r", r=mine.refund) == "succeeded"
    noted = "SELECT count(*) FROM audit_record WHERE subject_id = :r AND action = 'refund.succeeded'"
    assert value(village, noted, r=refund) == 1
    share = "SELECT s.refunded_amount = s.amount FROM payment_share s JOIN refund r ON r.order_id = s.order_id WHERE r.id = :r"
    assert value(village, share, r=mine.refund) is True


def test_taking_an_order_back_while_its_money_is_confirmed_ends_in_one_of_both(village: Village) -> None:
    """The buyer cancels as the seller confirms the transfer: sold, or cancelled with the money owed back; never neither."""
    with village.market.begin() as session:
        seller = desks.shop_of(session, desk_of(village.market, village.mine.owner))
        placed = desks.place(session, desks.add_product(session, seller, "Amplang rebutan"), payment_method="transfer")
        checkout = placed.number.rpartition("-")[0]
    buyer, owner = desk_of(village.market, village.mine.buyer), desk_of(village.market, village.mine.owner)
    buyer.client.cookies.clear()
    answers = at_once(
        lambda: send(buyer, f"/pesanan/{checkout}/batal", pesanan=str(placed.order_id), kunci=placed.key),
        lambda: send(owner, f"/jual/pesanan/{placed.number}/uang", jumlah=str(placed.amount)),
    )
    assert all(answer in (303, 409) for answer in answers), answers
    status = value(village, "SELECT status FROM customer_order WHERE id = :o", o=placed.order_id)
    paid = value(village, "SELECT status FROM payment WHERE id = :p", p=placed.payment_id)
    assert (status, paid) in {("confirmed", "paid"), ("cancelled", "cancelled"), ("cancelled", "paid"), ("cancelled", "review"),
        ("cancelled", "pending")}, (status, paid, answers)  # fmt: skip
    with village.market.begin() as session:
        assert proving.verify(session) == []


def at_once(*acts: Callable[[], Response]) -> list[int]:
    answers: list[int] = []
    threads = [threading.Thread(target=lambda act=act: answers.append(act().status_code)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers
