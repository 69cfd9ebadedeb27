"""Who may open which page of the office, and who is turned away, page by page and post by post."""

from __future__ import annotations

import gzip
import re
from uuid import uuid4

from fastapi.routing import iter_route_contexts

from app.kit import phone
from app.registry import registration
from app.registry.rules import OwnerDraft
from tests.factories import accounts, registry
from tests.web.pages.office.conftest import Office
from web.pages.office import router as office_pages
from web.templating import STATIC

ROLES = ("administrator", "verifier", "analyst", "facilitator", "person", "guest")
EVERYBODY_HERE = {"administrator", "verifier", "analyst", "facilitator"}
KEEPERS = {"administrator", "verifier"}

PAGES: dict[str, set[str]] = {
    "/dinas": EVERYBODY_HERE,
    "/dinas/usaha": KEEPERS,
    "/dinas/usaha/cari": KEEPERS,
    "/dinas/usaha/baru": KEEPERS | {"facilitator"},
    "/dinas/dampingan": KEEPERS | {"facilitator"},
    "/dinas/produk": KEEPERS,
    "/dinas/statistik": KEEPERS | {"analyst"},
    "/dinas/statistik/T01": KEEPERS | {"analyst"},
    "/dinas/statistik/T21": KEEPERS | {"analyst"},
    "/dinas/statistik/T21.csv": KEEPERS | {"analyst"},
    "/dinas/statistik/T01/rincian": KEEPERS | {"analyst"},
    "/dinas/pesan": KEEPERS | {"facilitator"},
    "/dinas/pembayaran": KEEPERS,
    "/dinas/buku": KEEPERS,
    "/dinas/akun": KEEPERS | {"facilitator"},
    "/dinas/petugas": {"administrator"},
}


def test_every_page_opens_for_exactly_the_roles_it_is_for(office: Office) -> None:
    wrong = []
    for role in ROLES:
        client = office.enter(role).client
        for path, allowed in PAGES.items():
            status = client.get(path, follow_redirects=False).status_code
            wanted = 200 if role in allowed else 303 if role == "guest" else 403
            if status != wanted:
                wrong.append((role, path, status, wanted))
    assert wrong == []


def test_a_guest_is_asked_to_sign_in_and_comes_back(office: Office) -> None:
    response = office.enter("guest").client.get("/dinas/usaha?kecamatan=64.08.04", follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"] == "/masuk?lanjut=%2Fdinas%2Fusaha%3Fkecamatan%3D64.08.04"


def test_no_post_of_the_office_is_open_to_a_person_without_a_role_or_a_guest(office: Office) -> None:
    posts = [route for route in iter_route_contexts(office_pages.router.routes) if "POST" in (route.methods or ())]
    assert len(posts) >= 20
    wrong = []
    for role, wanted in (("person", 403), ("analyst", 403), ("guest", 303)):
        client = office.enter(role).client
        for route in posts:
            path = re.sub(r"\{number\}", "KT-2026-000001-5", re.sub(r"\{\w+_id\}", str(uuid4()), route.path or ""))
            status = client.post(path, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False).status_code
            if status != wanted:
                wrong.append((role, path, status))
    assert wrong == []


def test_a_post_from_another_site_is_refused_before_anybody_is_asked(office: Office) -> None:
    number = office.submitted()
    client = office.enter("verifier").client
    response = client.post(f"/dinas/usaha/{number}/setujui", headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert office.business(number).status == "submitted"


def test_the_tabs_show_only_desks_this_person_may_sit_at(office: Office) -> None:
    wanted = {
        "administrator": {"usaha", "produk", "statistik", "pesan", "pembayaran", "akun", "petugas"},
        "verifier": {"usaha", "produk", "statistik", "pesan", "pembayaran", "akun"},
        "analyst": {"statistik"},
        "facilitator": {"pesan", "dampingan", "akun"},
    }
    for role, desks in wanted.items():
        html = office.enter(role).get("/dinas").html
        tabs = html.partition('<nav class="tabs"')[2].partition("</nav>")[0]
        assert set(re.findall(r'href="/dinas/(\w+)"', tabs)) == desks, role


def test_every_page_keeps_out_of_search_engines_and_caches(office: Office) -> None:
    desk = office.enter("administrator")
    for path in PAGES:
        if path.endswith(".csv"):
            continue
        page = desk.get(path)
        assert '<meta name="robots" content="noindex">' in page.html, path
        assert page.headers["cache-control"] == "private, no-store", path


def test_an_unknown_address_of_the_office_is_a_404(office: Office) -> None:
    desk = office.enter("administrator")
    for path in (
        "/dinas/usaha/KT-2026-999999-9",
        "/dinas/usaha/%00",
        "/dinas/statistik/T99",
        "/dinas/statistik/T01.pdf",
        "/dinas/petugas/00000000-0000-7000-8000-000000000000",
        "/dinas/petugas/bukan-id",
        "/dinas/jejak/business/00000000-0000-7000-8000-000000000000",
        "/dinas/jejak/rahasia/1",
    ):
        desk.get(path, expect=404)


def test_nik_turnover_and_whole_numbers_are_on_no_page_of_the_office(office: Office) -> None:
    """The case alone shows turnover, and the NIK only when asked for."""
    number, nik = accounts.fresh_phone(), registry.fresh_nik()
    owner = office.make(lambda session: accounts.actor(session, accounts.person(session, phone=number)))
    facts = registry.with_everything(name="Semua Terisi", owner=OwnerDraft(name="Ibu Lengkap", nik=nik))
    business = office.make(
        lambda session: registration.submit(session, owner, registration.start(session, owner, facts).id).number
    )
    desk = office.enter("administrator")
    pages = [desk.get(path).html for path in (*PAGES, f"/dinas/petugas/{owner.account_id}") if ".csv" not in path]
    case = desk.get(f"/dinas/usaha/{business}").html
    for html in (*pages, case):
        assert nik not in html
        assert number[1:] not in html
        assert phone.normalise(number) not in html
    for html in pages:
        assert "1.234.567.891" not in html
        assert "1234567891" not in html
    assert "Rp1.234.567.891" in case


def test_every_page_stays_far_under_150_kB(office: Office) -> None:
    styles = sum(len(gzip.compress((STATIC / "css" / name).read_bytes())) for name in ("main.css", "desk.css"))
    desk = office.enter("administrator")
    for path in PAGES:
        if ".csv" not in path:
            assert len(gzip.compress(desk.get(path).html.encode())) + styles < 50_000, path


def test_no_page_needs_a_script(office: Office) -> None:
    desk = office.enter("administrator")
    for path in PAGES:
        if ".csv" not in path:
            assert "<script" not in desk.get(path).html, path
