"""Put goods on sale and take them off."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue import rules
from app.catalogue.access import product_to_edit
from app.catalogue.editing import changed
from app.catalogue.errors import WrongStatus
from app.catalogue.models import Product, Shop
from app.errors import Forbidden, Invalid, NotFound
from app.kit import clock
from app.registry import membership
from app.registry.models import Business
from app.registry.rules import keeps_register

LONGEST_REASON = 300


def publish(session: Session, actor: Actor, product_id: UUID) -> Product:
    """The seller shows a hidden product again; one that was never looked at goes back to waiting. Raises WrongStatus."""
    product = product_to_edit(session, actor, product_id)
    if product.status not in ("hidden", "draft"):
        raise WrongStatus
    looked_at = product.published_at is not None or session.get_one(Shop, product.shop_id).trusted
    if looked_at and product.refusal_reason is None:
        show(product)
        changed(session, actor, product, "product.shown")
    else:
        wait(product)
        changed(session, actor, product, "product.submitted")
    return product


def hide(session: Session, actor: Actor, product_id: UUID) -> Product:
    """The seller takes it off sale for now. Raises WrongStatus."""
    product = product_to_edit(session, actor, product_id)
    if product.status not in ("published", "pending"):
        raise WrongStatus
    product.status = "hidden"
    changed(session, actor, product, "product.hidden")
    return product


def archive(session: Session, actor: Actor, product_id: UUID) -> Product:
    """Gone for good; orders keep what they name. Raises WrongStatus when it already is."""
    product = product_to_edit(session, actor, product_id)
    if product.status == "archived":
        raise WrongStatus
    product.status = "archived"
    changed(session, actor, product, "product.archived")
    return product


def approve(session: Session, actor: Actor, product_id: UUID) -> Product:
    """The office has looked at a new product. Raises NotFound for others, Forbidden for the own, WrongStatus."""
    product = for_office(session, actor, product_id)
    if product.status != "pending":
        raise WrongStatus
    show(product)
    changed(session, actor, product, "product.approved")
    return product


def refuse(session: Session, actor: Actor, product_id: UUID, *, reason: str) -> Product:
    """The office takes a product off sale, or does not let it on; the seller reads the reason. Raises Invalid without one."""
    product = for_office(session, actor, product_id)
    if product.status not in ("pending", "published"):
        raise WrongStatus
    if not reason.strip():
        raise Invalid.one("reason", "Tulis alasannya: penjual akan membacanya.", "missing")
    faults = rules.text_faults("reason", reason, LONGEST_REASON, "Alasan")
    if faults:
        raise Invalid(*faults)
    product.status = "hidden"
    product.refusal_reason = reason.strip()
    changed(session, actor, product, "product.refused")
    return product


def for_office(session: Session, actor: Actor, product_id: UUID) -> Product:
    """The product, locked, for an officer of its shop's place. Raises NotFound for others, Forbidden for the own product."""
    found = session.exec(
        select(Product, Business)
        .join(Shop, col(Shop.id) == Product.shop_id)
        .join(Business, col(Business.id) == Shop.business_id)
        .where(Product.id == product_id)
        .with_for_update(of=Product, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None or not keeps_register(actor, found[1].district_code, found[1].village_code):
        raise NotFound("Barang itu tidak ditemukan.")
    if actor.account_id in membership.member_accounts(session, found[1].id):
        raise Forbidden("Anda tidak dapat memutuskan barang sendiri.")
    return found[0]


def show(product: Product) -> None:
    product.status = "published"
    product.refusal_reason = None
    product.published_at = product.published_at or clock.now()


def wait(product: Product) -> None:
    product.status = "pending"
    product.refusal_reason = None
