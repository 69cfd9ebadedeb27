"""Refusals of payments."""

from app.errors import Conflict, Unavailable


class GatewayDown(Unavailable):
    """The order stands; paying can be tried again from its page."""

    code = "gateway_unavailable"
    message = (
        "Pembayaran daring sedang tidak dapat dihubungi. Pesanan Anda tersimpan; coba bayar lagi dari halaman pesanan."
    )


class NotPayable(Conflict):
    code = "not_payable"
    message = "Pembayaran ini sudah selesai atau sudah lewat waktunya. Muat ulang halaman untuk melihat keadaannya."


class OtherAmount(Conflict):
    code = "other_amount"
    message = "Jumlah itu tidak sama dengan yang harus dibayar. Cocokkan sampai tiga angka terakhir."


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    message = "Jumlah itu lebih besar dari yang masih dapat dikembalikan untuk pesanan ini."


class BadNotice(Exception):
    """A message at the gateway's door that is not from the gateway, or cannot be read. Nothing was stored."""


class UnknownProvider(Exception):
    """Nobody of that name sends us messages."""
