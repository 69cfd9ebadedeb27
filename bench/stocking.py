"""Our own database, filled with the catalogue by bulk inserts (the product's verbs would take minutes and say the same)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, text
from sqlmodel import Session, SQLModel, select

from app import db
from app.accounts.models import Account
from app.catalogue import categories
from app.catalogue.models import Product, ProductPhoto, Shop, Stock
from app.cli.db import bring_to_newest
from app.kit import clock, ids
from app.orders.models import Cart, CartLine, CourierRate
from app.reference import load, regency, regions
from app.registry.models import Business, BusinessOwner, BusinessVerification, Membership
from bench.catalogue import HOT, SHOPS, district_of, goods
from search import reindex

PICTURES = 40
"""As many pictures as the demo has; several products share one."""


def fill(url: str) -> None:
    """Bring the database to the newest migration and put the catalogue in. A filled one stays as it is."""
    bring_to_newest(url)
    engine = db.connect(url, pool_size=2)
    begin = db.transactions(engine)
    try:
        with begin() as session:
            load.everything(session)
            categories.load(session)
            if session.execute(select(func.count()).select_from(Product)).scalar_one() >= len(goods()):
                return
            put_in(session, people())
            shops = put_in(session, businesses(session))[Shop]
            put_in(session, products([row["id"] for row in shops]))
        reindex.rebuild(begin)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    finally:
        engine.dispose()


Rows = dict[type[SQLModel], list[Mapping[str, Any]]]


def put_in(session: Session, rows: Rows) -> Rows:
    for table, values in rows.items():
        session.execute(insert(table), values)
    return rows


def people() -> Rows:
    """One account and one owner a shop, and an officer who checked them."""
    now = clock.now() - timedelta(days=30)
    accounts = [
        {"id": ids.uuid7(), "phone_e164": f"+62811{number:07d}", "name": f"Pemilik {number}", "opened_at": now}
        for number in range(SHOPS + 1)
    ]
    owners = [
        {"id": ids.uuid7(), "account_id": account["id"], "name": account["name"], "created_at": now}
        for account in accounts[:SHOPS]
    ]
    return {Account: accounts, BusinessOwner: owners}


def businesses(session: Session) -> Rows:
    """Active, checked businesses with open shops that bring goods to every district."""
    now, today = clock.now() - timedelta(days=20), clock.today()
    owners = session.execute(
        select(BusinessOwner.id, BusinessOwner.account_id).order_by(BusinessOwner.name)  # type: ignore[arg-type]
    ).all()
    officer = session.execute(select(Account.id).where(Account.name == f"Pemilik {SHOPS}")).scalar_one()
    found: Rows = {Business: [], Membership: [], BusinessVerification: [], Shop: [], CourierRate: []}
    for number, (owner, account) in enumerate(owners):
        business, shop, district = ids.uuid7(), ids.uuid7(), district_of(number)
        found[Business].append(
            {
                "id": business,
                "number": ids.checked_number(regency.current().number_prefix, 2026, number + 1),
                "slug": f"usaha-{number}",
                "name": f"Usaha Bersama {number}",
                "status": "active",
                "owner_id": owner,
                "district_code": district,
                "main_product": "makanan ringan dan oleh-oleh",
                "created_at": now,
                "submitted_at": now,
                "registered_on": now.date(),
                "edited_by": [],
                "correction_fields": [],
            }
        )
        found[Membership].append({"id": ids.uuid7(), "business_id": business, "account_id": account, "since": now})
        for kind in ("registry", "place"):
            found[BusinessVerification].append(
                {
                    "id": ids.uuid7(),
                    "business_id": business,
                    "kind": kind,
                    "checked_by": officer,
                    "office": regency.current().office_name,
                    "checked_on": now.date(),
                    "valid_until": today + timedelta(days=365),
                }
            )
        found[Shop].append(
            {
                "id": shop,
                "business_id": business,
                "status": "open",
                "pickup_address": f"Jalan Pasar {number}",
                "takes_cod": True,
                "takes_transfer": True,
                "bank_name": "Bank Contoh",
                "bank_account_number": f"{number:010d}",
                "bank_account_holder": f"Pemilik {number}",
                "trusted": True,
                "opened_at": now,
                "created_at": now,
            }
        )
        found[CourierRate] += [
            {"shop_id": shop, "district_code": place.code, "price_amount": 15_000, "changed_at": now}
            for place in regions.districts()
        ]
    return found


def products(shops: Sequence[UUID]) -> Rows:
    now = clock.now()
    pictures = [ids.uuid7() for _ in range(PICTURES)]
    found: Rows = {Product: [], Stock: [], ProductPhoto: []}
    for good in goods():
        product, at = ids.uuid7(), now - timedelta(minutes=good.number)
        found[Product].append(
            {
                "id": product,
                "shop_id": shops[good.shop],
                "slug": good.slug,
                "name": good.name,
                "description": good.description,
                "category_slug": good.category,
                "price_amount": good.price_amount,
                "unit": good.unit,
                "weight_gram": 500,
                "status": "published",
                "halal": "certified" if good.number % 3 == 0 else "none",
                "created_at": at,
                "changed_at": at,
                "published_at": at,
            }
        )
        found[Stock].append({"product_id": product, "on_hand": good.stock})
        found[ProductPhoto].append(
            {
                "id": pictures[good.number % PICTURES],
                "product_id": product,
                "position": 0,
                "width": 1200,
                "height": 900,
                "created_at": at,
            }
        )
    return found


def product_ids(session: Session) -> dict[int, UUID]:
    """The ids of the products by their number in the catalogue."""
    by_slug = dict(session.execute(select(Product.slug, Product.id)).all())
    return {good.number: by_slug[good.slug] for good in goods()}


def hot_product(session: Session) -> UUID:
    return session.execute(select(Product.id).where(Product.slug == goods()[HOT].slug)).scalar_one()


def filled_carts(session: Session, count: int) -> Iterator[str]:
    """Make so many carts with one product each, as a browser would have them before checkout; gives their tokens."""
    now = clock.now()
    bought = session.execute(select(Product.id, Product.price_amount).join(Stock).where(Stock.on_hand >= 90)).all()
    tokens = [ids.token() for _ in range(count)]
    rows: Rows = {Cart: [], CartLine: []}
    for number, token in enumerate(tokens):
        cart, (product, price) = ids.uuid7(), bought[number * 37 % len(bought)]
        rows[Cart].append({"id": cart, "token_hash": ids.fingerprint(token), "created_at": now, "changed_at": now})
        rows[CartLine].append(
            {"cart_id": cart, "product_id": product, "quantity": 1, "seen_price_amount": price, "added_at": now}
        )
    put_in(session, rows)
    yield from tokens
