"""How far a shop delivers, in three numbers: for the pages of its goods."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Uuid, bindparam, func
from sqlmodel import Session, col, select

from app.db import Prepared
from app.orders.models import CourierRate, ExpeditionRate

SHOP = bindparam("shop", type_=Uuid())


@dataclass(frozen=True)
class Reach:
    """To how many districts of the regency its courier goes and for how little, to how many other regencies it sends."""

    districts: int
    courier_from: int | None
    regencies: int


SENT = select(func.count()).select_from(ExpeditionRate).where(col(ExpeditionRate.shop_id) == SHOP).scalar_subquery()
REACH = Prepared(
    select(
        func.count().label("districts"),
        func.min(CourierRate.price_amount).label("courier_from"),
        SENT.label("regencies"),
    ).where(col(CourierRate.shop_id) == SHOP)
)


def of(session: Session, shop_id: UUID) -> Reach:
    """Public: a buyer asks before buying."""
    row = REACH.rows(session, shop=shop_id).one()
    return Reach(row.districts, row.courier_from, row.regencies)
