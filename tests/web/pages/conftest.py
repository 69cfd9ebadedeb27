"""The whole product on a real server over a market of two shops, read as a browser without JavaScript reads it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import pytest
import uvicorn
from pydantic import SecretStr
from sqlalchemy import Engine

from app import config, db, main
from app.catalogue import editing, photos, publishing, shops
from app.catalogue.models import Product
from app.catalogue.rules import ProductDraft, ShopDraft
from app.db import Session, Transactions
from app.media import images
from app.orders import delivery
from search import reindex
from tests.app.media import pictures
from tests.conftest import clone, drop
from tests.factories import accounts, orders, registry
from tests.factories.orders import Seller
from tests.journeys.browser import Browser

SANGATTA_UTARA = "64.08.04"
SAMARINDA = "64.72"


@dataclass(frozen=True)
class Market:
    """Two open shops of a committed database: one that delivers everywhere and takes everything, one that takes cash alone."""

    base_url: str
    begin: Transactions
    amplang: Seller
    kerupuk: Seller
    seller_phone: str
    fish: UUID
    fish_slug: str
    photo_id: UUID
    hidden_slug: str
    hidden_photo_id: UUID
    shrimp: UUID
    shrimp_slug: str
    business_slug: str
    number: str
    browsers: list[Browser] = field(default_factory=list)

    def visitor(self) -> Browser:
        """Somebody with a browser of their own; it is closed with the market."""
        self.browsers.append(Browser(self.base_url))
        return self.browsers[-1]

    def product(self, name: str, **facts: int | str | None) -> UUID:
        """A product of its own for a test that changes something."""
        with self.begin() as session:
            return orders.product(session, self.amplang, name, **facts)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def market(administration: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Market]:
    name = f"market_{uuid4().hex[:12]}"
    url = clone(administration, name)
    engine = db.connect(url, pool_size=5)
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening, pytest.MonkeyPatch.context() as environment:
        base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        environment.setenv("PASAR_BASE_URL", base_url)
        environment.setenv("PASAR_MEDIA_URL", str(tmp_path_factory.mktemp("media")))
        config.settings.cache_clear()
        settings = config.load().model_copy(update={"database_url": SecretStr(url)})
        server = uvicorn.Server(uvicorn.Config(main.build(settings), log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        found: Market | None = None
        try:
            found = filled(base_url, db.transactions(engine))
            yield found
        finally:
            for browser in found.browsers if found else ():
                browser.client.close()
            server.should_exit = True
            thread.join(10)
    engine.dispose()
    drop(administration, name)


def filled(base_url: str, begin: Transactions) -> Market:
    with begin() as session:
        phone = accounts.fresh_phone()
        owner = accounts.actor(session, accounts.person(session, name="Pemilik Rahasia", phone=phone))
        business = registry.active(session, owner, checks=["place"], name="Amplang Etam", main_product="amplang ikan")
        shop = shops.open_shop(session, owner, business.id)
        shop.trusted = True
        account = ShopDraft(
            pickup_address="Jl. Uji 1, Sangatta Utara", takes_cod=True, takes_transfer=True, bank_name="Bank Uji",
            bank_account_number="1234567890", bank_account_holder="Pemilik Rahasia",
        )  # fmt: skip
        shops.set_up(session, owner, shop.id, account)
        amplang = Seller(shop.id, business.id, business.name, owner)
        delivery.set_courier_rate(session, owner, shop.id, SANGATTA_UTARA, 10_000)
        delivery.set_expedition_rate(
            session, owner, shop.id, SAMARINDA, per_kilogram_amount=18_000, minimum_amount=20_000
        )
        kerupuk = orders.seller(session, "Kerupuk Pesisir", payments="cod")
        fish = added(session, amplang, "Amplang ikan tenggiri", price_amount=25_000, on_hand=90)
        shrimp = added(session, kerupuk, "Kerupuk udang", price_amount=18_000, on_hand=400)
        hidden = added(session, amplang, "Amplang lama", price_amount=12_000, on_hand=1)
        photo = images.check_photo(pictures.drawn((1200, 900)))
        shown = photos.attach_kept(session, owner, fish.id, photos.keep(photo)).id
        unseen = photos.attach_kept(session, owner, hidden.id, photos.keep(photo)).id
        publishing.hide(session, owner, hidden.id)
        found = Market(
            base_url, begin, amplang, kerupuk, phone, fish.id, fish.slug, shown, hidden.slug, unseen, shrimp.id, shrimp.slug,
            business.slug, business.number,
        )  # fmt: skip
    reindex.rebuild(begin)
    return found


def added(session: Session, of: Seller, name: str, *, price_amount: int, on_hand: int) -> Product:
    draft = ProductDraft(
        name=name, category="amplang", price_amount=price_amount, unit="bungkus", weight_gram=600, stock_mode="counted",
        on_hand=on_hand, description="Dibuat pagi hari.",
    )  # fmt: skip
    return editing.add(session, of.actor, of.shop_id, draft)


@pytest.fixture
def visitor(market: Market) -> Browser:
    return market.visitor()
