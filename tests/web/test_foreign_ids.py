"""A foreign thing is a missing thing, on every page and every form: the same answer to the letter, and nothing happened.

The table below names every route that takes an identifier. A new route that takes one and is not in it fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import quote, urlencode
from uuid import UUID

from fastapi.dependencies.models import Dependant
from httpx import Response

from app.kit import ids
from tests.app.media import pictures
from tests.web import everything
from tests.web.everything import Things, Village

WEB = Path(__file__).resolve().parents[2] / "web"

IDENTIFIES = {"number", "product_id", "photo_id", "proof_id", "slug", "ref", "message_id", "payment_id", "refund_id",
    "notice_id", "account_id", "subject", "usaha", "kunci", "sebelum"}  # fmt: skip
"""Parameters of a path or an address that name somebody's thing."""

PLAIN = {"step", "rendition", "kind", "table_id", "q", "status", "kecamatan", "halaman", "lanjut", "nomor", "periode",
    "tanggal", "kembali", "tahap", "periksa"}  # fmt: skip
"""Parameters that name a page, a list or a table all may see; `nomor` only leads on to the page of that number."""

NAMING_FIELDS = {"kunci", "pesanan", "pembayaran", "pengembalian", "produk", "hak"}
"""Fields of forms that name somebody's thing. Where one stands in a form, its route is in the table."""

PLAIN_FIELDS = {
    "alamat", "alamat_ambil", "alasan", "alasan_kembali", "alasan_tangguh", "alasan_tolak", "atas_nama", "bank",
    "barang_utama", "berat", "bukti", "cara_bayar", "cara_stok", "cara_terima", "catatan", "desa", "hapus", "hari", "harga",
    "isian", "jenis", "jenis_kelamin", "jumlah", "kbli", "kbli_versi", "kecamatan", "kembali", "keperluan", "keterangan", "kirim",
    "kode", "langkah", "lanjut", "modal", "mulai", "nama", "nama_pemilik", "nama_usaha", "nanti", "nib", "nik", "no_hp",
    "omzet", "outcome", "paling_sedikit", "pemilik_hp", "pemilik_nama", "per_kg", "peran", "percaya", "periksa",
    "periksa_ulang", "produk_utama", "rekening", "sandi", "sandi_baru", "sandi_lama", "satuan", "stok", "stok_semula",
    "tempat", "tk_laki", "tk_perempuan", "tujuan", "ukuran", "versi", "wilayah",
}  # fmt: skip

Names = dict[str, str]


@dataclass(frozen=True)
class Try:
    """One attempt: who, and by which names. `his.…` is foreign, `mine.…` one's own, anything else stands for itself."""

    who: str
    names: Names
    status: int = 404


def both(**names: str) -> tuple[Try, ...]:
    """By a stranger who sells and by a guest: for pages that are open to both."""
    return Try("stranger", names), Try("guest", names)


def seller(**names: str) -> tuple[Try, ...]:
    return (Try("stranger", names),)


ORDER = both(number="his.checkout", kunci="mine.key")
STEP = (
    *both(number="his.checkout", kunci="mine.key", pesanan="his.order_id"),
    *both(number="his.checkout", kunci="", pesanan="his.order_id"),
    *both(number="mine.checkout", kunci="mine.key", pesanan="his.order_id"),
    *both(number="mine.checkout", kunci="his.key", pesanan="mine.order_id"),
    Try("buyer", {"number": "mine.checkout", "kunci": "", "pesanan": "his.order_id"}),
)
PAYMENT = (
    *both(number="his.checkout", kunci="mine.key", pembayaran="his.payment"),
    *both(number="mine.checkout", kunci="mine.key", pembayaran="his.payment"),
    Try("buyer", {"number": "mine.checkout", "kunci": "", "pembayaran": "his.payment"}),
)
GOODS = seller(product_id="his.product")
PHOTO = (
    *seller(product_id="his.product", photo_id="his.photo"),
    *seller(product_id="mine.product", photo_id="his.photo"),
    *seller(product_id="his.product", photo_id="mine.photo"),
)
BUSINESS = (*seller(number="his.business"), *seller(number="his.draft"), *seller(number="his.submitted"))
SALE = (
    *seller(number="his.order", alasan="Tidak jadi"),
    *seller(number="his.waiting_order", alasan="Tidak jadi"),
    Try("buyer", {"number": "mine.order"}),
)
SHOP = seller(usaha="his.business")
CASE = (Try("verifier", {"number": "his.order"}),)
"""The office may see every business: to it only a number of something else is foreign."""

MESSAGE = (Try("helper elsewhere", {"message_id": "his.message"}), Try("verifier", {"message_id": "his.payment"}))
PERSON = (Try("administrator", {"account_id": "his.payment"}),)

COVERED: dict[str, tuple[Try, ...]] = {
    "GET /produk/{slug}": both(slug="his.hidden_slug"),
    "GET /usaha/{slug}": both(slug="his.draft_slug"),
    "GET /verifikasi/{number}": both(number="his.draft"),
    "GET /foto/{photo_id}/{rendition}": both(photo_id="his.hidden_photo", rendition="360.jpg"),
    "POST /keranjang": both(produk="his.payment", jumlah="1"),
    "POST /keranjang/ubah": (
        *seller(produk="his.payment", jumlah="1"),
        Try("guest", {"produk": "his.payment", "jumlah": "1"}, status=303),  # who has no cart is shown an empty one
    ),
    "GET /pesanan/{number}": (
        *ORDER, *both(number="his.checkout", kunci=""), *both(number="mine.checkout", kunci="his.key"),
        Try("buyer", {"number": "his.checkout", "kunci": ""}),
        Try("seller himself", {"number": "mine.checkout", "kunci": "his.key"}),
    ),
    "POST /pesanan/{number}/batal": STEP,
    "POST /pesanan/{number}/terima": STEP,
    "POST /pesanan/{number}/bayar": PAYMENT,
    "POST /pesanan/{number}/bukti": PAYMENT,
    "GET /pesanan/{number}/bukti/{proof_id}": (
        *both(number="his.checkout", kunci="mine.key", proof_id="his.proof"),
        *both(number="mine.checkout", kunci="mine.key", proof_id="his.proof"),
        *both(number="mine.checkout", kunci="his.key", proof_id="his.proof"),
    ),
    "GET /pesanan-saya": (Try("buyer", {"sebelum": "his.order_id"}, status=200),),
    "GET /bayar-uji/{ref}": both(ref="his.payment"),
    "POST /bayar-uji/{ref}": both(ref="his.payment", outcome="pay"),
    "GET /jual": SHOP,
    "GET /jual/usaha/{number}/isi/{step}": tuple(Try(one.who, {**one.names, "step": "pemilik"}) for one in BUSINESS),
    "POST /jual/usaha/{number}/isi/{step}": tuple(Try(one.who, {**one.names, "step": "pemilik"}) for one in BUSINESS),
    "GET /jual/usaha/{number}": BUSINESS,
    "POST /jual/usaha/{number}/kirim": BUSINESS,
    "POST /jual/usaha/{number}/tutup": BUSINESS,
    "POST /jual/usaha/{number}/toko": BUSINESS,
    "GET /jual/produk": SHOP,
    "GET /jual/produk/baru": SHOP,
    "POST /jual/produk/baru": seller(usaha="his.business", nama="Amplang", jenis="amplang", harga="10000", stok="2"),
    "GET /jual/produk/{product_id}": GOODS,
    "POST /jual/produk/{product_id}": GOODS,
    "GET /jual/produk/{product_id}/stok": GOODS,
    "POST /jual/produk/{product_id}/stok": seller(product_id="his.product", stok="0"),
    "POST /jual/produk/{product_id}/tampilkan": GOODS,
    "POST /jual/produk/{product_id}/sembunyikan": GOODS,
    "POST /jual/produk/{product_id}/arsipkan": GOODS,
    "GET /jual/produk/{product_id}/ukuran": GOODS,
    "POST /jual/produk/{product_id}/ukuran": seller(product_id="his.product", ukuran="1 kg", harga="10000", stok="2"),
    "GET /jual/produk/{product_id}/foto": GOODS,
    "POST /jual/produk/{product_id}/foto": GOODS,
    "POST /jual/produk/{product_id}/foto/{photo_id}/utama": PHOTO,
    "POST /jual/produk/{product_id}/foto/{photo_id}/hapus": PHOTO,
    "GET /jual/toko": SHOP,
    "POST /jual/toko": SHOP,
    "POST /jual/toko/jeda": SHOP,
    "POST /jual/toko/buka": SHOP,
    "GET /jual/ongkir": SHOP,
    "POST /jual/ongkir/antar": SHOP,
    "POST /jual/ongkir/kirim": seller(usaha="his.business", tujuan="64.72", per_kg="1000", paling_sedikit="1"),
    "POST /jual/ongkir/kirim/hapus": seller(usaha="his.business", tujuan="64.72"),
    "GET /jual/pesanan": (*SHOP, Try("stranger", {"sebelum": "his.order_id"}, status=200)),
    "GET /jual/pesanan/{number}": SALE,
    "POST /jual/pesanan/{number}/terima": SALE,
    "POST /jual/pesanan/{number}/tolak": SALE,
    "POST /jual/pesanan/{number}/siap": SALE,
    "POST /jual/pesanan/{number}/serah": SALE,
    "POST /jual/pesanan/{number}/sampai": SALE,
    "POST /jual/pesanan/{number}/batal": SALE,
    "GET /jual/uang": SHOP,
    "GET /jual/pesanan/{number}/uang": SALE,
    "POST /jual/pesanan/{number}/uang": seller(number="his.order", jumlah="20000"),
    "GET /jual/pesanan/{number}/bukti/{proof_id}": (
        *seller(number="his.order", proof_id="his.proof"), *seller(number="mine.order", proof_id="his.proof"),
    ),
    "GET /jual/pesanan/{number}/kembali": seller(number="his.returned_order"),
    "POST /jual/pesanan/{number}/kembali": (
        *seller(number="his.returned_order", pengembalian="his.refund"),
        *seller(number="mine.returned_order", pengembalian="his.refund"),
    ),
    "GET /dinas/usaha/{number}": CASE,
    "POST /dinas/usaha/{number}/setujui": CASE,
    "POST /dinas/usaha/{number}/kembalikan": CASE,
    "POST /dinas/usaha/{number}/tolak": CASE,
    "POST /dinas/usaha/{number}/tangguhkan": CASE,
    "POST /dinas/usaha/{number}/pulihkan": CASE,
    "POST /dinas/usaha/{number}/periksa-ulang": CASE,
    "POST /dinas/usaha/{number}/percaya": CASE,
    "POST /dinas/usaha/{number}/nik": CASE,
    "POST /dinas/produk/{product_id}/setujui": (Try("verifier", {"product_id": "his.payment"}),),
    "POST /dinas/produk/{product_id}/tolak": (Try("verifier", {"product_id": "his.payment"}),),
    "POST /dinas/pesan/{message_id}/buka": MESSAGE,
    "POST /dinas/pesan/{message_id}/terkirim": MESSAGE,
    "POST /dinas/pesan/{message_id}/tidak-bisa": MESSAGE,
    "POST /dinas/pembayaran/{payment_id}/beres": (Try("administrator", {"payment_id": "his.product"}),),
    "POST /dinas/pengembalian/{refund_id}/terkirim": (
        Try("administrator", {"refund_id": "his.refund"}), Try("administrator", {"refund_id": "his.payment"}),
    ),
    "POST /dinas/kabar-gerbang/{notice_id}/ulang": (Try("administrator", {"notice_id": "his.payment"}),),
    "GET /dinas/petugas/{account_id}": PERSON,
    "POST /dinas/petugas/{account_id}/peran": (Try("administrator", {"account_id": "his.payment", "peran": "verifier"}),),
    "POST /dinas/petugas/{account_id}/cabut": (
        Try("administrator", {"account_id": "his.payment", "hak": "his.grant"}),
        Try("administrator", {"account_id": "mine.account", "hak": "his.grant"}),
    ),
    "POST /dinas/petugas/{account_id}/nonaktif": PERSON,
    "POST /dinas/petugas/{account_id}/aktif": PERSON,
    "GET /dinas/jejak/{kind}/{subject}": (Try("administrator", {"kind": "order", "subject": "his.hidden_photo"}),),
    "POST /akun/pesan/{message_id}/baca": (Try("stranger", {"message_id": "his.message"}),),
}  # fmt: skip


def missing(value: str) -> str:
    """What has the shape of this value and does not exist; of an id its neighbour, so that lists before it are the same."""
    try:
        return str(UUID(int=UUID(value).int + 1))
    except ValueError:
        pass
    if found := re.fullmatch(r"(KT|PE)-\d{4}-\d{6}-\d(.*)", value):
        return ids.checked_number(found[1], 2026, 799_999) + found[2]
    return value[:-3] + ("xyz" if not value.endswith("xyz") else "abc") if value else value


def send(village: Village, route: str, who: str, names: Names) -> Response:
    """The path and the address take what they have room for; the rest is posted, the key in the form as well."""
    method, _, template = route.partition(" ")
    wanted = set(re.findall(r"\{(\w+)\}", template))
    path = template.format(**{name: quote(names[name], safe="") for name in wanted})
    rest = {name: value for name, value in names.items() if name not in wanted}
    asked = {name: value for name, value in rest.items() if method == "GET" or name == "usaha"}
    return village.browsers[who].client.request(
        method,
        path + (f"?{urlencode(asked)}" if asked else ""),
        data=rest if method == "POST" else None,
        files={"bukti": ("slip.jpg", slip())} if route.endswith("/bukti") and method == "POST" else
        {"foto": ("foto.jpg", slip())} if route == "POST /jual/produk/{product_id}/foto" else None,
        headers={"Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )  # fmt: skip


def slip() -> bytes:
    return pictures.drawn((60, 80))


def said(answer: Response, names: Names) -> str:
    """The answer without the values it was asked by, and without what is new on every page."""
    words = answer.text
    for name, value in sorted(names.items(), key=lambda pair: -len(pair[1])):
        if len(value) > 6:
            words = words.replace(quote(value, safe=""), f"<{name}>").replace(value, f"<{name}>")
    return re.sub(r'name="kunci_kirim" value="[^"]+"', "", words)


def parameters(dependant: Dependant) -> Iterator[str]:
    yield from (field.alias for field in (*dependant.path_params, *dependant.query_params))
    for inner in dependant.dependencies:
        yield from parameters(inner)


def test_every_parameter_is_known() -> None:
    """A new one is either somebody's thing or it is not: say so above."""
    found = {name for route in everything.routes() for name in parameters(route.dependant)}
    assert found - IDENTIFIES - PLAIN == set()


def test_every_field_of_a_form_is_known() -> None:
    reading = re.compile(
        r'(?:typed\.(?:text|optional|all|file|checked)|typed\.values\.get|reading\.(?:amount|whole|day))\("([^"]+)"'
    )
    found = {name for path in WEB.rglob("*.py") for name in reading.findall(path.read_text("utf-8"))}
    assert found >= NAMING_FIELDS
    assert found - NAMING_FIELDS - PLAIN_FIELDS == set()


def test_every_route_that_takes_an_identifier_is_tried() -> None:
    by_name = {everything.named(route): set(parameters(route.dependant)) for route in everything.routes()}
    taking = {name for name, given in by_name.items() if given & IDENTIFIES}
    assert taking | {"POST /keranjang", "POST /keranjang/ubah"} == set(COVERED)
    for name, given in by_name.items():
        named = {parameter for one in COVERED.get(name, ()) for parameter in one.names}
        assert given & IDENTIFIES <= named, f"{name} is never tried by {given & IDENTIFIES - named}"


def test_every_kind_of_thing_is_named_by_somebody() -> None:
    used = {value.partition(".")[2] for tries in COVERED.values() for one in tries for value in one.names.values()}
    assert {field.name for field in fields(Things)} - used == {"owner", "buyer", "slug"}


def test_foreign_is_missing_to_the_letter_and_changes_nothing(village: Village) -> None:
    faults: list[str] = []
    before = everything.state(village.market.begin)
    for route, tries in COVERED.items():
        for one in tries:
            foreign = {name: village.value(value) for name, value in one.names.items()}
            absent = {
                name: missing(foreign[name]) if value.startswith("his.") else foreign[name]
                for name, value in one.names.items()
            }
            first, second = send(village, route, one.who, foreign), send(village, route, one.who, absent)
            if (first.status_code, second.status_code) != (one.status, one.status):
                faults.append(f"{route} as {one.who} {one.names}: {first.status_code}, missing {second.status_code}")
            elif said(first, foreign) != said(second, absent):
                faults.append(f"{route} as {one.who} {one.names}: the two answers differ")
            elif dict(first.headers).keys() != dict(second.headers).keys():
                faults.append(f"{route} as {one.who} {one.names}: the heads differ")
    assert faults == []
    assert everything.changed(before, everything.state(village.market.begin)) == []
