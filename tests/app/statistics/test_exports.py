"""Exports: tidy CSV by RFC 4180, a workbook for people, and nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics import exports
from app.statistics.definitions import CATALOGUE, Row, Table

NASTY = ["=1+1", "+62812", "-5", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', 'a,"b"\r\nc', "Kau Bun", "064"]


def table(*rows: Row, labels: dict[str, dict[str, str]] | None = None) -> Table:
    return Table(
        definition=CATALOGUE["T01"],
        ref_date=date(2026, 11, 24),
        made_at=datetime(2026, 11, 24, 3, tzinfo=UTC),
        period=None,
        dimensions=("district", "criterion", "size_class"),
        labels=labels or {},
        rows=rows,
        notes=("Catatan =1+1",),
    )


def row(name: str, value: int | Decimal | None = 1, **more: str) -> Row:
    return Row({"district": name, "criterion": "capital", "size_class": "micro"}, value, **more)  # type: ignore[arg-type]


def read_back(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def test_the_csv_is_tidy_utf8_without_bom_with_crlf() -> None:
    content = exports.csv_file(table(row("64.08.04", 12), labels={"district": {"64.08.04": "Sangatta Utara"}}))
    assert content == (
        b"table,ref_date,district,district_label,criterion,criterion_label,size_class,size_class_label,value,unit,status\r\n"
        b"T01,2026-11-24,64.08.04,Sangatta Utara,capital,capital,micro,micro,12,usaha,ok\r\n"
    )


def test_a_value_that_is_not_given_is_empty_and_says_why() -> None:
    rows = read_back(
        exports.csv_file(table(row("a", None, status="suppressed"), row("b", None, status="not_available")))
    )
    assert [(r["value"], r["status"]) for r in rows] == [("", "suppressed"), ("", "not_available")]


def test_a_decimal_is_written_with_a_point_and_without_an_exponent() -> None:
    rows = read_back(exports.csv_file(table(row("a", Decimal("1E+3")), row("b", Decimal("10.50")))))
    assert [r["value"] for r in rows] == ["1000", "10.50"]


@pytest.mark.parametrize("name", NASTY)
def test_what_a_spreadsheet_would_run_is_neutralised(name: str) -> None:
    cell = read_back(exports.csv_file(table(row(name))))[0]["district"]
    assert not cell.startswith(exports.DANGEROUS)
    assert cell.endswith(name)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_name_survives_the_csv_and_none_is_a_formula(name: str) -> None:
    cell = read_back(exports.csv_file(table(row(name))))[0]["district"]
    assert cell in (name, "'" + name)
    assert not cell.startswith(exports.DANGEROUS)


def test_the_workbook_has_title_unit_header_rows_and_notes() -> None:
    content = exports.xlsx_file(
        table(
            row("64.08.04", 1234567),
            labels={"district": {"64.08.04": "Sangatta Utara"}, "size_class": {"micro": "Mikro"}},
        )
    )
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["Tabel", "Keterangan"]
    sheet = book["Tabel"]
    assert sheet["A1"].value == "Tabel T01. Jumlah UMKM menurut kecamatan dan skala usaha"
    assert sheet["A2"].value == "Satuan: usaha"
    assert sheet["A3"].value == "Tanggal acuan: 2026-11-24"
    assert [cell.value for cell in sheet[5]] == [
        "Kecamatan",
        "Kriteria",
        "Skala usaha",
        "Nilai",
        "Satuan",
        "Keterangan",
    ]
    assert [cell.value for cell in sheet[6]][:5] == ["Sangatta Utara", "capital", "Mikro", 1234567, "usaha"]
    notes = {r[0].value: r[1].value for r in book["Keterangan"].iter_rows()}
    assert notes["Definisi"] == CATALOGUE["T01"].definition
    assert notes["Catatan"] == "Catatan =1+1"


@pytest.mark.parametrize("name", NASTY)
def test_no_cell_of_the_workbook_is_a_formula_or_a_link(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.xlsx_file(table(row(name)))))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)


def test_a_number_excel_would_round_is_written_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exports.xlsx_file(table(row("a", 1234567890123456), row("b", 999)))))
    assert [book["Tabel"].cell(line, 4).value for line in (6, 7)] == ["1234567890123456", 999]


def test_the_file_name_says_which_table_and_when() -> None:
    assert exports.file_name(table(), "csv") == "T01_2026-11-24.csv"
