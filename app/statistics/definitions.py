"""What each table counts, in words and in data: a number without its definition is not handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from app.errors import NotFound

Status = Literal["ok", "suppressed", "not_available"]
Value = int | Decimal | None

TOTAL = "_T"
"""The code of "all together" on a dimension (the SDMX convention); of the area dimension the total is the regency's
own code."""

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Definition:
    """The fixed part of a table: title, what is counted, over whom, from where."""

    id: str
    title: str
    unit: str
    population: str
    source: str
    definition: str
    dimensions: tuple[str, ...]
    by_period: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One observation. `value` is whole (a count, rupiah) or a Decimal; None goes with a status other than `ok`."""

    codes: Mapping[str, str]
    value: Value
    status: Status = "ok"
    unit: str = ""


@dataclass(frozen=True)
class Table:
    """A table as handed out. `labels` gives the Indonesian words of every code, by dimension."""

    definition: Definition
    ref_date: date
    made_at: datetime
    period: str | None
    dimensions: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    totals_only: bool = False
    index: Mapping[tuple[str, ...], Row] = field(default_factory=dict, compare=False, repr=False)

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def title(self) -> str:
        return self.definition.title

    @property
    def unit(self) -> str:
        return self.definition.unit

    def cell(self, **codes: str) -> Row | None:
        """The observation with exactly these codes, one for each dimension."""
        return self.index.get(tuple(codes[dimension] for dimension in self.dimensions))

    def label(self, dimension: str, code: str) -> str:
        return self.labels.get(dimension, {}).get(code, code)


MEASURES: dict[str, tuple[str, str]] = {
    "active_sellers": ("Penjual aktif", "usaha"),
    "products_sold": ("Produk terjual", "produk"),
    "orders": ("Pesanan terbayar", "pesanan"),
    "gross_amount": ("Nilai penjualan kotor", "rupiah"),
    "reversed_amount": ("Penjualan dibatalkan", "rupiah"),
    "net_amount": ("Nilai penjualan bersih", "rupiah"),
    "average_order_amount": ("Rata-rata nilai pesanan", "rupiah"),
    "cancelled_orders": ("Pesanan batal", "pesanan"),
    "refunds": ("Pengembalian dana", "kali"),
    "refunded_amount": ("Dana dikembalikan", "rupiah"),
}
"""Measures of the marketplace table: label and unit."""

DIMENSIONS: dict[str, str] = {
    "district": "Kecamatan",
    "criterion": "Kriteria",
    "size_class": "Skala usaha",
    "period": "Periode",
    "category": "Kategori",
    "measure": "Ukuran",
}

CRITERIA: dict[str, str] = {"capital": "Modal usaha", "turnover": "Hasil penjualan tahunan"}

CATALOGUE: dict[str, Definition] = {
    "T01": Definition(
        id="T01",
        title="Jumlah UMKM menurut kecamatan dan skala usaha",
        unit="usaha",
        population="Usaha yang terdaftar dan aktif pada tanggal acuan (akhir hari menurut waktu setempat).",
        source="Registri usaha Pasar Etam",
        definition=(
            "Satu usaha dihitung satu kali per kriteria. Skala menurut PP 7/2021 pasal 35 dari laporan terakhir yang"
            " diketahui sampai tanggal acuan: modal usaha (mikro sampai Rp1 miliar, kecil sampai Rp5 miliar, menengah"
            " sampai Rp10 miliar) atau hasil penjualan tahunan (mikro sampai Rp2 miliar, kecil sampai Rp15 miliar,"
            " menengah sampai Rp50 miliar); batas atas termasuk. Usaha besar ditunjukkan tersendiri."
        ),
        dimensions=("district", "criterion", "size_class"),
        by_period=False,
        notes=(
            "Usaha yang modal atau hasil penjualannya belum diketahui menjadi kategori tersendiri dan tidak ditaksir.",
            "Jumlah menurut kedua kriteria sama; pembagian skalanya berbeda.",
            "Usaha yang pernah dinonaktifkan sementara lalu aktif kembali dihitung aktif sepanjang masa itu.",
        ),
    ),
    "T21": Definition(
        id="T21",
        title="Perdagangan di Pasar Etam menurut kecamatan penjual dan kategori",
        unit="menurut ukuran",
        population="Pesanan yang terbayar, dibatalkan, atau dikembalikan dananya dalam periode.",
        source="Fakta penjualan Pasar Etam, ditulis bersama pembayaran",
        definition=(
            "Penjualan dicatat pada tanggal uang diterima (bayar di muka) atau barang diserahkan dan dibayar (bayar di"
            " tempat), waktu setempat, di kecamatan usaha saat penjualan. Nilai adalah harga barang tanpa ongkos kirim."
            " Pembatalan penjualan dicatat pada bulan terjadinya, bukan pada bulan penjualan. Nilai bersih = nilai"
            " kotor dikurangi penjualan dibatalkan. Rata-rata = nilai kotor dibagi pesanan terbayar, dibulatkan ke"
            " rupiah terdekat."
        ),
        dimensions=("period", "district", "category", "measure"),
        by_period=True,
        notes=(
            "Pesanan dengan barang dari beberapa kategori dihitung sekali di tiap kategori dan sekali dalam jumlah;"
            " begitu pula penjual, pesanan batal, dan pengembalian dana.",
            "Pesanan batal adalah pesanan yang ditolak, dibatalkan, atau lewat waktu dan tidak berakhir sebagai"
            " penjualan.",
            "Dana dikembalikan adalah uang penjualan yang kembali ke pembeli, termasuk ongkos kirim yang dikembalikan; uang yang"
            " tidak pernah menjadi penjualan (terbayar dua kali atau terlambat) tidak termasuk.",
        ),
    ),
}


def find(table_id: str) -> Definition:
    """Raises NotFound for a table that does not exist."""
    definition = CATALOGUE.get(table_id)
    if definition is None:
        raise NotFound("Tabel itu tidak ada.")
    return definition
