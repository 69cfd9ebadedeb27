"""The catalogue every contestant sells: 10,000 invented products of 400 shops, the same at every run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.catalogue import categories
from app.reference import regions

PRODUCTS = 10_000
SHOPS = 400
HOT = 0
"""The product everybody wants at once: there is plenty of it."""

SEARCHED = "madu"
"""The word searched for: it names a few hundred of the products."""

LISTED = "camilan"
"""The category whose list is fetched."""

THINGS = (
    "Amplang tenggiri", "Kerupuk udang", "Kue lapis", "Roti pisang", "Sambal terasi", "Abon ikan", "Bumbu rujak", "Lada bubuk",
    "Keripik singkong", "Keripik pisang", "Kopi robusta", "Teh bunga", "Madu kelulut", "Madu hutan", "Sirup markisa",
    "Jamu kunyit", "Gula aren", "Gula semut", "Lada hitam", "Lada putih", "Biji kakao", "Bubuk cokelat", "Nanas manis",
    "Dodol nanas", "Beras gunung", "Sayur rimbang", "Ikan bandeng", "Ikan asin", "Terasi udang", "Kepiting bakau",
    "Tikar rotan", "Keranjang rotan", "Ukiran ulin", "Mandau hias", "Gelang manik", "Kalung manik", "Batik wakaroros",
    "Kemeja batik", "Baju anak", "Tas anyaman", "Dompet kulit", "Cobek batu", "Kursi rotan", "Bibit durian", "Tanaman hias",
)  # fmt: skip
MANNERS = (
    "asli", "pedas", "manis", "gurih", "segar", "kering", "pilihan", "istimewa", "rumahan", "kampung", "pesisir", "pegunungan",
    "khas Sangatta", "khas Bengalon", "khas Muara Wahau", "tanpa pengawet", "kemasan kecil", "kemasan besar",
)  # fmt: skip
UNITS = ("bungkus", "botol", "kg", "buah", "lembar", "toples")
SENTENCES = (
    "Dibuat sendiri di rumah dari bahan yang dibeli di pasar setempat.",
    "Tahan dua bulan bila disimpan di tempat kering dan tertutup rapat.",
    "Dikirim setiap hari kerja; pesanan besar mohon diberi tahu tiga hari sebelumnya.",
    "Resep turun-temurun keluarga, tanpa bahan pengawet dan tanpa pewarna buatan.",
    "Cocok untuk oleh-oleh, hajatan, atau dijual kembali di warung.",
    "Ukuran dan warna dapat sedikit berbeda karena dikerjakan dengan tangan.",
)


@dataclass(frozen=True)
class Good:
    """One product. `shop` counts from 0; `category` is one of the product's own."""

    number: int
    shop: int
    name: str
    slug: str
    description: str
    category: str
    price_amount: int
    unit: str
    stock: int


@lru_cache
def goods(count: int = PRODUCTS) -> tuple[Good, ...]:
    return tuple(invented(count))


def invented(count: int) -> Iterator[Good]:
    chance = random.Random(6408)  # noqa: S311 - the same goods at every run is the point
    leaves = [kind.slug for kind in categories.everything() if kind.parent is not None]
    for number in range(count):
        name = f"{chance.choice(THINGS)} {chance.choice(MANNERS)} {chance.choice(MANNERS)} {number}"
        yield Good(
            number=number,
            shop=number % SHOPS,
            name=name,
            slug=name.lower().replace(" ", "-"),
            description=" ".join(chance.sample(SENTENCES, 4)),
            category=chance.choice(leaves),
            price_amount=chance.randrange(5, 400) * 500,
            unit=chance.choice(UNITS),
            stock=900_000 if number == HOT else chance.choice((0, 3, 12, 40, 90, 150, 150)),
        )


def district_of(shop: int) -> str:
    districts = regions.districts()
    return districts[shop % len(districts)].code
