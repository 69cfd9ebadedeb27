"""T01 computed twice: by the database, and slowly here. Unknown is a category; totals equal sums."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from app.kit import clock, ids
from app.reference import size_classes
from app.registry.models import Business, BusinessReport
from app.statistics import size_counts
from app.statistics.definitions import CRITERIA, TOTAL, UNKNOWN

BILLION = 1_000_000_000
AREA = "64.08"
DISTRICTS = ["64.08.04", "64.08.08", "64.08.12"]
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DAYS = st.integers(0, 60).map(lambda days: TODAY - timedelta(days=days))
AMOUNTS = st.none() | st.sampled_from(
    [
        0,
        BILLION,
        BILLION + 1,
        2 * BILLION,
        2 * BILLION + 1,
        5 * BILLION,
        10 * BILLION,
        15 * BILLION + 1,
        50 * BILLION,
        10**12,
    ]
)


@dataclass(frozen=True)
class Firm:
    district: str
    status: str
    registered_on: date | None
    closed_on: date | None
    reports: tuple[tuple[date, int | None, int | None], ...]


FIRMS = st.lists(
    st.builds(
        Firm,
        district=st.sampled_from(DISTRICTS),
        status=st.sampled_from(
            ["active", "active", "active", "closed", "draft", "submitted", "needs_correction", "rejected"]
        ),
        registered_on=DAYS,
        closed_on=st.none() | DAYS,
        reports=st.lists(st.tuples(DAYS, AMOUNTS, AMOUNTS), max_size=3).map(tuple),
    ),
    max_size=25,
)


def register(session: Session, firm: Firm) -> Business:
    key = ids.uuid7()
    business = Business(
        id=key,
        number=f"KT-{key}",
        slug=str(key),
        name="Usaha contoh",
        main_product="amplang",
        source="self",
        status=firm.status,
        district_code=firm.district,
        registered_on=firm.registered_on if firm.status in ("active", "closed", "suspended") else None,
        closed_on=firm.closed_on if firm.status == "closed" else None,
        decided_at=NOON,
        created_at=NOON,
    )
    session.add(business)
    session.flush()
    for day, capital, turnover in firm.reports:
        report = BusinessReport(
            business_id=key, reported_on=day, capital_amount=capital, turnover_amount=turnover, created_at=NOON
        )
        session.add(report)
        session.flush()
    return business


def counted_slowly(firms: list[Firm], criterion: str, on: date) -> Counter[tuple[str, str]]:
    """One firm after the other, with none of the product's code but the size rules."""
    found: Counter[tuple[str, str]] = Counter()
    for firm in firms:
        if firm.status == "active":
            counts = firm.registered_on is not None and firm.registered_on <= on
        elif firm.status == "closed":
            counts = firm.registered_on is not None and firm.registered_on <= on
            counts = counts and firm.closed_on is not None and firm.closed_on > on
        else:
            counts = False
        if not counts:
            continue
        size = UNKNOWN
        newest = date.min
        for day, capital, turnover in firm.reports:
            amount = capital if criterion == "capital" else turnover
            if amount is None or day > on or day < newest:
                continue
            rule = size_classes.by_capital if criterion == "capital" else size_classes.by_turnover
            size, newest = str(rule(amount)), day
        found[firm.district, size] += 1
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firms=FIRMS, on=DAYS)
def test_the_database_and_the_slow_count_agree_and_totals_equal_sums(
    session: Session, firms: list[Firm], on: date
) -> None:
    with session.begin_nested() as savepoint:
        for firm in firms:
            register(session, firm)
        for criterion in CRITERIA:
            found = size_counts.counts(session, criterion, on, AREA)
            slow = counted_slowly(firms, criterion, on)
            inner = {key: n for key, n in found.items() if key[0] != AREA and key[1] != TOTAL}
            assert inner == dict(slow)
            assert found.get((AREA, TOTAL), 0) == sum(slow.values())
            for district in DISTRICTS:
                parts = sum(n for (where, size), n in found.items() if where == district and size != TOTAL)
                assert found.get((district, TOTAL), 0) == parts
            for size in (*size_classes.SizeClass, UNKNOWN):
                parts = sum(n for (where, what), n in found.items() if where != AREA and what == size)
                assert found.get((AREA, size), 0) == parts
        savepoint.rollback()
    session.expunge_all()


def test_a_business_without_any_report_is_unknown_under_both_criteria(session: Session) -> None:
    register(session, Firm("64.08.04", "active", TODAY, None, ()))
    for criterion in CRITERIA:
        assert dict(size_counts.counts(session, criterion, TODAY, AREA))["64.08.04", UNKNOWN] == 1


def test_the_two_criteria_put_one_business_into_two_classes(session: Session) -> None:
    register(session, Firm("64.08.04", "active", TODAY, None, ((TODAY, BILLION + 1, 2 * BILLION),)))
    assert size_counts.counts(session, "capital", TODAY, AREA)["64.08.04", "small"] == 1
    assert size_counts.counts(session, "turnover", TODAY, AREA)["64.08.04", "micro"] == 1


def test_a_report_of_one_amount_does_not_erase_what_was_known_of_the_other(session: Session) -> None:
    earlier = TODAY - timedelta(days=30)
    register(session, Firm("64.08.04", "active", earlier, None, ((earlier, 2 * BILLION, None), (TODAY, None, BILLION))))
    assert size_counts.counts(session, "capital", TODAY, AREA)["64.08.04", "small"] == 1
    assert size_counts.counts(session, "turnover", earlier, AREA)["64.08.04", UNKNOWN] == 1
    assert size_counts.counts(session, "turnover", TODAY, AREA)["64.08.04", "micro"] == 1


def test_a_suspended_business_counts_until_the_day_it_was_suspended(session: Session) -> None:
    register(session, Firm("64.08.04", "suspended", TODAY - timedelta(days=10), None, ()))
    yesterday = TODAY - timedelta(days=1)
    assert (AREA, TOTAL) not in size_counts.counts(session, "capital", TODAY, AREA)
    assert size_counts.counts(session, "capital", yesterday, AREA)[AREA, TOTAL] == 1


def test_the_records_behind_a_cell_are_those_it_counts(session: Session) -> None:
    with clock.at(NOON):
        small = register(session, Firm("64.08.04", "active", TODAY, None, ((TODAY, 2 * BILLION, None),)))
        register(session, Firm("64.08.04", "active", TODAY, None, ()))
        register(session, Firm("64.08.12", "active", TODAY, None, ((TODAY, 2 * BILLION, None),)))
    total, found = size_counts.businesses_of(
        session, "capital", TODAY, district="64.08.04", size_class="small", limit=10
    )
    assert total == 1
    assert found == [(small.id, small.number, small.name)]
    total, found = size_counts.businesses_of(session, "capital", TODAY, district=None, size_class=None, limit=2)
    assert total == 3
    assert len(found) == 2
