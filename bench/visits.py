"""The pages looked at on a slow line: one of every kind a visit goes through, and how one comes to stand before it."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any

import httpx

from app.cli.demo_data import people
from app.cli.demo_data.people import SELLER

OFFICER = 1
LAST_NUMBER = 9_999
"""Every run orders with another phone: one phone may leave two orders open."""

SIGNED_IN = "signed in"
SEARCHED = "amplang"


@dataclass(frozen=True)
class Goal:
    """The largest thing of the page stands within so many milliseconds on the slow line, for so many kB."""

    paint: int | None
    kilobytes: int


LIST, PRODUCT, BUYING, FORM, DESK = Goal(3_000, 80), Goal(2_500, 60), Goal(2_000, 40), Goal(None, 55), Goal(None, 150)


@dataclass(frozen=True)
class Visit:
    """`cookie` is what this visitor's browser sends; `listed` says whether search engines are meant to find the page."""

    name: str
    path: str
    goal: Goal
    listed: bool = True
    cookie: str | None = None


def all_of(base_url: str) -> list[Visit]:
    """Every visit, prepared by doing what a person does before. Raises RuntimeError when a page is not as expected."""
    product, shop = with_photo(base_url)
    with visitor(base_url) as buyer:
        fill_cart(buyer, product)
        cart = cookies_of(buyer)
    return [
        Visit("home", "/", LIST),
        Visit("listing", "/produk", LIST),
        Visit("search", f"/produk?q={SEARCHED}", LIST),
        Visit("product", product, PRODUCT),
        Visit("shop", shop, LIST),
        Visit("open data", "/data", LIST),
        Visit("sign-in", "/masuk", BUYING, listed=False),
        Visit("cart", "/keranjang", BUYING, listed=False, cookie=cart),
        Visit("checkout", "/checkout", BUYING, listed=False, cookie=cart),
        Visit("order", an_order(base_url, product), BUYING, listed=False),
        Visit("seller's home", "/jual", FORM, listed=False, cookie=signed_in(base_url, SELLER)),
        Visit("seller's new product", "/jual/produk/baru", FORM, listed=False, cookie=signed_in(base_url, SELLER)),
        Visit("office home", "/dinas", DESK, listed=False, cookie=signed_in(base_url, OFFICER)),
    ]


def visitor(base_url: str) -> httpx.Client:
    return httpx.Client(
        base_url=base_url,
        headers={"Origin": base_url, "Sec-Fetch-Site": "same-origin", "Accept-Language": "id"},
        follow_redirects=True,
        timeout=60,
        trust_env=False,
    )


def with_photo(base_url: str) -> tuple[str, str]:
    """The addresses of a product that is shown with a photo and can be bought, and of its shop."""
    with visitor(base_url) as client:
        listing = page(client, f"/produk?q={SEARCHED}")
        for path in dict.fromkeys(re.findall(r'href="(/produk/[^"?#]+)"', listing)):
            shown = page(client, path)
            shop = re.search(r'href="(/usaha/[^"?#]+)"', shown)
            if "/foto/" in shown and 'action="/keranjang"' in shown and shop:
                return path, shop[1]
    raise RuntimeError("no product on the first page of the search has a photo and is for sale")


def fill_cart(client: httpx.Client, product: str) -> None:
    shown = page(client, product)
    form = {name: field(shown, name) for name in ("kunci_kirim", "produk")}
    client.post("/keranjang", data={**form, "jumlah": "1"}).raise_for_status()


def an_order(base_url: str, product: str) -> str:
    """The page of an order placed by somebody without an account, for pick-up and cash."""
    with visitor(base_url) as client:
        placed = client.post("/api/v1/checkouts", json=checkout(field(page(client, product), "produk")))
        placed.raise_for_status()
        order = placed.json()
    return f"/pesanan/{order['number']}?kunci={order['key']}"


def checkout(product_id: str) -> dict[str, Any]:
    return {
        "items": [{"product_id": product_id, "quantity": 1}],
        "contact": {"name": f"Pembeli {people.MARK}", "phone": people.phone(LAST_NUMBER - int(time.time()) % 1_000)},
        "delivery": {"method": "pickup"},
        "payment_method": "cod",
    }


def signed_in(base_url: str, serial: int) -> str:
    with visitor(base_url) as client:
        key = field(page(client, "/masuk"), "kunci_kirim", needed=False)
        form = {"no_hp": people.phone(serial), "sandi": people.PASSWORD, "kunci_kirim": key}
        client.post("/masuk", data=form).raise_for_status()
        return cookies_of(client)


def cookies_of(client: httpx.Client) -> str:
    if not client.cookies:
        raise RuntimeError("nobody was given a cookie")
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def page(client: httpx.Client, path: str) -> str:
    return client.get(path).raise_for_status().text


def field(html: str, name: str, *, needed: bool = True) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    if found is None and needed:
        raise RuntimeError(f"the page has no field {name}")
    return found[1] if found else ""
