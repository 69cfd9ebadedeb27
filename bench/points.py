"""What is asked of whom: every point of the benchmark, with how its answer is recognised as the right one."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app import db
from app.embedded import Cluster
from app.kit import ids
from bench import stocking
from bench.catalogue import LISTED, SEARCHED, goods
from bench.load import Ask
from bench.peers import CSRF, LISTS, PAGES, Oscar

BYPASS = "uji=1"
"""Any cookie takes a request past the page cache."""

VISITED = 200
"""As many different product pages are asked for in turn."""

ORDERS_AT_ONCE = 2_500
"""Prepared requests of one measurement of what may be sent once only."""

OURS, BARE = "Pasar Etam", "bare FastAPI"

phones = itertools.count(random.randrange(10_000_000))  # noqa: S311 - no two runs should share phones
keys = itertools.count()


@dataclass(frozen=True)
class Point:
    """`asks` prepares the requests of one measurement. `mark`: words that the right answer's body has; "" for a redirect."""

    page: str
    contestant: str
    seconds: int
    asks: Callable[[], Sequence[Ask]]
    mark: str
    once: bool = False

    @property
    def status(self) -> int:
        return 200 if self.mark else 303 if self.contestant == OURS else 302


def visited() -> list[int]:
    return random.Random(7).sample(range(len(goods())), VISITED)  # noqa: S311 - the same pages at every run


def ours(url: str, products: Sequence[str]) -> list[Point]:
    """`products` are the ids in the order of the catalogue."""

    def pages(path: Callable[[], Sequence[str]], cookie: str | None) -> Callable[[], Sequence[Ask]]:
        return lambda: [Ask(one, cookie=cookie) for one in path()]

    paths: dict[str, tuple[Callable[[], Sequence[str]], str]] = {
        "home": (lambda: ["/"], "Baru di pasar"),
        "listing": (lambda: [f"/produk?kategori={LISTED}"], "goods-name"),
        "product": (lambda: [f"/produk/{goods()[number].slug}" for number in visited()], "product-price"),
        "search": (lambda: [f"/produk?q={SEARCHED}"], "goods-name"),
    }
    found = []
    for page, (path, mark) in paths.items():
        found.append(Point(f"{page}, cached", OURS, 1, pages(path, None), mark))
        found.append(Point(page, OURS, 2, pages(path, BYPASS), mark))
    found.append(Point("add to cart", OURS, 2, lambda: additions(products), "", once=True))
    found.append(Point("checkout", OURS, 2, lambda: checkouts(url), "", once=True))
    return found


def additions(products: Sequence[str]) -> list[Ask]:
    """Each from a browser without a cart."""
    chosen = [products[good.number] for good in goods() if good.stock >= 40]
    return [
        Ask("/keranjang", "POST", form=(("produk", chosen[n % len(chosen)]), ("jumlah", "1"), ("kunci_kirim", key())))
        for n in range(ORDERS_AT_ONCE)
    ]


def checkouts(url: str) -> list[Ask]:
    """Each with a cart of its own, prepared beside the measurement."""
    engine = db.connect(url, pool_size=1)
    try:
        with db.transactions(engine)() as session:
            tokens = list(stocking.filled_carts(session, ORDERS_AT_ONCE))
    finally:
        engine.dispose()
    fixed = (("nama", "Siti Uji"), ("cara_terima", "pickup"), ("cara_bayar", "cod"))
    return [
        Ask("/checkout", "POST", f"keranjang={token}", (*fixed, ("no_hp", phone()), ("kunci_kirim", key())))
        for token in tokens
    ]


def hot(product: str) -> list[Ask]:
    """Everybody buys the same product, through the interface that needs no cart."""
    return [
        Ask(
            "/api/v1/checkouts",
            "POST",
            document=json.dumps(
                {
                    "items": [{"product_id": product, "quantity": 1}],
                    "contact": {"name": "Siti Uji", "phone": phone()},
                    "delivery": {"method": "pickup"},
                    "payment_method": "cod",
                }
            ),
        )
        for _ in range(2 * ORDERS_AT_ONCE)
    ]


def phone() -> str:
    return f"0813{next(phones):08d}"


def key() -> str:
    return f"{ids.token()}{next(keys)}"


def oscar(cluster: Cluster) -> list[Point]:
    newest, older = PAGES.product_keys(cluster), LISTS.product_keys(cluster)
    lists = LISTS.listed(cluster)
    return [
        Point("product", PAGES.name, 3, lambda: product_pages(newest), "price_color"),
        Point("add to cart", PAGES.name, 2, lambda: basket_additions(newest), ""),
        Point("home", LISTS.name, 3, lambda: [Ask("/catalogue/")], "product_pod"),
        Point("listing", LISTS.name, 3, lambda: [Ask(lists)], "product_pod"),
        Point("product", LISTS.name, 2, lambda: product_pages(older), "price_color"),
        Point("search", LISTS.name, 8, lambda: [Ask(f"/search/?q={SEARCHED}")], "product_pod"),
    ]


def product_pages(products: Sequence[tuple[str, int]]) -> list[Ask]:
    return [Ask("/catalogue/{}_{}/".format(*products[number])) for number in visited()]


def basket_additions(products: Sequence[tuple[str, int]]) -> list[Ask]:
    """Each from a browser without a basket."""
    chosen = [products[good.number] for good in goods() if good.stock >= 40]
    form = (("quantity", "1"), ("csrfmiddlewaretoken", CSRF))
    return [Ask(f"/basket/add/{number}/", "POST", f"csrftoken={CSRF}", form) for _, number in chosen]


def contestants() -> tuple[Oscar, Oscar]:
    return PAGES, LISTS
