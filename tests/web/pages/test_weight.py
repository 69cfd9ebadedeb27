"""What pages weigh as they are sent (DESIGN section 9), and what a phone keeps of them: full lists, first and later visits.

A phone of 360 pixels shows two columns at twice the density: it takes the first fitting `srcset` candidate, WebP in lists and AVIF
on a product's page, and fetches the first pictures at once, the others when they come near.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from app.catalogue import editing, photos
from app.catalogue.rules import ProductDraft
from app.media import images
from search import reindex
from tests.factories import accounts
from tests.journeys.people import photo
from tests.web.pages.conftest import Market
from tests.web.pages.selling.conftest import SellerDesk
from web.templating import critical_css

KB = 1000
SHOWN = 24
CRITICAL_MOST, SCRIPTS_MOST, SECOND_MOST = 4 * 1024, 15 * KB, 30 * KB
PHONE = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "id"}
NEAR = 12
"""Pictures of a list that a browser fetches before anybody scrolls: those of the screen and of one and a half more."""

TEXTS = ("text/", "application/json", "application/xml", "application/manifest+json", "image/svg+xml")


@dataclass
class Weight:
    """Bytes on the wire by address, of bodies as sent."""

    sent: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.sent.values())

    def of(self, part: str) -> int:
        return sum(size for address, size in self.sent.items() if part in address)


@dataclass
class Phone:
    """A browser that counts. What it has once fetched under an address that never changes, it does not ask for again."""

    client: httpx.Client
    memory: set[str] = field(default_factory=set)

    def opens(self, path: str, *, near: int = NEAR) -> Weight:
        weight = Weight()
        html = self.fetch(path, weight).decode()
        page = re.sub(r"<!--.*?-->", "", html, flags=re.S)
        head = re.findall(r'<link rel="(?:stylesheet|icon)" href="([^"]+)"', page)
        scripts = re.findall(r'<script src="([^"]+)"', page)
        shown = [candidate for _, candidate in zip(range(near), pictures_of(page), strict=False)]
        for address in dict.fromkeys([*head, *scripts, *(address.partition("#")[0] for address in shown)]):
            if address not in self.memory:
                self.fetch(address, weight)
        return weight

    def fetch(self, address: str, weight: Weight) -> bytes:
        with self.client.stream("GET", address, headers=PHONE) as answer:
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            raw = b"".join(answer.iter_raw())
            if "immutable" in answer.headers.get("cache-control", ""):
                self.memory.add(address)
            kind = answer.headers["content-type"]
            packed = answer.headers.get("content-encoding") == "gzip"
        assert packed or len(raw) < 500 or not kind.startswith(TEXTS), f"{address} is sent uncompressed"
        weight.sent[address] = len(raw)
        return gzip.decompress(raw) if packed else raw


def pictures_of(page: str) -> Iterator[str]:
    """The file a phone takes of each picture, in the order of the page."""
    for picture, alone in re.findall(r"<picture>(.*?)</picture>|<img ([^>]*)>", page, re.S):
        if picture:
            candidates = re.search(r'srcset="([^"]+)"', picture)
            assert candidates is not None
            sizes = {int(width): address for address, width in re.findall(r"(\S+) (\d+)w", candidates[1])}
            wide = "92vw" in picture
            wanted = 662 if wide else 324
            fitting = [width for width in sorted(sizes) if width >= wanted]
            yield sizes[fitting[0] if fitting else max(sizes)]
        else:
            source = re.search(r'src="([^"]+)"', alone)
            assert source is not None
            yield source[1]


@pytest.fixture(scope="module")
def stall(market: Market, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A full page of goods with long names, each with a photo as heavy as a phone's; their slugs."""
    heavy = images.check_photo(photo(tmp_path_factory.mktemp("photo") / "foto.jpg", side=1600).read_bytes())
    kept = [photos.keep(heavy) for _ in range(3)]
    slugs = []
    with market.begin() as session:
        for number in range(SHOWN):
            draft = ProductDraft(
                name=f"Amplang pipih tenggiri pedas manis khas Sangatta kemasan {number}", category="amplang",
                price_amount=25_000 + number, unit="bungkus", weight_gram=250, stock_mode="counted", on_hand=4,
                description="Dibuat sendiri di rumah dari ikan segar. " * 12,
            )  # fmt: skip
            product = editing.add(session, market.amplang.actor, market.amplang.shop_id, draft)
            photos.attach_kept(session, market.amplang.actor, product.id, kept[number % 3])
            slugs.append(product.slug)
    reindex.rebuild(market.begin)
    return slugs


@pytest.fixture
def phone(market: Market, stall: list[str]) -> Iterator[Phone]:
    with httpx.Client(base_url=market.base_url, timeout=60) as client:
        yield Phone(client)


def test_lists_of_goods_with_photos_are_at_most_80_kB_and_12_requests(phone: Phone) -> None:
    for path in ("/", "/produk", "/produk?q=amplang", "/produk?kategori=makanan&urut=harga"):
        phone.memory.clear()
        found = phone.opens(path, near=9)  # with page, style and icon the twelve requests
        assert found.total <= 80 * KB, found.sent
        assert found.sent[path] <= 14 * KB, path
        assert found.of(".js") == 0
        assert found.of(".css") + len(critical_css()) <= 12 * 1024
        assert len(critical_css()) <= CRITICAL_MOST


def test_a_product_is_at_most_60_kB_with_its_photo(phone: Phone, stall: list[str]) -> None:
    found = phone.opens(f"/produk/{stall[0]}", near=1)
    (shown,) = (address for address in found.sent if address.startswith("/foto/"))
    assert shown.endswith("720.avif")
    assert found.sent[shown] <= 30 * KB
    assert found.total <= 60 * KB, found.sent
    assert found.sent[f"/produk/{stall[0]}"] <= 12 * KB
    assert len(found.sent) <= 8


def test_cart_checkout_and_order_are_at_most_40_kB(market: Market, phone: Phone, stall: list[str]) -> None:
    buyer = market.visitor()
    buyer.get(f"/produk/{stall[1]}")
    buyer.submit("/keranjang", jumlah="2")
    buyer.get(f"/produk/{market.shrimp_slug}")
    buyer.submit("/keranjang", jumlah="1")
    phone.client.cookies.update(buyer.client.cookies)
    for path in ("/keranjang", "/checkout", "/masuk", "/daftar"):
        phone.memory.clear()
        found = phone.opens(path)
        assert found.total <= 40 * KB, found.sent
        assert found.sent[path] <= 12 * KB, path
        assert len(found.sent) <= 5, found.sent
    buyer.get("/checkout")
    buyer.submit(
        "/checkout", nama="Pembeli Uji", no_hp=accounts.fresh_phone(), cara_terima="pickup", press=("langkah", "pesan")
    )
    order = re.sub(r"^https?://[^/]+", "", buyer.page.url)
    assert order.startswith("/pesanan/")
    phone.memory.clear()
    assert phone.opens(order).total <= 40 * KB


def test_forms_of_sellers_are_at_most_55_kB_and_the_office_150_kB(market: Market, phone: Phone) -> None:
    seller = SellerDesk(market, market.amplang.actor)
    with market.begin() as session:
        officer = accounts.staff(session, "administrator")
    rows = {
        55: (seller, ("/jual", "/jual/produk", "/jual/produk/baru", "/jual/toko", "/jual/ongkir", "/jual/usaha/baru")),
        150: (SellerDesk(market, officer), ("/dinas", "/dinas/usaha", "/dinas/produk", "/dinas/statistik")),
    }
    for most, (browser, paths) in rows.items():
        for path in paths:
            phone.client.cookies = browser.client.cookies
            phone.memory.clear()
            found = phone.opens(path)
            assert found.total <= most * KB, found.sent
            assert found.of(".js") <= SCRIPTS_MOST
    seller.client.close()


def test_the_second_page_of_a_visit_is_at_most_30_kB_beside_its_new_photo(phone: Phone, stall: list[str]) -> None:
    phone.opens("/produk", near=SHOWN)
    for path in (f"/produk/{stall[-1]}", "/produk?q=tenggiri", "/", "/keranjang"):
        found = phone.opens(path)
        assert found.total - found.of("/foto/") <= SECOND_MOST, found.sent
        assert found.of("/static/") == 0 or path == "/", "style and icon are remembered"


def test_every_candidate_of_a_picture_is_there_in_the_width_it_claims(phone: Phone, stall: list[str]) -> None:
    pages = [phone.client.get(path).text for path in (f"/produk/{stall[0]}", "/produk")]
    candidates = {pair for page in pages for pair in re.findall(r"(/foto/\S+) (\d+)w", page)}
    assert {(address.rpartition("/")[2], width) for address, width in candidates} == {
        ("180.webp", "180"), ("360.webp", "360"), ("720.webp", "720"), ("360.avif", "360"), ("720.avif", "720"),
    }  # fmt: skip
    for address, width in candidates:
        served = phone.client.get(address)
        assert served.headers["content-type"] == f"image/{address.rpartition('.')[2]}"
        assert images.check_photo(served.content).width == int(width)
    for page in pages:
        fallbacks = re.findall(r'<img src="(/foto/[^"]+)"', page)
        assert fallbacks
        for address in set(fallbacks):
            assert phone.client.get(address).headers["content-type"] == "image/jpeg" or "180.webp" in address


def test_what_is_fetched_again_is_asked_for_with_a_mark_and_not_sent_twice(phone: Phone, stall: list[str]) -> None:
    client = phone.client
    page = client.get("/produk").text
    (style,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    (icon,) = re.findall(r'<link rel="icon" href="([^"]+)"', page)
    picture = re.findall(r"(/foto/\S+?\.webp)", page)[0]
    for address in (style, icon, picture):
        first = client.get(address)
        assert "max-age=31536000" in first.headers["cache-control"]
        assert "immutable" in first.headers["cache-control"]
        again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    old = re.sub(r"\.[0-9a-f]{12}\.css", ".000000000000.css", style)
    assert client.get(old).headers["cache-control"] == "public, max-age=3600", (
        "yesterday's name gets today's file, for a while"
    )


def test_every_text_is_sent_compressed_and_no_picture_twice(phone: Phone, stall: list[str]) -> None:
    texts = (
        "/sitemap.xml",
        "/manifest.webmanifest",
        "/api/v1/products",
        "/api/v1/categories",
        "/usaha",
        "/verifikasi",
        "/data",
    )
    for path in texts:
        with phone.client.stream("GET", path, headers=PHONE) as answer:
            assert answer.headers["content-encoding"] == "gzip", path
            assert "accept-encoding" in answer.headers["vary"].lower(), path
            answer.read()
    picture = re.findall(r"(/foto/\S+?\.webp)", phone.client.get("/produk").text)[0]
    assert "content-encoding" not in phone.client.get(picture, headers=PHONE).headers
