"""Sentences of the product in the language of who reads: found again by their shape, values untouched."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from tests.web.guards.asking import Told, ask
from web import wording
from web.guards import asgi
from web.guards.csrf import SameOrigin
from web.wording import worded


def english(sentence: str) -> str:
    return worded(sentence, "en")


def test_a_known_sentence_is_looked_up() -> None:
    assert english("Tulis nama usaha.") == "Write the name of the business."
    assert english("Makanan") == "Food"
    assert english("") == ""


def test_values_stay_as_they_were_given() -> None:
    assert english("Stok Amplang tinggal 3 bungkus.") == "Only 3 of Amplang left (pack)."
    assert english("Stok 100% %(name)s <b> tinggal 3 kg.") == "Only 3 of 100% %(name)s <b> left (kg)."
    assert english("Harga Madu. Asli berubah dari Rp1.000 menjadi Rp2.000.") == (
        "The price of Madu. Asli changed from Rp1.000 to Rp2.000."
    )
    assert english("Usaha Belum diketahui sudah terdaftar") == "The business Belum diketahui is registered"


def test_words_of_ours_within_a_sentence_are_translated_too() -> None:
    assert english("Nama usaha paling panjang 150 huruf.") == "Business name: at most 150 letters."
    assert english("Triwulan 3 2026") == "Quarter 3 2026"
    assert english("Agu 2026") == "Aug 2026"
    assert english("Skala mikro menurut kecamatan") == "Micro businesses by district"
    assert english("amplang tidak dapat dibeli: toko ini sedang libur.") == (
        "amplang cannot be bought: this shop is on holiday."
    )


def test_several_sentences_are_told_one_by_one() -> None:
    assert english("Tulis nama usaha. Tulis nama pemilik.") == (
        "Write the name of the business. Write the owner's name."
    )
    assert english(
        "Cara bayar ini sedang tidak tersedia. Pilih cara bayar lain. Tulis nama pemilik. Kalimat yang tidak dikenal."
    ) == (
        "This way to pay is not available now. Choose another one. Write the owner's name. Kalimat yang tidak dikenal."
    )
    assert english(
        "Toko A tidak mengantar dengan kurir ke Kaliorang. Yang tersedia: ambil sendiri; kurir ke Kaubun."
    ) == ("Toko A does not deliver by courier to Kaliorang. Available: pick up; courier to Kaubun.")
    assert english("Kami kabari hasilnya.\n\nLihat pesanan: http://x/y?a=1") == (
        "We will tell you the result.\n\nSee the order: http://x/y?a=1"
    )


def test_what_is_not_known_and_what_is_indonesian_stays() -> None:
    assert english("Amplang Bu Siti, enak sekali.") == "Amplang Bu Siti, enak sekali."
    assert worded("Tulis nama usaha.", "id") == "Tulis nama usaha."
    written = Markup("<b>Makanan</b>")
    assert english(written) is written


def test_a_long_text_of_a_person_is_not_searched_for_shapes() -> None:
    long = "Alasan: " + "x" * wording.LONGEST
    assert english(long) == long


def test_every_shape_recognises_its_own_sentence() -> None:
    shapes = [shape for found in wording.shapes("en").values() for shape in found]
    assert len(shapes) > 100
    for message in wording.catalogue("en", wording.SHAPED):
        assert isinstance(message.id, str)
        if wording.SLOT.search(message.id):
            filled = wording.SLOT.sub("Xq", message.id)
            assert wording.shaped(filled, "en") not in (None, filled), message.id


@pytest.mark.parametrize(
    ("headers", "query", "wanted"),
    [
        ({}, b"", "id"),
        ({"accept-language": "en-GB,en;q=0.9"}, b"", "en"),
        ({"accept-language": "en", "cookie": "bahasa=id"}, b"", "id"),
        ({"cookie": "__Host-bahasa=en"}, b"", "en"),
        ({"cookie": "bahasa=xx"}, b"bahasa=en", "en"),
    ],
)
def test_a_refusal_before_the_product_is_woken_speaks_the_language_of_who_asked(
    headers: dict[str, str], query: bytes, wanted: str
) -> None:
    given = headers | {"sec-fetch-site": "cross-site"}
    answer = ask(SameOrigin(Told(), "http://pasar.example"), "POST", "/keranjang", headers=given, query_string=query)
    assert answer.status == 403
    assert f'<html lang="{wanted}">' in answer.text
    assert ("Back to the home page" in answer.text) == (wanted == "en")
    assert len(re.findall(r"The request was not accepted|Permintaan tidak diterima", answer.text)) == 1
    assert asgi.MACHINE_FACE not in answer.text
