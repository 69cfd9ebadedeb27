"""Whose shop, whose product: the permission is part of the fetch, foreign is missing.

Rows are locked for change, not for deletion (`key_share`): a seller busy with a product or shop never holds up buyers, whose
orders only name it.
"""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue.models import Product, Shop
from app.errors import NotFound
from app.registry import membership
from app.registry.models import Business, Membership


def shop_to_run(session: Session, actor: Actor, shop_id: UUID, *, lock: bool = False) -> Shop:
    """The shop, if the actor may act for its business. Raises NotFound otherwise, in the words of any missing thing: orders and
    payments of a foreign shop are fetched through here, and must not be told apart from missing ones."""
    wanted = select(Shop, Business).join(Business).where(Shop.id == shop_id)
    if lock:
        wanted = wanted.with_for_update(of=Shop, key_share=True).execution_options(populate_existing=True)
    found = session.exec(wanted).one_or_none()
    if found is None or not sells_for(session, actor, found[1]):
        raise NotFound
    return found[0]


def product_to_edit(session: Session, actor: Actor, product_id: UUID, *, lock: bool = True) -> Product:
    """The product, locked unless it is only to be read, if the actor may act for its shop. Raises NotFound otherwise."""
    wanted = (
        select(Product, Business)
        .join(Shop, Product.shop_id == Shop.id)  # type: ignore[arg-type]
        .join(Business, Shop.business_id == Business.id)  # type: ignore[arg-type]
        .where(Product.id == product_id)
    )
    if lock:
        wanted = wanted.with_for_update(of=Product, key_share=True).execution_options(populate_existing=True)
    found = session.exec(wanted).one_or_none()
    if found is None or not sells_for(session, actor, found[1]):
        raise NotFound("Barang itu tidak ditemukan.")
    return found[0]


def owner_of(session: Session, shop_id: UUID) -> UUID | None:
    """The account of the shop's owner, for whom everything done to its goods is done."""
    business_id = session.exec(select(Shop.business_id).where(Shop.id == shop_id)).one()
    return membership.owner_account(session, business_id)


def sells_for(session: Session, actor: Actor, business: Business) -> bool:
    """A member of the business or a facilitator of its place. The office does not trade (Permendag 31/2023): its officers
    approve, hide and suspend, and touch nobody's prices or stock."""
    if actor.account_id is None:
        return False
    if membership.is_member(session, actor.account_id, business.id):
        return True
    return business.district_code is not None and actor.facilitates(business.district_code, business.village_code)


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
