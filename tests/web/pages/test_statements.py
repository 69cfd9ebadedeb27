"""What each page costs in statements, and that a fuller page costs no more: one read a row is how a quick page becomes slow."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.actor import Actor
from app.db import Session
from app.orders import cart
from app.payments import checkout, settling
from tests.factories import accounts, orders, registry
from tests.factories import payments as pay
from tests.factories.orders import Seller
from tests.statements import statements_of_this_process
from tests.web.pages.conftest import SANGATTA_UTARA, Market
from tests.web.pages.selling.conftest import SellerDesk, open_shop

ROUNDS = 3
"""How many more of everything there are when a page is looked at again."""

PINNED: dict[str, dict[str, int]] = {
    "buyer": {
        "/": 5,
        "/produk": 5,
        "/produk?q=amplang&kategori=makanan": 5,
        "/produk/{fish}": 6,
        "/usaha": 5,
        "/usaha/{business}": 8,
        "/verifikasi/{number}": 4,
        "/keranjang": 6,
        "/checkout": 9,
        "/pesanan-saya": 7,
        "/pesanan/{checkout}": 17,
    },
    "seller": {
        "/jual": 22,
        "/jual/produk": 21,
        "/jual/pesanan": 20,
        "/jual/pesanan/{order}": 30,
        "/jual/uang": 22,
        "/jual/ongkir": 20,
        "/jual/usaha": 22,
    },
    "administrator": {
        "/dinas": 15,
        "/dinas/usaha": 4,
        "/dinas/usaha/cari": 4,
        "/dinas/produk": 4,
        "/dinas/pesan": 4,
        "/dinas/pembayaran": 8,
        "/dinas/petugas": 5,
        "/dinas/statistik/T01": 5,
        "/dinas/statistik/T21": 4,
    },
    "facilitator": {
        "/dinas/dampingan": 7,
        "/jual/usaha": 13,
    },
}
"""The most statements by who looks at which page, those of the frame around it included."""


@dataclass
class Street:
    """A market in which something of everything waits, by the people who look at it."""

    market: Market
    seller: Seller
    people: dict[str, Actor]
    order: str = ""
    checkout: str = ""

    def grow(self) -> None:
        """One more of everything a list may show."""
        with self.market.begin() as session:
            amplang = orders.product(session, self.seller, "Amplang lagi", price_amount=20_000, on_hand=4)
            waiting = open_shop(session, name="Toko menunggu", trusted=False)
            orders.product(session, waiting, "Barang menunggu")
            registry.submitted(session, name="Usaha menunggu")
            for payment_method in ("cod", "transfer"):
                self.buy(session, amplang, payment_method)
            review = pay.bought(session, "sandbox")
            settling.settle(
                session, review.payment, pay.seen(pay.payment(session, review.payment), amount=1), livemode=False
            )
            accounts.staff(session, "verifier")
            shop = orders.seller(session, "Toko di keranjang")
            for product in (amplang, orders.product(session, shop, "Kue keranjang")):
                cart.add(session, self.people["buyer"], None, product)

    def buy(self, session: Session, product: object, payment_method: str) -> None:
        group = orders.placed(
            session,
            (product, 1),
            actor=self.people["buyer"],
            payment_method=payment_method,  # type: ignore[arg-type]
        )
        checkout.prepare(session, group.id)
        self.order, self.checkout = f"{group.number}-1", group.number

    def costs(self) -> dict[str, dict[str, int]]:
        return {who: self.costs_of(who, list(pages)) for who, pages in PINNED.items()}

    def costs_of(self, who: str, pages: list[str]) -> dict[str, int]:
        desk = SellerDesk(self.market, self.people[who])
        named = {
            "fish": self.market.fish_slug,
            "business": self.market.business_slug,
            "number": self.market.number,
            "order": self.order,
            "checkout": self.checkout,
        }
        found = {}
        for page in pages:
            with statements_of_this_process() as sent:
                desk.get(page.format(**named))
            found[page] = len(sent)
        desk.client.close()
        return found


@pytest.fixture
def street(market: Market) -> Street:
    with market.begin() as session:
        people = {
            "buyer": orders.account(session),
            "administrator": accounts.staff(session, "administrator"),
            "facilitator": accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA),
        }
        seller = open_shop(session)
    return Street(market, seller, people | {"seller": seller.actor})


def test_pages_cost_what_is_written_here_and_fuller_ones_no_more(street: Street) -> None:
    street.grow()
    first = street.costs()
    for _ in range(ROUNDS):
        street.grow()
    fuller = street.costs()
    assert fuller == first
    dearer = {
        f"{who} {page}": (cost, PINNED[who][page])
        for who, pages in first.items()
        for page, cost in pages.items()
        if cost > PINNED[who][page]
    }
    assert dearer == {}
