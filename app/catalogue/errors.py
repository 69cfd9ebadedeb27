"""Refusals of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.errors import Conflict


@dataclass(frozen=True)
class Short:
    """One product of which there is not enough: how many were wanted, how many there are."""

    product_id: UUID
    name: str
    wanted: int
    available: int


class StockTooLow(Conflict):
    """Names every product that is short; nothing was reserved."""

    code = "stock_too_low"

    def __init__(self, items: Sequence[Short]) -> None:
        self.items = tuple(items)
        super().__init__(" ".join(self.sentence_of(item) for item in self.items))

    @staticmethod
    def sentence_of(item: Short) -> str:
        if item.available <= 0:
            return f"Stok habis: {item.name}."
        return f"Stok {item.name} tinggal {item.available}, Anda memesan {item.wanted}."


class Outdated(Conflict):
    code = "outdated"
    message = "Barang ini sudah diubah di tempat lain. Muat ulang halaman lalu coba lagi."


class WrongStatus(Conflict):
    code = "wrong_status"
    message = "Langkah ini tidak berlaku untuk keadaan barang atau toko sekarang. Muat ulang halaman."


class ShopNotReady(Conflict):
    code = "shop_not_ready"
    message = "Toko baru bisa dibuka setelah usahanya terdaftar. Tunggu pemeriksaan dinas."


class TooManyPhotos(Conflict):
    code = "too_many_photos"
    message = "Satu barang paling banyak 8 foto. Hapus dulu salah satu."
