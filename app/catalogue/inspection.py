"""Reads of shops for the office, which approves, hides and suspends, and touches nobody's prices or stock."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue.models import Product, Shop
from app.errors import Forbidden


@dataclass(frozen=True)
class DeskShop:
    """A shop as the office sees it. `trusted`: its new goods go live without being looked at."""

    id: UUID
    status: str
    trusted: bool
    published: int
    waiting: int


def shop_of(session: Session, actor: Actor, business_id: UUID) -> DeskShop | None:
    """The shop of a business, None while it has none. Raises Forbidden for anybody but verifiers and administrators."""
    if not actor.has("administrator", "verifier"):
        raise Forbidden("Halaman ini hanya untuk petugas pemeriksa.")
    shop = session.exec(select(Shop).where(Shop.business_id == business_id)).one_or_none()
    if shop is None:
        return None
    counted = session.execute(
        select(
            func.count().filter(col(Product.status) == "published"),
            func.count().filter(col(Product.status) == "pending"),
        ).where(col(Product.shop_id) == shop.id)
    ).one()
    return DeskShop(shop.id, shop.status, shop.trusted, int(counted[0]), int(counted[1]))
