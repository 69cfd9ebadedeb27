"""What is public, by the last part of its address: for search engines that want to know every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from app.catalogue.models import Product
from app.catalogue.queries import public_columns
from app.registry.models import ACTIVE, Business

MOST_PRODUCTS = 40_000
MOST_BUSINESSES = 9_000
"""Together under the 50,000 addresses one sitemap may hold."""


@dataclass(frozen=True)
class ProductAddress:
    slug: str
    changed_at: datetime


def products(session: Session) -> Sequence[ProductAddress]:
    """Goods on sale, the newest first."""
    rows = session.execute(
        public_columns()
        .with_only_columns(col(Product.slug), col(Product.changed_at))
        .order_by(col(Product.published_at).desc(), col(Product.id))
        .limit(MOST_PRODUCTS)
    )
    return [ProductAddress(*row) for row in rows]


def businesses(session: Session) -> Sequence[str]:
    """Businesses in the register, the last registered first."""
    return session.exec(
        select(Business.slug)
        .where(Business.status == ACTIVE)
        .order_by(col(Business.registered_on).desc(), col(Business.id).desc())
        .limit(MOST_BUSINESSES)
    ).all()
