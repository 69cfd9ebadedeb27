"""What can go wrong with a cart, a checkout or an order, in sentences a person can act on."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import Conflict, Invalid, TooMany

STATUS_WORDS = {
    "awaiting_seller": "menunggu jawaban penjual",
    "awaiting_payment": "menunggu pembayaran",
    "confirmed": "sudah dibayar",
    "accepted": "diterima penjual",
    "ready": "siap diserahkan",
    "handed_over": "sudah diserahkan",
    "delivered": "sudah sampai",
    "completed": "selesai",
    "expired": "kedaluwarsa",
    "rejected": "ditolak penjual",
    "cancelled": "dibatalkan",
}


class MoveRefused(Conflict):
    """The order is not in a status from which this can be done; nothing was changed."""

    code = "order_status"

    def __init__(self, number: str, status: str, to: str) -> None:
        super().__init__(
            f"Pesanan {number} {STATUS_WORDS[status]}, jadi tidak dapat diubah menjadi {STATUS_WORDS[to]}."
            " Muat ulang halaman untuk melihat keadaan terakhir."
        )
        self.status = status
        self.to = to


class CashNotCollected(Conflict):
    code = "cash_not_collected"
    message = "Pesanan ini dibayar di tempat. Catat uang yang diterima sekaligus saat menyerahkan barang."


class QuoteChanged(Conflict):
    """Prices, delivery or availability differ from what the buyer saw; `changes` has one sentence each."""

    code = "quote_changed"

    def __init__(self, changes: Sequence[str]) -> None:
        super().__init__(" ".join([*changes, "Periksa kembali rincian sebelum memesan."]))
        self.changes = tuple(changes)


class NotForSale(Conflict):
    """Some lines cannot be bought any more; `names` are theirs."""

    code = "not_for_sale"

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


class CartFull(Conflict):
    code = "cart_full"
    message = "Keranjang sudah berisi 50 barang berbeda. Selesaikan pesanan atau hapus salah satu dahulu."


class EmptyCheckout(Conflict):
    code = "empty_checkout"
    message = "Keranjang masih kosong. Pilih barang dahulu."


class DeliveryNotOffered(Invalid):
    """A shop does not deliver this way to this place; the sentence names it and says what it offers."""

    code = "delivery_not_offered"


class PaymentNotOffered(Invalid):
    """A shop does not take this payment, or it does not fit what is bought; the sentence names it."""

    code = "payment_not_offered"


class TooManyUnpaid(TooMany):
    code = "too_many_unpaid"
    message = (
        "Anda masih punya dua pesanan yang belum dibayar atau belum dijawab penjual."
        " Bayar atau batalkan salah satunya dahulu."
    )


class GatewayOpen(Conflict):
    code = "gateway_open"
    message = (
        "Pembeli mungkin sedang membayar pesanan ini. Tunggu sampai dibayar atau kedaluwarsa,"
        " lalu tolak pesanan itu bila tidak dapat dipenuhi."
    )


class HoldLost(Conflict):
    """The stock of this order was released in the meantime and is not free again. Nothing was changed."""

    code = "hold_lost"
    message = "Stok untuk pesanan ini sudah tidak cukup, jadi pesanan tidak dapat dilanjutkan."
