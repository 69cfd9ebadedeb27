"""The people of the journeys: each with a browser of their own, doing one thing after the other on real pages."""

from __future__ import annotations

import io
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Protocol

import httpx
from PIL import Image

from tests.journeys.browser import Browser, Page
from tests.journeys.conftest import ROOT, Running, until

PASSWORD = "perahu ketinting biru"
SANGATTA_UTARA = "64.08.04"
SANGKULIRANG = "64.08.05"
SAMARINDA = "64.72"

serials = count(1)


def command(running: Running, *arguments: str) -> subprocess.CompletedProcess[str]:
    """An operator's command beside the running product."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=ROOT,
        env=running.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def photo(path: Path, *, side: int = 900, seed: int = 1) -> Path:
    """A synthetic photo: soft light and colour under a fine grain, as heavy as what a phone's camera makes."""
    dice = random.Random(seed)
    light = Image.frombytes("RGB", (5, 5), dice.randbytes(75)).resize((side, side), Image.Resampling.BICUBIC)
    grain = Image.frombytes("RGB", (300, 300), dice.randbytes(300 * 300 * 3)).resize((side, side))
    Image.blend(light, grain, 0.12).save(path, "JPEG", quality=88)
    return path


class Site(Protocol):
    """What a person needs to know of the product: its address. Whoever owns the site closes the browsers."""

    @property
    def base_url(self) -> str: ...

    @property
    def clients(self) -> list[httpx.Client]: ...


@dataclass
class Person:
    """Somebody with a phone. `name` and `phone` are synthetic."""

    running: Site
    name: str
    phone: str = field(default_factory=lambda: f"0813500{next(serials):05d}")
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.running.base_url)
        self.running.clients.append(self.browser.client)

    @property
    def page(self) -> Page:
        return self.browser.page

    def sees(self, *words: str) -> None:
        text = self.page.text
        missing = [word for word in words if word not in text]
        assert not missing, f"{missing} not on {self.page.url}:\n{text[:3000]}"

    def does_not_see(self, *words: str) -> None:
        found = [word for word in words if word in self.page.html]
        assert not found, f"{found} on {self.page.url}"

    def signs_up(self) -> None:
        self.browser.get("/daftar")
        self.browser.submit("/daftar", nama=self.name, no_hp=self.phone, sandi=PASSWORD)

    def signs_in(self, password: str = PASSWORD) -> None:
        self.browser.get("/masuk")
        self.browser.submit("/masuk", no_hp=self.phone, sandi=password)
        self.sees("Anda sudah masuk")


def officer(running: Running, role: str, name: str) -> Person:
    """The first of an empty system: made by the operator's command, who reads the password off the screen."""
    person = Person(running, name)
    made = command(running, "accounts", "create-officer", "--phone", person.phone, "--role", role, "--name", name)
    assert made.returncode == 0, made.stderr
    password = re.search(r"Password: (\S+)", made.stdout)
    assert password, made.stdout
    person.signs_in(password[1])
    return person


def appoint(administrator: Person, person: Person, role: str, place: str = "") -> None:
    """A person who signed up gets a role from the administrator, found by phone."""
    person.signs_up()
    administrator.browser.get("/dinas/akun")
    administrator.browser.submit("/dinas/akun", no_hp=person.phone)
    administrator.browser.follow("/dinas/petugas/")
    administrator.browser.submit("/peran", peran=role, wilayah=place)


@dataclass
class Shop:
    """A seller's shop: its business number, and the products by name."""

    keeper: Person
    number: str
    name: str
    asked: str = ""
    products: dict[str, str] = field(default_factory=dict)
    slugs: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> str:
        """An address of the shop's desk; a facilitator says for whom."""
        return path + self.asked


def lists(shop: Shop, name: str, *, category: str, price: int, stock: int, picture: Path) -> str:
    """A product in four fields and a photo. Returns its id."""
    browser = shop.keeper.browser
    browser.get(shop.at("/jual/produk/baru"))
    form = browser.page.form("/jual/produk/baru")
    assert form.names - {"kunci_kirim", ""} == {"nama", "jenis", "harga", "stok"}
    browser.submit("/jual/produk/baru", nama=name, jenis=category, harga=str(price), stok=str(stock))
    found = re.search(r"/jual/produk/([0-9a-f-]{36})/foto", browser.page.url)
    assert found, browser.page.url
    browser.submit("/foto", files={"foto": picture})
    shop.keeper.sees("Foto utama")
    shop.products[name] = found[1]
    return found[1]


def weighs(shop: Shop, name: str, gram: int) -> None:
    """Weight and words are filled in later, when there is time."""
    shop.keeper.browser.get(f"/jual/produk/{shop.products[name]}")
    shop.keeper.browser.submit(
        f"/jual/produk/{shop.products[name]}", berat=str(gram), keterangan=f"{name} buatan sendiri, dikemas rapat."
    )


def waits_until_found(buyer: Person, query: str, name: str) -> Page:
    """The worker carries a new product into the search within a moment."""

    def look() -> Page | None:
        page = buyer.browser.get(query)
        return page if name in page.text else None

    return until(look, what=f"{name!r} on {query}")


def puts_in_cart(buyer: Person, slug: str, quantity: int) -> None:
    buyer.browser.get(f"/produk/{slug}")
    buyer.browser.submit("/keranjang", jumlah=str(quantity))
    assert buyer.page.path == "/keranjang"


@dataclass(frozen=True)
class Placed:
    """A checkout: its number and the key of its page."""

    number: str
    key: str

    @property
    def path(self) -> str:
        return f"/pesanan/{self.number}?kunci={self.key}"

    def order(self, position: int = 1) -> str:
        return f"{self.number}-{position}"


def placed(page: Page) -> Placed:
    found = re.search(r"/pesanan/([A-Z0-9-]+)\?kunci=([^&]+)", page.url)
    assert found, f"not an order page: {page.url}\n{page.text[:1500]}"
    return Placed(found[1], found[2])


def checks_out(buyer: Person, *, method: str, payment: str, region: str = "", address: str = "") -> Page:
    """The checkout page filled in; what delivery costs is asked for first, as a page without JavaScript needs it."""
    browser = buyer.browser
    browser.get("/checkout")
    typed = {"nama": buyer.name, "no_hp": buyer.phone, "cara_terima": method, "tujuan": region, "alamat": address}
    if method != "pickup":
        browser.submit("/checkout", press=("langkah", "hitung"), **typed)
    return browser.submit("/checkout", press=("langkah", "pesan"), cara_bayar=payment, **typed)


def jpeg_size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def opens_a_shop(
    verifier: Person, keeper: Person, name: str, *, goods: str, price: int, stock: int, picture: Path, gram: int = 300
) -> Shop:
    """A person registers a business, the office approves it and trusts its shop, and one product stands on the shelf."""
    keeper.signs_up()
    browser = keeper.browser
    browser.get("/jual/usaha/baru")
    browser.submit("/jual/usaha/baru", nama=name, barang_utama=goods, kecamatan=SANGATTA_UTARA)
    found = re.search(r"/jual/usaha/(KT-\d{4}-\d{6}-\d)", keeper.page.url)
    assert found, keeper.page.url
    browser.get(f"/jual/usaha/{found[1]}/isi/izin")
    browser.submit("/isi/izin", press=("kirim", "ya"))
    approves(verifier, found[1])
    browser.get(f"/jual/usaha/{found[1]}")
    browser.submit("/toko")
    trusts(verifier, found[1])
    shop = Shop(keeper, found[1], name)
    lists(shop, goods, category="makanan", price=price, stock=stock, picture=picture)
    weighs(shop, goods, gram)
    browser.get("/jual/toko")
    browser.submit("/jual/toko", alamat_ambil=f"Rumah produksi {name}", cara_bayar=["cod"])
    return shop


def approves(verifier: Person, number: str) -> None:
    verifier.browser.get(f"/dinas/usaha/{number}")
    verifier.browser.submit("/setujui", periksa=["place"])


def trusts(verifier: Person, number: str) -> None:
    verifier.browser.get(f"/dinas/usaha/{number}")
    verifier.browser.submit("/percaya")
