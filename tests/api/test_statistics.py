"""Statistics through the API: live for the office, totals of the regency for everybody else."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from openpyxl import load_workbook

from app.kit import clock
from tests.api.conftest import Product, fields, problem


def test_the_tables_are_listed(product: Product) -> None:
    body = product.get("/statistics/tables").json()
    assert [item["id"] for item in body["items"]] == ["T01", "T21"]
    assert body["items"][0]["dimensions"] == ["district", "criterion", "size_class"]
    assert [item["by_period"] for item in body["items"]] == [False, True]
    assert body["next"] is None


def test_anybody_gets_the_totals_of_the_regency_and_the_office_every_cell(product: Product, seller: str) -> None:
    analyst = product.person(role="analyst")
    for who in (None, seller, product.person(role="facilitator", district="64.08.04")):
        body = product.get("/statistics/tables/T01", who).json()
        assert {row["district"] for row in body["rows"]} == {"64.08"}
        assert {row["size_class"] for row in body["rows"]} == {"_T"}
    live = product.get("/statistics/tables/T01", analyst).json()
    assert set(live) >= {"id", "title", "ref_date", "unit", "dimensions", "rows", "notes", "release"}
    assert (live["id"], live["ref_date"], live["unit"], live["release"]) == (
        "T01",
        clock.today().isoformat(),
        "usaha",
        None,
    )
    assert len({row["district"] for row in live["rows"]}) >= 18
    active = product.value("SELECT count(*) FROM business WHERE status = 'active'")
    capital = [row for row in live["rows"] if row["criterion"] == "capital"]
    whole = next(row for row in capital if (row["district"], row["size_class"]) == ("64.08", "_T"))
    assert (whole["value"], whole["status"]) == (active, "ok")
    there = next(row for row in capital if (row["district"], row["size_class"]) == ("64.08.04", "_T"))
    assert there["value"] == active, "the one district there are businesses in"


def test_a_period_table_takes_a_period(product: Product) -> None:
    month = clock.today().strftime("%Y-%m")
    body = product.get("/statistics/tables/T21", params={"period": month}).json()
    assert (body["period"], {row["period"] for row in body["rows"]}) == (month, {month})
    assert {row["status"] for row in body["rows"]} <= {"ok", "suppressed", "not_available"}
    assert all((row["value"] is None) == (row["status"] != "ok") for row in body["rows"])


def test_files_say_the_same_as_the_answer(product: Product, seller: str) -> None:
    analyst = product.person(role="analyst")
    rows = product.get("/statistics/tables/T01", analyst).json()["rows"]
    as_csv = product.get("/statistics/tables/T01", analyst, params={"format": "csv"})
    assert as_csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert as_csv.headers["content-disposition"] == f'attachment; filename="T01_{clock.today().isoformat()}.csv"'
    lines = list(csv.DictReader(StringIO(as_csv.content.decode("utf-8"))))
    assert [(line["district"], line["criterion"], line["size_class"], line["value"]) for line in lines] == [
        (row["district"], row["criterion"], row["size_class"], "" if row["value"] is None else str(row["value"]))
        for row in rows
    ]
    as_xlsx = product.get("/statistics/tables/T01", analyst, params={"format": "xlsx"})
    sheet = load_workbook(BytesIO(as_xlsx.content)).worksheets[0]
    values = [line[3].value for line in sheet.iter_rows(min_row=6, max_row=5 + len(rows))]
    assert values == [row["value"] if row["value"] is not None else None for row in rows]
    public = product.get("/statistics/tables/T01", params={"format": "csv"}).text
    assert "64.08.04" not in public


def test_unknown_tables_are_missing_and_impossible_dates_are_told(product: Product) -> None:
    missing = product.get("/statistics/tables/T99")
    problem(missing, 404, "not_found")
    for other in ("t01", "%00", "T01%20"):
        assert product.get(f"/statistics/tables/{other}").text == missing.text
    assert product.get("/statistics/tables/T01", params={"release": "2026-1"}).text == missing.text
    for path, params, field in (
        ("T01", {"ref_date": "2026-02-30"}, "ref_date"),
        ("T01", {"ref_date": "kemarin"}, "ref_date"),
        ("T01", {"ref_date": "2999-01-01"}, "ref_date"),
        ("T01", {"ref_date": "0001-01-01"}, "ref_date"),
        ("T01", {"period": "2026"}, "period"),
        ("T21", {"period": "2026-13"}, "period"),
        ("T21", {"period": "2026-Q5"}, "period"),
        ("T21", {"period": "99999"}, "period"),
        ("T21", {"ref_date": "2026-01-01"}, "ref_date"),
        ("T01", {"format": "pdf"}, "format"),
        ("T01", {"ref_date": "\0"}, "ref_date"),
    ):
        refused = product.get(f"/statistics/tables/{path}", params=params)
        assert set(fields(problem(refused, 422, "invalid"))) == {field}, params
