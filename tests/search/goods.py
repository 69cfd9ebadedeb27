"""A small catalogue whose every product is there for a reason, and how tests look into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app.catalogue.models import Product
from app.db import Transactions
from app.registry.models import Business
from search import indexer, queries
from search.queries import Found, Query
from tests.factories import orders

SANGATTA_UTARA = "64.08.04"
BENGALON = "64.08.09"
KARANGAN = "64.08.16"

SHOPS = {"Dapur Etam": SANGATTA_UTARA, "Kebun Bengalon": BENGALON, "Rumah Batik Karangan": KARANGAN}


@dataclass(frozen=True)
class Good:
    shop: str
    name: str
    category: str
    price_amount: int
    description: str = ""
    halal: bool = False


GOODS = (
    Good("Dapur Etam", "Amplang ikan tenggiri 250 g", "amplang", 25_000, "Renyah dan gurih.", halal=True),
    Good("Dapur Etam", "Amplang ikan bandeng", "amplang", 20_000, "Dari bandeng tambak.", halal=True),
    Good("Dapur Etam", "Keripik singkong balado", "camilan", 15_000, "Pedas, dibuat dengan cabai segar."),
    Good("Dapur Etam", "Sambal terasi", "lauk", 30_000, "Terasi udang asli."),
    Good("Kebun Bengalon", "Madu kelulut 250 ml", "madu", 120_000, "Madu hutan dari kelulut.", halal=True),
    Good("Kebun Bengalon", "Gula aren cair", "gula-aren", 35_000, "Dari nira pilihan."),
    Good("Kebun Bengalon", "Lada putih", "lada", 60_000, "Kering, bersih."),
    Good("Kebun Bengalon", "Kopi robusta", "kopi-teh", 45_000, "Disangrai sendiri. Café rumahan."),
    Good("Rumah Batik Karangan", "Batik wakaroros tulis", "batik", 650_000, "Motif khas Kutai Timur."),
    Good("Rumah Batik Karangan", "Tas anyaman rotan", "tas", 175_000, "Dianyam tangan."),
)  # fmt: skip


@dataclass
class Market:
    """The catalogue in one database, and its products by name."""

    begin: Transactions
    sellers: dict[str, orders.Seller] = field(default_factory=dict)
    ids: dict[str, UUID] = field(default_factory=dict)

    def stock_up(self, *goods: Good) -> None:
        with self.begin() as session:
            for good in goods:
                self.ids[good.name] = put(session, self.seller(session, good.shop), good)
        indexer.refresh(self.begin, [self.ids[good.name] for good in goods])

    def seller(self, session: Session, name: str, district_code: str | None = None) -> orders.Seller:
        if name not in self.sellers:
            seller = orders.seller(session, name)
            session.get_one(Business, seller.business_id).district_code = district_code or SHOPS.get(
                name, SANGATTA_UTARA
            )
            session.flush()
            self.sellers[name] = seller
        return self.sellers[name]

    def find(self, text: str = "", **choices: Any) -> Found:
        return queries.products(self.begin, Query(text=text, **choices))

    def names(self, text: str = "", **choices: Any) -> list[str]:
        """What is found, in order."""
        by_id = {product_id: name for name, product_id in self.ids.items()}
        return [by_id[product_id] for product_id in self.find(text, **choices).product_ids]


def put(session: Session, seller: orders.Seller, good: Good) -> UUID:
    product_id = orders.product(session, seller, good.name, price_amount=good.price_amount)
    product = session.get_one(Product, product_id)
    product.category_slug = good.category
    product.description = good.description
    product.halal = "certified" if good.halal else "none"
    session.flush()
    return product_id


def within(session: Session) -> Transactions:
    """Every transaction is this one, so that a rolled-back test can use code that opens its own."""

    @contextmanager
    def begin() -> Iterator[Session]:
        yield session
        session.flush()
        session.expire_all()

    def enter() -> AbstractContextManager[Session]:
        return begin()

    return enter


def indexed_words(session: Session) -> set[str]:
    return set(session.execute(text("SELECT word FROM search_word")).scalars())


HOSTILE = (
    "\x00",
    "amplang\x00madu",
    "\ud800",
    "x" * 10_240,
    "amplang " * 1_400,
    "' OR 1=1 --",
    "'; DROP TABLE search_document; --",
    "amplang & !madu | (kopi <-> gula):*A",
    ":* & | ! ( ) <->",
    '"] OR id EXISTS OR category IN ["',
    "🦐🔥",
    "\\",
    "%_%",
    "İıſß",
    "a\u0301\u0301\u0301",
    "\u202eamplang",
    "٣٤٥ キロ",
    "-" * 300,
)
"""What nobody types by mistake."""
