"""Whose shop, whose product: the permission is part of the fetch, foreign is missing.

Rows are locked for change, not for deletion (`key_share`): a seller busy with a product or shop never holds up buyers, whose
orders only name it.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Uuid, bindparam
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue.models import Product, Shop
from app.db import Prepared
from app.errors import NotFound
from app.registry import membership
from app.registry.models import Business, Membership

WANTED, ACCOUNT = bindparam("wanted", type_=Uuid()), bindparam("account", type_=Uuid())
RIGHT = (col(Business.district_code), col(Business.village_code), membership.held_by(ACCOUNT))
"""What `may_sell` judges by."""

SHOP = select(Shop, *RIGHT).join(Business).where(Shop.id == WANTED)
SHOP_LOCKED = SHOP.with_for_update(of=Shop, key_share=True).execution_options(populate_existing=True)
PRODUCT = (
    select(Product, *RIGHT)
    .join(Shop, Product.shop_id == Shop.id)  # type: ignore[arg-type]
    .join(Business, Shop.business_id == Business.id)  # type: ignore[arg-type]
    .where(Product.id == WANTED)
)
PRODUCT_LOCKED = PRODUCT.with_for_update(of=Product, key_share=True).execution_options(populate_existing=True)
OWNER = Prepared(
    select(Membership.account_id)
    .join(Shop, col(Shop.business_id) == Membership.business_id)
    .where(Shop.id == WANTED, Membership.role == "owner", col(Membership.until).is_(None))
    .order_by(col(Membership.since))
    .limit(1)
)


def shop_to_run(session: Session, actor: Actor, shop_id: UUID, *, lock: bool = False) -> Shop:
    """The shop, if the actor may act for its business. Raises NotFound otherwise, in the words of any missing thing: orders and
    payments of a foreign shop are fetched through here, and must not be told apart from missing ones."""
    wanted = SHOP_LOCKED if lock else SHOP
    found = session.exec(wanted, params={"wanted": shop_id, "account": actor.account_id}).one_or_none()
    if found is None or not may_sell(actor, *found[1:]):
        raise NotFound
    return found[0]


def product_to_edit(session: Session, actor: Actor, product_id: UUID, *, lock: bool = True) -> Product:
    """The product, locked unless it is only to be read, if the actor may act for its shop. Raises NotFound otherwise."""
    wanted = PRODUCT_LOCKED if lock else PRODUCT
    found = session.exec(wanted, params={"wanted": product_id, "account": actor.account_id}).one_or_none()
    if found is None or not may_sell(actor, *found[1:]):
        raise NotFound("Barang itu tidak ditemukan.")
    return found[0]


def owner_of(session: Session, shop_id: UUID) -> UUID | None:
    """The account of the shop's owner, for whom everything done to its goods is done; of several the first."""
    found: UUID | None = OWNER.rows(session, wanted=shop_id).scalar_one_or_none()
    return found


def sells_for(session: Session, actor: Actor, business: Business) -> bool:
    """Whether the actor may sell for this business, by the rule of `may_sell`."""
    if actor.account_id is None:
        return False
    member = membership.is_member(session, actor.account_id, business.id)
    return may_sell(actor, business.district_code, business.village_code, member)


def may_sell(actor: Actor, district_code: str | None, village_code: str | None, member: bool) -> bool:
    """A member of the business or a facilitator of its place. The office does not trade (Permendag 31/2023): its officers
    approve, hide and suspend, and touch nobody's prices or stock."""
    if actor.account_id is None:
        return False
    return member or (district_code is not None and actor.facilitates(district_code, village_code))


def shops_to_run(session: Session, actor: Actor) -> list[UUID]:
    """The shops the actor sells for as a member."""
    if actor.account_id is None:
        return []
    return list(
        session.exec(
            select(Shop.id)
            .join(Membership, col(Membership.business_id) == Shop.business_id)
            .where(Membership.account_id == actor.account_id, col(Membership.until).is_(None))
            .order_by(col(Shop.created_at))
        )
    )


def shops_meant(session: Session, actor: Actor, shop_id: UUID | None) -> list[UUID]:
    """The one shop named, if the actor may act for it, else all the actor sells for as a member. Raises NotFound for a foreign
    one."""
    return [shop_to_run(session, actor, shop_id).id] if shop_id is not None else shops_to_run(session, actor)
