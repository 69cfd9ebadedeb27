"""The tables on pages and in files: every number with its records, exact bytes, nothing a spreadsheet would run."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from sqlmodel import Session, select

from app.audit.models import AuditRecord
from app.kit import clock, dates
from app.statistics import recording
from tests.factories import past_orders, registry
from tests.web.pages.office.conftest import SANGATTA_UTARA, SANGKULIRANG, Office

PERIOD = "2026-03"
NOON = datetime(2026, 3, 10, 4, tzinfo=clock.WITA)
CSV_HEAD = (
    b"table,ref_date,period,period_label,district,district_label,category,category_label,measure,measure_label,"
    b"value,unit,status\r\n"
)


@pytest.fixture(scope="module", autouse=True)
def trade(office: Office) -> None:
    """Three sales in March 2026: two of one seller in Sangatta Utara, one in Sangkulirang."""

    def sold(session: Session) -> None:
        first = past_orders.business(session, "Amplang Satu")
        other = past_orders.business(session, "=cmd|'/C calc'!A0", SANGKULIRANG)
        for business, district, amount in (
            (first, SANGATTA_UTARA, 15_000),
            (first, SANGATTA_UTARA, 25_000),
            (other, SANGKULIRANG, 60_000),
        ):
            order = past_orders.put(
                session,
                past_orders.Line(amount=amount),
                paid_at=NOON,
                business_id=business.id,
                business_name=business.name,
                district_code=district,
            )
            recording.record_sale(session, order.id)

    office.make(sold)


def sheet_of(html: str) -> dict[str, list[str]]:
    """The rows of the sheet on a page: label -> texts of its cells."""
    body = html.partition('<table class="sheet">')[2].partition("</table>")[0].partition("<tbody>")[2]
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S):
        label = re.search(r'<th scope="row">(.*?)</th>', row, re.S)
        assert label is not None
        found[label[1]] = [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)]
    return found


def test_trade_by_district_adds_up_to_the_regency(office: Office) -> None:
    page = office.enter("analyst").get(f"/dinas/statistik/T21?periode={PERIOD}")
    sheet = sheet_of(page.html)
    assert sheet["Sangatta Utara"][:4] == ["1", "2", "2", "Rp40.000"]
    assert sheet["Sangkulirang"][:4] == ["1", "1", "1", "Rp60.000"]
    assert sheet["Kabupaten Kutai Timur"][:7] == ["2", "3", "3", "Rp100.000", "Rp0", "Rp100.000", "Rp33.333"]
    assert len(sheet) == 19
    assert "Mar 2026" in page.text
    assert "Penjualan dicatat pada tanggal uang diterima" in page.text  # the definition stands beside the numbers
    assert "<svg" in page.html


def test_the_other_cuts_show_the_same_money(office: Office) -> None:
    desk = office.enter("analyst")
    by_category = sheet_of(desk.get(f"/dinas/statistik/T21?periode={PERIOD}&potongan=kategori").html)
    assert by_category["Makanan"][3] == "Rp100.000"
    assert by_category["Jumlah"][3] == "Rp100.000"
    crossed = desk.get(f"/dinas/statistik/T21?periode={PERIOD}&potongan=silang&ukuran=gross_amount")
    assert sheet_of(crossed.html)["Sangkulirang"][0] == "Rp60.000"
    assert sheet_of(crossed.html)["Sangkulirang"][-1] == "Rp60.000"
    held = desk.get(f"/dinas/statistik/T21?periode={PERIOD}&potongan=kategori&kecamatan={SANGKULIRANG}")
    assert sheet_of(held.html)["Makanan"][3] == "Rp60.000"


def test_every_number_opens_exactly_the_records_it_counts_and_the_look_is_kept(office: Office) -> None:
    desk = office.enter("analyst")
    page = desk.get(f"/dinas/statistik/T21?periode={PERIOD}")
    links = [link.attributes["href"] for link in page.reader.links if "/rincian?" in link.attributes["href"]]
    wanted = {"district": [SANGATTA_UTARA], "category": ["_T"], "measure": ["orders"], "periode": [PERIOD]}
    (address,) = [link for link in links if parse_qs(urlsplit(link).query) == wanted]
    found = desk.get(address)
    assert "2 catatan di balik angka ini" in found.text
    assert found.text.count("Amplang Satu") == 2
    assert "Bersama-sama Rp40.000." in found.text
    assert "10 Maret 2026" in found.text
    assert "cmd|" not in found.text
    with office.begin() as session:
        looks = session.exec(select(AuditRecord).where(AuditRecord.action == "statistics.records_read")).all()
    assert looks[-1].detail["cell"] == {"district": SANGATTA_UTARA, "category": "_T", "measure": "orders"}
    assert looks[-1].actor_account_id == office.staff["analyst"].account_id


def test_a_zero_opens_nothing_and_a_mean_neither(office: Office) -> None:
    html = office.enter("analyst").get(f"/dinas/statistik/T21?periode={PERIOD}").html
    assert "measure=average_order_amount" not in html
    assert "district=64.08.18" not in html.partition('<table class="sheet">')[2]


def test_a_verifier_gets_from_a_number_to_the_case_an_analyst_does_not(office: Office) -> None:
    number = office.active(name="Terhitung Mikro")
    address = f"/dinas/statistik/T01/rincian?district={SANGATTA_UTARA}&criterion=capital&size_class=unknown"
    seen = office.enter("verifier").get(address)
    assert seen.link(number) == f"/dinas/usaha/{number}"
    plain = office.enter("analyst").get(address)
    assert number in plain.text
    assert f"/dinas/usaha/{number}" not in plain.html


def test_sizes_follow_the_criterion_and_the_date(office: Office) -> None:
    owner_facts = registry.with_everything(name="Skala Uji")
    office.active(name="Skala Uji", capital_amount=owner_facts.capital_amount, turnover_amount=2_500_000_000)
    desk = office.enter("analyst")
    desk.get("/dinas/statistik/T01")
    capital = sheet_of(desk.page.html)["Sangatta Utara"]
    turnover = sheet_of(desk.submit("/dinas/statistik/T01", kriteria="turnover", skala="small").html)["Sangatta Utara"]
    assert capital[0] == "1"
    assert turnover[:2] == ["0", "1"]
    assert capital[-1] == turnover[-1]
    assert "Skala kecil menurut kecamatan" in desk.page.text
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    assert sheet_of(desk.get(f"/dinas/statistik/T01?tanggal={yesterday}").html)["Sangatta Utara"][0] == "0"


@pytest.mark.parametrize(
    ("table", "field", "typed", "sentence"),
    [
        ("T01", "tanggal", "2026-02-30", "Tanggal acuan ditulis tahun-bulan-tanggal, misalnya 2026-03-31."),
        ("T01", "tanggal", "2099-01-01", "Tanggal acuan belum tiba."),
        ("T21", "periode", "2026-13", "Periode ditulis 2026, 2026-Q1, atau 2026-03."),
        ("T21", "periode", "2099", "Periode itu belum dimulai."),
    ],
)
def test_an_impossible_moment_is_told_beside_its_field(
    office: Office, table: str, field: str, typed: str, sentence: str
) -> None:
    page = office.enter("analyst").get(f"/dinas/statistik/{table}?{field}={typed}", expect=422)
    assert sentence in page.text
    assert f'id="{field}-salah"' in page.html
    if field == "tanggal":
        assert page.form(f"/{table}").values["tanggal"] == [typed]


def test_nonsense_in_the_address_is_the_usual_view(office: Office) -> None:
    desk = office.enter("analyst")
    page = desk.get(f"/dinas/statistik/T21?periode={PERIOD}&potongan=x&ukuran=y&kecamatan=z&kategori=%00")
    assert sheet_of(page.html)["Sangatta Utara"][:3] == ["1", "2", "2"]
    desk.get("/dinas/statistik/T01?kriteria=x&skala=y")
    desk.get("/dinas/statistik/T01/rincian?criterion=x", expect=422)


def test_the_csv_is_byte_for_byte_the_table(office: Office) -> None:
    data, headers = office.enter("analyst").download(f"/dinas/statistik/T21.csv?periode={PERIOD}")
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="T21_2026-03.csv"'
    assert headers["cache-control"] == "private, no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert data.startswith(CSV_HEAD)
    lines = data.split(b"\r\n")
    assert (
        b"T21,2026-03-31,2026-03,Mar 2026,64.08.04,Sangatta Utara,makanan,Makanan,gross_amount,Nilai penjualan kotor,"
        b"40000,rupiah,ok" in lines
    )
    assert (
        b"T21,2026-03-31,2026-03,Mar 2026,64.08,Kabupaten Kutai Timur,_T,Jumlah,orders,Pesanan terbayar,3,pesanan,ok"
        in lines
    )
    assert len(lines) == 1 + 19 * 9 * 10 + 1
    assert b"Amplang Satu" not in data


def test_nothing_in_a_file_begins_like_a_formula(office: Office) -> None:
    desk = office.enter("analyst")
    for address in (f"/dinas/statistik/T21.csv?periode={PERIOD}", "/dinas/statistik/T01.csv"):
        data, _ = desk.download(address)
        cells = [cell for line in data.decode().split("\r\n") for cell in line.split(",")]
        assert [cell for cell in cells if cell[:1] in ("=", "@", "+", "\t")] == []
        assert "cmd|" not in data.decode()


def test_the_workbook_opens_and_holds_numbers_as_numbers(office: Office) -> None:
    data, headers = office.enter("analyst").download(f"/dinas/statistik/T21.xlsx?periode={PERIOD}")
    assert headers["content-disposition"] == 'attachment; filename="T21_2026-03.xlsx"'
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Tabel", "Keterangan"]
    rows = list(book["Tabel"].iter_rows(values_only=True))
    assert rows[4] == ("Periode", "Kecamatan", "Kategori", "Ukuran", "Nilai", "Satuan", "Keterangan")
    assert ("Mar 2026", "Sangkulirang", "Makanan", "Nilai penjualan kotor", 60_000, "rupiah", None) in [
        tuple(value if value != "" else None for value in row) for row in rows
    ]
    notes = " ".join(str(cell) for row in book["Keterangan"].iter_rows(values_only=True) for cell in row)
    assert "Penjualan dicatat pada tanggal uang diterima" in notes


def test_an_impossible_moment_of_a_file_is_a_page_that_says_so(office: Office) -> None:
    page = office.enter("analyst").get("/dinas/statistik/T21.csv?periode=kapan", expect=422)
    assert "Periode ditulis 2026, 2026-Q1, atau 2026-03." in page.text


def test_the_index_names_the_tables_and_the_last_months(office: Office) -> None:
    page = office.enter("analyst").get("/dinas/statistik")
    assert "Jumlah UMKM menurut kecamatan dan skala usaha" in page.text
    assert "Nilai penjualan bersih, 6 bulan terakhir" in page.text
    assert dates.SHORT_MONTHS[clock.today().month - 1] in page.text


def test_no_turnover_and_no_phone_is_on_any_page_of_statistics(office: Office) -> None:
    office.active(name="Rahasia Omzet", turnover_amount=1_234_567_891)
    desk = office.enter("analyst")
    for path in (
        "/dinas/statistik",
        "/dinas/statistik/T01",
        f"/dinas/statistik/T21?periode={PERIOD}",
        "/dinas/statistik/T01/rincian?criterion=turnover",
        f"/dinas/statistik/T21/rincian?periode={PERIOD}",
    ):
        html = desk.get(path).html
        assert "1.234.567.891" not in html
        assert "1234567891" not in html
        assert "81234567890" not in html
