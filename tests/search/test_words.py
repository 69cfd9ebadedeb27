"""One way of cutting text into words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from search import words
from search.engines.postgres import question


def test_case_accents_apostrophes_and_signs_do_not_matter() -> None:
    assert words.of_text("Kué CUCUR, isi-gula (Jum'at)") == ["kue", "cucur", "isi", "gula", "jumat"]
    assert words.of_text("250g 1,5kg") == ["250", "g", "1", "5", "kg"]
    assert words.of_text("ＡＭＰＬＡＮＧ²") == ["amplang", "2"]
    assert words.of_text("\u0149asi") == ["nasi"]
    assert words.of_text("🦐 \x00 \ud800 & | !") == []


def test_what_may_be_somebodys_number_or_address_is_no_word() -> None:
    assert words.of_text("Pesan di WA 0812-3456-7890 ya") == ["pesan", "di", "wa", "ya"]
    assert words.of_text("hub +62 812 3456 7890") == ["hub"]
    assert words.of_text("NIK 6408045708900001") == ["nik"]
    assert words.of_text("surel ibu.etam@contoh.id sekarang") == ["surel", "sekarang"]
    assert words.of_text("isi 1000 lembar, 25000 rupiah") == ["isi", "1000", "lembar", "25000", "rupiah"]


def test_a_question_is_bounded() -> None:
    assert words.of_question(" \n ") is None
    assert words.of_question("...") == ()
    assert words.of_question("a " * 5_000) == ("a",) * words.MOST_WORDS
    assert words.of_question("x" * 10_000) == ("x" * words.LONGEST_WORD,)
    assert words.of_question("madu yang asli") == ("madu", "asli")
    assert words.of_question("yang") == ("yang",)


def test_a_question_becomes_words_and_phrases_and_nothing_else() -> None:
    assert question(("gula", "merah", "cair"), beginnings=True) == (
        "(('gula' & 'merah') | ('gula' <-> 'aren')) & (('cair':*))"
    )
    assert question(("amp",), beginnings=True) == "(('amp':*))"
    assert question(("a",), beginnings=True) == "(('a'))"
    assert question(("kopi",), beginnings=False, synonyms=False) == "(('kopi'))"


@given(st.text(max_size=80))
def test_no_text_yields_anything_but_letters_and_digits(text: str) -> None:
    for found in (words.of_text(text), words.of_question(text) or ()):
        for word in found:
            assert word.isalnum()
            assert len(word) <= words.LONGEST_WORD
            assert words.of_text(word) in ([word], []), (
                "cutting twice changes nothing, but for a word that is a long number"
            )
