"""What a product looks like to an engine: its public words and what it is sorted and counted by. Nothing about a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select
from sqlmodel import Session, col

from app.catalogue import categories
from app.catalogue.models import COUNTED, Product, Stock
from app.catalogue.queries import full_name, public_columns
from app.reference import regions
from app.registry.models import Business


@dataclass(frozen=True)
class Document:
    """One public product as it is now. `texts` are cut into words by the engine's side; keys are those of `schema.SEARCHED`."""

    product_id: UUID
    version: str
    texts: Mapping[str, str]
    category: str
    district: str
    price_amount: int
    halal: bool
    sold_out: bool
    published_at: datetime


def of_public(*columns: Any) -> Select[Any]:
    """These columns of what anybody may see now."""
    chosen: Select[Any] = public_columns().with_only_columns(*columns, maintain_column_froms=True)
    return chosen


def columns() -> Select[Any]:
    return of_public(
        Product.id, Product.name, Product.variant, Product.description, Product.category_slug, Product.price_amount,
        Product.halal, Product.version, Product.published_at, Product.created_at,
        Stock.mode, Stock.on_hand, Stock.reserved,
        col(Business.name).label("business_name"), col(Business.version).label("business_version"),
        Business.district_code, Business.village_code,
    )  # fmt: skip


def read(session: Session, product_ids: Sequence[UUID]) -> list[Document]:
    """Those of these products that anybody may see now, by id."""
    rows = session.execute(columns().where(col(Product.id).in_(set(product_ids))).order_by(col(Product.id)))
    return [document_of(row) for row in rows]


def read_after(session: Session, product_id: UUID | None, limit: int) -> list[Document]:
    """A chunk of all public products by id, from the one after `product_id`."""
    wanted = columns() if product_id is None else columns().where(col(Product.id) > product_id)
    return [document_of(row) for row in session.execute(wanted.order_by(col(Product.id)).limit(limit))]


def document_of(row: Row[Any]) -> Document:
    top = categories.top_of(row.category_slug)
    kinds = dict.fromkeys((categories.name(row.category_slug), categories.name(top)))
    return Document(
        product_id=row.id,
        version=version_of(row.version, row.business_version),
        texts={
            "name": full_name(row),
            "kind": " ".join(kinds),
            "business": row.business_name,
            "description": row.description,
            "place": f"{regions.name(row.district_code)} {regions.name(row.village_code)}",
        },
        category=row.category_slug,
        district=row.district_code or "",
        price_amount=row.price_amount,
        halal=row.halal == "certified",
        sold_out=row.mode == COUNTED and row.on_hand <= row.reserved,
        published_at=row.published_at or row.created_at,
    )


def version_of(product_version: int, business_version: int) -> str:
    return f"{product_version}.{business_version}"
