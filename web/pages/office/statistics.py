"""Statistics for the office: the tables cut as wanted, any number opened down to its records, and the files to take along."""

from collections.abc import Callable, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.actor import Actor
from app.db import Session
from app.errors import FieldError, Invalid, NotFound
from app.kit import money
from app.statistics import charts, definitions, exports, tables
from app.statistics.charts import Bar
from app.statistics.definitions import CRITERIA, MEASURES, TOTAL, Table
from web.deps import ANALYST, AnyVisit, DbSession
from web.forms import refusals, table_choice
from web.forms.sending import see_other
from web.links import Here
from web.pages.office import sheets
from web.templating import Show

router = APIRouter()

TREND_MONTHS = 6
FILES: Mapping[str, tuple[str, Callable[[Table], bytes]]] = {
    "csv": (exports.CSV_TYPE, exports.csv_file),
    "xlsx": (exports.XLSX_TYPE, exports.xlsx_file),
}


@router.get("/dinas/statistik", dependencies=[ANALYST])
def index(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    """Which tables there are, and how trade went over the last months."""
    return pages.show(
        "office/statistics.html",
        catalogue=list(definitions.CATALOGUE.values()),
        dimension_names=definitions.DIMENSIONS,
        trend=trend(session, pages, visit.actor, "net_amount"),
        orders=trend(session, pages, visit.actor, "orders"),
    )


def trend(session: Session, pages: Show, actor: Actor, measure: str) -> charts.Chart:
    label, unit = sheets.measure_title(measure)
    found = tables.monthly(session, actor, measure, months=TREND_MONTHS)
    shown = [Bar(period.label, value, short(value, unit)) for period, value in found]
    return pages.draw(charts.columns, f"{label}, {TREND_MONTHS} bulan terakhir", unit, shown)


def short(value: definitions.Value, unit: str) -> str | None:
    if value is None:
        return None
    return money.rupiah(int(value)) if unit == "rupiah" else charts.grouped(value)


@router.get("/dinas/statistik/{table_id}.{kind}", dependencies=[ANALYST])
def download(
    session: DbSession, visit: AnyVisit, table_id: str, kind: str, tanggal: str = "", periode: str = ""
) -> Response:
    """The whole table as a file, every dimension and code in it."""
    if kind not in FILES:
        raise NotFound
    table = tables.build(session, visit.actor, table_id, ref_date=tanggal or None, period=periode or None)
    media_type, write = FILES[kind]
    disposition = f'attachment; filename="{exports.file_name(table, kind)}"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return Response(write(table), media_type=media_type, headers=headers)


@router.get("/dinas/statistik/{table_id}", dependencies=[ANALYST])
def show(request: Request, session: DbSession, pages: Show, visit: AnyVisit, table_id: str) -> Response:
    """One table. A moment that cannot be is said beside its field, over the table of today."""
    query = dict(request.query_params)
    definition = definitions.find(table_id)
    asked = {"tanggal": query.get("tanggal", ""), "periode": query.get("periode", "")}
    faults: tuple[FieldError, ...] = ()
    try:
        table = built(session, visit.actor, table_id, asked)
    except Invalid as refusal:
        faults = refusals.faults_of(refusal, "tombol", table_choice.NAMED)
        table = built(session, visit.actor, table_id, {})
    view = trade_view(table, pages, query) if definition.by_period else size_view(table, pages, query)
    view["values"] |= {name: text for name, text in asked.items() if faults}
    template = "office/trade.html" if definition.by_period else "office/sizes.html"
    return pages.refuse(template, faults, status=422 if faults else 200, table=table, **view)


def built(session: Session, actor: Actor, table_id: str, asked: Mapping[str, str]) -> Table:
    return tables.build(
        session, actor, table_id, ref_date=asked.get("tanggal") or None, period=asked.get("periode") or None
    )


def named_whole(table: Table, dimension: str, whole: str) -> list[tuple[str, str]]:
    """The choices of a dimension; "Jumlah" is a good name for a column and a poor one for a choice."""
    return [(code, whole if code == TOTAL else label) for code, label in table.labels[dimension].items()]


def size_view(table: Table, pages: Show, query: Mapping[str, str]) -> dict[str, Any]:
    """Districts down, size classes across, under one criterion."""
    choice = table_choice.sizes(query, table.labels["size_class"])
    moment = {"tanggal": table.ref_date.isoformat()}
    held = {"criterion": choice.criterion}
    shown = table.label("size_class", choice.size_class)
    what = "Semua skala" if choice.size_class == TOTAL else f"Skala {shown.lower()}"
    return {
        "sheet": sheets.cut(table, "Kecamatan", rows="district", columns="size_class", held=held, moment=moment),
        "chart": pages.draw(
            charts.bars,
            f"{what} menurut kecamatan",
            table.unit,
            sheets.bars(table, rows="district", held={**held, "size_class": choice.size_class}),
        ),
        "values": {"tanggal": table.ref_date.isoformat(), "kriteria": choice.criterion, "skala": choice.size_class},
        "criteria": list(CRITERIA.items()),
        "classes": named_whole(table, "size_class", "Semua skala"),
        "moment": moment,
    }


def trade_view(table: Table, pages: Show, query: Mapping[str, str]) -> dict[str, Any]:
    """One of three cuts of the cube: districts or categories by measure, or districts by category for one measure."""
    choice = table_choice.trade(query)
    district = table_choice.known(choice.district, table.labels["district"], tables.area())
    category = table_choice.known(choice.category, table.labels["category"], TOTAL)
    period = {"period": table.period or ""}
    rows, columns, held = {
        "kecamatan": ("district", "measure", {"category": category}),
        "kategori": ("category", "measure", {"district": district}),
        "silang": ("district", "category", {"measure": choice.measure}),
    }[choice.cut]
    label, unit = sheets.measure_title(choice.measure)
    whole = {"measure": choice.measure, "category": category, "district": district}
    drawn = {name: code for name, code in {**whole, **held}.items() if name != rows}
    moment = {"periode": table.period or ""}
    heading = definitions.DIMENSIONS[rows]
    return {
        "sheet": sheets.cut(table, heading, rows=rows, columns=columns, held={**period, **held}, moment=moment),
        "chart": pages.draw(
            charts.bars,
            f"{label} menurut {heading.lower()}",
            unit,
            sheets.bars(table, rows=rows, held={**period, **drawn}),
        ),
        "values": {
            "periode": table.period,
            "potongan": choice.cut,
            "ukuran": choice.measure,
            "kecamatan": district,
            "kategori": category,
        },
        "periods": table_choice.period_options(),
        "measures": [(name, text) for name, (text, _) in MEASURES.items()],
        "districts": list(table.labels["district"].items()),
        "categories": named_whole(table, "category", "Semua kategori"),
        "moment": moment,
    }


@router.get("/dinas/statistik/{table_id}/rincian", dependencies=[ANALYST])
def records(
    request: Request,
    session: DbSession,
    pages: Show,
    visit: AnyVisit,
    table_id: str,
    tanggal: str = "",
    periode: str = "",
    halaman: int = 1,
) -> Response:
    """The records one number counts, page by page; that somebody looked is in the audit. A page past the end is the first."""
    definition = definitions.find(table_id)
    cell = table_choice.cell_of(dict(request.query_params), table_id)
    found = tables.records(
        session, visit.actor, table_id, cell, ref_date=tanggal or None, period=periode or None, page=halaman
    )
    if halaman > 1 and not found.items:
        return see_other(Here(request)(halaman=None))
    table = built(session, visit.actor, table_id, {"tanggal": tanggal, "periode": periode})
    described = [
        (pages.say(definitions.DIMENSIONS[name]), pages.say(table.label(name, code))) for name, code in cell.items()
    ]
    return pages.show(
        "office/records.html",
        definition=definition,
        table=table,
        described=described,
        found=found,
        page_number=max(1, halaman),
        may_open=visit.actor.has("administrator", "verifier"),
    )
