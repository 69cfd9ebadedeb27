"""Loading the code lists: repeatable, and the full official list on top."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from app.errors import Invalid
from app.reference import kbli, load
from app.reference.models import Kbli, ReferenceFile, Region, RegionAlias

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
OFFICIAL_2020 = SHARED / "kbli2020.csv"
SMALL_2025 = SHARED / "kbli2025_small_business.csv"


def counts(session: Session) -> dict[str, int]:
    tables = {"region": Region, "alias": RegionAlias, "kbli": Kbli}
    return {name: session.exec(select(func.count()).select_from(table)).one() for name, table in tables.items()}


def test_loading_again_changes_nothing(session: Session) -> None:
    before = counts(session)
    assert load.everything(session) == []
    session.delete(session.get_one(ReferenceFile, "kbli 2020"))
    session.delete(session.get_one(ReferenceFile, "regions 64.08"))
    session.flush()
    assert load.everything(session) == ["regions 64.08", "kbli 2020"]
    assert counts(session) == before


def test_the_shipped_kbli_lists_hold_sections_divisions_and_the_complete_divisions(session: Session) -> None:
    rows = session.exec(select(Kbli.version, Kbli.level)).all()
    assert Counter(rows) == {
        (2020, "section"): 21,
        (2020, "division"): 87,
        (2020, "subclass"): 428,
        (2025, "section"): 22,
        (2025, "division"): 87,
        (2025, "subclass"): 350,
    }
    orphans = session.exec(select(Kbli.code).where(Kbli.level != "section", Kbli.parent_code.is_(None)))  # type: ignore[union-attr]
    assert orphans.all() == []
    complete = session.exec(select(Kbli.code).where(Kbli.complete, Kbli.version == 2025)).all()
    assert set(complete) == load.COMPLETE_DIVISIONS


@pytest.mark.skipif(not SMALL_2025.exists(), reason="kbli2025_small_business.csv is not beside the project")
def test_the_shipped_codes_of_2025_agree_with_the_regulation(session: Session) -> None:
    with SMALL_2025.open(encoding="utf-8") as stream:
        official = {row["code"]: (row["section"], row["title"].casefold()) for row in csv.DictReader(stream)}
    ours = {
        row.code: (row.section, row.title.casefold())
        for row in session.exec(select(Kbli).where(Kbli.version == 2025, Kbli.level != "division"))
    }
    assert ours == official


@pytest.mark.skipif(not OFFICIAL_2020.exists(), reason="the official list kbli2020.csv is not beside the project")
def test_the_full_official_list_of_2020_is_loaded_and_closes_every_division(session: Session) -> None:
    shipped = {row.code: row.title for row in session.exec(select(Kbli).where(Kbli.version == 2020))}
    assert kbli.judge(session, 2020, "01999").fault is None, "accepted while the division is open"

    assert load.load_kbli(session, 2020, OFFICIAL_2020) == 2686

    session.expire_all()
    rows = {row.code: row for row in session.exec(select(Kbli).where(Kbli.version == 2020))}
    assert Counter(len(code) for code in rows) == {1: 21, 2: 87, 3: 244, 4: 565, 5: 1790}
    assert all(
        " ".join(rows[code].title.split()).casefold() == " ".join(title.split()).casefold()
        for code, title in shipped.items()
    )
    assert rows["01111"].parent_code == "0111"
    assert rows["56101"].parent_code == "5610"
    assert all(row.complete for row in rows.values() if row.level == "division")
    assert kbli.judge(session, 2020, "01999").fault == "Kode KBLI 01999 tidak ada di KBLI 2020."
    assert kbli.judge(session, 2020, "01111").listed
    assert kbli.judge(session, 2025, "01999").fault is None, "the other version is untouched"

    session.delete(session.get_one(ReferenceFile, "kbli 2020"))
    session.flush()
    load.everything(session)
    session.expire_all()
    again = session.get_one(Kbli, (2020, "01"))
    assert again.complete, "the shipped list does not undo what the office loaded"
    assert session.get_one(Kbli, (2020, "01111")).parent_code == "0111"


def listed(path: Path, *lines: str, header: str = "kode,kategori,judul") -> Path:
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


def test_a_partial_list_is_not_taken_for_the_full_one(session: Session, tmp_path: Path) -> None:
    before = counts(session)
    file = listed(tmp_path / "part.csv", "01,A,Pertanian", "01111,A,Jagung")
    with pytest.raises(Invalid) as refused:
        load.load_kbli(session, 2020, file)
    assert [error.message for error in refused.value.errors] == [
        "Daftar resmi KBLI 2020 berisi 1790 kode lima angka; berkas ini 1."
    ]
    assert counts(session) == before
    assert kbli.judge(session, 2020, "01999").fault is None


def test_faulty_rows_are_named(session: Session, tmp_path: Path) -> None:
    lines = ("01,A,Pertanian", "01111,A,Jagung", "01111,A,Jagung", "0x,A,?", "02222,A,Kayu", "011,A,", "012,,Tahunan")
    file = listed(tmp_path / "faulty.csv", *lines)
    with pytest.raises(Invalid) as refused:
        load.load_kbli(session, 2020, file)
    assert [error.message for error in refused.value.errors] == [
        "Baris 4: kode 01111 muncul dua kali.",
        "Baris 5: kode '0x' bukan kode KBLI.",
        "Baris 6: golongan pokok 02 tidak ada di berkas.",
        "Baris 7: kode 011 tanpa judul.",
        "Baris 8: kode 012 tanpa huruf kategori.",
    ]


def test_a_file_that_is_no_such_list_is_refused_with_a_sentence(session: Session, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        load.load_kbli(session, 2020, listed(tmp_path / "other.csv", "x", header="nama"))
    assert refused.value.errors[0].code == "column_missing"
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00kode")
    for file in (tmp_path / "binary.csv", tmp_path / "missing.csv", tmp_path):
        with pytest.raises(Invalid):
            load.load_kbli(session, 2020, file)
    with pytest.raises(Invalid):
        load.load_kbli(session, 1999, tmp_path / "other.csv")
