"""T21 computed twice: by the database, and slowly here. Totals of money equal sums; people are counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, delete, update

from app.statistics import marketplace, periods
from app.statistics.definitions import TOTAL
from app.statistics.marketplace import Sums
from app.statistics.models import SaleFact

AREA = "64.08"
DISTRICTS = ["64.08.04", "64.08.12"]
TOPS = {"makanan": "makanan", "keripik": "makanan", "kerajinan": "kerajinan"}
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
OCTOBER = periods.month_of(date(2026, 10, 1))
NOVEMBER = periods.month_of(date(2026, 11, 1))


def uid(number: int) -> UUID:
    return UUID(int=number + 1)


@dataclass(frozen=True)
class Sold:
    """One product of one order of one seller; a seller is in one district, a product in one category."""

    order: int
    seller: int
    product: int
    day: int
    amount: int
    quantity: int
    undone: int | None
    refund: int

    @property
    def on(self) -> date:
        return date(2026, 10, 28 + self.day) if self.day < 4 else date(2026, 11, self.day - 3)


SALES = st.lists(
    st.builds(
        Sold,
        order=st.integers(0, 6),
        seller=st.just(0),
        product=st.integers(0, 4),
        day=st.integers(0, 7),
        amount=st.integers(1, 10**9),
        quantity=st.integers(1, 5),
        undone=st.none() | st.integers(0, 4),
        refund=st.integers(0, 1000),
    ),
    max_size=20,
    unique_by=lambda sold: (sold.order, sold.product),
)


def facts_of(sold: Sold) -> list[SaleFact]:
    seller = sold.order % 4
    shared = {
        "order_id": uid(sold.order),
        "product_id": uid(100 + sold.product),
        "business_id": uid(200 + seller),
        "district_code": DISTRICTS[seller % 2],
        "category_slug": list(TOPS)[sold.product % 3],
        "channel": "cod",
        "recorded_at": NOON,
    }
    made = [
        SaleFact(
            kind="sale",
            source_id=uid(sold.order),
            business_date=sold.on,
            gross_amount=sold.amount,
            quantity=sold.quantity,
            **shared,
        )
    ]
    if sold.undone is not None:
        later = NOVEMBER.first.replace(day=10 + sold.undone)
        source = uid(300 + sold.order)
        made += [
            SaleFact(
                kind="reversal",
                source_id=source,
                business_date=later,
                gross_amount=-sold.amount,
                quantity=-sold.quantity,
                **shared,
            ),
            SaleFact(
                kind="refund", source_id=source, business_date=later, gross_amount=-sold.refund, quantity=0, **shared
            ),
            SaleFact(
                kind="cancellation",
                source_id=uid(sold.order),
                business_date=later,
                gross_amount=0,
                quantity=0,
                **shared,
            ),
        ]
    return made


def counted_slowly(facts: Sequence[SaleFact], period: periods.Period, district: str, category: str) -> Sums:
    kept = {
        order
        for order in {fact.order_id for fact in facts}
        if sum(fact.quantity for fact in facts if fact.order_id == order and fact.kind in ("sale", "reversal")) > 0
    }
    inside = [
        fact
        for fact in facts
        if period.first <= fact.business_date <= period.last
        and district in (AREA, fact.district_code)
        and category in (TOTAL, TOPS[fact.category_slug])
    ]

    def of(kind: str) -> list[SaleFact]:
        return [fact for fact in inside if fact.kind == kind]

    return Sums(
        active_sellers=len({fact.business_id for fact in of("sale")}),
        products_sold=len({fact.product_id for fact in of("sale")}),
        orders=len({fact.order_id for fact in of("sale")}),
        gross_amount=sum(fact.gross_amount for fact in of("sale")),
        reversed_amount=-sum(fact.gross_amount for fact in of("reversal")),
        cancelled_orders=len({fact.order_id for fact in of("cancellation") if fact.order_id not in kept}),
        refunds=len({fact.source_id for fact in of("refund")}),
        refunded_amount=-sum(fact.gross_amount for fact in of("refund")),
        reversing_sellers=len({fact.business_id for fact in of("reversal")}),
        refunding_sellers=len({fact.business_id for fact in of("refund")}),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales=SALES)
def test_the_database_and_the_slow_count_agree_and_totals_of_money_equal_sums(
    session: Session, sales: list[Sold]
) -> None:
    facts = [fact for sold in sales for fact in facts_of(sold)]
    copies = [SaleFact(**fact.model_dump()) for fact in facts]
    with session.begin_nested() as savepoint:
        session.add_all(facts)
        session.flush()
        for period in (OCTOBER, NOVEMBER, periods.spanning(2026, None, None)):
            cells = marketplace.sums(session, period, TOPS, AREA)
            for district in (*DISTRICTS, AREA):
                for category in ("makanan", "kerajinan", TOTAL):
                    slow = counted_slowly(copies, period, district, category)
                    assert cells.get((district, category), Sums()) == slow
            whole = cells.get((AREA, TOTAL), Sums())
            for measure in ("gross_amount", "reversed_amount", "refunded_amount", "net_amount"):
                parts = [cell for (where, what), cell in cells.items() if where != AREA and what != TOTAL]
                assert getattr(whole, measure) == sum(getattr(cell, measure) for cell in parts)
        savepoint.rollback()
    session.expunge_all()


@pytest.mark.parametrize(
    ("gross", "orders", "average"),
    [(0, 0, None), (10, 4, 3), (9, 4, 2), (5, 2, 3), (1, 3, 0), (10**15, 7, 142857142857143)],
)
def test_the_average_is_rounded_half_up_and_missing_without_orders(
    gross: int, orders: int, average: int | None
) -> None:
    assert Sums(gross_amount=gross, orders=orders).average_order_amount == average


def test_outside_the_office_money_of_one_or_two_sellers_is_not_shown() -> None:
    for sellers, shown in ((0, True), (1, False), (2, False), (3, True)):
        cell = Sums(active_sellers=sellers, orders=sellers, gross_amount=sellers * 1000)
        rows = {row.codes["measure"]: row for row in guarded(cell)}
        for measure in ("gross_amount", "net_amount"):
            assert (rows[measure].status == "ok") is shown
            assert (rows[measure].value is None) is not shown
        assert rows["active_sellers"].value == sellers
    rows = {row.codes["measure"]: row for row in guarded(Sums(active_sellers=0))}
    assert (rows["gross_amount"].value, rows["average_order_amount"].status) == (0, "not_available")


def test_a_reversal_of_one_seller_hides_what_would_give_it_away() -> None:
    cell = Sums(active_sellers=5, orders=5, gross_amount=5000, reversed_amount=1000, reversing_sellers=1)
    status = {row.codes["measure"]: row.status for row in guarded(cell)}
    assert status["gross_amount"] == "ok"
    assert status["reversed_amount"] == "suppressed"
    assert status["net_amount"] == "suppressed"


def guarded(cell: Sums) -> list[marketplace.Row]:
    return list(marketplace.guarded(cell, marketplace.measured(OCTOBER, AREA, TOTAL, cell)))


def one_fact(**changes: object) -> SaleFact:
    (fact,) = facts_of(Sold(1, 0, 1, 1, 1000, 1, None, 0))
    return SaleFact(**(fact.model_dump() | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"gross_amount": -1},
        {"quantity": 0},
        {"kind": "reversal"},
        {"kind": "cancellation"},
        {"kind": "gift"},
    ],
)
def test_the_table_refuses_a_fact_whose_sign_does_not_fit_its_kind(
    session: Session, changes: dict[str, object]
) -> None:
    session.add(one_fact(**changes))
    with pytest.raises(IntegrityError, match="ck_sale_fact_"):
        session.flush()


def test_a_fact_once_written_is_never_changed(session: Session) -> None:
    session.add(one_fact())
    session.flush()
    for statement in (update(SaleFact).values(gross_amount=0), delete(SaleFact)):
        with pytest.raises(IntegrityError, match="insert-only"), session.begin_nested():
            session.execute(statement)
