"""Every page in the states it can be in, in Chromium on the narrowest phone: no axe violation, nothing to scroll sideways,
and the main action within reach of the keyboard.

The table names every template. Which states one must be seen in follows from what it can show: a template with an empty
state is seen empty, one with a summary of errors is seen refused. A new template that is not in the table fails the first test.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, sync_playwright

from app.accounts import sessions
from app.accounts.models import Account
from app.actor import Actor
from app.db import Transactions
from app.kit import clock
from tests.factories import accounts, registry
from tests.journeys import phone
from tests.web.everything import Village, village_of
from tests.web.pages.conftest import Market
from tests.web.pages.conftest import market as market
from tests.web.pages.office.conftest import Office
from tests.web.pages.office.conftest import office as office
from tests.web.pages.selling import conftest as desks
from web import templating

pytestmark = pytest.mark.xdist_group("chromium")
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
}
NEVER_REFUSED = {
    "office/messages.html": "only when somebody else was quicker",
    "office/money.html": "nothing of the test market is held by the office",
    "selling/refund.html": "its one field may be empty",
}


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

VISITS = (*STOREFRONT, *BUYING, *ACCOUNT, *SELLING, *OFFICE)


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
        return self.contexts[who].pages[0]


def token(begin: Transactions, actor: Actor) -> str:
    with begin() as session:
        return sessions.start(session, session.get_one(Account, actor.account_id))


@pytest.fixture(scope="module")
def visitors(office: Office, market: Market) -> Iterator[Visitors]:
    village: Village = village_of(market)
    with market.begin() as session:
        quiet = desks.open_shop(session, name="Toko Sepi")
        business = registry.active(session, name="Belum Berjualan", checks=["place"])
        careful = desks.open_shop(session, name="Toko Baru", trusted=False)
        desks.add_product(session, careful, "Barang Menunggu")
        waiting = registry.submitted(session, name="Menunggu Uji")
        actors = {
            "owner": village.his.owner,
            "buyer": village.his.buyer,
            "quiet seller": quiet.actor,
            "newcomer": accounts.somebody(session),
            "administrator": accounts.staff(session, "administrator"),
            "helper": accounts.staff(session, "facilitator", district_code=registry.SANGATTA_UTARA),
            "helper elsewhere": accounts.staff(session, "facilitator", district_code="64.08.18"),
            "first officer": office.staff["administrator"],
        }
        values = {name: str(getattr(village.his, name)) for name in vars(village.his)} | {
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
        yield Visitors(browser, market, office, actors, values, drawn, {})
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


def opened(visitors: Visitors, visit: Visit) -> Page:
    page = visitors.page(visit.who)
    page.goto(visit.path.format(**visitors.values))
    if visit.form or visit.file:
        ending = visit.form.format(**visitors.values)
        if visit.file:
            page.locator(f"main form[action*='{ending}'] input[type=file]").first.set_input_files([NOT_A_PICTURE])
        with page.expect_navigation(wait_until="load"):
            page.evaluate(SUBMIT, [ending, [list(pair) for pair in visit.typed]])
    return page


def tabs_to_the_main_action(page: Page) -> int | None:
    """Over the skip link, then with Tab alone. None: it was not reached."""
    page.evaluate("document.activeElement?.blur(); window.scrollTo(0, 0)")
    page.goto(re.sub(r"#.*$", "", page.url) + "#isi")
    for presses in range(1, 60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.matches('main .button-primary, main .confirm-act > summary')"):
            return presses
    return None


def faults(visitors: Visitors, visits: tuple[Visit, ...]) -> list[str]:
    """Everything that is wrong with the pages of an audience, told at once."""
    found = []
    for visit in visits:
        page = opened(visitors, visit)
        name = f"{visit.template} {visit.state} ({visit.who}, {page.url})"
        if visitors.drawn[-1] != visit.template:
            found.append(f"{name}: shows {visitors.drawn[-1]}")
            continue
        for violation in Axe().run(page).response["violations"]:
            found.append(f"{name}: {violation['id']} {[node['target'] for node in violation['nodes']][:3]}")
        width = page.evaluate("document.scrollingElement.scrollWidth")
        if width > phone.NARROWEST["width"]:
            found.append(f"{name}: {width} px wide")
        if visit.state == "error" and not page.locator(".summary, .verdict").count():
            found.append(f"{name}: no summary of what is wrong")
        if visit.state == "empty" and not page.locator(".empty").count():
            found.append(f"{name}: not empty")
        acts = visit.state == "typical" and page.locator("main .button-primary:visible").count()
        if acts and tabs_to_the_main_action(page) is None:
            found.append(f"{name}: the main action is out of the keyboard's reach")
    return found


@needs_chromium
def test_pages_of_storefront_are_accessible_in_every_state(visitors: Visitors) -> None:
    assert faults(visitors, STOREFRONT) == []


@needs_chromium
def test_pages_of_buying_are_accessible_in_every_state(visitors: Visitors) -> None:
    assert faults(visitors, BUYING) == []


@needs_chromium
def test_pages_of_account_are_accessible_in_every_state(visitors: Visitors) -> None:
    assert faults(visitors, ACCOUNT) == []


@needs_chromium
def test_pages_of_selling_are_accessible_in_every_state(visitors: Visitors) -> None:
    assert faults(visitors, SELLING) == []


@needs_chromium
def test_pages_of_office_are_accessible_in_every_state(visitors: Visitors) -> None:
    assert faults(visitors, OFFICE) == []
