"""Every page in the states it can be in, in Chromium on the narrowest phone: no axe violation, nothing to scroll sideways,
and the main action within reach of the keyboard.

The table names every template. Which states one must be seen in follows from what it can show: a template with an empty
state is seen empty, one with a summary of errors is seen refused. A new template that is not in the table fails the first test.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, sync_playwright

from app.accounts import sessions
from app.accounts.models import Account
from app.actor import Actor
from app.catalogue.models import Product
from app.db import Transactions
from app.kit import clock
from tests.factories import accounts, registry
from tests.journeys import phone
from tests.journeys.keyboard import SEEN
from tests.journeys.looking import Looker
from tests.web.everything import Village, of_somebody, village_of
from tests.web.pages.conftest import Market
from tests.web.pages.conftest import market as market
from tests.web.pages.office.conftest import Office
from tests.web.pages.office.conftest import office as office
from tests.web.pages.selling import conftest as desks
from web import templating

pytestmark = pytest.mark.xdist_group("chromium")
ROOT = Path(__file__).resolve().parents[2]
VNU = Path(os.environ.get("PASAR_TEST_VNU", ROOT / "build/vnu/vnu.jar"))
NEWER_THAN_THE_CHECKER = ("“scroll-initial-target”",)
"""Chromium shows the chosen tab by it; other browsers pass over it."""
needs_chromium = pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium on PATH")

TEMPLATES = {
    name: templating.environment().loader.get_source(templating.environment(), name)[0]  # type: ignore[union-attr]
    for name in templating.environment().list_templates(extensions=["html"])
    if name != "base.html" and not name.startswith("components/")
}

NEVER_EMPTY = {
    "office/staff.html": "whoever reads the list is on it",
    "office/history.html": "what exists was made by somebody",
    "office/records.html": "the same list as every other, one tap behind a nought",
    "storefront/appearance.html": "every state stands on it at once",
}
NEVER_REFUSED = {
    "office/messages.html": "only when somebody else was quicker",
    "office/money.html": "nothing of the test market is held by the office",
    "selling/refund.html": "its one field may be empty",
    "storefront/appearance.html": "every state stands on it at once",
}


ONLY_FIGURES = {
    "storefront/data.html", "selling/no_shop.html", "office/home.html", "office/messages.html", "office/money.html",
    "office/book.html", "office/staff.html", "office/statistics.html", "office/records.html", "storefront/appearance.html",
}  # fmt: skip
"""Nothing on them is as long as somebody likes, or what is stands in a list that is seen elsewhere."""
LONGEST = "Kelompok Usaha Bersama Pengolahanhasillautdanperikanantangkap Pesisir Teluk Lingga Sejahtera Selamanya"


@dataclass(frozen=True)
class Visit:
    """One look at a page. `form`: the end of the address of a form that is sent with `typed`, so that it is refused."""

    template: str
    state: str
    who: str
    path: str
    form: str = ""
    typed: tuple[tuple[str, str], ...] = ()
    file: str = ""


def seen(template: str, state: str, who: str, path: str) -> Visit:
    return Visit(f"{template}.html", state, who, path)


def refused(template: str, who: str, path: str, form: str, *, file: str = "", **typed: str) -> Visit:
    """`typed` by the names of the fields; a form sent as it stands has whatever the page put into it."""
    return Visit(f"{template}.html", "error", who, path, form, tuple(typed.items()), file)


STOREFRONT = (
    seen("storefront/home", "typical", "guest", "/"),
    seen("storefront/home", "empty", "nobody", "/"),
    seen("storefront/products", "typical", "guest", "/produk"),
    seen("storefront/products", "empty", "guest", "/produk?q=zzzzzz"),
    seen("storefront/products", "error", "guest", "/produk?harga_min=murah"),
    seen("storefront/product", "typical", "guest", "/produk/{fish}"),
    seen("storefront/business", "typical", "guest", "/usaha/{slug}"),
    seen("storefront/business", "empty", "guest", "/usaha/{quiet}"),
    seen("storefront/businesses", "typical", "guest", "/usaha"),
    seen("storefront/businesses", "empty", "guest", "/usaha?q=zzzzzz"),
    seen("storefront/verification", "typical", "guest", "/verifikasi/{business}"),
    seen("storefront/verification", "error", "guest", "/verifikasi/KT-2026-000123-0"),
    seen("storefront/verification", "typical", "guest", "/verifikasi"),
    seen("storefront/data", "typical", "guest", "/data"),
    seen("storefront/appearance", "typical", "guest", "/rupa"),
    seen("storefront/destinations", "typical", "guest", "/tujuan"),
    seen("storefront/destinations", "empty", "nobody", "/tujuan"),
    seen("errors/problem", "typical", "guest", "/tidak-ada"),
)

BUYING = (
    seen("buying/cart", "empty", "newcomer", "/keranjang"),
    seen("buying/checkout", "empty", "newcomer", "/checkout"),
    refused("buying/cart", "guest", "/produk/{fish}", "/keranjang", jumlah="banyak"),
    Visit("buying/cart.html", "typical", "guest", "/produk/{fish}", "/keranjang"),
    seen("buying/checkout", "typical", "guest", "/checkout"),
    refused("buying/checkout", "guest", "/checkout", "/checkout", nama="", no_hp="x", langkah="pesan"),
    seen("buying/order", "typical", "buyer", "/pesanan/{checkout}?kunci={key}"),
    refused("buying/order", "buyer", "/pesanan/{checkout}?kunci={key}", "/bukti", file="bukti"),
    seen("buying/orders", "typical", "buyer", "/pesanan-saya"),
    seen("buying/orders", "empty", "newcomer", "/pesanan-saya"),
)

ACCOUNT = (
    seen("account/sign_in", "typical", "guest", "/masuk"),
    refused("account/sign_in", "guest", "/masuk", "/masuk", no_hp="0812", sandi="salah"),
    seen("account/sign_up", "typical", "guest", "/daftar"),
    refused("account/sign_up", "guest", "/daftar", "/daftar", nama="", no_hp="x", sandi="1"),
    seen("account/recover", "typical", "guest", "/akun/pulihkan"),
    refused("account/recover", "guest", "/akun/pulihkan", "/akun/pulihkan", no_hp="0812", kode="1", sandi="1"),
    seen("account/profile", "typical", "owner", "/akun"),
    refused("account/profile", "owner", "/akun", "/akun/sandi", sandi_lama="salah", sandi_baru="1"),
    seen("account/inbox", "typical", "owner", "/akun/pesan"),
    seen("account/inbox", "empty", "newcomer", "/akun/pesan"),
)

SELLING = (
    seen("selling/home", "typical", "owner", "/jual"),
    seen("selling/home", "empty", "quiet seller", "/jual"),
    seen("selling/home", "typical", "newcomer", "/jual"),
    seen("selling/orders", "typical", "owner", "/jual/pesanan"),
    seen("selling/orders", "empty", "quiet seller", "/jual/pesanan"),
    seen("selling/order", "typical", "owner", "/jual/pesanan/{order}"),
    refused("selling/order", "owner", "/jual/pesanan/{order}", "/batal", alasan=""),
    seen("selling/money", "typical", "owner", "/jual/uang"),
    seen("selling/money", "empty", "quiet seller", "/jual/uang"),
    seen("selling/transfer", "typical", "owner", "/jual/pesanan/{order}/uang"),
    refused("selling/transfer", "owner", "/jual/pesanan/{order}/uang", "/uang", jumlah="7"),
    seen("selling/refund", "typical", "owner", "/jual/pesanan/{returned_order}/kembali"),
    seen("selling/products", "typical", "owner", "/jual/produk"),
    seen("selling/products", "empty", "quiet seller", "/jual/produk"),
    seen("selling/product", "typical", "owner", "/jual/produk/{product}"),
    refused("selling/product", "owner", "/jual/produk/{product}", "/jual/produk/{product}", nama="", harga="mahal"),
    seen("selling/new_product", "typical", "owner", "/jual/produk/baru"),
    refused("selling/new_product", "owner", "/jual/produk/baru", "/jual/produk/baru", nama="", harga="mahal"),
    seen("selling/photos", "typical", "owner", "/jual/produk/{product}/foto"),
    refused("selling/photos", "owner", "/jual/produk/{product}/foto", "/foto", file="foto"),
    seen("selling/size", "typical", "owner", "/jual/produk/{product}/ukuran"),
    refused("selling/size", "owner", "/jual/produk/{product}/ukuran", "/ukuran", ukuran="", harga="x"),
    seen("selling/stock", "typical", "owner", "/jual/produk/{product}/stok"),
    refused("selling/stock", "owner", "/jual/produk/{product}/stok", "/stok", stok="banyak"),
    seen("selling/shop", "typical", "owner", "/jual/toko"),
    refused("selling/shop", "owner", "/jual/toko", "/jual/toko", rekening="", atas_nama=""),
    seen("selling/delivery", "typical", "owner", "/jual/ongkir"),
    refused("selling/delivery", "owner", "/jual/ongkir", "/jual/ongkir/kirim", per_kg="mahal"),
    seen("selling/businesses", "typical", "owner", "/jual/usaha"),
    seen("selling/businesses", "empty", "newcomer", "/jual/usaha"),
    seen("selling/business", "typical", "owner", "/jual/usaha/{business}"),
    seen("selling/start", "typical", "newcomer", "/jual/usaha/baru"),
    refused("selling/start", "newcomer", "/jual/usaha/baru", "/jual/usaha/baru", nama=""),
    seen("selling/step", "typical", "owner", "/jual/usaha/{draft}/isi/pemilik"),
    refused("selling/step", "owner", "/jual/usaha/{draft}/isi/izin", "/izin", modal="banyak", tk_laki="-1"),
    seen("selling/no_shop", "typical", "newcomer", "/jual/toko"),
    seen("selling/no_shop", "empty", "newcomer", "/jual/pesanan"),
)

OFFICE = (
    seen("office/home", "typical", "administrator", "/dinas"),
    seen("office/home", "empty", "helper elsewhere", "/dinas"),
    seen("office/queue", "typical", "administrator", "/dinas/usaha"),
    seen("office/queue", "empty", "first officer", "/dinas/usaha"),
    seen("office/case", "typical", "administrator", "/dinas/usaha/{waiting}"),
    refused("office/case", "administrator", "/dinas/usaha/{waiting}", "/tolak", alasan_tolak=""),
    seen("office/goods", "typical", "administrator", "/dinas/produk"),
    refused("office/goods", "administrator", "/dinas/produk", "/tolak"),
    seen("office/goods", "empty", "first officer", "/dinas/produk"),
    seen("office/messages", "typical", "administrator", "/dinas/pesan"),
    Visit("office/messages.html", "typical", "administrator", "/dinas/pesan", "/buka"),
    seen("office/messages", "empty", "first officer", "/dinas/pesan"),
    seen("office/money", "typical", "administrator", "/dinas/pembayaran"),
    seen("office/money", "empty", "first officer", "/dinas/pembayaran"),
    seen("office/book", "typical", "administrator", "/dinas/buku?periksa=ya"),
    seen("office/book", "empty", "first officer", "/dinas/buku"),
    seen("office/accounts", "typical", "administrator", "/dinas/akun"),
    refused("office/accounts", "administrator", "/dinas/akun", "/dinas/akun", no_hp="0812"),
    seen("office/account", "typical", "administrator", "/dinas/petugas/{account}"),
    refused("office/account", "administrator", "/dinas/petugas/{account}", "/peran"),
    seen("office/staff", "typical", "administrator", "/dinas/petugas"),
    seen("office/register", "typical", "administrator", "/dinas/usaha/baru"),
    refused("office/register", "administrator", "/dinas/usaha/baru", "/dinas/usaha/baru", nama_usaha=""),
    seen("office/search", "typical", "administrator", "/dinas/usaha/cari"),
    seen("office/search", "empty", "first officer", "/dinas/usaha/cari"),
    seen("office/assisted", "typical", "helper", "/dinas/dampingan"),
    seen("office/assisted", "empty", "helper elsewhere", "/dinas/dampingan"),
    seen("office/history", "typical", "administrator", "/dinas/jejak/product/{product}"),
    seen("office/statistics", "typical", "administrator", "/dinas/statistik"),
    seen("office/sizes", "typical", "administrator", "/dinas/statistik/T01"),
    seen("office/sizes", "error", "administrator", "/dinas/statistik/T01?tanggal=kemarin"),
    seen("office/trade", "typical", "administrator", "/dinas/statistik/T21"),
    seen("office/trade", "error", "administrator", "/dinas/statistik/T21?periode=kemarin"),
    seen(
        "office/records",
        "typical",
        "administrator",
        "/dinas/statistik/T01/rincian?district=64.08.04&criterion=capital&size_class=_T&tanggal={today}",
    ),
)

LONG = (
    seen("storefront/home", "long", "guest", "/"),
    seen("storefront/product", "long", "guest", "/produk/{long_slug_of_product}"),
    seen("storefront/business", "long", "guest", "/usaha/{long_slug}"),
    seen("storefront/businesses", "long", "guest", "/usaha"),
    seen("storefront/destinations", "long", "guest", "/tujuan"),
    seen("errors/problem", "long", "guest", "/" + "tidak-ada" * 30),
    seen("buying/order", "long", "long buyer", "/pesanan/{long_checkout}?kunci={long_key}"),
    seen("buying/orders", "long", "long buyer", "/pesanan-saya"),
    seen("account/inbox", "long", "long owner", "/akun/pesan"),
    seen("selling/home", "long", "long owner", "/jual"),
    seen("selling/orders", "long", "long owner", "/jual/pesanan"),
    seen("selling/order", "long", "long owner", "/jual/pesanan/{long_order}"),
    seen("selling/money", "long", "long owner", "/jual/uang"),
    seen("selling/refund", "long", "long owner", "/jual/pesanan/{long_returned_order}/kembali"),
    seen("selling/products", "long", "long owner", "/jual/produk"),
    seen("selling/businesses", "long", "long owner", "/jual/usaha"),
    seen("selling/business", "long", "long owner", "/jual/usaha/{long_business}"),
    seen("office/queue", "long", "administrator", "/dinas/usaha"),
    seen("office/case", "long", "administrator", "/dinas/usaha/{long_submitted}"),
    seen("office/search", "long", "administrator", "/dinas/usaha/cari?q=kelompok"),
    seen("office/assisted", "long", "helper", "/dinas/dampingan"),
    seen("office/history", "long", "administrator", "/dinas/jejak/product/{long_product}"),
)
"""Names as long as they may be, with a word in them that fits no phone."""

VISITS = (*STOREFRONT, *BUYING, *ACCOUNT, *SELLING, *OFFICE, *LONG)


def states(template: str) -> set[str]:
    return {visit.state for visit in VISITS if visit.template == template}


def test_every_template_is_in_the_table_in_each_of_its_states() -> None:
    assert {visit.template for visit in VISITS} - TEMPLATES.keys() == set()
    missing = []
    for name, source in TEMPLATES.items():
        if name == "buying/sandbox.html":
            continue  # looked at by the journey that pays in it
        if "typical" not in states(name):
            missing.append(f"{name}: typical")
        if "lists.empty(" in source and "empty" not in states(name) and name not in NEVER_EMPTY:
            missing.append(f"{name}: empty")
        if not {"error", "long"} & states(name) and name not in ONLY_FIGURES:
            missing.append(f"{name}: long")
        shows_faults = "error_summary(" in source or "seller.refused(" in source
        if shows_faults and "error" not in states(name) and name not in NEVER_REFUSED:
            missing.append(f"{name}: error")
    assert missing == []


@dataclass
class Visitors:
    """Who looks: a browser context for each, and what stands for the names in the addresses."""

    browser: Browser
    market: Market
    office: Office
    actors: dict[str, Actor]
    values: dict[str, str]
    drawn: list[str]
    contexts: dict[str, BrowserContext]
    lookers: dict[str, Looker]
    sources: dict[str, str]
    told: dict[tuple[Visit, ...], list[str]]
    bypassed: set[str]

    def page(self, who: str) -> Page:
        if who not in self.contexts:
            at_office = who in ("nobody", "first officer")
            base_url = self.office.base_url if at_office else self.market.base_url
            context = self.browser.new_context(
                base_url=base_url,
                viewport=phone.NARROWEST,  # type: ignore[arg-type]
                locale="id-ID",
            )
            if who in self.actors:
                begin = self.office.begin if at_office else self.market.begin
                context.add_cookies([{"name": "sesi", "value": token(begin, self.actors[who]), "url": base_url}])
            context.new_page().set_default_timeout(45_000)
            self.contexts[who] = context
            self.lookers[who] = Looker(context.pages[0])
        return self.contexts[who].pages[0]


def token(begin: Transactions, actor: Actor) -> str:
    with begin() as session:
        return sessions.start(session, session.get_one(Account, actor.account_id))


@pytest.fixture(scope="module")
def visitors(office: Office, market: Market) -> Iterator[Visitors]:
    village: Village = village_of(market)
    wide = of_somebody(market.begin, LONGEST)
    with market.begin() as session:
        quiet = desks.open_shop(session, name="Toko Sepi")
        business = registry.active(session, name="Belum Berjualan", checks=["place"])
        careful = desks.open_shop(session, name="Toko Baru", trusted=False)
        desks.add_product(session, careful, "Barang Menunggu")
        waiting = registry.submitted(session, name="Menunggu Uji")
        actors = {
            "owner": village.his.owner,
            "buyer": village.his.buyer,
            "long owner": wide.owner,
            "long buyer": wide.buyer,
            "quiet seller": quiet.actor,
            "newcomer": accounts.somebody(session),
            "administrator": accounts.staff(session, "administrator"),
            "helper": accounts.staff(session, "facilitator", district_code=registry.SANGATTA_UTARA),
            "helper elsewhere": accounts.staff(session, "facilitator", district_code="64.08.18"),
            "first officer": office.staff["administrator"],
        }
        values = {name: str(getattr(village.his, name)) for name in vars(village.his)} | {
            **{f"long_{name}": str(getattr(wide, name)) for name in vars(wide)},
            "long_slug_of_product": session.get_one(Product, wide.product).slug,
            "fish": market.fish_slug,
            "quiet": business.slug,
            "waiting": waiting.number,
            "today": clock.today().isoformat(),
        }
    drawn: list[str] = []
    show = templating.Pages.show

    def noted(pages: templating.Pages, template: str, **context: Any) -> HTMLResponse:
        drawn.append(template)
        return show(pages, template, **context)

    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        patched.setattr(templating.Pages, "show", noted)
        browser = phone.chromium(playwright)
        yield Visitors(browser, market, office, actors, values, drawn, {}, {}, {}, {}, set())
        browser.close()


SUBMIT = """([ending, typed]) => {
  const form = [...document.querySelectorAll("main form")].find((one) => new URL(one.action).pathname.endsWith(ending));
  if (!form) throw new Error("no form " + ending);
  for (const [name, value] of typed) {
    if (form.elements[name]) { form.elements[name].value = value; continue; }
    form.insertAdjacentHTML("beforeend", `<input type="hidden" name="${name}" value="${value}">`);
  }
  HTMLFormElement.prototype.submit.call(form);
}"""
"""Sends a form as a browser without JavaScript and without checks of its own would."""

NOT_A_PICTURE: FilePayload = {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": b"bukan foto"}


def opened(visitors: Visitors, visit: Visit) -> tuple[Page, str]:
    """The page, and the HTML it came as."""
    page = visitors.page(visit.who)
    answer = page.goto(visit.path.format(**visitors.values))
    if visit.form or visit.file:
        ending = visit.form.format(**visitors.values)
        if visit.file:
            page.locator(f"main form[action*='{ending}'] input[type=file]").first.set_input_files([NOT_A_PICTURE])
        with page.expect_navigation(wait_until="load") as sent:
            page.evaluate(SUBMIT, [ending, [list(pair) for pair in visit.typed]])
        answer = sent.value
    assert answer is not None
    return page, answer.text()


STANDS = f"""() => {{
  const stop = document.activeElement;
  const seen = stop === document.body ? null : ({SEEN}).call(stop);
  return {{
    there: stop.matches("main .button-primary, main .confirm-act > summary"),
    fault: seen && !(seen.inside && seen.marked && !seen.covered) ? stop.outerHTML.slice(0, 80) + JSON.stringify(seen) : "",
  }};
}}"""


def keyboard_faults(page: Page) -> list[str]:
    """Over the skip link, then with Tab alone to the main action; the focus is seen wherever it stands."""
    page.goto(re.sub(r"#.*$", "", page.url) + "#isi")
    found = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stop = page.evaluate(STANDS)
        if stop["fault"]:
            found.append(f"focus not seen: {stop['fault']}")
        if stop["there"]:
            return found
    return [*found, "the main action is out of the keyboard's reach"]


def faults(visitors: Visitors, visits: tuple[Visit, ...]) -> list[str]:
    """Everything that is wrong with the pages of an audience, told at once; they are looked at once a run."""
    if visits not in visitors.told:
        visitors.told[visits] = looked(visitors, visits)
    return visitors.told[visits]


def looked(visitors: Visitors, visits: tuple[Visit, ...]) -> list[str]:
    found = []
    for visit in visits:
        page, html = opened(visitors, visit)
        name = f"{visit.template} {visit.state} ({visit.who}, {page.url})"
        visitors.sources[name] = html
        if visitors.drawn[-1] != visit.template:
            found.append(f"{name}: shows {visitors.drawn[-1]}")
            continue
        looker = visitors.lookers[visit.who]
        told = looker.as_it_is(with_axe=visit.state != "long")
        if visit.state == "error" and not page.locator(".summary, .verdict").count():
            found.append(f"{name}: no summary of what is wrong")
        if visit.state == "empty" and not page.locator(".empty").count():
            found.append(f"{name}: not empty")
        if visit.state == "typical" and page.locator("main .button-primary:visible").count():
            told += keyboard_faults(page)
        if visit.template not in visitors.bypassed:
            visitors.bypassed.add(visit.template)
            told += looker.as_without_policy()
        found += [f"{name}: {fault}" for fault in told]
    return found


@needs_chromium
def test_pages_of_storefront_are_accessible_in_every_state(visitors: Visitors) -> None:
    found = faults(visitors, STOREFRONT)
    assert not found, "\n".join(found)


@needs_chromium
def test_pages_of_buying_are_accessible_in_every_state(visitors: Visitors) -> None:
    found = faults(visitors, BUYING)
    assert not found, "\n".join(found)


@needs_chromium
def test_pages_of_account_are_accessible_in_every_state(visitors: Visitors) -> None:
    found = faults(visitors, ACCOUNT)
    assert not found, "\n".join(found)


@needs_chromium
def test_pages_of_selling_are_accessible_in_every_state(visitors: Visitors) -> None:
    found = faults(visitors, SELLING)
    assert not found, "\n".join(found)


@needs_chromium
def test_pages_with_the_longest_names_are_accessible(visitors: Visitors) -> None:
    found = faults(visitors, LONG)
    assert not found, "\n".join(found)


@needs_chromium
def test_pages_of_office_are_accessible_in_every_state(visitors: Visitors) -> None:
    found = faults(visitors, OFFICE)
    assert not found, "\n".join(found)


CALM = """() => document.getAnimations().length + [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  return style.transitionDuration !== "0s" || style.animationDuration !== "0s";
}).length"""
FRAMED = """() => [...document.querySelectorAll("main .button, main .input")].filter((one) => {
  const style = getComputedStyle(one);
  return one.checkVisibility() && (style.borderTopStyle === "none" || style.borderTopColor === style.backgroundColor);
}).map((one) => one.outerHTML.slice(0, 80))"""


@needs_chromium
def test_colours_of_ones_own_and_no_movement(visitors: Visitors) -> None:
    page = visitors.page("owner")
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for path in ("/produk/{fish}", "/jual", "/jual/pesanan/{order}", "/jual/produk/{product}", "/jual/ongkir"):
        page.goto(path.format(**visitors.values))
        assert page.evaluate(CALM) == 0, path
        assert page.evaluate(FRAMED) == [], path
        assert keyboard_faults(page) == [], path
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")


@needs_chromium
def test_a_table_that_became_a_list_of_cards_is_still_read_as_a_table(visitors: Visitors) -> None:
    page = visitors.page("administrator")
    page.goto("/dinas/usaha")
    assert page.locator("table tr").first.evaluate("(row) => getComputedStyle(row).display") == "block"
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node["ignored"]]
    assert roles.count("columnheader") == 6
    assert roles.count("row") >= 2
    assert roles.count("cell") % 6 == 0
    assert roles.count("cell") >= 6


@pytest.mark.skipif(shutil.which("java") is None or not VNU.exists(), reason="no java, or no vnu.jar (PASAR_TEST_VNU)")
@needs_chromium
def test_the_html_of_every_page_and_the_stylesheets_are_valid(visitors: Visitors, tmp_path: Path) -> None:
    for visits in (STOREFRONT, BUYING, ACCOUNT, SELLING, OFFICE, LONG):
        faults(visitors, visits)
    files = {tmp_path / f"{number}.html": name for number, name in enumerate(visitors.sources)}
    for path, name in files.items():
        path.write_text(visitors.sources[name])
    sheets = {path: path.name for path in (ROOT / "web/static/css").glob("*.css")}
    told = [*complaints([*map(str, files)], files), *complaints(["--css", *map(str, sheets)], sheets)]
    assert len(files) > len(TEMPLATES)
    assert not told, "\n".join(told)


def complaints(arguments: list[str], names: dict[Path, str]) -> list[str]:
    """What the checker of the W3C says, each sentence once with the first page it is true of."""
    command = ["java", "-Xss4m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", str(VNU), "--format", "json"]
    ran = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=300, check=False)
    told: dict[str, str] = {}
    for message in json.loads(ran.stderr)["messages"]:
        if any(newer in message["message"] for newer in NEWER_THAN_THE_CHECKER):
            continue
        page = names[Path(urlsplit(message["url"]).path)]
        sentence = f"{message.get('subType', message['type'])}: {message['message']}"
        told.setdefault(sentence, f"{sentence} [{message.get('extract', '')!r}] {page}")
    return list(told.values())
