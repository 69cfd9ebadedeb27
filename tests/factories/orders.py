"""Buyers, shops with goods, carts and placed orders: what the tests of orders start from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app.accounts.models import Account
from app.actor import Actor
from app.catalogue import editing, publishing, shops, stock
from app.catalogue.rules import ProductDraft, ShopDraft
from app.kit import clock, ids
from app.orders import placing, queries
from app.orders.models import CustomerOrder, OrderGroup
from app.orders.placing import CheckoutDraft
from app.orders.rules import Item
from app.registry.models import Business, Membership

SERIALS = count(1)


@dataclass(frozen=True)
class Seller:
    """A shop that is open, and who runs it."""

    shop_id: UUID
    business_id: UUID
    name: str
    actor: Actor


def account(session: Session, name: str = "Pembeli Uji") -> Actor:
    """A signed-in person."""
    opened = Account(phone_e164=fresh_phone(), name=name, opened_at=clock.now())
    session.add(opened)
    session.flush()
    return Actor(account_id=opened.id)


def fresh_phone() -> str:
    return f"+6281{next(SERIALS):09d}"


def seller(session: Session, name: str = "Toko Sangatta", *, payments: str = "cod,transfer,gateway") -> Seller:
    """A registered business with an open shop whose goods go live at once, taking these ways to pay."""
    owner = account(session, f"Pemilik {name}")
    serial = next(SERIALS)
    business = Business(
        number=ids.checked_number("KT", 2026, 900_000 + serial),  # never the number of a real registration
        slug=f"toko-{serial}",
        name=name,
        status="active",
        district_code="64.08.04",
        main_product="Amplang",
        registered_on=clock.today(),
        created_at=clock.now(),
    )
    session.add(business)
    session.flush()
    session.add(Membership(business_id=business.id, account_id=owner.account_id, since=clock.now()))
    session.flush()
    shop = shops.open_shop(session, owner, business.id)
    shop.trusted = True
    shop.takes_gateway = "gateway" in payments
    draft = ShopDraft(
        pickup_address="Jl. Uji 1, Sangatta Utara",
        takes_cod="cod" in payments,
        takes_transfer="transfer" in payments,
        bank_name="Bank Uji",
        bank_account_number="1234567890",
        bank_account_holder="Pemilik Uji",
    )
    shops.set_up(session, owner, shop.id, draft)
    return Seller(shop.id, business.id, name, owner)


def product(
    session: Session,
    of: Seller,
    name: str = "Amplang",
    *,
    price_amount: int = 15_000,
    on_hand: int | None = 10,
    mode: str = "counted",
    weight_gram: int | None = 500,
) -> UUID:
    """A published product; `on_hand` matters for counted stock."""
    draft = ProductDraft(
        name=name,
        category="makanan",
        price_amount=price_amount,
        unit="bungkus",
        weight_gram=weight_gram,
        stock_mode=mode,
        on_hand=on_hand,
    )
    return editing.add(session, of.actor, of.shop_id, draft).id


def set_price(session: Session, of: Seller, product_id: UUID, price_amount: int) -> None:
    editing.change(session, of.actor, product_id, ProductDraft(price_amount=price_amount))


def close_shop(session: Session, of: Seller) -> None:
    shops.pause(session, of.actor, of.shop_id)


def hide(session: Session, of: Seller, product_id: UUID) -> None:
    publishing.hide(session, of.actor, product_id)


def set_on_hand(session: Session, of: Seller, product_id: UUID, on_hand: int) -> None:
    """The seller counts the shelf; unpaid holds that no longer fit are let go, their orders not yet told."""
    stock.set_on_hand(session, of.actor, product_id, on_hand)


def held(session: Session, product_id: UUID) -> tuple[int, int]:
    """(on hand, reserved) of a counted product, as the database has it."""
    row = session.execute(text("SELECT on_hand, reserved FROM stock WHERE product_id = :p"), {"p": product_id}).one()
    return row.on_hand, row.reserved


def draft(*items: tuple[UUID, int], **changes: object) -> CheckoutDraft:
    """A guest's checkout by pick-up and cash, with a phone of its own; `changes` name other fields."""
    values: dict[str, object] = {
        "items": tuple(Item(product_id, quantity) for product_id, quantity in items),
        "contact_name": "Pembeli Uji",
        "contact_phone": fresh_phone(),
        "delivery_method": "pickup",
        "region_code": None,
        "address": None,
        "payment_method": "cod",
    }
    return CheckoutDraft(**(values | changes))  # type: ignore[arg-type]


def placed(session: Session, *items: tuple[UUID, int], actor: Actor | None = None, **changes: object) -> OrderGroup:
    return placing.place(session, actor or Actor(), draft(*items, **changes))


def order(session: Session, *items: tuple[UUID, int], actor: Actor | None = None, **changes: object) -> CustomerOrder:
    """The one order of a checkout at one shop."""
    (found,) = queries.orders_of(session, placed(session, *items, actor=actor, **changes).id)
    return found
