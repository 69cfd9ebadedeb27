"""Reads of the register as the public sees it. What is not public is NotFound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, Text, Uuid, and_, bindparam, func, literal_column, or_, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel import Session, col, select

from app.db import Prepared, fixed
from app.errors import Invalid, NotFound
from app.kit import clock, paging, texts
from app.kit.paging import Page
from app.reference import regions
from app.reference.models import Kbli as KbliRow
from app.registry import numbers
from app.registry.models import ACTIVE, Business, BusinessVerification

MOST_A_PAGE = 60


@dataclass(frozen=True)
class Badge:
    """What was checked, by which office (never by which person), and until when that counts."""

    kind: str
    checked_by: str
    checked_on: date
    valid_until: date


@dataclass(frozen=True)
class Kbli:
    version: int
    code: str
    title: str | None


@dataclass(frozen=True)
class PublicBusiness:
    """The public facts of an active business. No owner, no address, no phone, no money."""

    id: UUID
    number: str
    name: str
    slug: str
    district_code: str
    district: str
    village_code: str | None
    village: str
    main_product: str
    kbli: Kbli | None
    registered_on: date | None
    started_on: date | None
    badges: tuple[Badge, ...]
    version: int


@dataclass(frozen=True)
class Answer:
    """Is this number registered? `state`: `registered`, `suspended`, `unknown` or `malformed`."""

    state: str
    number: str
    business: PublicBusiness | None = None


CHECKS = (
    select(
        func.json_agg(
            aggregate_order_by(
                func.json_build_array(
                    BusinessVerification.kind,
                    BusinessVerification.office,
                    BusinessVerification.checked_on,
                    BusinessVerification.valid_until,
                ),
                col(BusinessVerification.kind),
            )
        )
    )
    .where(
        col(BusinessVerification.business_id) == Business.id,
        col(BusinessVerification.withdrawn_at).is_(None),
        col(BusinessVerification.valid_until) >= bindparam("today", type_=Date()),
    )
    .correlate(Business)
    .scalar_subquery()
)
"""The checks that count today: a badge is gone on the day after its last, without anybody doing anything."""

NAMES: tuple[Any, ...] = (
    col(Business.id).label("business_id"), col(Business.number).label("business_number"),
    col(Business.name).label("business_name"), col(Business.slug).label("business_slug"),
    col(Business.district_code), col(Business.village_code),
)  # fmt: skip
FACTS: tuple[Any, ...] = (
    col(Business.main_product), col(Business.kbli_version), col(Business.kbli_code), col(KbliRow.title).label("kbli_title"),
    col(Business.registered_on), col(Business.started_on), col(Business.version).label("business_version"),
    CHECKS.label("checks"),
)  # fmt: skip
DECLARED = and_(col(KbliRow.version) == Business.kbli_version, col(KbliRow.code) == Business.kbli_code)
"""The code in the list that a business declares, for an outer join: not every declared one is listed."""


def facts() -> Select[Any]:
    """The public facts of businesses, whatever their status."""
    found: Select[Any] = select(*NAMES, *FACTS).select_from(Business).outerjoin(KbliRow, DECLARED)
    return found


def public() -> Select[Any]:
    return facts().where(col(Business.status) == fixed(ACTIVE))


BY_NUMBER = Prepared(
    facts().add_columns(col(Business.status)).where(col(Business.number) == bindparam("number", type_=Text()))
)
BY_SLUG = Prepared(public().where(col(Business.slug) == bindparam("slug", type_=Text())))
DESCRIBED = Prepared(facts().where(col(Business.id) == func.any(bindparam("ids", type_=ARRAY(Uuid())))))
BY_ID = Prepared(public().where(col(Business.id) == bindparam("id", type_=Uuid())))


def business_of(row: Any) -> PublicBusiness:
    """The business in a row that has NAMES and FACTS."""
    return PublicBusiness(
        id=row.business_id,
        number=row.business_number,
        name=row.business_name,
        slug=row.business_slug,
        district_code=row.district_code or "",
        district=regions.name(row.district_code),
        village_code=row.village_code,
        village=regions.name(row.village_code),
        main_product=row.main_product or "",
        kbli=declared(row),
        registered_on=row.registered_on,
        started_on=row.started_on,
        badges=badges_of(row),
        version=row.business_version,
    )


def declared(row: Any) -> Kbli | None:
    if row.kbli_version is None or row.kbli_code is None:
        return None
    return Kbli(row.kbli_version, row.kbli_code, row.kbli_title)


def badges_of(row: Any) -> tuple[Badge, ...]:
    return tuple(
        Badge(kind, office, date.fromisoformat(checked_on), date.fromisoformat(valid_until))
        for kind, office, checked_on, valid_until in row.checks or ()
    )


def listing(
    session: Session,
    *,
    q: str | None = None,
    district: str | None = None,
    village: str | None = None,
    kbli_code: str | None = None,
    verified: bool | None = None,
    cursor: str | None = None,
    limit: int = 24,
) -> Page[PublicBusiness]:
    """Active businesses by name. `verified` keeps those with (or without) a check that counts today; `kbli_code` any prefix.

    Raises Invalid for a cursor that is not of this list.
    """
    limit = max(1, min(limit, MOST_A_PAGE))
    wanted = public()
    if texts.unwritable("".join(filter(None, (q, district, village, kbli_code)))):
        return Page([], None)
    for word in (q or "").lower().split()[:6]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        wanted = wanted.where(
            or_(
                func.lower(col(Business.name)).like(pattern),
                func.lower(col(Business.main_product)).like(pattern),
                func.lower(col(Business.number)).like(pattern),
            )
        )
    if district:
        wanted = wanted.where(col(Business.district_code) == district)
    if village:
        wanted = wanted.where(col(Business.village_code) == village)
    if kbli_code:
        wanted = wanted.where(under(kbli_code))
    if verified is not None:
        standing = col(Business.id).in_(
            select(BusinessVerification.business_id).where(
                col(BusinessVerification.withdrawn_at).is_(None), col(BusinessVerification.valid_until) >= clock.today()
            )
        )
        wanted = wanted.where(standing if verified else ~standing)
    if cursor:
        name, business_id = position(cursor)
        wanted = wanted.where(
            or_(
                func.lower(col(Business.name)) > name,
                and_(func.lower(col(Business.name)) == name, col(Business.id) > business_id),
            )
        )
    ordered = wanted.order_by(func.lower(col(Business.name)), col(Business.id)).limit(limit + 1)
    rows = session.execute(ordered, {"today": clock.today()}).all()
    shown = [business_of(row) for row in rows[:limit]]
    following = paging.encode(shown[-1].name.lower(), str(shown[-1].id)) if len(rows) > limit else None
    return Page(shown, following)


def under(kbli_code: str) -> ColumnElement[bool]:
    """Businesses whose code begins so; a section letter stands for all codes of that section, each in its own version."""
    begins = col(Business.kbli_code).startswith(kbli_code, autoescape=True)
    if not kbli_code.isalpha():
        return begins
    return begins | tuple_(col(Business.kbli_version), col(Business.kbli_code)).in_(
        select(KbliRow.version, KbliRow.code).where(KbliRow.section == kbli_code.upper())
    )


def position(cursor: str) -> tuple[str, UUID]:
    try:
        name, business_id = paging.decode(cursor, str, str)
        return str(name), UUID(str(business_id))
    except ValueError as fault:
        raise Invalid.one("cursor", "Halaman itu tidak dikenal. Mulai lagi dari halaman pertama.") from fault


def by_number(session: Session, number: str) -> PublicBusiness:
    row = BY_NUMBER.rows(session, number=storable(number), today=clock.today()).one_or_none()
    return one(row if row is not None and row.status == ACTIVE else None)


def by_slug(session: Session, slug: str) -> PublicBusiness:
    return one(BY_SLUG.rows(session, slug=storable(slug), today=clock.today()).one_or_none())


def by_id(session: Session, business_id: UUID) -> PublicBusiness:
    return one(BY_ID.rows(session, id=business_id, today=clock.today()).one_or_none())


def described(session: Session, business_ids: Sequence[UUID]) -> dict[UUID, PublicBusiness]:
    """What would be public of these businesses, whatever their status: for who may see them anyway."""
    rows = DESCRIBED.rows(session, ids=list(business_ids), today=clock.today()) if business_ids else ()
    return {row.business_id: business_of(row) for row in rows}


def storable(text: str) -> str:
    """The text, or one nothing is called: PostgreSQL refuses a query that holds a NUL."""
    return "" if texts.unwritable(text) else text


def one(row: Row[Any] | None) -> PublicBusiness:
    if row is None:
        raise NotFound("Usaha itu tidak ada di daftar.")
    return business_of(row)


def verify(session: Session, number: str) -> Answer:
    """Is this business registered? A suspended one is told apart, so that nobody trusts it; drafts are simply unknown."""
    wanted = number.strip().upper()
    if not numbers.is_sound(wanted):
        return Answer("malformed", wanted)
    row = BY_NUMBER.rows(session, number=wanted, today=clock.today()).one_or_none()
    if row is not None and row.status == ACTIVE:
        return Answer("registered", wanted, business_of(row))
    if row is not None and row.status == "suspended":
        return Answer("suspended", wanted)
    return Answer("unknown", wanted)


def newest(session: Session, *, limit: int = 4) -> list[PublicBusiness]:
    """The businesses registered last."""
    return [business_of(row) for row in newest_read(limit).found(session, today=clock.today())]


@lru_cache
def newest_read(limit: int) -> Prepared:
    """With the number in it, without which PostgreSQL would make a new plan each time."""
    latest = (col(Business.registered_on).desc(), col(Business.id).desc())
    return Prepared(public().order_by(*latest).limit(literal_column(str(int(limit)))))


def active_count(session: Session) -> int:
    """How many businesses are in the register today."""
    return int(session.exec(select(func.count()).select_from(Business).where(Business.status == ACTIVE)).one())
