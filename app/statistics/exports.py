"""Tables as files: tidy CSV for machines, a workbook for people.

CSV: UTF-8 without BOM, RFC 4180 (CRLF, comma, doubled quotes), one observation a row, codes as text, decimal point.
What a spreadsheet would run as a formula is neutralised in both.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from app.statistics.definitions import DIMENSIONS, Row, Table, Value

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

STATUS_WORDS = {"ok": "", "suppressed": "dirahasiakan", "not_available": "tidak tersedia"}

SHEET = "Tabel"
NOTES_SHEET = "Keterangan"
LARGEST_EXACT = 10**15
"""Excel keeps 15 digits: a larger whole number is written as text rather than rounded."""


def neutral(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + text if text.startswith(DANGEROUS) else text


def file_name(table: Table, kind: str) -> str:
    """`T21_2026-03.csv`: letters, digits, dots, dashes and underscores only."""
    return f"{table.id}_{table.period or table.ref_date.isoformat()}.{kind}"


def csv_file(table: Table) -> bytes:
    """The whole table, tidy. A value that is not given is empty, and its status says why."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header(table))
    for row in table.rows:
        writer.writerow(line(table, row))
    return out.getvalue().encode("utf-8")


def header(table: Table) -> list[str]:
    codes_and_names = [name for dimension in table.dimensions for name in (dimension, f"{dimension}_label")]
    return ["table", "ref_date", *codes_and_names, "value", "unit", "status"]


def line(table: Table, row: Row) -> list[str]:
    described = [
        neutral(text)
        for dimension in table.dimensions
        for text in (row.codes[dimension], table.label(dimension, row.codes[dimension]))
    ]
    unit = neutral(row.unit or table.unit)
    return [table.id, table.ref_date.isoformat(), *described, plain(row.value), unit, row.status]


def plain(value: Value) -> str:
    return "" if value is None else format(value, "f") if isinstance(value, Decimal) else str(value)


def xlsx_file(table: Table) -> bytes:
    """A workbook with title, unit, source and notes; text is written as text, never as a formula or a link."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": table.title, "created": table.made_at.replace(tzinfo=None)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        title = book.add_format({"bold": True, "font_size": 14})
        whole = book.add_format({"num_format": "#,##0"})
        write_table(book.add_worksheet(SHEET), table, title=title, bold=bold, whole=whole)
        write_notes(book.add_worksheet(NOTES_SHEET), table, bold=bold, wrap=book.add_format({"text_wrap": True}))
    return out.getvalue()


def write_table(sheet: Worksheet, table: Table, *, title: Format, bold: Format, whole: Format) -> None:
    sheet.write_string(0, 0, f"Tabel {table.id}. {table.title}", title)
    sheet.write_string(1, 0, f"Satuan: {table.unit}")
    sheet.write_string(2, 0, moment(table))
    start = 4
    names = [DIMENSIONS[dimension] for dimension in table.dimensions] + ["Nilai", "Satuan", "Keterangan"]
    for column, name in enumerate(names):
        sheet.write_string(start, column, name, bold)
    for number, row in enumerate(table.rows, start=start + 1):
        column = 0
        for column, dimension in enumerate(table.dimensions):
            sheet.write_string(number, column, table.label(dimension, row.codes[dimension]))
        write_value(sheet, number, column + 1, row.value, whole)
        sheet.write_string(number, column + 2, row.unit or table.unit)
        sheet.write_string(number, column + 3, STATUS_WORDS[row.status])
    sheet.set_column(0, len(table.dimensions) - 1, 26)
    sheet.set_column(len(table.dimensions), len(names) - 1, 18)
    sheet.freeze_panes(start + 1, 0)
    sheet.autofilter(start, 0, start + max(len(table.rows), 1), len(names) - 1)
    sheet.repeat_rows(start)
    sheet.fit_to_pages(1, 0)


def write_value(sheet: Worksheet, row: int, column: int, value: Value, whole: Format) -> None:
    if value is None:
        sheet.write_string(row, column, "")
    elif isinstance(value, int) and abs(value) < LARGEST_EXACT:
        sheet.write_number(row, column, value, whole)
    else:
        sheet.write_string(row, column, plain(value))


def moment(table: Table) -> str:
    if table.period is not None:
        return f"Periode: {table.label('period', table.period)}"
    return f"Tanggal acuan: {table.ref_date.isoformat()}"


def write_notes(sheet: Worksheet, table: Table, *, bold: Format, wrap: Format) -> None:
    for number, (name, text) in enumerate(described(table)):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, text, wrap)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)


def described(table: Table) -> Iterable[tuple[str, str]]:
    definition = table.definition
    yield "Tabel", f"{table.id}. {table.title}"
    yield "Satuan", table.unit
    yield "Waktu", moment(table)
    yield "Cakupan", definition.population
    yield "Definisi", definition.definition
    yield "Sumber", definition.source
    yield "Dibuat", table.made_at.isoformat(timespec="seconds")
    for note in table.notes:
        yield "Catatan", note
