"""Requests no page of ours makes: from other sites, with broken cookies, over invented addresses. None does anything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest

from tests.factories import accounts
from tests.web import everything
from tests.web.everything import Village, changed, state
from tests.web.test_careless_forms import FORM, FORMS, Entry, path_of, post
from tests.web.test_foreign_ids import COVERED

READING = ("/", "/produk", "/usaha", "/verifikasi", "/data", "/keranjang", "/checkout", "/pesanan-saya", "/masuk", "/daftar",
    "/akun/pulihkan")  # fmt: skip
PERSONAL = {
    "stranger": (
        "/akun",
        "/akun/pesan",
        "/jual",
        "/jual/usaha",
        "/jual/produk",
        "/jual/pesanan",
        "/jual/uang",
        "/jual/toko",
    ),
    "administrator": ("/dinas", "/dinas/usaha", "/dinas/petugas", "/dinas/pembayaran", "/dinas/pesan", "/dinas/buku"),
    "buyer": ("/pesanan-saya", "/keranjang", "/checkout", "/akun"),
}


@pytest.fixture
def nobody(village: Village) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=village.market.base_url, timeout=30, trust_env=False) as client:
        yield client


def test_no_form_can_be_sent_from_another_site(village: Village) -> None:
    before = state(village.market.begin)
    foreign: tuple[dict[str, str], ...] = (
        {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://jahat.example"}, {"Origin": "null"},
    )  # fmt: skip
    for place, (route, entry) in enumerate(FORMS.items()):
        answer = village.browsers[entry.who].client.post(
            path_of(village, route, entry),
            content=b"jumlah=1",
            headers={"Content-Type": FORM, **foreign[place % len(foreign)]},
            follow_redirects=False,
        )
        assert answer.status_code == 403, route
        assert "set-cookie" not in answer.headers, route
    assert changed(before, state(village.market.begin)) == []


def test_reading_changes_nothing_by_any_harmless_method(village: Village, nobody: httpx.Client) -> None:
    """No GET, HEAD or OPTIONS acts, and no address takes a method it does not know."""
    before = state(village.market.begin)
    others = ("PUT", "HEAD", "DELETE", "OPTIONS", "TRACE", "PATCH")
    for place, (route, entry) in enumerate(FORMS.items()):
        path = path_of(village, route, entry)
        for method in ("GET", others[place % len(others)]):
            answer = village.browsers["seller himself"].client.request(method, path, follow_redirects=False)
            assert answer.status_code < 500, f"{method} {path}"
            if method in ("PUT", "DELETE", "TRACE", "PATCH"):
                assert answer.status_code == 405, f"{method} {path}"
    assert set(changed(before, state(village.market.begin))) <= {"sign_in"}
    for path in READING:
        got, head = nobody.get(path), nobody.head(path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        assert head.headers["content-type"] == got.headers["content-type"], path


def test_every_answer_carries_the_guards_headers(village: Village, nobody: httpx.Client) -> None:
    client = village.browsers["stranger"].client
    answers = [
        nobody.get(path) for path in (*READING, "/tidak-ada", "/foto/x/y", "/static/tidak-ada.css", "/robots.txt")
    ]
    answers += [
        nobody.post("/masuk", headers={"Sec-Fetch-Site": "cross-site"}),
        nobody.put("/masuk"),
        nobody.get("/akun"),
    ]
    answers += [client.post("/jual/toko", content=b"x" * 70_000, headers={"Content-Type": FORM}), client.get("/dinas")]
    answers += [
        nobody.get("/api/v1/tidak-ada"),
        nobody.post("/masuk", content=b"x", headers={"Content-Type": "multipart/form-data"}),
    ]
    answers += [nobody.get("/masuk?lanjut=%FF%00"), nobody.get("/healthz"), nobody.get("/static/../../app/config.py")]
    assert {answer.status_code for answer in answers} >= {200, 303, 400, 403, 404, 405, 413}
    for answer in answers:
        named = f"{answer.request.method} {answer.request.url}: {answer.status_code}"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; "), named
        assert answer.headers["x-content-type-options"] == "nosniff", named
        assert answer.headers["x-frame-options"] == "DENY", named
        assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer"), named
        assert "cache-control" in answer.headers, named
        assert "server" not in answer.headers or "python" not in answer.headers["server"].lower(), named


def test_personal_pages_are_kept_by_no_cache(village: Village, nobody: httpx.Client) -> None:
    for who, paths in PERSONAL.items():
        for path in paths:
            answer = village.browsers[who].client.get(path)
            assert answer.status_code == 200, f"{who} {path}"
            assert answer.headers["cache-control"] == "private, no-store", f"{who} {path}"
    mine = village.mine
    for path in (
        f"/pesanan/{mine.checkout}?kunci={mine.key}",
        f"/pesanan/{mine.checkout}/bukti/{mine.proof}?kunci={mine.key}",
    ):
        assert nobody.get(path).headers["cache-control"] == "private, no-store", path


def test_broken_cookies_are_no_cookies(village: Village, nobody: httpx.Client) -> None:
    """Garbage, far too long, or shaped like a token: a visitor without one, and never a fault."""
    junk = (
        "x",
        "x" * 6_000,
        "%00",
        '"',
        "a\\b",
        "[[[[[[",
        '["a"]',
        '["PE-1:x", 5, null]',
        "{}",
        "1e9",
        "../..",
        "\u00ff",
    )
    before = state(village.market.begin)
    for value in junk:
        for name in ("sesi", "keranjang", "pesanan", "bahasa"):
            cookie = f"{name}={value}".encode("latin-1")
            for path in ("/", "/keranjang", "/pesanan-saya", "/akun"):
                answer = nobody.get(path, headers=[(b"Cookie", cookie)])
                assert answer.status_code == (303 if path == "/akun" else 200), f"{name}={value[:20]} {path}"
    assert changed(before, state(village.market.begin)) == []


def test_an_accounts_cart_is_opened_by_no_cookie(village: Village, nobody: httpx.Client) -> None:
    """The token a browser had before signing in opens nothing of the account afterwards."""
    phone = accounts.fresh_phone()
    with village.market.begin() as session:
        accounts.person(session, phone=phone)
    ours = {"Sec-Fetch-Site": "same-origin"}
    nobody.post("/keranjang", data={"produk": str(village.mine.product), "jumlah": "2"}, headers=ours)
    token = nobody.cookies["keranjang"]
    signed = nobody.post("/masuk", data={"no_hp": phone, "sandi": accounts.PASSWORD}, headers=ours)
    assert signed.status_code == 303
    assert "Amplang Asing" in nobody.get("/keranjang").text
    thief = nobody.get("/keranjang", headers=[(b"Cookie", f"sesi=; keranjang={token}".encode())])
    with httpx.Client(base_url=village.market.base_url, cookies={"keranjang": token}, trust_env=False) as other:
        assert "Amplang Asing" not in other.get("/keranjang").text
    assert thief.status_code == 200


def test_a_token_planted_before_signing_in_is_worth_nothing_after(village: Village, nobody: httpx.Client) -> None:
    phone = accounts.fresh_phone()
    with village.market.begin() as session:
        accounts.person(session, phone=phone)
    planted = "ditanam-oleh-orang-lain"
    nobody.cookies.set("sesi", planted, domain="127.0.0.1")
    answer = nobody.post(
        "/masuk", data={"no_hp": phone, "sandi": accounts.PASSWORD}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    given = re.search(r"sesi=([^;]+);(.*)", answer.headers["set-cookie"])
    assert given is not None
    assert given[1] != planted
    assert "HttpOnly" in given[2]
    assert "samesite=lax" in given[2].lower()
    with httpx.Client(base_url=village.market.base_url, cookies={"sesi": planted}, trust_env=False) as other:
        assert other.get("/akun").status_code == 303


AWAY = ("https://jahat.example", "//jahat.example", "/\\jahat.example", "\\\\jahat.example", "/%0d%0aSet-Cookie:x=1",
    "javascript:alert(1)", "/\tjahat", "/a\r\nLocation: x", " //jahat.example", "http:jahat.example")  # fmt: skip


def test_no_answer_leads_to_another_site(village: Village, nobody: httpx.Client) -> None:
    client = village.browsers["seller himself"].client
    for away in AWAY:
        for path in (f"/masuk?lanjut={quote(away)}", f"/daftar?lanjut={quote(away)}"):
            answer = client.get(path, follow_redirects=False)
            assert answer.status_code == 303, path
            assert own(answer.headers["location"]), f"{path} -> {answer.headers['location']}"
        entry = FORMS["POST /jual/produk/{product_id}/stok"]
        answer = post(village, "POST /jual/produk/{product_id}/stok", entry, f"stok=5&kembali={quote(away)}".encode())
        assert answer.status_code == 303
        assert own(answer.headers["location"]), answer.headers["location"]
    answer = nobody.get("/akun", headers={"Host": "jahat.example"})
    assert answer.headers["location"] == "/masuk?lanjut=%2Fakun"
    assert (
        "jahat.example"
        not in nobody.get("/", headers={"Host": "jahat.example", "X-Forwarded-Host": "jahat.example"}).text
    )
    slashes = nobody.get("//jahat.example/akun")
    assert own(slashes.headers.get("location", "/"))


def own(location: str) -> bool:
    return location.startswith("/") and location[1:2] not in ("/", "\\") and not re.search(r"[\r\n\t]", location)


def test_no_file_outside_is_served(nobody: httpx.Client, village: Village) -> None:
    for start in ("/static/", f"/foto/{village.mine.photo}/", "/foto/", "/data/"):
        for end in ("..%2f..%2fapp%2fconfig.py", "%2e%2e/%2e%2e/pyproject.toml", "..%5c..%5cpyproject.toml", "%2fetc%2fpasswd",
            "css/..%2f..%2ftemplating.py", "360.jpg%00.png", "%00", "x" * 3_000):  # fmt: skip
            answer = nobody.get(start + end)
            assert answer.status_code == 404, start + end
            assert "import" not in answer.text, start + end
            assert "root:" not in answer.text, start + end


QUERIES = (
    "bahasa=xx", "bahasa=%00", "bahasa=id%0d%0aX: y", "halaman=-1", "halaman=0", "halaman=" + "9" * 30, "halaman=1e9", "halaman=x",
    "halaman=%EF%BC%91", "halaman=1&halaman=2", "lanjut=%FF", "lanjut=" + "A" * 400, "lanjut=eyJhIjoxfQ", "sebelum=x",
    "sebelum=00000000-0000-0000-0000-000000000000", "q=%00", "q=" + "x" * 5_000, "q=%ED%A0%80", "q=%27%22%3C", "kecamatan=%00",
    "kategori=%00&urut=%00", "harga_min=-1&harga_maks=" + "9" * 30, "lat=NaN&lon=inf&urut=terdekat", "periode=%00",
    "periode=9999-99", "nomor=%00", "kabar=%3Cscript%3E", "foto=-1", "usaha=%00", "tanggal=9999-12-31", "tanggal=0001-01-01",
    "status=%00", "tahap=%00", "kunci=" + "x" * 500, "kembali=%00",
)  # fmt: skip


def test_junk_in_an_address_is_a_plain_page_or_a_missing_one(village: Village) -> None:
    """Every page that is read, with every parameter there is, as whoever may read it: never a fault of ours."""
    before = state(village.market.begin)
    faults = []
    for place, (path, who) in enumerate(pages(village)):
        for query in (QUERIES[(place + step) % len(QUERIES)] for step in range(0, len(QUERIES), 9)):
            joint = "&" if "?" in path else "?"
            answer = village.browsers[who].client.get(f"{path}{joint}{query}", follow_redirects=False)
            if answer.status_code not in (200, 303, 404, 422):
                faults.append(f"{path}?{query[:40]}: {answer.status_code}")
            if "<script>alert" in answer.text or "x: y" in {f"{k}: {v}" for k, v in answer.headers.items()}:
                faults.append(f"{path}?{query[:40]}: let it through")
    assert faults == []
    assert set(changed(before, state(village.market.begin))) <= {"audit_record"}


def pages(village: Village) -> Iterator[tuple[str, str]]:
    """Every page with something real in its address, and who reads it."""
    real = {"slug": village.mine.slug, "number": village.mine.order, "product_id": str(village.mine.product), "step": "izin",
        "photo_id": str(village.mine.photo), "rendition": "360.jpg", "proof_id": str(village.mine.proof), "table_id": "T21",
        "kind": "csv", "account_id": str(village.mine.account), "subject": str(village.mine.order_id), "ref": "x"}  # fmt: skip
    for route in everything.routes():
        if "GET" in (route.methods or ()) and not route.path.startswith(("/metrics", "/readyz")):
            who = "administrator" if route.path.startswith("/dinas") else "stranger"
            numbers = {"/pesanan": village.mine.checkout, "/verifikasi": village.mine.business, "/jual/usaha": village.mine.draft,
                "/dinas/usaha": village.mine.business}  # fmt: skip
            number = next(
                (found for start, found in numbers.items() if route.path.startswith(start)), village.mine.order
            )
            yield route.path.format(**{**real, "number": number}), who


def test_a_path_that_is_no_text_is_missing(village: Village) -> None:
    shapes = ("%00", "%ED%A0%80", "%F0%9F%8D%A4", "x" * 1_000, "-1", "%27")
    for place, route in enumerate(COVERED):
        method, _, template = route.partition(" ")
        for junk in ("%00", shapes[place % len(shapes)]):
            path = re.sub(r"\{\w+\}", junk, template)
            if "{" in template:
                answer = village.browsers["administrator"].client.request(
                    method, path, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False
                )
                known = (404, 405, 422) if "/bayar-uji/" in template else (404, 405)  # there the button is read first
                assert answer.status_code in known, f"{method} {path[:80]}: {answer.status_code}"


def test_too_many_fields_or_files_are_refused_with_a_page(village: Village) -> None:
    many = "&".join(f"f{place}=1" for place in range(1_000)).encode()
    answer = post(village, "POST /jual/toko", Entry("stranger"), many)
    assert answer.status_code == 400
    assert "<h1" in answer.text
    answer = post(village, "POST /jual/toko", Entry("stranger"), b"keterangan=" + b"x" * 70_000)
    assert answer.status_code == 413
    assert "Paling besar 64 kB" in answer.text
