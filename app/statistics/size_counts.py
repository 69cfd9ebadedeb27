"""T01: businesses by district and size class, under both criteria of PP 7/2021."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, SQLColumnExpression, Subquery, and_, case, cast, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import Session, col

from app.kit import clock
from app.reference import size_classes
from app.registry.models import Business, BusinessReport
from app.statistics.definitions import CRITERIA, TOTAL, UNKNOWN, Row

AMOUNTS = {"capital": col(BusinessReport.capital_amount), "turnover": col(BusinessReport.turnover_amount)}
BOUNDS = {"capital": size_classes.CAPITAL_BOUNDS, "turnover": size_classes.TURNOVER_BOUNDS}

SIZE_LABELS: dict[str, str] = {
    **{size.value: label for size, label in size_classes.LABELS.items()},
    UNKNOWN: "Belum diketahui",
    TOTAL: "Jumlah",
}

Counts = Mapping[tuple[str, str], int]


def in_stock(on: date) -> ColumnElement[bool]:
    """Registered on or before the date, not closed on or before it, not suspended since. A business that came without
    a date of registration counts from the day it was entered."""
    return and_(
        func.coalesce(col(Business.registered_on), local_date(col(Business.created_at))) <= on,
        or_(
            col(Business.status) == "active",
            and_(col(Business.status) == "suspended", local_date(col(Business.decided_at)) > on),
            and_(col(Business.status).in_(["closed", "merged"]), col(Business.closed_on) > on),
        ),
    )


def local_date(instant: SQLColumnExpression[Any]) -> ColumnElement[date]:
    return cast(func.timezone(clock.zone().key, instant), Date)


def latest(criterion: str, on: date) -> Subquery:
    """The newest amount known by the date; a report that leaves it out does not erase an older one."""
    amount = AMOUNTS[criterion]
    return (
        select(col(BusinessReport.business_id), amount.label("amount"))
        .ext(distinct_on(col(BusinessReport.business_id)))
        .where(col(BusinessReport.reported_on) <= on, amount.is_not(None))
        .order_by(
            col(BusinessReport.business_id), col(BusinessReport.reported_on).desc(), col(BusinessReport.id).desc()
        )
        .subquery()
    )


def classed(criterion: str, on: date) -> Subquery:
    """Every business in stock with its district and size class."""
    known = latest(criterion, on)
    size = case(
        (known.c.amount.is_(None), UNKNOWN),
        *((known.c.amount <= bound, name.value) for bound, name in BOUNDS[criterion]),
        else_=size_classes.SizeClass.LARGE.value,
    )
    return (
        select(
            col(Business.id),
            col(Business.number),
            col(Business.name),
            func.coalesce(col(Business.district_code), UNKNOWN).label("district"),
            size.label("size_class"),
        )
        .outerjoin(known, known.c.business_id == col(Business.id))
        .where(in_stock(on))
        .subquery()
    )


def counts(session: Session, criterion: str, on: date, area: str) -> Counts:
    """Businesses by (district, size class), with the totals of both; `area` is the code of the whole."""
    each = classed(criterion, on)
    query = select(each.c.district, each.c.size_class, func.count()).group_by(each.c.district, each.c.size_class)
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for district, size, count in session.execute(query):
        for key in ((district, size), (district, TOTAL), (area, size), (area, TOTAL)):
            found[key] += count
    return found


def rows(criterion: str, found: Counts, districts: Iterable[str]) -> Iterator[Row]:
    """The full grid of one criterion: an empty cell is a true zero."""
    for district in districts:
        for size in SIZE_LABELS:
            codes = {"district": district, "criterion": criterion, "size_class": size}
            yield Row(codes, found.get((district, size), 0))


def total_rows(found: Mapping[str, Counts], area: str) -> Iterator[Row]:
    """The totals of the regency alone."""
    for criterion in CRITERIA:
        codes = {"district": area, "criterion": criterion, "size_class": TOTAL}
        yield Row(codes, found[criterion].get((area, TOTAL), 0))


def businesses_of(
    session: Session,
    criterion: str,
    on: date,
    *,
    district: str | None,
    size_class: str | None,
    limit: int,
    offset: int = 0,
) -> tuple[int, list[tuple[UUID, str, str]]]:
    """The businesses behind a cell: how many, and `limit` of them by number as (id, number, name)."""
    each = classed(criterion, on)
    query = select(each.c.id, each.c.number, each.c.name, func.count().over().label("total"))
    if district is not None:
        query = query.where(each.c.district == district)
    if size_class is not None:
        query = query.where(each.c.size_class == size_class)
    found = session.execute(query.order_by(each.c.number, each.c.id).limit(limit).offset(offset)).all()
    return (found[0].total if found else 0), [(row.id, row.number, row.name) for row in found]
