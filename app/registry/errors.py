"""Refusals of the register."""

from app.errors import Conflict, Forbidden, Invalid


class OwnerRegisteredElsewhere(Invalid):
    """Says nothing about the other person: the number alone must not tell who that is."""

    code = "nik_taken"

    @classmethod
    def make(cls) -> "OwnerRegisteredElsewhere":
        sentence = (
            "NIK ini sudah terdaftar atas nama lain. Periksa angkanya, atau hubungi kantor dinas dengan KTP Anda."
        )
        return cls(*Invalid.one("owner.nik", sentence, "nik_taken").errors)


class WrongStatus(Conflict):
    code = "wrong_status"
    message = "Langkah ini tidak berlaku untuk status usaha sekarang. Muat ulang halaman untuk melihat keadaannya."


class OwnDecision(Forbidden):
    code = "own_decision"
    message = "Anda tidak dapat memutuskan usaha yang Anda miliki atau yang Anda ubah sendiri. Minta petugas lain."


class NotInYourPlace(Forbidden):
    code = "not_in_your_place"
    message = "Anda hanya dapat mendaftarkan usaha di wilayah tugas Anda."


class TooManyDrafts(Conflict):
    code = "too_many_drafts"
    message = "Sudah ada 20 pendaftaran yang belum dikirim. Kirim atau tutup salah satunya dahulu."


class Outdated(Conflict):
    code = "outdated"
    message = "Data usaha ini sudah diubah di tempat lain. Muat ulang halaman lalu coba lagi."
