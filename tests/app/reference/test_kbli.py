"""A KBLI code is judged within its version, and an unknown one only where the list is complete."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.reference import kbli


def test_a_listed_code_has_the_title_of_its_version(session: Session) -> None:
    old = kbli.judge(session, 2020, "10793")
    new = kbli.judge(session, 2025, "10793")
    assert old.listed
    assert new.listed
    assert old.title != new.title, "the same five digits mean two things"
    assert old.fault is None
    assert new.fault is None


def test_an_unknown_code_of_a_complete_division_says_where_it_exists(session: Session) -> None:
    only_old = kbli.judge(session, 2025, "47111")
    assert only_old.listed or only_old.fault is not None
    fault = kbli.judge(session, 2025, "47914").fault
    assert fault == "Kode KBLI 47914 hanya ada di KBLI 2020, tidak ada di KBLI 2025."
    fault = kbli.judge(session, 2020, "10307").fault
    assert fault == "Kode KBLI 10307 hanya ada di KBLI 2025, tidak ada di KBLI 2020."
    fault = kbli.judge(session, 2025, "10999").fault
    assert fault == "Kode KBLI 10999 tidak ada di KBLI 2025."


def test_elsewhere_a_well_formed_code_is_accepted_and_marked_unlisted(session: Session) -> None:
    verdict = kbli.judge(session, 2020, "01111")
    assert verdict.fault is None
    assert not verdict.listed
    assert verdict.title is None


@pytest.mark.parametrize("code", ["A", "g", "10", "107", "1071", " 56 "])
def test_a_section_letter_or_a_shorter_code_is_fine(session: Session, code: str) -> None:
    for version in kbli.VERSIONS:
        assert kbli.judge(session, version, code).fault is None


@pytest.mark.parametrize("code", ["", "1", "101111", "10A", "Z", "W", "10-11", "Ⅴ", "１０", "10.11", "%", "10%"])
def test_what_is_not_shaped_like_a_code_is_refused(session: Session, code: str) -> None:
    assert kbli.judge(session, 2025, code).fault is not None


def test_section_v_exists_only_in_the_newer_version(session: Session) -> None:
    assert kbli.judge(session, 2025, "V").listed
    assert kbli.judge(session, 2020, "V").fault == "Kode KBLI V hanya ada di KBLI 2025, tidak ada di KBLI 2020."


def test_a_division_that_does_not_exist_is_refused(session: Session) -> None:
    assert kbli.judge(session, 2025, "45").fault == "Kode KBLI 45 hanya ada di KBLI 2020, tidak ada di KBLI 2025."
    assert kbli.judge(session, 2020, "04999").fault == "Kode KBLI 04999 tidak ada di KBLI 2020."
    assert kbli.judge(session, 2020, "1099").fault == "Kode KBLI 1099 tidak ada di KBLI 2020."


def test_a_version_that_does_not_exist_is_refused(session: Session) -> None:
    assert kbli.judge(session, 2015, "10111").fault == "Versi KBLI harus 2020 atau 2025."


def test_without_a_question_the_sections_are_listed(session: Session) -> None:
    assert len(kbli.find(session, version=2020)) == 21
    assert len(kbli.find(session, version=2025)) == 22
    assert len(kbli.find(session)) == 43


def test_codes_are_found_by_words_of_the_title_and_by_the_beginning_of_the_code(session: Session) -> None:
    found = kbli.find(session, q="kerupuk", version=2020)
    assert found
    assert all("kerupuk" in entry.title.casefold() for entry in found)
    assert {entry.code[:3] for entry in kbli.find(session, q="107", version=2025)} == {"107"}
    assert kbli.find(session, q="10'; DROP TABLE kbli --") == []
    assert kbli.find(session, q="%") == []


def test_the_codes_below_a_division_or_section_are_listed(session: Session) -> None:
    divisions = kbli.find(session, version=2025, parent="i")
    assert [entry.code for entry in divisions] == ["55", "56"]
    below = kbli.find(session, version=2025, parent="56")
    assert {entry.level for entry in below} == {"subclass"}
    assert len(below) == 11


def test_titles_of_many_codes_come_in_one_read(session: Session) -> None:
    found = kbli.titles(session, {(2020, "56"), (2025, "I"), (2020, "99999")})
    assert set(found) == {(2020, "56"), (2025, "I")}
    assert kbli.titles(session, set()) == {}
