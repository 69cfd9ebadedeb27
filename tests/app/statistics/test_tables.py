"""Tables as handed out: the office sees all and may open a number; everybody else sees the totals of the regency."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from app.actor import GUEST, Actor, Grant
from app.audit.models import AuditRecord
from app.errors import Forbidden, Invalid, NotFound
from app.kit import clock, ids
from app.orders.events import OrderCancelled
from app.orders.models import CustomerOrder
from app.reference import regions
from app.statistics import exports, recording, tables
from app.statistics.definitions import MEASURES, TOTAL, Table
from tests.app.statistics.test_size_counts import Firm, register
from tests.factories import past_orders, registry
from tests.factories.past_orders import NOON, Line

AREA = "64.08"
TODAY = date(2026, 11, 24)
NORTH, SOUTH = "64.08.04", "64.08.12"
OFFICE = [Actor(ids.uuid7(), frozenset({Grant(role)})) for role in ("administrator", "analyst", "verifier")]
ANALYST = OFFICE[1]
OTHERS = [GUEST, Actor(ids.uuid7()), Actor(ids.uuid7(), frozenset({Grant("facilitator", NORTH)}))]


def sold(session: Session, amount: int, *, paid_at: datetime = NOON, **more: object) -> CustomerOrder:
    category = str(more.pop("category", "makanan"))
    order = past_orders.put(session, Line(amount, 1, category), paid_at=paid_at, **more)  # type: ignore[arg-type]
    recording.record_sale(session, order.id)
    return order


def value(table: Table, **codes: str) -> object:
    row = table.cell(**codes)
    assert row is not None
    return row.value


@pytest.mark.parametrize("actor", OFFICE)
def test_the_office_sees_every_district_and_class(session: Session, actor: Actor) -> None:
    with clock.at(NOON):
        register(session, Firm(NORTH, "active", TODAY, None, ((TODAY, 5, None),)))
        register(session, Firm(SOUTH, "active", TODAY, None, ()))
        table = tables.build(session, actor, "T01")
    assert len(table.rows) == 2 * (18 + 1) * 6
    assert value(table, district=NORTH, criterion="capital", size_class="micro") == 1
    assert value(table, district=SOUTH, criterion="capital", size_class="unknown") == 1
    assert value(table, district=AREA, criterion="capital", size_class=TOTAL) == 2
    assert value(table, district=AREA, criterion="turnover", size_class="unknown") == 2
    assert table.label("district", NORTH) == "Sangatta Utara"
    assert table.label("size_class", "unknown") == "Belum diketahui"
    assert not table.totals_only


@pytest.mark.parametrize("actor", OTHERS)
def test_everybody_else_sees_only_the_totals_of_the_regency(session: Session, actor: Actor) -> None:
    with clock.at(NOON):
        register(session, Firm(NORTH, "active", TODAY, None, ((TODAY, 5, None),)))
        for amount in (1_000, 2_000, 3_000):
            sold(session, amount)
        sizes = tables.build(session, actor, "T01")
        trade = tables.build(session, actor, "T21")
    assert [(dict(row.codes), row.value) for row in sizes.rows] == [
        ({"district": AREA, "criterion": criterion, "size_class": TOTAL}, 4) for criterion in ("capital", "turnover")
    ]
    assert {(row.codes["district"], row.codes["category"]) for row in trade.rows} == {(AREA, TOTAL)}
    assert len(trade.rows) == len(MEASURES)
    assert value(trade, period="2026-11", district=AREA, category=TOTAL, measure="gross_amount") == 6_000
    assert sizes.totals_only
    assert trade.totals_only
    for table in (sizes, trade):
        assert NORTH.encode() not in exports.csv_file(table)


def test_the_public_sees_no_money_of_two_sellers(session: Session) -> None:
    with clock.at(NOON):
        for amount in (1_000, 2_000):
            sold(session, amount)
        public = tables.build(session, GUEST, "T21")
        office = tables.build(session, ANALYST, "T21")
    cell = {"period": "2026-11", "district": AREA, "category": TOTAL, "measure": "gross_amount"}
    row = public.cell(**cell)
    assert row is not None
    assert (row.value, row.status) == (None, "suppressed")
    assert value(office, **cell) == 3_000
    assert value(public, **(cell | {"measure": "orders"})) == 2


def test_trade_is_counted_by_period_district_and_top_category(session: Session) -> None:
    with clock.at(NOON):
        seller = past_orders.business(session).id
        first = sold(session, 10_000, business_id=seller)
        sold(session, 5_000, business_id=seller, paid_at=datetime(2026, 10, 31, 15, tzinfo=UTC))
        sold(session, 7_000, district_code=SOUTH, category="kerajinan")
        sold(session, 1, category="kategori-lama")
        past_orders.move(session, first, "cancelled")
        recording.on_order_cancelled(lambda: nullcontext(session), OrderCancelled(first.id, was_paid=True))
        november = tables.build(session, ANALYST, "T21", period="2026-11")
        year = tables.build(session, ANALYST, "T21", period="2026")
    cell = {"period": "2026-11", "district": NORTH, "category": "makanan"}
    assert value(november, **cell, measure="gross_amount") == 10_000
    assert value(november, **cell, measure="reversed_amount") == 10_000
    assert value(november, **cell, measure="net_amount") == 0
    assert value(november, **cell, measure="cancelled_orders") == 1
    assert value(november, period="2026-11", district=SOUTH, category="kerajinan", measure="active_sellers") == 1
    assert value(november, period="2026-11", district=NORTH, category="kategori-lama", measure="gross_amount") == 1
    assert value(november, period="2026-11", district=AREA, category=TOTAL, measure="gross_amount") == 17_001
    assert value(november, period="2026-11", district=NORTH, category="jasa", measure="gross_amount") == 0
    assert value(november, period="2026-11", district=NORTH, category="jasa", measure="average_order_amount") is None
    assert value(year, period="2026", district=NORTH, category="makanan", measure="gross_amount") == 15_000
    assert "Periode belum berakhir: angka sementara." in november.notes


def test_every_district_is_in_the_table_even_without_trade(session: Session) -> None:
    with clock.at(NOON):
        table = tables.build(session, ANALYST, "T21", period="2026-11")
    assert {row.codes["district"] for row in table.rows} == {AREA, *(place.code for place in regions.districts())}


@pytest.mark.parametrize(
    ("table_id", "given"),
    [
        ("T01", {"ref_date": "2026-02-30"}),
        ("T01", {"ref_date": "2027-01-01"}),
        ("T01", {"period": "2026-11"}),
        ("T21", {"period": "2026-13"}),
        ("T21", {"period": "2027"}),
        ("T21", {"ref_date": "2026-11-24"}),
    ],
)
def test_an_impossible_date_or_period_is_refused(session: Session, table_id: str, given: dict[str, str]) -> None:
    with clock.at(NOON), pytest.raises(Invalid):
        tables.build(session, ANALYST, table_id, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("table_id", ["", "T99", "t01", "T01'"])
def test_an_unknown_table_is_not_found(session: Session, table_id: str) -> None:
    with pytest.raises(NotFound):
        tables.build(session, ANALYST, table_id)
    with pytest.raises(NotFound):
        tables.records(session, ANALYST, table_id, {})


def reads(session: Session) -> list[dict[str, object]]:
    query = select(AuditRecord.detail).where(AuditRecord.action == "statistics.records_read")
    return list(session.exec(query))


@pytest.mark.parametrize("actor", OTHERS)
def test_nobody_else_opens_a_number(session: Session, actor: Actor) -> None:
    for table_id in ("T01", "T21"):
        with pytest.raises(Forbidden):
            tables.records(session, actor, table_id, {"district": NORTH})
    assert reads(session) == []


def test_a_number_opens_down_to_its_businesses_and_the_reading_is_kept(session: Session) -> None:
    with clock.at(NOON):
        firm = register(session, Firm(NORTH, "active", TODAY, None, ((TODAY, 5, None),)))
        register(session, Firm(SOUTH, "active", TODAY, None, ((TODAY, 5, None),)))
        found = tables.records(
            session, ANALYST, "T01", {"district": NORTH, "criterion": "capital", "size_class": "micro", "x": "y"}
        )
        everything = tables.records(session, ANALYST, "T01", {"district": AREA, "size_class": TOTAL})
    assert [(item.kind, item.id, item.number) for item in found.items] == [("business", firm.id, firm.number)]
    assert (found.total, everything.total) == (1, 2)
    first, second = reads(session)
    assert first["cell"] == {"district": NORTH, "criterion": "capital", "size_class": "micro"}
    assert (first["total"], second["total"]) == (1, 2)
    assert "Usaha contoh" not in repr(first)


def test_a_number_opens_down_to_its_orders(session: Session) -> None:
    with clock.at(NOON):
        order = sold(session, 10_000, category="makanan")
        sold(session, 10_000, district_code=SOUTH)
        sold(session, 10_000, paid_at=datetime(2026, 10, 3, tzinfo=UTC))
        found = tables.records(
            session,
            ANALYST,
            "T21",
            {"district": NORTH, "category": "makanan", "measure": "gross_amount"},
            period="2026-11",
        )
        none = tables.records(session, ANALYST, "T21", {"district": NORTH, "measure": "refunds"}, period="2026-11")
    assert [(item.kind, item.id, item.number, item.name) for item in found.items] == [
        ("order", order.id, order.number, "Amplang Contoh")
    ]
    assert (found.total, none.total, none.items) == (1, 0, ())


def test_every_count_of_records_equals_its_cell(session: Session) -> None:
    with clock.at(NOON):
        for number in range(6):
            order = sold(
                session,
                1_000 + number,
                district_code=(NORTH, SOUTH)[number % 2],
                category=("makanan", "kerajinan")[number % 3 % 2],
            )
            if number % 3 == 0:
                past_orders.move(session, order, "cancelled")
                recording.on_order_cancelled(lambda: nullcontext(session), OrderCancelled(order.id, was_paid=True))
        table = tables.build(session, ANALYST, "T21", period="2026-11")
        for row in table.rows:
            if row.codes["measure"] in ("orders", "cancelled_orders"):
                cell = {name: row.codes[name] for name in ("district", "category", "measure")}
                assert tables.records(session, ANALYST, "T21", cell, period="2026-11").total == row.value
            if row.codes["measure"] in ("gross_amount", "net_amount", "reversed_amount"):
                cell = {name: row.codes[name] for name in ("district", "category", "measure")}
                found = tables.records(session, ANALYST, "T21", cell, period="2026-11")
                assert found.amount == row.value, cell
                assert sum(item.amount or 0 for item in found.items) == row.value, cell


def test_records_come_in_pages_whose_amount_is_that_of_all_of_them(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "A_PAGE", 2)
    with clock.at(NOON):
        for amount in (1_000, 2_000, 4_000):
            sold(session, amount)
        first, second, none = (
            tables.records(session, ANALYST, "T21", {"measure": "gross_amount"}, period="2026-11", page=page)
            for page in (1, 2, 3)
        )
    assert (first.total, first.amount, first.pages, len(first.items)) == (3, 7_000, 2, 2)
    assert (second.total, second.amount, len(second.items)) == (3, 7_000, 1)
    assert sum(item.amount or 0 for item in (*first.items, *second.items)) == 7_000
    assert len({item.number for item in (*first.items, *second.items)}) == 3
    assert first.items[0].happened_on == NOON.date()
    assert none.items == ()


def test_businesses_behind_a_number_come_in_pages_too(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "A_PAGE", 2)
    numbers = sorted(registry.active(session, name=name).number for name in ("Satu", "Dua", "Tiga"))
    pages = [tables.records(session, ANALYST, "T01", {}, page=page) for page in (1, 2)]
    assert [row.number for page in pages for row in page.items] == numbers
    assert {(page.total, page.pages, page.amount) for page in pages} == {(3, 2, None)}


@pytest.mark.parametrize(("table_id", "cell"), [("T01", {"criterion": "profit"}), ("T21", {"measure": "profit"})])
def test_an_unknown_code_is_refused(session: Session, table_id: str, cell: dict[str, str]) -> None:
    with clock.at(NOON), pytest.raises(Invalid):
        tables.records(session, ANALYST, table_id, cell)


def test_a_hostile_code_finds_nothing(session: Session) -> None:
    with clock.at(NOON):
        found = tables.records(session, ANALYST, "T01", {"district": "' OR 1=1 --"})
        assert found.total == 0
        assert tables.records(session, ANALYST, "T21", {"category": "%", "district": "_"}).total == 0


def test_the_last_months_of_one_measure_come_in_order(session: Session) -> None:
    with clock.at(NOON):
        for amount in (1_000, 2_000, 3_000):
            sold(session, amount, paid_at=datetime(2026, 10, 3, tzinfo=UTC))
        sold(session, 500)
        office = tables.monthly(session, ANALYST, "gross_amount", months=3)
        public = tables.monthly(session, GUEST, "gross_amount", months=3)
        with pytest.raises(Invalid):
            tables.monthly(session, ANALYST, "profit")
    assert [(period.code, amount) for period, amount in office] == [
        ("2026-09", 0),
        ("2026-10", 6_000),
        ("2026-11", 500),
    ]
    assert [amount for _, amount in public] == [0, 6_000, None]
