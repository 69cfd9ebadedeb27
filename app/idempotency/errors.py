"""Refusals of a repeated key."""

from app.errors import Conflict


class IdempotencyMismatch(Conflict):
    code = "idempotency_mismatch"
    message = "Kunci kirim ini sudah dipakai untuk isi yang lain. Muat ulang halaman lalu kirim lagi."


class InProgress(Conflict):
    """The first of two equal requests is still running."""

    code = "in_progress"
    message = "Permintaan yang sama sedang diproses. Tunggu sebentar lalu muat ulang."
    retry_after = 2
