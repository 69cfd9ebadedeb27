"""T21: trade by period, district of the seller and category, from the sale facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from app.statistics.definitions import MEASURES, TOTAL, Row, Status, Value
from app.statistics.periods import Period

FEWEST_SELLERS = 3
"""Money of fewer sellers than this is not shown outside the office: one of them could compute the other's."""

SUMS = text(
    """
    WITH kept AS (
        SELECT order_id FROM sale_fact
         WHERE kind IN ('sale', 'reversal') AND order_id IN (
               SELECT order_id FROM sale_fact WHERE kind = 'cancellation' AND business_date BETWEEN :first AND :last)
         GROUP BY order_id HAVING SUM(quantity) > 0
    ), seen AS (
        SELECT f.order_id, f.product_id, f.business_id, f.kind, f.source_id, f.gross_amount, f.district_code,
               COALESCE(c.top_slug, f.category_slug) AS category_slug,
               f.kind = 'cancellation' AND k.order_id IS NULL AS lost
          FROM sale_fact f
          LEFT JOIN unnest(CAST(:slugs AS text[]), CAST(:tops AS text[])) AS c(slug, top_slug) ON c.slug = f.category_slug
          LEFT JOIN kept k ON k.order_id = f.order_id AND f.kind = 'cancellation'
         WHERE f.business_date BETWEEN :first AND :last
    )
    SELECT district_code, category_slug,
           COUNT(DISTINCT business_id) FILTER (WHERE kind = 'sale') AS active_sellers,
           COUNT(DISTINCT product_id) FILTER (WHERE kind = 'sale') AS products_sold,
           COUNT(DISTINCT order_id) FILTER (WHERE kind = 'sale') AS orders,
           COALESCE(SUM(gross_amount) FILTER (WHERE kind = 'sale'), 0) AS gross_amount,
           COALESCE(-SUM(gross_amount) FILTER (WHERE kind = 'reversal'), 0) AS reversed_amount,
           COUNT(DISTINCT order_id) FILTER (WHERE lost) AS cancelled_orders,
           COUNT(DISTINCT source_id) FILTER (WHERE kind = 'refund') AS refunds,
           COALESCE(-SUM(gross_amount) FILTER (WHERE kind = 'refund'), 0) AS refunded_amount,
           COUNT(DISTINCT business_id) FILTER (WHERE kind = 'reversal') AS reversing_sellers,
           COUNT(DISTINCT business_id) FILTER (WHERE kind = 'refund') AS refunding_sellers
      FROM seen
     GROUP BY GROUPING SETS ((district_code, category_slug), (district_code), (category_slug), ())
    """
)

CELL_ORDERS = text(
    """
    SELECT f.order_id AS id, MIN(o.number) AS number, MIN(o.business_name) AS name, MIN(f.business_date) AS happened_on,
           SUM(f.gross_amount) AS amount, COUNT(*) OVER () AS total, SUM(SUM(f.gross_amount)) OVER () AS whole_amount
      FROM sale_fact f JOIN customer_order o ON o.id = f.order_id
     WHERE f.business_date BETWEEN :first AND :last AND f.kind = ANY(:kinds)
       AND (CAST(:district AS text) IS NULL OR f.district_code = :district)
       AND (CAST(:categories AS text[]) IS NULL OR f.category_slug = ANY(:categories))
       AND (NOT :lost OR NOT EXISTS (
               SELECT 1 FROM sale_fact s WHERE s.order_id = f.order_id AND s.kind IN ('sale', 'reversal')
               GROUP BY s.order_id HAVING SUM(s.quantity) > 0))
     GROUP BY f.order_id ORDER BY MIN(o.number) LIMIT :limit OFFSET :offset
    """
)

KINDS_OF_MEASURE = {
    "net_amount": ("sale", "reversal"),
    "reversed_amount": ("reversal",),
    "cancelled_orders": ("cancellation",),
    "refunds": ("refund",),
    "refunded_amount": ("refund",),
}
"""Which facts a measure counts; sales unless said."""

COUNTED_POSITIVE = frozenset({"reversed_amount", "refunds", "refunded_amount"})
"""Facts that are negative in the book and shown without their sign."""


@dataclass(frozen=True)
class CellOrder:
    """One order behind a cell: on which day, and with how much money (of goods of these categories) it is in it."""

    id: UUID
    number: str
    business_name: str
    happened_on: date
    amount: int


@dataclass(frozen=True)
class CellOrders:
    """The orders behind a cell: how many, with how much money together, and some of them by number."""

    total: int
    amount: int
    some: tuple[CellOrder, ...]


@dataclass(frozen=True)
class Sums:
    """The measures of one cell that add or count; the derived ones are computed from these."""

    active_sellers: int = 0
    products_sold: int = 0
    orders: int = 0
    gross_amount: int = 0
    reversed_amount: int = 0
    cancelled_orders: int = 0
    refunds: int = 0
    refunded_amount: int = 0
    reversing_sellers: int = 0
    refunding_sellers: int = 0

    @property
    def net_amount(self) -> int:
        return self.gross_amount - self.reversed_amount

    @property
    def average_order_amount(self) -> int | None:
        """Whole rupiah, half up; None without an order."""
        if self.orders == 0:
            return None
        exact = Decimal(self.gross_amount) / self.orders
        return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


Cells = Mapping[tuple[str, str], Sums]


def sums(session: Session, period: Period, tops: Mapping[str, str], area: str) -> Cells:
    """Every cell of a period that has facts, totals included, by (district, top category); `area` is the code of the
    whole."""
    values = {
        "first": period.first,
        "last": period.last,
        "slugs": list(tops.keys()),
        "tops": list(tops.values()),
    }
    return {
        (row.district_code or area, row.category_slug or TOTAL): Sums(*(int(value) for value in row[2:]))
        for row in session.execute(SUMS, values)
    }


def rows(period: Period, cells: Cells, districts: Iterable[str], categories: Sequence[str]) -> Iterator[Row]:
    """The full grid: an empty cell is a true zero."""
    for district in districts:
        for category in categories:
            yield from measured(period, district, category, cells.get((district, category), Sums()))


def measured(period: Period, district: str, category: str, cell: Sums) -> Iterator[Row]:
    for measure, (_, unit) in MEASURES.items():
        value: Value = getattr(cell, measure)
        status: Status = "ok" if value is not None else "not_available"
        codes = {"period": period.code, "district": district, "category": category, "measure": measure}
        yield Row(codes, value, status, unit)


def guarded(cell: Sums, shown: Iterable[Row]) -> Iterator[Row]:
    """The rows of one cell for people outside the office: no money of one or two sellers, nor what would give it
    away."""
    sold = 0 < cell.active_sellers < FEWEST_SELLERS
    undone = 0 < cell.reversing_sellers < FEWEST_SELLERS
    hidden = {
        "gross_amount": sold,
        "average_order_amount": sold,
        "reversed_amount": undone,
        "net_amount": sold or undone,
        "refunded_amount": 0 < cell.refunding_sellers < FEWEST_SELLERS,
    }
    for row in shown:
        if hidden.get(row.codes["measure"], False) and row.value is not None:
            yield Row(row.codes, None, "suppressed", row.unit)
        else:
            yield row


def orders_of(
    session: Session,
    period: Period,
    *,
    measure: str,
    district: str | None,
    categories: Sequence[str] | None,
    limit: int,
    offset: int = 0,
) -> CellOrders:
    """The orders behind a cell, by number; their amounts add up to it when it counts money."""
    found = session.execute(
        CELL_ORDERS,
        {
            "first": period.first,
            "last": period.last,
            "kinds": list(KINDS_OF_MEASURE.get(measure, ("sale",))),
            "lost": measure == "cancelled_orders",
            "district": district,
            "categories": list(categories) if categories is not None else None,
            "limit": limit,
            "offset": offset,
        },
    ).all()
    sign = -1 if measure in COUNTED_POSITIVE else 1
    some = tuple(CellOrder(row.id, row.number, row.name, row.happened_on, sign * int(row.amount)) for row in found)
    return CellOrders(found[0].total if found else 0, sign * int(found[0].whole_amount) if found else 0, some)
