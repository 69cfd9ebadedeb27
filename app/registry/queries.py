"""Reads of the register as the public sees it. What is not public is NotFound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, tuple_
from sqlmodel import Session, col, select

from app.errors import Invalid, NotFound
from app.kit import clock, paging, texts
from app.kit.paging import Page
from app.reference import kbli, regions
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
    wanted = select(Business).where(Business.status == ACTIVE)
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
        wanted = wanted.where(Business.district_code == district)
    if village:
        wanted = wanted.where(Business.village_code == village)
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
    rows = session.exec(wanted.order_by(func.lower(col(Business.name)), col(Business.id)).limit(limit + 1)).all()
    shown = rows[:limit]
    following = paging.encode(shown[-1].name.lower(), str(shown[-1].id)) if len(rows) > limit else None
    return Page(published(session, shown), following)


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
    return one(
        session,
        session.exec(
            select(Business).where(Business.number == storable(number), Business.status == ACTIVE)
        ).one_or_none(),
    )


def by_slug(session: Session, slug: str) -> PublicBusiness:
    return one(
        session,
        session.exec(select(Business).where(Business.slug == storable(slug), Business.status == ACTIVE)).one_or_none(),
    )


def by_id(session: Session, business_id: UUID) -> PublicBusiness:
    return one(
        session,
        session.exec(select(Business).where(Business.id == business_id, Business.status == ACTIVE)).one_or_none(),
    )


def storable(text: str) -> str:
    """The text, or one nothing is called: PostgreSQL refuses a query that holds a NUL."""
    return "" if texts.unwritable(text) else text


def one(session: Session, business: Business | None) -> PublicBusiness:
    if business is None:
        raise NotFound("Usaha itu tidak ada di daftar.")
    return published(session, [business])[0]


def verify(session: Session, number: str) -> Answer:
    """Is this business registered? A suspended one is told apart, so that nobody trusts it; drafts are simply unknown."""
    wanted = number.strip().upper()
    if not numbers.is_sound(wanted):
        return Answer("malformed", wanted)
    business = session.exec(select(Business).where(Business.number == wanted)).one_or_none()
    if business is not None and business.status == ACTIVE:
        return Answer("registered", wanted, published(session, [business])[0])
    if business is not None and business.status == "suspended":
        return Answer("suspended", wanted)
    return Answer("unknown", wanted)


def badges(session: Session, business_ids: Sequence[UUID]) -> dict[UUID, tuple[Badge, ...]]:
    """The checks that count today: a badge is gone on the day after its last, without anybody doing anything."""
    if not business_ids:
        return {}
    rows = session.exec(
        select(BusinessVerification)
        .where(
            col(BusinessVerification.business_id).in_(business_ids),
            col(BusinessVerification.withdrawn_at).is_(None),
            col(BusinessVerification.valid_until) >= clock.today(),
        )
        .order_by(col(BusinessVerification.kind))
    )
    found: dict[UUID, tuple[Badge, ...]] = {}
    for row in rows:
        badge = Badge(row.kind, row.office, row.checked_on, row.valid_until)
        found[row.business_id] = (*found.get(row.business_id, ()), badge)
    return found


def published(session: Session, rows: Sequence[Business]) -> list[PublicBusiness]:
    standing = badges(session, [row.id for row in rows])
    titles = titles_of(session, rows)
    return [
        PublicBusiness(
            id=row.id,
            number=row.number,
            name=row.name,
            slug=row.slug,
            district_code=row.district_code or "",
            district=regions.name(row.district_code or ""),
            village_code=row.village_code,
            village=regions.name(row.village_code) if row.village_code else "",
            main_product=row.main_product or "",
            kbli=declared(row, titles),
            registered_on=row.registered_on,
            started_on=row.started_on,
            badges=standing.get(row.id, ()),
            version=row.version,
        )
        for row in rows
    ]


def titles_of(session: Session, rows: Sequence[Business]) -> dict[tuple[int, str], str]:
    """The titles of the KBLI codes these businesses declare, as far as they are listed."""
    return kbli.titles(
        session, {(row.kbli_version, row.kbli_code) for row in rows if row.kbli_version and row.kbli_code}
    )


def declared(row: Business, titles: Mapping[tuple[int, str], str]) -> Kbli | None:
    if row.kbli_version is None or row.kbli_code is None:
        return None
    return Kbli(row.kbli_version, row.kbli_code, titles.get((row.kbli_version, row.kbli_code)))


def newest(session: Session, *, limit: int = 4) -> list[PublicBusiness]:
    """The businesses registered last."""
    rows = session.exec(
        select(Business)
        .where(Business.status == ACTIVE)
        .order_by(col(Business.registered_on).desc(), col(Business.id).desc())
        .limit(limit)
    )
    return published(session, rows.all())


def active_count(session: Session) -> int:
    """How many businesses are in the register today."""
    return int(session.exec(select(func.count()).select_from(Business).where(Business.status == ACTIVE)).one())
