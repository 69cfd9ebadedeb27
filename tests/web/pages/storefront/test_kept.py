"""Kept pages on the running product: the same for everybody, gone with the commit, and nobody's own."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from prometheus_client import REGISTRY

from app.catalogue import access
from app.registry import verification
from tests.factories import accounts
from tests.factories import orders as make
from tests.web.pages.conftest import Market
from web.page_cache import store

TEMPLATES = Path(__file__).parents[4] / "web" / "templates"


def answers(source: str) -> float:
    return REGISTRY.get_sample_value("page_cache_answers_total", {"source": source}) or 0.0


def until(true: Callable[[], object], seconds: float) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it took too long"
        time.sleep(0.02)


def kept(market: Market, path: str) -> httpx.Response:
    """The page when it comes from the kept ones."""
    found: list[httpx.Response] = []

    def look() -> bool:
        before = answers("kept")
        found.append(httpx.get(market.base_url + path))
        return answers("kept") == before + 1

    until(look, 10)
    return found[-1]


@pytest.mark.parametrize("path", ["/", "/produk?q=amplang", "/usaha", "/data", "/sitemap.xml", "/verifikasi"])
def test_a_kept_page_says_what_the_product_says(market: Market, path: str) -> None:
    found = kept(market, path)
    made = httpx.get(market.base_url + path, headers={"cookie": "lain=1", "accept-language": "id"})
    without = re.compile(r'value="[^"]{20,}"')
    assert without.sub("", found.text) == without.sub("", made.text)
    assert httpx.get(market.base_url + path, headers={"if-none-match": found.headers["etag"]}).status_code == 304
    assert "etag" not in made.headers, "what is somebody's own is compared with nothing"


def test_a_new_price_is_read_by_everybody_a_second_later(market: Market) -> None:
    product = market.product("Amplang bulat", price_amount=31_000)
    with market.begin() as session:
        slug = access.product_to_edit(session, market.amplang.actor, product, lock=False).slug
    page, listing = f"/produk/{slug}", "/produk?urut=terbaru"
    assert "Rp31.000" in kept(market, page).text
    kept(market, listing)
    with market.begin() as session:
        make.set_price(session, market.amplang, product, 32_000)
    time.sleep(store.TRUST)
    for path in (page, listing):
        found = httpx.get(market.base_url + path).text
        assert "Rp32.000" in found
        assert "Rp31.000" not in found


def test_a_suspended_business_is_gone_from_every_kept_page(market: Market) -> None:
    pages = (f"/produk/{market.shrimp_slug}", "/produk", "/")
    for path in pages:
        assert market.shrimp_slug in kept(market, path).text
    with market.begin() as session:
        officer = accounts.staff(session, "verifier")
        verification.suspend(session, officer, market.kerupuk.business_id, reason="Diperiksa")
    try:
        time.sleep(store.TRUST)
        assert httpx.get(market.base_url + pages[0]).status_code == 404
        for path in pages[1:]:
            assert market.shrimp_slug not in httpx.get(market.base_url + path).text
    finally:
        with market.begin() as session:
            verification.reinstate(session, officer, market.kerupuk.business_id)
    until(lambda: httpx.get(market.base_url + pages[0]).status_code == 200, 5)


def test_two_visitors_of_one_kept_page_each_fill_a_cart_of_their_own(market: Market) -> None:
    """The page they got is byte for byte the same, the hidden key of its form too."""
    page = kept(market, f"/produk/{market.fish_slug}").text
    key = re.search(r'name="kunci_kirim" value="([^"]+)"', page)
    assert key is not None
    carts = []
    for _ in range(2):
        with httpx.Client(base_url=market.base_url) as client:
            form = {"kunci_kirim": key[1], "produk": str(market.fish), "jumlah": "2"}
            added = client.post("/keranjang", data=form)
            assert added.status_code == 303
            assert "Rp50.000" in client.get("/keranjang").text
            carts.append(client.cookies["keranjang"])
    assert carts[0] != carts[1]


def test_no_kept_page_holds_a_form_whose_key_is_remembered() -> None:
    """A key that many visitors got would answer the second of them like the first."""
    posting = {
        (path.name, action)
        for path in (TEMPLATES / "storefront").glob("*.html")
        for action in re.findall(r'method="post" action="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert posting == {("product.html", "/keranjang")}
    assert 'method="post"' not in (TEMPLATES / "base.html").read_text(encoding="utf-8")
