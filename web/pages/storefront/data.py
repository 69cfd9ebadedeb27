"""The published figures: totals of the regency, to look at and to take along."""

from typing import Literal

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import GUEST
from app.db import Session
from app.statistics import charts, exports, periods, tables
from app.statistics.charts import Bar, Chart
from app.statistics.definitions import Table
from web.deps import PUBLIC, DbSession
from web.templating import Show

router = APIRouter()

SIZES = "T01"
TRADE = "T21"
MONTHS = 6
KEPT = "public, max-age=3600"


@router.get("/data", dependencies=[PUBLIC])
def show(session: DbSession, pages: Show, periode: str = "") -> Response:
    """The office sees here what everybody sees: its own tables are at its desk."""
    return pages.show(
        "storefront/data.html",
        trade=tables.build(session, GUEST, TRADE, period=periode or None),
        sizes=tables.build(session, GUEST, SIZES),
        months=[(period.code, period.label) for period in reversed(periods.last_months(MONTHS))],
        chart=orders_chart(session, pages),
    )


def orders_chart(session: Session, pages: Show) -> Chart:
    found = tables.monthly(session, GUEST, "orders", months=MONTHS)
    shown = [Bar(period.label, value) for period, value in found]
    return pages.draw(charts.columns, "Pesanan terbayar per bulan", "pesanan", shown)


@router.get("/data/{table_id}.{kind}", dependencies=[PUBLIC])
def download(session: DbSession, table_id: str, kind: Literal["csv", "xlsx"], periode: str = "") -> Response:
    table = tables.build(session, GUEST, table_id, period=periode or None)
    answer = Response(*file_of(table, kind))
    answer.headers["Content-Disposition"] = f'attachment; filename="{exports.file_name(table, kind)}"'
    answer.headers["Cache-Control"] = KEPT
    return answer


def file_of(table: Table, kind: Literal["csv", "xlsx"]) -> tuple[bytes, int, None, str]:
    if kind == "csv":
        return exports.csv_file(table), 200, None, exports.CSV_TYPE
    return exports.xlsx_file(table), 200, None, exports.XLSX_TYPE
