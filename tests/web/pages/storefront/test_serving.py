"""Photos with their permission and caching, and what machines ask first."""

from __future__ import annotations

from xml.etree import ElementTree

from app import config
from tests.factories import accounts
from tests.journeys.browser import Browser
from tests.web.pages.conftest import Market
from web.pages.storefront import discovery

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_a_public_photo_is_served_as_what_it_is_and_kept_for_a_year(market: Market, visitor: Browser) -> None:
    kinds = {"180.webp": "image/webp", "360.avif": "image/avif", "720.jpg": "image/jpeg", "preview.jpg": "image/jpeg"}
    for name, kind in kinds.items():
        answer = visitor.client.get(f"/foto/{market.photo_id}/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "public, max-age=31536000, s-maxage=86400, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers
    preview = visitor.client.get(f"/foto/{market.photo_id}/preview.jpg")
    assert len(preview.content) <= 300_000
    same = visitor.client.get(
        f"/foto/{market.photo_id}/preview.jpg", headers={"if-none-match": preview.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


def test_a_photo_that_is_not_public_is_missing_but_for_its_seller(market: Market, visitor: Browser) -> None:
    path = f"/foto/{market.hidden_photo_id}/360.jpg"
    assert visitor.client.get(path).status_code == 404
    assert visitor.client.get(f"/foto/{market.photo_id}/9999.jpg").status_code == 404
    assert visitor.client.get(f"/foto/{market.photo_id}/..%2f360.jpg").status_code == 404
    visitor.get("/masuk")
    visitor.submit("/masuk", no_hp=market.seller_phone, sandi=accounts.PASSWORD)
    own = visitor.client.get(path)
    assert own.status_code == 200
    assert own.headers["cache-control"] == "private, max-age=3600"


def test_the_sitemap_names_what_is_public_and_nothing_else(market: Market, visitor: Browser) -> None:
    answer = visitor.client.get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml"
    found = [entry.text for entry in ElementTree.fromstring(answer.content).iter(f"{SPACE}loc")]  # noqa: S314 - our own
    assert f"{market.base_url}/produk/{market.fish_slug}" in found
    assert f"{market.base_url}/usaha/{market.business_slug}" in found
    assert f"{market.base_url}/data" in found
    assert not any(market.hidden_slug in str(address) for address in found)
    assert len(found) == len(set(found))


def test_robots_keep_out_of_rehearsals_and_of_private_pages_in_production(market: Market, visitor: Browser) -> None:
    rehearsal = visitor.client.get("/robots.txt")
    assert rehearsal.headers["content-type"].startswith("text/plain")
    assert rehearsal.text == f"User-agent: *\nDisallow: /\n\nSitemap: {market.base_url}/sitemap.xml\n"
    real = bytes(discovery.robots(config.load().model_copy(update={"env": "production"})).body).decode()
    assert "Disallow: /keranjang" in real
    assert "Disallow: /jual" in real
    assert "Disallow: /\n" not in real


def test_the_manifest_names_icons_that_exist(market: Market, visitor: Browser) -> None:
    answer = visitor.client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "Pasar Etam Kutai Timur"
    for icon in manifest["icons"]:
        served = visitor.client.get(icon["src"])
        assert served.status_code == 200
        assert served.headers["content-type"] == icon["type"]


def test_a_first_visit_is_small(market: Market, visitor: Browser) -> None:
    """Compressed bytes of the page itself; style, script and pictures have budgets of their own."""
    for path, most in (
        ("/", 20_000),
        ("/produk", 20_000),
        (f"/produk/{market.fish_slug}", 12_000),
        ("/keranjang", 10_000),
    ):
        with visitor.client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
            assert answer.headers["content-encoding"] == "gzip"
            assert sum(len(part) for part in answer.iter_raw()) <= most


def test_the_manifest_is_named_where_people_come_back_to_and_costs_no_first_visit_a_request(
    market: Market, visitor: Browser
) -> None:
    link = '<link rel="manifest" href="/manifest.webmanifest">'
    for path in ("/", "/produk", f"/produk/{market.fish_slug}", "/keranjang", "/masuk"):
        assert link not in visitor.get(path).html, path
    visitor.submit("/masuk", no_hp=market.seller_phone, sandi=accounts.PASSWORD)
    for path in ("/jual", "/akun", "/pesanan-saya"):
        assert link in visitor.get(path).html, path
