"""Goods for programs: whole, one by one or the long list in parts. Their seller also sees what is there and what is promised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, or_
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue import access, categories
from app.catalogue.models import Product, ProductPhoto
from app.catalogue.queries import available_of, public_columns, sale_columns
from app.catalogue.views import Picture
from app.errors import Invalid, NotFound, SignInRequired
from app.kit import paging
from app.kit.paging import Page
from app.registry.models import Business
from app.registry.queries import storable

MOST_A_PAGE = 60
PUBLIC = ("published", "open", "active")
"""Of the product, its shop and its business: what anybody may see."""


@dataclass(frozen=True)
class Goods:
    """One product with everything that may be known of it; `name` without the size, which is `variant`. `on_hand` and `reserved`
    are None for all but its seller."""

    id: UUID
    slug: str
    name: str
    variant: str | None
    description: str
    category_slug: str
    price_amount: int
    unit: str
    weight_gram: int | None
    stock_mode: str
    available: int | None
    on_hand: int | None
    reserved: int | None
    business_number: str
    business_name: str
    business_slug: str
    district_code: str
    halal: bool
    pictures: tuple[Picture, ...]
    status: str
    refusal_reason: str | None
    version: int


def on_sale(
    session: Session,
    actor: Actor,
    *,
    category: str | None = None,
    district: str | None = None,
    business: str | None = None,
    cursor: str | None = None,
    limit: int = 24,
) -> Page[Goods]:
    """What anybody may buy now, newest first; of a category with its children, a district, a business by its number.

    Raises Invalid for a cursor that is not of this list.
    """
    wanted = narrowed(whole(public_columns()), category=category, district=district, business=business)
    return part(session, wanted, "published_at", set(access.shops_to_run(session, actor)), cursor, limit)


def of_seller(session: Session, actor: Actor, *, cursor: str | None = None, limit: int = 24) -> Page[Goods]:
    """Everything of the shops the actor sells for, whatever its status but archived, newest first. Raises SignInRequired,
    Invalid for a cursor that is not of this list."""
    if not actor.signed_in:
        raise SignInRequired
    own = set(access.shops_to_run(session, actor))
    wanted = whole(sale_columns()).where(col(Product.shop_id).in_(own), col(Product.status) != "archived")
    return part(session, wanted, "created_at", own, cursor, limit)


def part(
    session: Session, wanted: Select[Any], newest: str, own: Set[UUID], cursor: str | None, limit: int
) -> Page[Goods]:
    """One part of a list, newest first by the column named `newest`."""
    column = getattr(Product, newest)
    if cursor:
        since, last = position(cursor)
        wanted = wanted.where(or_(column < since, and_(column == since, col(Product.id) > last)))
    limit = max(1, min(limit, MOST_A_PAGE))
    rows = session.execute(wanted.order_by(column.desc(), col(Product.id)).limit(limit + 1)).all()
    shown = rows[:limit]
    pictures = pictures_of(session, [row.id for row in shown])
    following = paging.encode(getattr(shown[-1], newest).isoformat(), str(shown[-1].id)) if len(rows) > limit else None
    return Page([goods(row, pictures.get(row.id, ()), own=row.shop_id in own) for row in shown], following)


def by_slug(session: Session, actor: Actor, slug: str) -> Goods:
    """One product: a public one for anybody, any other for its seller alone. Raises NotFound."""
    return one(session, actor, whole(sale_columns()).where(col(Product.slug) == storable(slug)))


def by_id(session: Session, actor: Actor, product_id: UUID) -> Goods:
    """As `by_slug`. Raises NotFound."""
    return one(session, actor, whole(sale_columns()).where(col(Product.id) == product_id))


def one(session: Session, actor: Actor, wanted: Select[Any]) -> Goods:
    row = session.execute(wanted).one_or_none()
    if row is None:
        raise NotFound
    own = access.sells_for(session, actor, session.get_one(Business, row.business_id))
    if not own and (row.product_status, row.shop_status, row.business_status) != PUBLIC:
        raise NotFound
    return goods(row, pictures_of(session, [row.id]).get(row.id, ()), own=own)


def whole(columns: Select[Any]) -> Select[Any]:
    return columns.add_columns(
        col(Product.description), col(Product.published_at), col(Product.created_at), col(Product.refusal_reason)
    )


def narrowed(wanted: Select[Any], *, category: str | None, district: str | None, business: str | None) -> Select[Any]:
    if category:
        wanted = wanted.where(col(Product.category_slug).in_(categories.with_children(category)))
    if district:
        wanted = wanted.where(col(Business.district_code) == district)
    if business:
        wanted = wanted.where(col(Business.number) == business)
    return wanted


def position(cursor: str) -> tuple[datetime, UUID]:
    try:
        since, last = paging.decode(cursor, str, str)
        instant = datetime.fromisoformat(str(since))
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        return instant, UUID(str(last))
    except ValueError as fault:
        raise Invalid.one("cursor", "Halaman itu tidak dikenal. Mulai lagi dari halaman pertama.") from fault


def pictures_of(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, tuple[Picture, ...]]:
    """The pictures of many products in one read, each in its order."""
    if not product_ids:
        return {}
    found: defaultdict[UUID, list[Picture]] = defaultdict(list)
    rows = session.execute(
        select(ProductPhoto.product_id, ProductPhoto.id, ProductPhoto.width, ProductPhoto.height)
        .where(col(ProductPhoto.product_id).in_(product_ids))
        .order_by(col(ProductPhoto.position), col(ProductPhoto.id))
    )
    for product_id, *picture in rows:
        found[product_id].append(Picture(*picture))
    return {product_id: tuple(pictures) for product_id, pictures in found.items()}


def goods(row: Row[Any], pictures: tuple[Picture, ...], *, own: bool) -> Goods:
    return Goods(
        id=row.id,
        slug=row.slug,
        name=row.name,
        variant=row.variant,
        description=row.description,
        category_slug=row.category_slug,
        price_amount=row.price_amount,
        unit=row.unit,
        weight_gram=row.weight_gram,
        stock_mode=row.mode,
        available=available_of(row),
        on_hand=row.on_hand - row.missing if own else None,
        reserved=row.reserved if own else None,
        business_number=row.business_number,
        business_name=row.business_name,
        business_slug=row.business_slug,
        district_code=row.district_code or "",
        halal=row.halal == "certified",
        pictures=pictures,
        status=row.product_status,
        refusal_reason=row.refusal_reason if own else None,
        version=row.version,
    )
