"""Find any business of the register, for the officers who keep it: pages of few columns, in one query."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.actor import Actor
from app.reference import regions
from app.registry import files, queries
from app.registry.models import Business, BusinessOwner

A_PAGE = 50
MOST_WORDS = 6
LAST_PAGE = 10_000


@dataclass(frozen=True)
class FoundBusiness:
    number: str
    name: str
    status: str
    main_product: str | None
    district: str
    village: str
    owner_name: str


@dataclass(frozen=True)
class Found:
    """One page of what was found, and how many there are in all."""

    items: tuple[FoundBusiness, ...]
    total: int
    pages: int


def find(
    session: Session, actor: Actor, q: str, *, status: str | None = None, district: str | None = None, page: int = 1
) -> Found:
    """Businesses whose name or number holds every word, by name, whatever their status. Raises Forbidden for anybody but
    verifiers and administrators."""
    files.refuse_others(actor)
    wanted = (
        select(Business, BusinessOwner.name, func.count().over())
        .outerjoin(BusinessOwner, col(BusinessOwner.id) == Business.owner_id)
        .where(files.in_places(actor, "administrator", "verifier"))
    )
    if status:
        wanted = wanted.where(Business.status == status)
    if district:
        wanted = wanted.where(Business.district_code == district)
    for word in queries.storable(q).split()[:MOST_WORDS]:
        wanted = wanted.where(
            col(Business.name).icontains(word, autoescape=True) | col(Business.number).icontains(word, autoescape=True)
        )
    at = min(max(1, page), LAST_PAGE)
    ordered = wanted.order_by(func.lower(col(Business.name)), col(Business.id))
    rows = session.exec(ordered.limit(A_PAGE).offset((at - 1) * A_PAGE)).all()
    total = int(rows[0][2]) if rows else 0
    return Found(tuple(found(business, owner) for business, owner, _ in rows), total, -(-total // A_PAGE))


def found(business: Business, owner_name: str | None) -> FoundBusiness:
    return FoundBusiness(
        business.number,
        business.name,
        business.status,
        business.main_product,
        regions.name(business.district_code),
        regions.name(business.village_code),
        owner_name or "",
    )
