"""Refusals of payments."""

from app.errors import Conflict, Unavailable


class GatewayDown(Unavailable):
    """The order stands; paying can be tried again from its page."""

    code = "gateway_unavailable"
    message = (
        "Pembayaran daring sedang tidak dapat dihubungi. Pesanan Anda tersimpan; coba bayar lagi dari halaman pesanan."
    )


class GatewayRefused(GatewayDown):
    """The gateway understood and said no: the same request will never be answered otherwise. Nothing was opened by it."""

    code = "gateway_refused"


class NotPayable(Conflict):
    code = "not_payable"
    message = "Pembayaran ini sudah selesai atau sudah lewat waktunya. Muat ulang halaman untuk melihat keadaannya."


class OtherAmount(Conflict):
    code = "other_amount"
    message = "Jumlah itu tidak sama dengan yang harus dibayar. Cocokkan sampai tiga angka terakhir."


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = "Jumlah itu lebih besar dari yang masih dapat dikembalikan untuk pesanan ini."


class NotOpenRefund(Conflict):
    code = "refund_not_open"
    message = "Pengembalian ini tidak menunggu dikirim dengan tangan. Muat ulang halaman untuk melihat keadaannya."


class StillInSuspense(Conflict):
    code = "still_in_suspense"
    message = "Uangnya belum kembali ke pembeli. Selesaikan pengembaliannya dahulu, baru catat sebagai beres."


class TooManyOpenTransfers(Conflict):
    code = "too_many_open_transfers"
    message = "Toko ini sedang punya terlalu banyak transfer dengan jumlah yang sama. Pilih cara bayar lain atau coba lagi nanti."


class TooManyProofs(Conflict):
    code = "too_many_proofs"
    message = "Bukti untuk pembayaran ini sudah cukup banyak. Hubungi penjual bila uangnya belum ditemukan."


class BadNotice(Exception):
    """A message at the gateway's door that is not from the gateway, or cannot be read. Nothing was stored."""


class UnknownProvider(Exception):
    """Nobody of that name sends us messages."""
