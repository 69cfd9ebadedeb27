"""How a shop's goods reach the buyer, and for how much: rates a seller sets, and the charge they make."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from app.actor import Actor
from app.audit import record
from app.catalogue import queries as catalogue
from app.errors import FieldError, Invalid
from app.kit import clock
from app.orders.models import MOST_DAYS, CourierRate, ExpeditionRate
from app.outbox import bulletin
from app.reference import regions

MOST_RATE = 10_000_000
"""Rupiah. A higher one is a typing mistake."""


def set_courier_rate(
    session: Session, actor: Actor, shop_id: UUID, district_code: str, price_amount: int, *, days: int | None = None
) -> None:
    """The shop's own courier to one district of the regency, in rupiah, 0 is free; and in how many days it arrives, as far as
    the seller says. Raises NotFound for a foreign shop and Invalid for an unknown district, an amount outside 0..10,000,000 or
    days outside 0..60."""
    catalogue.shop_to_run(session, actor, shop_id)
    check(
        (regions.is_own_district(district_code), "district_code", "Pilih kecamatan dari daftar."),
        (0 <= price_amount <= MOST_RATE, "price_amount", "Isi ongkos antara Rp0 dan Rp10.000.000."),
        days_demanded(days),
    )
    values = {"price_amount": price_amount, "days": days, "changed_at": clock.now()}
    session.execute(
        insert(CourierRate)
        .values(shop_id=shop_id, district_code=district_code, **values)
        .on_conflict_do_update(index_elements=["shop_id", "district_code"], set_=values)
    )
    note(session, actor, shop_id, "courier_rate.set", district_code)


def remove_courier_rate(session: Session, actor: Actor, shop_id: UUID, district_code: str) -> None:
    """Stop delivering there. Does nothing when there is no such rate. Raises NotFound for a foreign shop."""
    catalogue.shop_to_run(session, actor, shop_id)
    gone = delete(CourierRate).where(
        col(CourierRate.shop_id) == shop_id, col(CourierRate.district_code) == district_code
    )
    if session.execute(gone.returning(col(CourierRate.shop_id))).first() is not None:
        note(session, actor, shop_id, "courier_rate.removed", district_code)


def set_expedition_rate(
    session: Session,
    actor: Actor,
    shop_id: UUID,
    regency_code: str,
    *,
    per_kilogram_amount: int,
    minimum_amount: int = 0,
    days: int | None = None,
) -> None:
    """A parcel to one regency or city of Indonesia, in rupiah per started kilogram and at least `minimum_amount`; and in how
    many days it arrives, as far as the seller says.

    Raises NotFound for a foreign shop and Invalid for an unknown regency, or amounts or days out of bounds.
    """
    catalogue.shop_to_run(session, actor, shop_id)
    place = regions.get(regency_code)
    check(
        (place is not None and place.level == "regency", "regency_code", "Pilih kabupaten atau kota dari daftar."),
        (1 <= per_kilogram_amount <= MOST_RATE, "per_kilogram_amount", "Isi tarif antara Rp1 dan Rp10.000.000 per kg."),
        (0 <= minimum_amount <= MOST_RATE, "minimum_amount", "Isi ongkos minimum antara Rp0 dan Rp10.000.000."),
        days_demanded(days),
    )
    values = {
        "per_kilogram_amount": per_kilogram_amount,
        "minimum_amount": minimum_amount,
        "days": days,
        "changed_at": clock.now(),
    }
    session.execute(
        insert(ExpeditionRate)
        .values(shop_id=shop_id, regency_code=regency_code, **values)
        .on_conflict_do_update(index_elements=["shop_id", "regency_code"], set_=values)
    )
    note(session, actor, shop_id, "expedition_rate.set", regency_code)


def remove_expedition_rate(session: Session, actor: Actor, shop_id: UUID, regency_code: str) -> None:
    """Stop sending there. Does nothing when there is no such rate. Raises NotFound for a foreign shop."""
    catalogue.shop_to_run(session, actor, shop_id)
    gone = delete(ExpeditionRate).where(
        col(ExpeditionRate.shop_id) == shop_id, col(ExpeditionRate.regency_code) == regency_code
    )
    if session.execute(gone.returning(col(ExpeditionRate.shop_id))).first() is not None:
        note(session, actor, shop_id, "expedition_rate.removed", regency_code)


def days_demanded(days: int | None) -> tuple[bool, str, str]:
    return days is None or 0 <= days <= MOST_DAYS, "days", f"Isi lama pengiriman antara 0 dan {MOST_DAYS} hari."


def check(*demands: tuple[bool, str, str]) -> None:
    faults = [FieldError(field, "invalid", sentence) for met, field, sentence in demands if not met]
    if faults:
        raise Invalid(*faults)


def note(session: Session, actor: Actor, shop_id: UUID, action: str, place_code: str) -> None:
    bulletin.tell(session, bulletin.subject("shop", shop_id))  # the ways of delivery stand on the pages of its goods
    record.note(session, actor, action=action, subject_kind="shop", subject_id=shop_id, detail={"place": place_code})
