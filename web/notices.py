"""Short messages shown once after a redirect, named in the address by a code: a page can show no foreign sentence."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, str]] = {
    "masuk": "Anda sudah masuk.",
    "keluar": "Anda sudah keluar.",
    "terdaftar": "Akun Anda sudah jadi.",
    "tersimpan": "Perubahan tersimpan.",
    "draf": "Draf tersimpan. Anda bisa melanjutkan kapan saja.",
    "terkirim": "Pendaftaran terkirim. Kami kabari setelah diperiksa.",
    "disetujui": "Usaha disetujui dan kini terdaftar.",
    "dikembalikan": "Pendaftaran dikembalikan untuk diperbaiki.",
    "ditolak": "Pendaftaran ditolak.",
    "ditangguhkan": "Usaha ditangguhkan. Barangnya tidak lagi tampil.",
    "dipulihkan": "Usaha dipulihkan.",
    "toko-dibuka": "Toko dibuka. Sekarang tambahkan barang pertama Anda.",
    "toko-dijeda": "Toko dijeda. Barang Anda tidak tampil sampai toko dibuka lagi.",
    "produk-tersimpan": "Barang tersimpan. Tambahkan foto agar lebih menarik.",
    "produk-tayang": "Barang sudah tayang.",
    "produk-menunggu": "Barang tersimpan dan menunggu pemeriksaan petugas.",
    "produk-disembunyikan": "Barang disembunyikan.",
    "produk-diarsipkan": "Barang diarsipkan.",
    "foto-tersimpan": "Foto tersimpan.",
    "foto-dihapus": "Foto dihapus.",
    "stok-diubah": "Stok diubah.",
    "keranjang-ditambah": "Barang masuk keranjang.",
    "keranjang-diubah": "Keranjang diubah.",
    "pesanan-diterima": "Pesanan diterima. Siapkan barangnya.",
    "pesanan-ditolak": "Pesanan ditolak. Pembeli dikabari.",
    "pesanan-siap": "Pesanan ditandai siap.",
    "pesanan-diserahkan": "Pesanan ditandai sudah diserahkan.",
    "pesanan-selesai": "Pesanan selesai. Terima kasih.",
    "pesanan-batal": "Pesanan dibatalkan.",
    "bukti-terkirim": "Bukti transfer terkirim. Penjual akan memeriksanya.",
    "uang-diterima": "Uang dicatat sudah diterima.",
    "pesan-terkirim": "Pesan ditandai sudah dikirim.",
    "sandi-diganti": "Kata sandi diganti. Perangkat lain sudah dikeluarkan.",
    "kode-dibuat": "Kode pemulihan dibuat.",
    "tarif-tersimpan": "Ongkos kirim tersimpan.",
}


def sentence(code: str | None) -> str | None:
    return SENTENCES.get(code or "")
