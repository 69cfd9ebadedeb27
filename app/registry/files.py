"""Reads of the register by those it concerns: the owner's own businesses, the officer's desk and cases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col, select

from app.accounts.models import Account
from app.actor import Actor, Role
from app.errors import Forbidden, Invalid, NotFound, SignInRequired
from app.kit import clock, phone
from app.reference import regions
from app.registry import membership, people, queries, rules
from app.registry.models import (
    OPEN_TO_OWNER,
    SUBMITTED,
    Business,
    BusinessOwner,
    BusinessReport,
    BusinessVerification,
    Membership,
)
from app.registry.queries import Badge, Kbli

ANSWER_WITHIN = timedelta(days=5)
"""What the office promises an owner; the desk shows what is older in another colour."""

NIK_PURPOSES = ("verification", "correction", "complaint")
"""Why an officer may look at a NIK: beside the card at the desk, to mend a wrong one, to settle a complaint."""


@dataclass(frozen=True)
class OwnBusiness:
    """A business as those who act for it see it."""

    id: UUID
    number: str
    name: str
    slug: str
    status: str
    district_code: str | None
    district: str
    village_code: str | None
    village: str
    address: str | None
    main_product: str | None
    kbli: Kbli | None
    started_on: date | None
    nib: str | None
    owner_name: str
    owner_sex: str | None
    has_nik: bool
    capital_amount: int | None
    turnover_amount: int | None
    workers_male: int | None
    workers_female: int | None
    reason: str | None
    correction_fields: tuple[str, ...]
    submitted_at: datetime | None
    expected_by: date | None
    registered_on: date | None
    badges: tuple[Badge, ...]
    editable: bool
    version: int


@dataclass(frozen=True)
class Check:
    kind: str
    checked_by: str
    checked_on: date
    valid_until: date
    counts: bool


@dataclass(frozen=True)
class Case:
    """A business as the officer at the desk sees it: masked phone; the NIK only by asking for it, which is audited."""

    business: OwnBusiness
    owner_account_id: UUID | None
    masked_phone: str
    checks: tuple[Check, ...]
    may_decide: bool
    source: str
    owner_id: UUID | None = None


@dataclass(frozen=True)
class DeskRow:
    id: UUID
    number: str
    name: str
    main_product: str
    district: str
    submitted_at: datetime
    days_waiting: int
    late: bool
    source: str


def mine(session: Session, actor: Actor) -> list[OwnBusiness]:
    """The businesses the actor is a member of, newest first. Raises SignInRequired."""
    if actor.account_id is None:
        raise SignInRequired
    rows = session.exec(
        select(Business)
        .join(Membership, col(Membership.business_id) == Business.id)
        .where(Membership.account_id == actor.account_id, col(Membership.until).is_(None))
        .order_by(col(Business.created_at).desc())
    ).all()
    return own_views(session, rows)


def assisted(session: Session, actor: Actor, *, limit: int = 100) -> list[OwnBusiness]:
    """The businesses of a facilitator's places, newest first."""
    if not actor.has("facilitator"):
        return []
    rows = session.exec(
        select(Business).where(in_places(actor, "facilitator")).order_by(col(Business.created_at).desc()).limit(limit)
    ).all()
    return own_views(session, rows)


def for_edit(session: Session, actor: Actor, number: str) -> OwnBusiness:
    """One business for somebody who may act for it. Foreign is missing: NotFound."""
    business = session.exec(select(Business).where(Business.number == queries.storable(number))).one_or_none()
    if business is None or not membership.acts_for(session, actor, business):
        raise NotFound
    return own_view(session, business)


def id_of(session: Session, actor: Actor, number: str) -> UUID:
    return for_edit(session, actor, number).id


def desk(session: Session, actor: Actor, *, district: str | None = None, limit: int = 200) -> list[DeskRow]:
    """What waits for a decision, oldest first. Raises Forbidden for anybody but verifiers and administrators."""
    refuse_others(actor)
    wanted = select(Business).where(Business.status == SUBMITTED).order_by(col(Business.submitted_at)).limit(limit)
    wanted = wanted.where(in_places(actor, "administrator", "verifier"))
    if district:
        wanted = wanted.where(Business.district_code == queries.storable(district))
    now = clock.now()
    return [
        DeskRow(
            row.id,
            row.number,
            row.name,
            row.main_product or "",
            regions.name(row.district_code or ""),
            row.submitted_at or row.created_at,
            (now - (row.submitted_at or row.created_at)).days,
            now - (row.submitted_at or row.created_at) > ANSWER_WITHIN,
            row.source,
        )
        for row in session.exec(wanted)
    ]


def case(session: Session, actor: Actor, number: str) -> Case:
    """One business at the desk. Raises NotFound, also for those without a desk."""
    business = at_desk(session, actor, number)
    owner_account_id = membership.owner_account(session, business.id)
    account = session.get(Account, owner_account_id) if owner_account_id else None
    today = clock.today()
    checks = session.exec(
        select(BusinessVerification)
        .where(BusinessVerification.business_id == business.id, col(BusinessVerification.withdrawn_at).is_(None))
        .order_by(col(BusinessVerification.kind))
    )
    return Case(
        business=own_view(session, business),
        owner_account_id=owner_account_id,
        masked_phone=phone.masked(account.phone_e164) if account else "",
        checks=tuple(
            Check(row.kind, row.office, row.checked_on, row.valid_until, row.valid_until >= today) for row in checks
        ),
        may_decide=rules.may_decide(actor.account_id, owner_account_id=owner_account_id, edited_by=business.edited_by)
        and actor.account_id not in membership.member_accounts(session, business.id),
        source=business.source,
        owner_id=business.owner_id,
    )


def nik_at_desk(session: Session, actor: Actor, number: str, *, purpose: str = "verification") -> str | None:
    """The owner's NIK in clear, beside the card on the table; the reading and its purpose (of NIK_PURPOSES) are audited.
    Raises NotFound, Forbidden, Invalid."""
    refuse_others(actor)
    business = at_desk(session, actor, number)
    if purpose not in NIK_PURPOSES:
        raise Invalid.one("purpose", "Pilih untuk apa NIK ini perlu dilihat.", "missing")
    if business.owner_id is None:
        raise NotFound
    return people.read_nik(session, actor, session.get_one(BusinessOwner, business.owner_id), purpose=purpose)


def at_desk(session: Session, actor: Actor, number: str) -> Business:
    """One business for whoever keeps the register of its place. Raises NotFound."""
    business = session.exec(select(Business).where(Business.number == queries.storable(number))).one_or_none()
    if business is None or not rules.keeps_register(actor, business.district_code, business.village_code):
        raise NotFound
    return business


def in_places(actor: Actor, *roles: Role) -> ColumnElement[bool]:
    """Businesses in the places for which the actor holds one of the roles; a grant without a place covers the regency."""
    places = [
        true()
        if grant.district_code is None
        else and_(
            col(Business.district_code) == grant.district_code,
            true() if grant.village_code is None else col(Business.village_code) == grant.village_code,
        )
        for grant in actor.grants
        if grant.role in roles
    ]
    return or_(false(), *places)


def refuse_others(actor: Actor) -> None:
    if not actor.has("administrator", "verifier"):
        raise Forbidden("Halaman ini hanya untuk petugas pemeriksa.")


def own_view(session: Session, row: Business) -> OwnBusiness:
    return own_views(session, [row])[0]


def own_views(session: Session, rows: Sequence[Business]) -> list[OwnBusiness]:
    """Many at once, in as many reads as one."""
    ids = [row.id for row in rows]
    owner_ids = {row.owner_id for row in rows if row.owner_id is not None}
    owners = {
        owner.id: owner for owner in session.exec(select(BusinessOwner).where(col(BusinessOwner.id).in_(owner_ids)))
    }
    reports = latest_reports(session, ids)
    described = queries.described(session, ids)
    return [
        own_business(
            row,
            owners.get(row.owner_id) if row.owner_id else None,
            reports.get(row.id),
            described[row.id].kbli,
            described[row.id].badges,
        )
        for row in rows
    ]


def latest_reports(session: Session, business_ids: Sequence[UUID]) -> dict[UUID, BusinessReport]:
    """What was last said of money and workers, by business."""
    reports = (
        select(BusinessReport)
        .ext(distinct_on(col(BusinessReport.business_id)))
        .where(col(BusinessReport.business_id).in_(business_ids))
        .order_by(
            col(BusinessReport.business_id), col(BusinessReport.reported_on).desc(), col(BusinessReport.id).desc()
        )
    )
    return {report.business_id: report for report in session.exec(reports)}


def own_business(
    row: Business,
    owner: BusinessOwner | None,
    latest: BusinessReport | None,
    declared: Kbli | None,
    badges: tuple[Badge, ...],
) -> OwnBusiness:
    return OwnBusiness(
        id=row.id,
        number=row.number,
        name=row.name,
        slug=row.slug,
        status=row.status,
        district_code=row.district_code,
        district=regions.name(row.district_code or ""),
        village_code=row.village_code,
        village=regions.name(row.village_code) if row.village_code else "",
        address=row.address,
        main_product=row.main_product,
        kbli=declared,
        started_on=row.started_on,
        nib=row.nib,
        owner_name=owner.name if owner else "",
        owner_sex=owner.sex if owner else None,
        has_nik=owner is not None and owner.nik_index is not None,
        capital_amount=latest.capital_amount if latest else None,
        turnover_amount=latest.turnover_amount if latest else None,
        workers_male=latest.workers_male if latest else None,
        workers_female=latest.workers_female if latest else None,
        reason=row.decision_reason,
        correction_fields=tuple(row.correction_fields),
        submitted_at=row.submitted_at,
        expected_by=clock.business_date(row.submitted_at + ANSWER_WITHIN) if row.submitted_at else None,
        registered_on=row.registered_on,
        badges=badges,
        editable=row.status in OPEN_TO_OWNER,
        version=row.version,
    )
