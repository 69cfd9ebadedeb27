"""Careless and hostile typing in every form: never a fault of ours, a sentence to act on, the typing kept, nothing written.

The table names every form of the pages with the fields it reads. A new form that is not in it fails the first test.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from httpx import Response
from sqlalchemy import text

from app.db import Transactions
from tests.app.media import pictures
from tests.journeys.browser import Reader
from tests.web import everything
from tests.web.everything import Village, changed, state

JUNK = (
    b"", b"%00", b"a%00b", b"x" * 10_000, b"%F0%9F%8D%A4%F0%9F%8D%A4", b"%ED%A0%80", b"%E2%80%AEtxt%E2%81%A6", b"-1",
    b"12345678901234567890", b"1e9", b"NaN", b"%3Cscript%3Ealert(1)%3C/script%3E", b"%27%20OR%201=1--", b"bukan-pilihan",
    b"%FF%FE", b"a%0D%0ALocation:%20http://jahat.example", b"%EF%BC%91%EF%BC%92", b"9999999999", b"%7B%7B7*7%7D%7D",
)  # fmt: skip
"""Nothing, NUL, far too long, pictures, half a character, marks that turn the reading, numbers that are none, markup, SQL,
a choice nobody offered, no UTF-8, a second header, full-width digits, a number past 32 bits, a template."""

TURNS = range(0, len(JUNK), 7)
"""Every field gets another value in each turn, and neighbours never the same."""

CALM = {303, 400, 403, 404, 409, 413, 422, 429}
READS = {200, *CALM}
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Entry:
    """One form: who fills it in, where, with which fields. `kept` are those shown again as typed when it is refused."""

    who: str = "stranger"
    names: tuple[tuple[str, str], ...] = ()
    fields: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    answers: frozenset[int] = frozenset(CALM)
    writes: frozenset[str] = frozenset()


def form(
    who: str, *fields: str, kept: tuple[str, ...] = (), reads: bool = False, writes: str = "", **names: str
) -> Entry:
    """`reads`: the form may answer with a page. `writes`: the tables in which even a refusal is counted."""
    answers = frozenset(READS if reads else CALM)
    return Entry(who, tuple(names.items()), fields, kept, answers, frozenset(writes.split()))


STEP = ("usaha", "pemilik", "izin")
LICENCE = ("nib", "kbli_versi", "kbli", "mulai", "modal", "omzet", "tk_laki", "tk_perempuan", "versi")
CHECKOUT = ("nama", "no_hp", "cara_terima", "tujuan", "alamat", "cara_bayar", "penawaran", "langkah")
GOODS = ("nama", "jenis", "harga", "keterangan", "satuan", "berat", "cara_stok", "stok", "stok_semula", "versi")
SIGNING = "sign_in_failure audit_record recovery_code"

FORMS: dict[str, Entry] = {
    "POST /keranjang": form("guest", "jumlah", produk="mine.product", kept=("jumlah",)),
    "POST /keranjang/ubah": form("guest", "jumlah", produk="mine.product", kept=("jumlah",)),
    "POST /checkout": form("buyer", *CHECKOUT, kept=("nama", "no_hp", "alamat"), reads=True),
    "POST /masuk": form("guest", "no_hp", "sandi", "lanjut", kept=("no_hp",), writes=SIGNING),
    "POST /daftar": form("guest", "nama", "no_hp", "sandi", "lanjut", kept=("nama", "no_hp")),
    "POST /akun/pulihkan": form("guest", "no_hp", "kode", "sandi", kept=("no_hp", "kode"), writes=SIGNING),
    "POST /akun/sandi": form("buyer", "sandi_lama", "sandi_baru", writes=SIGNING),
    "POST /akun/pesan/baca": form("buyer"),
    "POST /akun/pesan/{message_id}/baca": form("stranger", message_id="mine.message"),
    "POST /bayar-uji/{ref}": form("guest", "outcome", ref="tidak-ada"),
    "POST /pesanan/{number}/bayar": form("guest", number="mine.checkout", kunci="mine.key", pembayaran="mine.payment"),
    "POST /pesanan/{number}/bukti": form("buyer", "bukti", number="mine.checkout", pembayaran="mine.payment"),
    "POST /jual/usaha/baru": form("stranger", "nama", "barang_utama", "kecamatan", "desa", "pemilik_nama", "pemilik_hp",
        kept=("nama", "barang_utama")),
    "POST /jual/usaha/{number}/isi/{step}": form("stranger", *LICENCE, number="mine.draft", step="izin",
        kept=("nib", "kbli", "mulai", "modal", "omzet", "tk_laki", "tk_perempuan")),
    "POST /jual/usaha/{number}/toko": form("stranger", number="mine.draft"),
    "POST /jual/produk/baru": form("stranger", "nama", "jenis", "harga", "stok", kept=("nama", "harga", "stok")),
    "POST /jual/produk/{product_id}": form("stranger", *GOODS, product_id="mine.product",
        kept=("nama", "harga", "keterangan", "berat")),
    "POST /jual/produk/{product_id}/stok": form("stranger", "stok", "kembali", product_id="mine.product", kept=("stok",)),
    "POST /jual/produk/{product_id}/ukuran": form("stranger", "ukuran", "harga", "stok", "berat", product_id="mine.product",
        kept=("ukuran", "harga", "stok", "berat")),
    "POST /jual/produk/{product_id}/foto": form("stranger", "foto", product_id="mine.product"),
    "POST /jual/produk/{product_id}/foto/{photo_id}/utama": form("stranger", product_id="mine.product", photo_id="mine.photo"),
    "POST /jual/produk/{product_id}/tampilkan": form("stranger", product_id="mine.product"),
    "POST /jual/toko": form("stranger", "keterangan", "alamat_ambil", "cara_bayar", "bank", "rekening", "atas_nama", "versi",
        kept=("keterangan", "alamat_ambil", "rekening", "atas_nama")),
    "POST /jual/ongkir/antar": form(
        "stranger", "antar-64.08.04", "antar-64.08.05", "hari-64.08.04", kept=("antar-64.08.04", "hari-64.08.04")
    ),
    "POST /jual/ongkir/kirim": form(
        "stranger", "tujuan", "per_kg", "paling_sedikit", "hari", kept=("per_kg", "paling_sedikit", "hari")
    ),
    "POST /jual/ongkir/kirim/hapus": form("stranger", "tujuan"),
    "POST /jual/pesanan/{number}/uang": form("stranger", "jumlah", number="mine.order", kept=("jumlah",)),
    "POST /jual/pesanan/{number}/terima": form("stranger", number="mine.order"),
    "POST /jual/pesanan/{number}/siap": form("stranger", number="mine.order"),
    "POST /jual/pesanan/{number}/serah": form("stranger", number="mine.order"),
    "POST /jual/pesanan/{number}/sampai": form("stranger", number="mine.order"),
    "POST /jual/pesanan/{number}/kembali": form("stranger", "catatan", number="mine.returned_order",
        pengembalian="mine.refund", kept=("catatan",)),
    "POST /dinas/usaha/baru": form("verifier", "nama_usaha", "nama_pemilik", "no_hp", "tempat", "alamat", "produk_utama",
        "langkah", kept=("nama_usaha", "nama_pemilik", "no_hp", "alamat", "produk_utama")),
    "POST /dinas/usaha/{number}/kembalikan": form("verifier", "alasan_kembali", "isian", number="mine.submitted",
        kept=("alasan_kembali",)),
    "POST /dinas/usaha/{number}/setujui": form("verifier", "periksa", number="mine.submitted"),
    "POST /dinas/usaha/{number}/tolak": form("verifier", "alasan_tolak", number="mine.submitted", kept=("alasan_tolak",)),
    "POST /dinas/usaha/{number}/periksa-ulang": form("verifier", "periksa_ulang", number="mine.business"),
    "POST /dinas/usaha/{number}/percaya": form("verifier", "percaya", number="mine.business"),
    "POST /dinas/usaha/{number}/nik": form("verifier", "keperluan", number="mine.business", reads=True),
    "POST /dinas/produk/{product_id}/setujui": form("verifier", "percaya", product_id="mine.product"),
    "POST /dinas/produk/{product_id}/tolak": form("verifier", "alasan", product_id="mine.product"),
    "POST /dinas/pesan/{message_id}/buka": form("verifier", message_id="mine.message", reads=True),
    "POST /dinas/pesan/{message_id}/tidak-bisa": form("verifier", "langkah", message_id="mine.message", reads=True),
    "POST /dinas/pesan/{message_id}/terkirim": form("verifier", "langkah", message_id="mine.message", reads=True),
    "POST /dinas/pembayaran/{payment_id}/beres": form("administrator", "catatan", payment_id="mine.payment"),
    "POST /dinas/pengembalian/{refund_id}/terkirim": form("administrator", "catatan", refund_id="mine.refund"),
    "POST /dinas/kabar-gerbang/{notice_id}/ulang": form("administrator", notice_id="mine.payment"),
    "POST /dinas/akun": form("verifier", "no_hp", kept=("no_hp",), reads=True),
    "POST /dinas/akun/kode": form("verifier", "no_hp", kept=("no_hp",), reads=True),
    "POST /dinas/petugas/{account_id}/peran": form("administrator", "peran", "wilayah", account_id="mine.account"),
    "POST /dinas/petugas/{account_id}/cabut": form("administrator", "hak", account_id="mine.account"),
    # what ends something stands last: with nothing but a button, junk presses it
    "POST /jual/usaha/{number}/kirim": form("stranger", number="mine.draft"),
    "POST /dinas/usaha/{number}/tangguhkan": form("verifier", "alasan_tangguh", number="mine.business",
        kept=("alasan_tangguh",)),
    "POST /dinas/usaha/{number}/pulihkan": form("verifier", number="mine.business"),
    "POST /jual/toko/jeda": form("stranger"),
    "POST /jual/toko/buka": form("stranger"),
    "POST /jual/produk/{product_id}/sembunyikan": form("stranger", product_id="mine.product"),
    "POST /pesanan/{number}/terima": form("buyer", number="mine.checkout", pesanan="mine.order_id"),
    "POST /pesanan/{number}/batal": form("buyer", "alasan", number="mine.checkout", pesanan="mine.order_id",
        kept=("alasan",)),
    "POST /jual/pesanan/{number}/tolak": form("stranger", "alasan", number="mine.waiting_order", kept=("alasan",)),
    "POST /jual/pesanan/{number}/batal": form("stranger", "alasan", number="mine.returned_order", kept=("alasan",)),
    "POST /jual/produk/{product_id}/foto/{photo_id}/hapus": form("stranger", product_id="mine.product",
        photo_id="mine.photo"),
    "POST /jual/produk/{product_id}/arsipkan": form("stranger", product_id="mine.product"),
    "POST /jual/usaha/{number}/tutup": form("stranger", number="mine.draft"),
    "POST /dinas/petugas/{account_id}/nonaktif": form("administrator", account_id="mine.account"),
    "POST /dinas/petugas/{account_id}/aktif": form("administrator", account_id="mine.account"),
    "POST /akun/keluar-lain": form("buyer"),
    "POST /keluar": form("buyer"),
}  # fmt: skip

WITHOUT_A_BODY = {
    "POST /akun/pesan/baca", "POST /akun/pesan/{message_id}/baca", "POST /akun/keluar-lain", "POST /keluar",
    "POST /dinas/pesan/{message_id}/buka",
}  # fmt: skip
"""They read nothing that is posted."""


def path_of(village: Village, route: str, entry: Entry) -> str:
    names = {name: quote(village.value(value), safe="") for name, value in entry.names}
    return route.partition(" ")[2].format(**names)


def fields_of(village: Village, entry: Entry) -> tuple[str, ...]:
    """The fields as they are named on the page: some end in the id of what they are about."""
    ids = [village.value(value) for name, value in entry.names if name in ("payment_id", "refund_id", "product_id")]
    named = {"catatan": "catatan-{0}"} | ({"alasan": "alasan-{0}"} if entry.who == "verifier" else {})
    return tuple(named.get(field, field).format(*ids) if ids else field for field in entry.fields)


def given(village: Village, route: str, entry: Entry) -> bytes:
    """The hidden fields of the form, as our own page sends them."""
    hidden = [(name, village.value(value)) for name, value in entry.names if f"{{{name}}}" not in route]
    return b"".join(f"{name}={quote(value, safe='')}&".encode() for name, value in hidden)


def post(village: Village, route: str, entry: Entry, body: bytes, content_type: str = FORM) -> Response:
    return village.browsers[entry.who].client.post(
        path_of(village, route, entry), follow_redirects=False,
        content=given(village, route, entry) + body if content_type == FORM else body,
        headers={"Sec-Fetch-Site": "same-origin", "Content-Type": content_type},
    )  # fmt: skip


def bodies(fields: tuple[str, ...], place: int) -> Iterator[tuple[str, bytes, str]]:
    """Ways of filling in a form that no person means: a name for it, what is sent, as what. What is read by the same few lines
    for every form (how a body is taken apart) is spread over the forms: each gets three of them, by its `place`."""
    for turn in TURNS if fields else TURNS[:1]:
        values = [JUNK[(at * 5 + turn + place) % len(JUNK)] for at in range(len(fields))]
        yield (
            f"junk {turn + place}",
            b"&".join(f.encode() + b"=" + v for f, v in zip(fields, values, strict=True)),
            FORM,
        )
    yield "nothing", b"", FORM
    if fields:
        broken = tuple(broken_bodies(fields))
        yield from (broken[(place + step * 3) % len(broken)] for step in range(3))


def broken_bodies(fields: tuple[str, ...]) -> Iterator[tuple[str, bytes, str]]:
    parts = "multipart/form-data; boundary=x"
    yield "twice", b"&".join(f.encode() + b"=" + v for f in fields for v in (b"-1", b"2")), FORM
    yield "as JSON", b'{"a": [1, 2, {"b": null}]}', "application/json"
    yield "no parts", b"--x--\r\n", parts
    yield "no end", b'--x\r\nContent-Disposition: form-data; name="' + fields[0].encode(), parts
    yield "no boundary", b"--x--\r\n", "multipart/form-data"
    yield "files for text", multipart(fields, 'filename="a.txt"', b"\x00\xff<b>"), parts
    yield "text for files", multipart(fields, "", b"bukan berkas"), parts
    yield "half a picture", multipart(fields, 'filename="a.jpg"', pictures.drawn((60, 60))[:300]), parts


def multipart(fields: tuple[str, ...], extra: str, content: bytes) -> bytes:
    head = "Content-Disposition: form-data; name={0}" + (f"; {extra}" if extra else "")
    parts = [
        f"--x\r\n{head.format(chr(34) + field + chr(34))}\r\n\r\n".encode() + content + b"\r\n" for field in fields
    ]
    return b"".join([*parts, b"--x--\r\n"])


def mark(begin: Transactions) -> tuple[object, ...]:
    """What moves when anything is done: every act leaves a line in the audit, what others must hear of an event."""
    counted = ("audit_record", "outbox_event", "idempotency_key", "cart_line", "customer_order", "product", "message")
    with begin() as session:
        return tuple(session.execute(text(f"SELECT {', '.join(f'(SELECT count(*) FROM {t})' for t in counted)}")).one())


def faults_of(answer: Response, entry: Entry) -> Iterator[str]:
    """What is wrong with an answer, if anything."""
    if answer.status_code not in entry.answers:
        yield f"answered {answer.status_code}: {answer.text[:300] if answer.status_code < 500 else ''}"
        return
    if "<script>alert(1)" in answer.text:
        yield "shows markup as markup"
    if "jahat.example" in answer.headers.get("location", "") or len(answer.headers.get_list("location")) > 1:
        yield f"leads to {answer.headers['location']}"
    if answer.status_code < 400:
        return
    if "html" not in answer.headers["content-type"] or "<h1" not in answer.text:
        yield "is no page"
    if not re.search(r'<a [^>]*href="/|<button', answer.text):
        yield "leaves no way on"
    if answer.status_code == 422 and not (
        re.search(r'-salah"|role="alert"', answer.text) or 'class="lead"' in answer.text
    ):
        yield "says not what is wrong"


def test_every_form_is_in_the_table() -> None:
    posts = {everything.named(route) for route in everything.routes() if "POST" in (route.methods or ())}
    assert set(FORMS) == posts


def test_a_form_that_reads_what_is_posted_has_fields_or_only_a_button() -> None:
    """Forms without fields are buttons: their handlers take what is posted for the key of the press alone, or not at all."""
    reading = {
        everything.named(route)
        for route in everything.routes()
        if "POST" in (route.methods or ()) and "typed" in inspect.signature(route.original_route.endpoint).parameters
    }
    assert {route for route in FORMS if route not in reading} == WITHOUT_A_BODY


def test_what_was_typed_is_still_there_when_a_form_is_refused(village: Village) -> None:
    """Far too long, with signs that mean something in HTML: refused everywhere, and shown again to the letter."""
    for who in ("guest", "buyer"):
        with_a_cart(village, who)
    faults = []
    before = state(village.market.begin)
    for route, entry in FORMS.items():
        if not entry.kept:
            continue
        fields = fields_of(village, entry)
        typed = {field: f"Ketikan <{field}> & 'uji' " + "x" * 2_500 for field in fields}
        body = "&".join(f"{field}={quote(value)}" for field, value in typed.items()).encode()
        answer = post(village, route, entry, body)
        reader = Reader()
        reader.feed(answer.text)
        shown = [value for one in reader.forms for values in one.values.values() for value in values]
        lost = [
            name
            for name, field in zip(entry.fields, fields, strict=True)
            if name in entry.kept and typed[field] not in shown
        ]
        if answer.status_code != 422 or lost:
            faults.append(f"{route}: {answer.status_code}, lost {lost}")
        if answer.status_code == 422 and not re.search(r'-salah">(?:<svg.*?</svg>)?[A-Z][^<]{8,}', answer.text, re.S):
            faults.append(f"{route}: no sentence beside a field")
    assert faults == []
    assert set(changed(before, state(village.market.begin))) <= set(SIGNING.split())


def with_a_cart(village: Village, who: str) -> None:
    body = f"produk={village.mine.product}&jumlah=2".encode()
    assert post(village, "POST /keranjang", Entry(who), body).status_code == 303


def test_a_key_answers_its_own_press_and_no_other(village: Village) -> None:
    """Same key, same body: the same answer. Another body: a sentence. Somebody else's key: theirs, not ours."""
    route, entry = "POST /jual/produk/baru", FORMS["POST /jual/produk/baru"]
    body = b"nama=Amplang+kunci&jenis=amplang&harga=15000&stok=3&kunci_kirim="
    before = goods(village)
    first, second = (post(village, route, entry, body + b"satu-kunci") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    other = post(village, route, entry, body.replace(b"15000", b"1") + b"satu-kunci")
    assert other.status_code == 409
    assert "Amplang kunci" in other.text
    theirs = post(village, route, Entry("seller himself"), body + b"satu-kunci")
    assert theirs.status_code == 303
    assert theirs.headers["location"] != first.headers["location"]
    assert goods(village) == before + 2
    for key in (b"x" * 10_000, b"%ED%A0%80", b"%F0%9F%8D%A4", b"%E2%80%AE"):
        answers = [post(village, route, entry, body + key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [303, 303], key
        assert answers[0].headers["location"] == answers[1].headers["location"], key
    assert goods(village) == before + 6


def goods(village: Village) -> int:
    with village.market.begin() as session:
        return int(session.execute(text("SELECT count(*) FROM product WHERE name = 'Amplang kunci'")).scalar_one())


def test_an_old_page_overwrites_nothing(village: Village) -> None:
    """The form was opened before somebody else saved: a sentence, and what was typed."""
    before = state(village.market.begin)
    for route, entry, body in (
        ("POST /jual/toko", FORMS["POST /jual/toko"], "keterangan=Ketikan+lama&alamat_ambil=Jl.+Uji&cara_bayar=cod&versi=999"),
        (
            "POST /jual/produk/{product_id}", FORMS["POST /jual/produk/{product_id}"],
            "nama=Ketikan+lama&jenis=amplang&harga=1&satuan=bungkus&berat=250&keterangan=&cara_stok=counted&stok=1"
            "&stok_semula=1&versi=999",
        ),
        (
            "POST /jual/usaha/{number}/isi/{step}", form("stranger", number="mine.draft", step="usaha"),
            "nama=Ketikan+lama&barang_utama=amplang&kecamatan=64.08.04&versi=999",
        ),
    ):  # fmt: skip
        answer = post(village, route, entry, body.encode())
        assert answer.status_code == 409, f"{route}: {answer.status_code}"
        assert "Ketikan lama" in answer.text, route
        assert 'role="alert"' in answer.text, route
    assert changed(before, state(village.market.begin)) == []


def test_careless_typing_is_answered_calmly_and_a_refusal_writes_nothing(village: Village) -> None:
    begin = village.market.begin
    faults: list[str] = []
    before = state(begin)
    for place, (route, entry) in enumerate(FORMS.items()):
        fields = fields_of(village, entry)
        refused = True
        seen = mark(begin)
        for name, body, content_type in bodies(fields, place):
            answer = post(village, route, entry, body, content_type)
            faults += [f"{route}, {name}: {fault}" for fault in faults_of(answer, entry)]
            now = mark(begin)
            if answer.status_code >= 400 and now != seen and not entry.writes:
                faults.append(f"{route}, {name}: {answer.status_code}, and yet something was written")
            refused = refused and answer.status_code >= 400
            seen = now
        after = state(begin)
        if refused and set(changed(before, after)) - entry.writes:
            faults.append(f"{route}: refused, and yet {changed(before, after)} changed")
        before = after
    assert faults == []
