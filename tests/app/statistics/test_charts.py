"""Charts are SVG text that prints, says its numbers and carries no style or script."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.statistics import charts
from app.statistics.charts import Bar

SVG = "{http://www.w3.org/2000/svg}"
KINDS = pytest.mark.parametrize("draw", [charts.bars, charts.columns])


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 - our own text


def lengths(svg: str) -> list[str]:
    rects = drawn(svg).iter(f"{SVG}rect")
    return [rect.attrib["width"] for rect in rects if rect.attrib["class"] != "chart-room"]


def test_the_longest_bar_fills_the_room_and_the_others_are_in_proportion() -> None:
    chart = charts.bars("Usaha", "usaha", [Bar("A", 100), Bar("B", 25), Bar("C", 0)])
    assert lengths(chart.svg) == ["100.00%", "25.00%", "0%"]


def test_a_small_value_is_never_invisible_and_a_missing_one_is_not_a_zero() -> None:
    chart = charts.bars("x", "rupiah", [Bar("besar", 10**12), Bar("kecil", 1), Bar("tidak ada", None)])
    assert lengths(chart.svg)[1:] == ["0.5%", "0%"]
    assert "tidak ada: tidak tersedia" in chart.svg
    assert "tidak ada: 0" not in chart.svg


def test_a_negative_value_is_told_apart() -> None:
    chart = charts.bars("x", "rupiah", [Bar("rugi", -5), Bar("untung", 10)])
    assert "chart-bar-negative" in chart.svg
    assert "rugi: -5" in chart.svg


@KINDS
def test_names_are_escaped(draw: object) -> None:
    chart = draw('<script>"&', "unit", [Bar("<b>&'\"", 1, "<i>")])  # type: ignore[operator]
    root = drawn(chart.svg)
    assert {element.tag for element in root.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "line", "g", "text", "rect")
    }
    assert "<script" not in chart.svg


@KINDS
def test_no_inline_style_script_or_foreign_address_is_in_a_chart(draw: object) -> None:
    svg = draw("Judul", "rupiah", [Bar("Sep 2026", 10), Bar("Okt 2026", Decimal("1.5"))]).svg  # type: ignore[operator]
    root = drawn(svg)
    for element in root.iter():
        assert not {name for name in element.attrib if name == "style" or name.startswith("on") or "href" in name}
    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Judul (rupiah)"
    assert root.findtext(f"{SVG}desc") == "Sep 2026: 10; Okt 2026: 1,5"


@KINDS
def test_without_data_the_chart_says_so(draw: object) -> None:
    chart = draw("Judul", "usaha", [])  # type: ignore[operator]
    assert drawn(chart.svg).findtext(f"{SVG}desc") == "belum ada data"


@given(st.lists(st.builds(Bar, st.text(max_size=40), st.none() | st.integers(-(10**15), 10**15)), max_size=20))
def test_any_data_give_well_formed_svg_within_its_frame(values: list[Bar]) -> None:
    values = [Bar("".join(c for c in bar.label if c.isprintable()), bar.value) for bar in values]
    for draw in (charts.bars, charts.columns):
        root = drawn(draw("x", "y", values).svg)
        for rect in root.iter(f"{SVG}rect"):
            assert rect.attrib["width"].endswith("%")
            assert float(rect.attrib["x"].rstrip("%")) + float(rect.attrib["width"].rstrip("%")) <= 100.01
            assert float(rect.attrib["y"]) + float(rect.attrib["height"]) <= float(root.attrib["height"])


def test_a_chart_has_no_width_of_its_own_so_it_fits_every_screen() -> None:
    root = drawn(charts.bars("x", "y", [Bar("Sangatta Utara", 1)]).svg)
    assert root.attrib["width"] == "100%"
    assert "viewBox" not in root.attrib, "a scaled drawing has letters nobody can read on a phone"


def test_months_stand_side_by_side_only_where_their_words_fit_on_a_phone() -> None:
    months = ["Jun 2026", "Jul 2026", "Agu 2026", "Sep 2026", "Okt 2026", "Nov 2026"]
    counts = charts.columns("Pesanan", "pesanan", [Bar(month, 284) for month in months])
    assert {rect.attrib["width"] for rect in drawn(counts.svg).iter(f"{SVG}rect")} == {"10.00%"}
    assert [text.text for text in drawn(counts.svg).iter(f"{SVG}text")][:3] == ["284", "Jun", "2026"]
    money = [Bar(month, 36_836_000, "Rp36.836.000") for month in months]
    year = [Bar(f"{month} {number}", 284) for number, month in enumerate(months * 2)]
    for values in (money, year):
        assert charts.columns("x", "y", values).svg == charts.bars("x", "y", values).svg


def test_numbers_are_written_as_indonesian_readers_write_them() -> None:
    assert charts.grouped(1234567) == "1.234.567"
    assert charts.grouped(Decimal("1234.50")) == "1.234,50"
    assert charts.grouped(-1000) == "-1.000"
