"""Refusals of the message desk."""

from __future__ import annotations

from app.errors import Conflict, Forbidden


class NoDesk(Forbidden):
    code = "no_desk"
    message = "Meja kirim hanya untuk petugas dinas dan pendamping."


class NotPending(Conflict):
    code = "message_not_pending"
    message = "Pesan ini sudah dikirim atau tidak perlu dikirim lagi."
