"""Reads of goods for buyers. Hot: columns into frozen dataclasses, no entities; visibility is decided afresh at each read."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Row, Select, Text, Uuid, bindparam, func, literal, literal_column
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue import access, rules
from app.catalogue.models import COUNTED, Product, ProductPhoto, Shop, Stock
from app.catalogue.views import Card, Picture, ProductPage, SaleItem, ShopPage, ShopTerms, Size
from app.db import Prepared, fixed
from app.errors import NotFound
from app.kit import clock
from app.reference import regions
from app.reference.models import Kbli
from app.registry import queries as registry
from app.registry.models import ACTIVE, Business

SIZE_MARK = " · "
"""Stands between the name of a thing and its size."""

first_photo = (
    select(ProductPhoto.id)
    .where(ProductPhoto.product_id == Product.id)
    .order_by(col(ProductPhoto.position), col(ProductPhoto.id))
    .limit(1)
    .correlate(Product)
    .scalar_subquery()
)


def sale_columns() -> Select[Any]:
    columns: Select[Any] = (
        select(  # type: ignore[call-overload]
            Product.id, Product.shop_id, Product.name, Product.variant, Product.slug, Product.unit, Product.price_amount,
            Product.weight_gram, Product.category_slug, Product.halal, Product.version,
            col(Product.status).label("product_status"),
            Stock.mode, Stock.on_hand, Stock.reserved, Stock.missing,
            col(Shop.status).label("shop_status"),
            col(Business.id).label("business_id"), col(Business.name).label("business_name"),
            col(Business.number).label("business_number"), col(Business.slug).label("business_slug"),
            col(Business.status).label("business_status"), Business.district_code, Business.village_code,
            first_photo.label("photo_id"),
        )
        .join(Stock, col(Stock.product_id) == Product.id)
        .join(Shop, col(Shop.id) == Product.shop_id)
        .join(Business, col(Business.id) == Shop.business_id)
    )  # fmt: skip
    return columns


CARD: tuple[Any, ...] = (
    col(Product.id), col(Product.slug), col(Product.name), col(Product.variant), col(Product.price_amount),
    col(Product.unit), col(Product.category_slug), col(Product.halal), Stock.mode, Stock.on_hand, Stock.reserved,
    col(Business.name).label("business_name"), col(Business.number).label("business_number"),
    col(Business.slug).label("business_slug"), Business.district_code, first_photo.label("photo_id"),
)  # fmt: skip

PUBLISHED = col(Product.status) == fixed("published")
OPEN = (col(Shop.status) == fixed("open"), col(Business.status) == fixed(ACTIVE))
PUBLIC = (PUBLISHED, *OPEN)
"""What anybody may see now: the conditions, for whoever joins product, shop and business."""


def public_columns() -> Select[Any]:
    """Only what anybody may see now."""
    return sale_columns().where(*PUBLIC)


def card_columns() -> Select[Any]:
    """What a card says of what anybody may see now."""
    columns: Select[Any] = public_columns().with_only_columns(*CARD, maintain_column_froms=True)
    return columns


IDS = bindparam("ids", type_=ARRAY(Uuid()))
NEWEST_FIRST = (col(Product.published_at).desc(), col(Product.id))
MOST = bindparam("most", type_=BigInteger())

TERMS = (
    col(Shop.pickup_address), col(Shop.takes_cod), col(Shop.takes_transfer), col(Shop.takes_gateway), col(Shop.bank_name),
)  # fmt: skip
GOODS = sale_columns().add_columns(*TERMS)
FOR_SALE = Prepared(GOODS.where(col(Product.id) == func.any(IDS)))
ONE_FOR_SALE = Prepared(GOODS.where(col(Product.id) == bindparam("id", type_=Uuid())))
"""Most are asked for alone. For a list of unknown length PostgreSQL makes a new plan each time, which costs more than the read."""

SHOP_TERMS = Prepared(
    select(  # type: ignore[call-overload]
        col(Shop.id).label("shop_id"), *TERMS,
        col(Business.id).label("business_id"), col(Business.name).label("business_name"),
        col(Business.number).label("business_number"), col(Business.slug).label("business_slug"),
        Business.district_code, Business.village_code,
    )
    .join(Business, col(Business.id) == Shop.business_id)
    .where(col(Shop.id) == func.any(IDS))
)  # fmt: skip
CARDS = Prepared(card_columns().where(col(Product.id) == func.any(IDS)))
SHOP = bindparam("shop", type_=Uuid())
OF_SHOP = Prepared(
    card_columns()
    .where(col(Product.shop_id) == SHOP)
    .order_by(*NEWEST_FIRST)
    .limit(MOST)
    .offset(bindparam("past", type_=BigInteger()))
)
thing = func.split_part(col(Product.name), SIZE_MARK, 1)
DIFFERENT = (
    public_columns()
    .with_only_columns(col(Product.id), maintain_column_froms=True)
    .ext(distinct_on(thing))
    .where(col(Product.shop_id) == SHOP, thing != bindparam("but", type_=Text()))
    .order_by(thing, *NEWEST_FIRST)
)
OTHERS = Prepared(card_columns().where(col(Product.id).in_(DIFFERENT)).order_by(*NEWEST_FIRST).limit(MOST))
PHOTOS = Prepared(
    select(ProductPhoto.id, ProductPhoto.width, ProductPhoto.height)
    .where(ProductPhoto.product_id == bindparam("product", type_=Uuid()))
    .order_by(col(ProductPhoto.position), col(ProductPhoto.id))
)
pictures = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(ProductPhoto.id, ProductPhoto.width, ProductPhoto.height),
                col(ProductPhoto.position),
                col(ProductPhoto.id),
            )
        )
    )
    .where(ProductPhoto.product_id == Product.id)
    .correlate(Product)
    .scalar_subquery()
)
Sized, SizedStock = aliased(Product), aliased(Stock)
sizes = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    Sized.slug, Sized.variant, Sized.price_amount, SizedStock.mode,
                    SizedStock.on_hand - SizedStock.reserved, Sized.id == Product.id,
                ),
                col(Sized.price_amount),
                col(Sized.id),
            )
        )
    )
    .join(SizedStock, col(SizedStock.product_id) == Sized.id)
    .where(
        col(Sized.group_id) == Product.group_id,
        col(Sized.shop_id) == Product.shop_id,
        col(Sized.status) == fixed("published"),
    )
    .correlate(Product)
    .scalar_subquery()
)  # fmt: skip
PAGE = Prepared(
    public_columns()
    .add_columns(col(Product.description), *TERMS, *registry.FACTS, pictures.label("pictures"), sizes.label("sizes"))
    .outerjoin(Kbli, registry.DECLARED)
    .where(col(Product.slug) == bindparam("slug", type_=Text()))
)


def available_of(row: Row[Any]) -> int | None:
    return left(row.mode, row.on_hand - row.reserved)


def left(mode: str, free: int) -> int | None:
    return max(0, free) if mode == COUNTED else None


def full_name(row: Row[Any]) -> str:
    return f"{row.name}{SIZE_MARK}{row.variant}" if row.variant else str(row.name)


def for_sale(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, SaleItem]:
    """The products as they can be bought now; unknown ones are left out, hidden ones say why not."""
    return {row.id: sale_item(row) for row in goods(session, product_ids)}


def on_offer(session: Session, product_ids: Sequence[UUID]) -> tuple[dict[UUID, SaleItem], dict[UUID, ShopTerms]]:
    """`for_sale`, and the terms of the shops whose goods these are, in one read."""
    rows = goods(session, product_ids)
    return {row.id: sale_item(row) for row in rows}, {row.shop_id: terms_of(row) for row in rows}


def goods(session: Session, product_ids: Sequence[UUID]) -> Sequence[Any]:
    wanted = list(set(product_ids))
    if len(wanted) == 1:
        return ONE_FOR_SALE.found(session, id=wanted[0])
    return FOR_SALE.found(session, ids=wanted) if wanted else []


def sale_item(row: Row[Any]) -> SaleItem:
    why_not = rules.why_not_for_sale(
        business_status=row.business_status, shop_status=row.shop_status, product_status=row.product_status
    )
    return SaleItem(
        product_id=row.id,
        shop_id=row.shop_id,
        business_id=row.business_id,
        business_name=row.business_name,
        business_number=row.business_number,
        shop_slug=row.business_slug,
        district_code=row.district_code or "",
        village_code=row.village_code,
        name=full_name(row),
        slug=row.slug,
        unit=row.unit,
        price_amount=row.price_amount,
        weight_gram=row.weight_gram,
        stock_mode=row.mode,
        available=available_of(row),
        category_slug=row.category_slug,
        purchasable=why_not is None,
        why_not=why_not,
        version=row.version,
    )


def cards(session: Session, product_ids: Sequence[UUID]) -> list[Card]:
    """The public ones of these products, in the given order; what is hidden meanwhile is simply not there."""
    if not product_ids:
        return []
    found = {row.id: card_of(row) for row in CARDS.found(session, ids=list(set(product_ids)))}
    return [found[id_] for id_ in product_ids if id_ in found]


def card_of(row: Row[Any]) -> Card:
    return Card(
        product_id=row.id,
        slug=row.slug,
        name=full_name(row),
        price_amount=row.price_amount,
        unit=row.unit,
        stock_mode=row.mode,
        available=available_of(row),
        category_slug=row.category_slug,
        halal=row.halal == "certified",
        photo_id=row.photo_id,
        business_name=row.business_name,
        business_number=row.business_number,
        business_slug=row.business_slug,
        district_code=row.district_code or "",
        district_name=regions.name(row.district_code or ""),
    )


def newest(session: Session, *, limit: int = 12) -> list[Card]:
    return [card_of(row) for row in newest_read(limit).found(session)]


@lru_cache
def newest_read(limit: int) -> Prepared:
    """With the number in it, without which PostgreSQL would make a new plan each time."""
    return Prepared(card_columns().order_by(*NEWEST_FIRST).limit(literal_column(str(int(limit)))))


def of_shop(session: Session, shop_id: UUID, *, limit: int = 24, offset: int = 0) -> list[Card]:
    """The goods of a shop, newest first."""
    return [card_of(row) for row in OF_SHOP.found(session, shop=shop_id, most=limit, past=offset)]


def others_of_shop(session: Session, shop_id: UUID, *, but: str, limit: int) -> list[Card]:
    """Different things of a shop, newest first: none is another size of one that is shown, nor of the thing named `but`."""
    return [card_of(row) for row in OTHERS.found(session, shop=shop_id, but=thing_of(but), most=limit)]


def thing_of(name: str) -> str:
    """What a product is, whatever its size."""
    return name.partition(SIZE_MARK)[0]


def product_page(session: Session, slug: str) -> ProductPage:
    """One product as anybody may see it, with its shop and business. Raises NotFound for what is not public."""
    found = PAGE.found(session, slug=registry.storable(slug), today=clock.today())
    if not found:
        raise NotFound("Barang itu tidak ada atau sudah tidak dijual.")
    (row,) = found
    return ProductPage(
        card=card_of(row),
        description=row.description,
        weight_gram=row.weight_gram,
        variant=row.variant,
        halal_status=row.halal,
        photos=tuple(Picture(UUID(id_), width, height) for id_, width, height in row.pictures or ()),
        sizes=tuple(
            Size(slug, variant or "", price, mode, left(mode, free), chosen)
            for slug, variant, price, mode, free, chosen in row.sizes or ()
        ),
        business=registry.business_of(row),
        shop_id=row.shop_id,
        pickup_address=row.pickup_address,
        payment_methods=methods_of(row),
        why_not=None,
        version=row.version,
    )


def photos_of(session: Session, product_id: UUID) -> tuple[Picture, ...]:
    return tuple(Picture(row.id, row.width, row.height) for row in PHOTOS.rows(session, product=product_id))


def shop_page(session: Session, slug: str, *, limit: int = 24, offset: int = 0) -> ShopPage:
    """A business with what it sells, by the business's slug. Raises NotFound for one that is not in the register."""
    business = registry.by_slug(session, slug)
    shop = session.execute(
        select(Shop.id, Shop.status, Shop.description, Shop.pickup_address).where(Shop.business_id == business.id)
    ).one_or_none()
    if shop is None or shop.status != "open":
        status = shop.status if shop and shop.status == "paused" else None
        return ShopPage(business, None, status, None, None, frozenset(), (), 0)
    count = session.execute(
        select(func.count())
        .select_from(Product)
        .where(col(Product.shop_id) == shop.id, col(Product.status) == "published")
    ).scalar_one()
    return ShopPage(
        business,
        shop.id,
        shop.status,
        shop.description,
        shop.pickup_address,
        shop_terms(session, [shop.id])[shop.id].payment_methods,
        tuple(of_shop(session, shop.id, limit=limit, offset=offset)),
        count,
    )


def shop_terms(session: Session, shop_ids: Sequence[UUID]) -> dict[UUID, ShopTerms]:
    """The terms of these shops. Transfer is offered only with a bank account."""
    if not shop_ids:
        return {}
    return {row.shop_id: terms_of(row) for row in SHOP_TERMS.rows(session, ids=list(set(shop_ids)))}


def terms_of(row: Row[Any]) -> ShopTerms:
    return ShopTerms(
        shop_id=row.shop_id,
        business_id=row.business_id,
        business_name=row.business_name,
        business_number=row.business_number,
        name=row.business_name,
        slug=row.business_slug,
        district_code=row.district_code or "",
        village_code=row.village_code,
        pickup_address=row.pickup_address,
        payment_methods=methods_of(row),
    )


def methods_of(shop: Shop | Row[Any]) -> frozenset[str]:
    methods = set()
    if shop.takes_cod:
        methods.add("cod")
    if shop.takes_transfer and shop.bank_name:
        methods.add("transfer")
    if shop.takes_gateway:
        methods |= {"stripe", "sandbox"}
    return frozenset(methods)


def shop_to_run(session: Session, actor: Actor, shop_id: UUID) -> Shop:
    """The shop, if the actor may act for it. Raises NotFound otherwise."""
    return access.shop_to_run(session, actor, shop_id)


def photo_is_public(session: Session, photo_id: UUID) -> bool:
    """Whether anybody may fetch this picture: its product is on sale."""
    wanted = (
        public_columns().with_only_columns(literal(1)).join(ProductPhoto, col(ProductPhoto.product_id) == Product.id)
    )
    return session.execute(wanted.where(col(ProductPhoto.id) == photo_id).limit(1)).first() is not None


def public_count(session: Session) -> int:
    """How many products are on sale now."""
    return int(session.execute(select(func.count()).select_from(public_columns().subquery())).scalar_one())
