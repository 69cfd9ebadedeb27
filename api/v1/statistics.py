"""Statistics: live tables for the office; for everybody else the totals of the regency."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from api.asking import Code, Name
from api.deps import PUBLIC, Caller, DbSession
from api.v1.schemas.statistics import Table, TableEntries, TableEntry
from app.errors import NotFound
from app.statistics import definitions as tables_known
from app.statistics import exports, tables

Format = Literal["json", "csv", "xlsx"]

router = APIRouter(prefix="/statistics/tables", tags=["statistics"])


@router.get("", dependencies=[PUBLIC])
def list_tables() -> TableEntries:
    """The tables there are. `by_period` tables take `period` (`2026`, `2026-Q1`, `2026-03`), the others `ref_date`."""
    return TableEntries(items=[TableEntry.of(found) for found in tables_known.CATALOGUE.values()])


@router.get("/{table_id}", response_model=Table, dependencies=[PUBLIC])
def show_table(
    session: DbSession,
    caller: Caller,
    table_id: Name,
    ref_date: Code = None,
    period: Code = None,
    release: Code = None,
    format: Annotated[Format, Query()] = "json",
) -> Response:
    """One table as JSON, CSV or workbook. The office sees every cell, live; anybody else the totals of the regency."""
    if release:
        raise NotFound  # nothing is published under a name of its own yet
    found = tables.build(session, caller, table_id, ref_date=ref_date, period=period)
    if format == "csv":
        return file(exports.csv_file(found), exports.CSV_TYPE, exports.file_name(found, "csv"))
    if format == "xlsx":
        return file(exports.xlsx_file(found), exports.XLSX_TYPE, exports.file_name(found, "xlsx"))
    return Response(Table.of(found).model_dump_json(), media_type="application/json", headers={"Vary": "Authorization"})


def file(data: bytes, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Vary": "Authorization"}
    return Response(data, media_type=media_type, headers=headers)
