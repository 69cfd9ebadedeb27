"""Reads of goods for those who sell them, and for the office that looks at new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue import access
from app.catalogue.models import COUNTED, Product, ProductPhoto, Shop, Stock
from app.catalogue.queries import available_of, full_name, photos_of, sale_columns
from app.catalogue.views import Picture
from app.errors import Forbidden, NotFound
from app.reference import regions
from app.registry import files
from app.registry import queries as registry
from app.registry.models import Business

MOST_A_PAGE = 50
FEW = 3
"""So few free that a seller should think of the next batch."""


@dataclass(frozen=True)
class OwnShop:
    """A shop as its seller sees it."""

    id: UUID
    business_id: UUID
    business_number: str
    business_name: str
    business_status: str
    slug: str
    district_code: str
    status: str
    trusted: bool
    description: str | None
    pickup_address: str | None
    takes_cod: bool
    takes_transfer: bool
    bank_name: str | None
    bank_account_number: str | None
    bank_account_holder: str | None
    product_count: int
    version: int


@dataclass(frozen=True)
class OwnProduct:
    """A product as its seller sees it, with what is promised and what is free."""

    id: UUID
    shop_id: UUID
    slug: str
    name: str
    full_name: str
    variant: str | None
    group_id: UUID | None
    description: str
    category_slug: str
    price_amount: int
    unit: str
    weight_gram: int | None
    halal: str
    status: str
    refusal_reason: str | None
    stock_mode: str
    on_hand: int
    reserved: int
    available: int | None
    photo_id: UUID | None
    photos: tuple[Picture, ...]
    changed_at: datetime
    version: int


@dataclass(frozen=True)
class WaitingProduct:
    """A new product the office looks at before it goes on sale."""

    id: UUID
    name: str
    description: str
    category_slug: str
    price_amount: int
    unit: str
    business_name: str
    business_number: str
    district: str
    photo_id: UUID | None
    created_at: datetime
    shop_id: UUID


def shops(session: Session, actor: Actor) -> list[OwnShop]:
    """The shops the actor sells for."""
    return [shop(session, actor, shop_id) for shop_id in access.shops_to_run(session, actor)]


def shop(session: Session, actor: Actor, shop_id: UUID) -> OwnShop:
    """Raises NotFound for a foreign shop."""
    found = access.shop_to_run(session, actor, shop_id)
    business = session.get_one(Business, found.business_id)
    count = session.exec(
        select(func.count()).select_from(Product).where(Product.shop_id == shop_id, Product.status != "archived")
    ).one()
    return OwnShop(
        id=found.id,
        business_id=business.id,
        business_number=business.number,
        business_name=business.name,
        business_status=business.status,
        slug=business.slug,
        district_code=business.district_code or "",
        status=found.status,
        trusted=found.trusted,
        description=found.description,
        pickup_address=found.pickup_address,
        takes_cod=found.takes_cod,
        takes_transfer=found.takes_transfer,
        bank_name=found.bank_name,
        bank_account_number=found.bank_account_number,
        bank_account_holder=found.bank_account_holder,
        product_count=count,
        version=found.version,
    )


def products(
    session: Session, actor: Actor, shop_id: UUID, *, status: str | None = None, q: str = "", page: int = 1
) -> tuple[list[OwnProduct], int]:
    """A page of a shop's goods, last changed first, and how many there are in all. Raises NotFound for a foreign shop."""
    access.shop_to_run(session, actor, shop_id)
    wanted = own_columns().where(col(Product.shop_id) == shop_id)
    wanted = (
        wanted.where(col(Product.status) == registry.storable(status))
        if status
        else wanted.where(col(Product.status) != "archived")
    )
    for word in registry.storable(q).split()[:6]:
        wanted = wanted.where(col(Product.name).icontains(word, autoescape=True))
    total = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    rows = session.execute(
        wanted.order_by(col(Product.changed_at).desc(), col(Product.id))
        .limit(MOST_A_PAGE)
        .offset((max(1, page) - 1) * MOST_A_PAGE)
    )
    return [own_product(row) for row in rows], int(total)


def running_low(session: Session, actor: Actor, shop_id: UUID, *, limit: int = 5) -> list[OwnProduct]:
    """Counted goods on sale of which few or none are free, the fewest first. Raises NotFound for a foreign shop."""
    access.shop_to_run(session, actor, shop_id)
    free = col(Stock.on_hand) - col(Stock.reserved)
    wanted = own_columns().where(
        col(Product.shop_id) == shop_id, col(Product.status) == "published", Stock.mode == COUNTED, free <= FEW
    )
    return [own_product(row) for row in session.execute(wanted.order_by(free, col(Product.id)).limit(limit))]


def for_edit(session: Session, actor: Actor, product_id: UUID) -> OwnProduct:
    """One product for somebody who may change it. Foreign is missing: NotFound."""
    access.product_to_edit(session, actor, product_id, lock=False)
    row = session.execute(own_columns().where(col(Product.id) == product_id)).one()
    return own_product(row, photos_of(session, product_id))


def siblings(session: Session, actor: Actor, product: OwnProduct) -> list[OwnProduct]:
    """The other sizes of a product."""
    if product.group_id is None:
        return []
    wanted = own_columns().where(
        col(Product.group_id) == product.group_id, col(Product.id) != product.id, col(Product.status) != "archived"
    )
    return [own_product(row) for row in session.execute(wanted.order_by(col(Product.price_amount)))]


def own_columns() -> Any:
    return sale_columns().add_columns(
        col(Product.description), col(Product.group_id), col(Product.refusal_reason), col(Product.changed_at)
    )


def own_product(row: Row[Any], photos: tuple[Picture, ...] = ()) -> OwnProduct:
    return OwnProduct(
        id=row.id,
        shop_id=row.shop_id,
        slug=row.slug,
        name=row.name,
        full_name=full_name(row),
        variant=row.variant,
        group_id=row.group_id,
        description=row.description,
        category_slug=row.category_slug,
        price_amount=row.price_amount,
        unit=row.unit,
        weight_gram=row.weight_gram,
        halal=row.halal,
        status=row.product_status,
        refusal_reason=row.refusal_reason,
        stock_mode=row.mode,
        on_hand=row.on_hand - row.missing,
        reserved=row.reserved,
        available=available_of(row),
        photo_id=row.photo_id,
        photos=photos,
        changed_at=row.changed_at,
        version=row.version,
    )


def waiting(session: Session, actor: Actor, *, limit: int = 100) -> list[WaitingProduct]:
    """New goods of the officer's places nobody has looked at, oldest first. Raises Forbidden for anybody but verifiers."""
    if not actor.has("administrator", "verifier"):
        raise Forbidden("Halaman ini hanya untuk petugas pemeriksa.")
    wanted = (
        sale_columns()
        .add_columns(col(Product.description), col(Product.created_at))
        .where(col(Product.status) == "pending", col(Business.status) == "active")
        .where(files.in_places(actor, "administrator", "verifier"))
        .order_by(col(Product.created_at))
        .limit(limit)
    )
    return [
        WaitingProduct(
            row.id, full_name(row), row.description, row.category_slug, row.price_amount, row.unit, row.business_name,
            row.business_number, regions.name(row.district_code or ""), row.photo_id, row.created_at,
            row.shop_id,
        )
        for row in session.execute(wanted)
    ]  # fmt: skip


def may_see_photo(session: Session, actor: Actor, photo_id: UUID) -> bool:
    """Whether this actor may see a picture that is not public yet: its seller, or an officer who looks at new goods."""
    shown_with = session.exec(
        select(ProductPhoto.product_id).where(ProductPhoto.id == photo_id).order_by(col(ProductPhoto.product_id))
    ).all()
    if actor.has("administrator", "verifier"):
        return bool(shown_with)
    return any(edits(session, actor, product_id) for product_id in shown_with)


def edits(session: Session, actor: Actor, product_id: UUID) -> bool:
    try:
        access.product_to_edit(session, actor, product_id, lock=False)
    except NotFound:
        return False
    return True


def shop_of_business(session: Session, business_id: UUID) -> UUID | None:
    return session.exec(select(Shop.id).where(Shop.business_id == business_id)).one_or_none()
