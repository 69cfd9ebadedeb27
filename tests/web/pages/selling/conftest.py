"""The seller's desk over the whole product: people are signed in already, and every test makes the businesses it changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlmodel import select

from app.accounts import sessions
from app.accounts.models import Account
from app.actor import Actor
from app.audit.models import AuditRecord
from app.catalogue import editing, photos, shelves, shops
from app.catalogue.rules import ProductDraft, ShopDraft
from app.db import Session
from app.media import images
from app.orders import queries
from app.payments import checkout
from app.payments import queries as payments
from tests.app.media import pictures
from tests.factories import accounts, orders, registry
from tests.factories.orders import Seller
from tests.journeys.browser import Browser, Page
from tests.web.pages.conftest import Market

MISSING = "Yang Anda cari tidak ditemukan."


@dataclass(frozen=True)
class Placed:
    """One order of a checkout, with its payment."""

    number: str
    order_id: UUID
    payment_id: UUID
    amount: int
    key: str
    phone: str


class SellerDesk(Browser):
    """A signed-in person's browser, and the database behind it."""

    def __init__(self, market: Market, actor: Actor) -> None:
        super().__init__(market.base_url)
        self.market, self.actor, self.begin = market, actor, market.begin
        with market.begin() as session:
            token = sessions.start(session, session.get_one(Account, actor.account_id))
        self.client.cookies.set("sesi", token)

    def post(self, path: str, *, expect: int = 200, **typed: str) -> Page:
        """A post no page of this person offers: what somebody would send who knows the address."""
        page = self.keep(self.client.post(path, data=typed, headers={"Sec-Fetch-Site": "same-origin"}))
        assert page.status == expect, f"POST {path}: {page.status}\n{page.text[:1500]}"
        return page

    def again(self, action: str, **typed: str) -> tuple[str, str]:
        """Press one button twice with the same hidden key; the addresses both presses led to."""
        form = self.page.form(action)
        values = {name: found[0] for name, found in form.values.items()} | typed
        headers = {"Sec-Fetch-Site": "same-origin"}
        answers = [
            self.client.post(form.action, data=values, headers=headers, follow_redirects=False) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [303, 303], [answer.text[:1500] for answer in answers]
        return answers[0].headers["location"], answers[1].headers["location"]


def visible(page: Page) -> str:
    """The words of the page's own part, without the frame around it."""
    found = re.search(r"<main\b.*?</main>", page.html, re.S)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def fault(page: Page, field: str) -> str:
    """The sentence beside a field."""
    found = re.search(rf'id="{re.escape(field)}-salah">(?:<svg.*?</svg>)?([^<]*)<', page.html, re.S)
    assert found is not None, f"no fault beside {field}: {visible(page)[:800]}"
    return found[1].strip()


def open_shop(session: Session, *, name: str = "Amplang Uji", trusted: bool = True) -> Seller:
    """A new registered business with an open shop, taking cash and transfers."""
    owner = accounts.actor(session, accounts.person(session, name=f"Pemilik {name}"))
    business = registry.active(session, owner, name=name)
    shop = shops.open_shop(session, owner, business.id)
    shop.trusted = trusted
    draft = ShopDraft(
        pickup_address="Jl. Uji 1", takes_cod=True, takes_transfer=True, bank_name="Bank Uji",
        bank_account_number="1234567890", bank_account_holder="Pemilik Uji",
    )  # fmt: skip
    shops.set_up(session, owner, shop.id, draft)
    return Seller(shop.id, business.id, business.name, owner)


def add_product(session: Session, of: Seller, name: str = "Amplang", **facts: object) -> UUID:
    known: dict[str, object] = {"category": "amplang", "price_amount": 20_000, "on_hand": 10, "weight_gram": 250}
    return editing.add(session, of.actor, of.shop_id, ProductDraft(name=name, **(known | facts))).id  # type: ignore[arg-type]


def add_photo(session: Session, of: Seller, product_id: UUID) -> UUID:
    return photos.attach_kept(
        session, of.actor, product_id, photos.keep(images.check_photo(pictures.drawn((400, 300))))
    ).id


def place(session: Session, product_id: UUID, quantity: int = 1, **changes: object) -> Placed:
    """A guest's order as the checkout makes it, payment included."""
    group = orders.placed(session, (product_id, quantity), **changes)
    checkout.prepare(session, group.id)
    (order,) = queries.orders_of(session, group.id)
    (payment,) = payments.for_group(session, group.id)
    return Placed(order.number, order.id, payment.id, payment.amount, queries.key_of(group.id), group.contact_phone)


@pytest.fixture
def desk(market: Market) -> SellerDesk:
    """Somebody with one open, trusted shop of their own."""
    with market.begin() as session:
        seller = open_shop(session)
    return desk_of(market, seller.actor)


def desk_of(market: Market, actor: Actor) -> SellerDesk:
    made = SellerDesk(market, actor)
    market.browsers.append(made)
    return made


def newcomer(market: Market) -> SellerDesk:
    """Somebody who has just signed up."""
    with market.begin() as session:
        actor = accounts.somebody(session)
    return desk_of(market, actor)


def shop_of(session: Session, desk: SellerDesk) -> Seller:
    (shop,) = shelves.shops(session, desk.actor)
    return Seller(shop.id, shop.business_id, shop.business_name, desk.actor)


def audit_of(session: Session, subject_id: UUID, action: str) -> list[AuditRecord]:
    """What is written down of a thing under that name."""
    wanted = select(AuditRecord).where(AuditRecord.subject_id == str(subject_id), AuditRecord.action == action)
    return list(session.exec(wanted))
