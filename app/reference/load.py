"""Bring the code lists into the database. Safe to repeat: an unchanged list costs one read of its fingerprint.

Rows are added and renamed, never deleted: a business may be registered under a code that a newer list no longer holds.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from app.errors import FieldError, Invalid
from app.kit import clock
from app.reference import kbli, regency, regions
from app.reference.models import Kbli, ReferenceFile, Region, RegionAlias
from app.reference.regency import SHIPPED

COMPLETE_DIVISIONS = frozenset({"10", "11", "13", "14", "15", "16", "31", "32", "47", "55", "56", "95", "96"})
"""Divisions of which the shipped lists hold every five-digit code, in both versions."""

OFFICIAL_COUNT = {2020: 1790, 2025: 1559}
"""Five-digit codes of the full lists (Peraturan BPS 2/2020 and 7/2025)."""

COLUMNS = {"code": ("code", "kode"), "title": ("title", "judul"), "section": ("section", "kategori")}
FAULTS_SHOWN = 20


def everything(session: Session) -> list[str]:
    """Load what has changed since the last time; returns the names of the lists that were loaded. The caller
    commits."""
    own = regency.current()
    lists: list[tuple[str, tuple[Path, ...], Callable[[Session], None]]] = [
        (
            f"regions {own.code}",
            (
                own.folder / regency.DESCRIPTION,
                SHIPPED / "provinces.csv",
                SHIPPED / "regencies.csv",
                own.folder / "districts.csv",
                own.folder / "villages.csv",
                own.folder / "aliases.csv",
            ),
            load_regions,
        ),
        *((f"kbli {version}", (SHIPPED / f"kbli{version}.csv",), shipped_kbli(version)) for version in kbli.VERSIONS),
    ]
    known = {row.name: row.sha256 for row in session.exec(select(ReferenceFile))}
    loaded = []
    for name, files, load in lists:
        fingerprint = sha256_of(files)
        if known.get(name) != fingerprint:
            load(session)
            remember(session, name, fingerprint)
            loaded.append(name)
    return loaded


def sha256_of(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def remember(session: Session, name: str, fingerprint: str) -> None:
    values = {"name": name, "sha256": fingerprint, "loaded_at": clock.now()}
    statement = insert(ReferenceFile).values(values)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def load_regions(session: Session) -> None:
    known = regions.gazetteer()
    places = sorted(known.places.values(), key=lambda place: (regions.LEVELS.index(place.level), place.code))
    statement = insert(Region)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["code"],
            set_={
                name: getattr(statement.excluded, name) for name in ("bps_code", "name", "level", "kind", "parent_code")
            },
        ),
        [
            {
                "code": place.code,
                "bps_code": place.bps_code,
                "name": place.name,
                "level": place.level,
                "kind": place.kind,
                "parent_code": place.parent_code,
            }
            for place in places
        ],
    )
    if known.aliases:
        aliases = [{"region_code": code, "alias": alias} for code, alias in known.aliases]
        session.execute(insert(RegionAlias).on_conflict_do_nothing(), aliases)


def shipped_kbli(version: int) -> Callable[[Session], None]:
    def load(session: Session) -> None:
        rows = regions.rows_of(SHIPPED / f"kbli{version}.csv")
        codes = {row["code"] for row in rows}
        # an official list loaded by the office knows more: its parents and its completeness stay
        store(session, [kbli_row(version, row, codes, COMPLETE_DIVISIONS) for row in rows], keep_parents=True)

    return load


def kbli_row(version: int, row: dict[str, str], codes: set[str], complete: frozenset[str]) -> dict[str, object]:
    code = row["code"]
    return {
        "version": version,
        "code": code,
        "title": row["title"],
        "level": kbli.LEVELS[len(code)],
        "parent_code": parent_of(code, row["section"], codes),
        "section": row["section"],
        "complete": code in complete,
    }


def parent_of(code: str, section: str, codes: set[str]) -> str | None:
    """The nearest listed code above: one digit shorter, or more where the list has gaps; the section above a
    division."""
    if len(code) == 1:
        return None
    return next((code[:size] for size in range(len(code) - 1, 1, -1) if code[:size] in codes), section)


def store(session: Session, rows: Sequence[dict[str, object]], *, keep_parents: bool) -> None:
    statement = insert(Kbli)
    new = statement.excluded
    changed = {"title": new.title, "section": new.section, "complete": col(Kbli.complete) | new.complete}
    if not keep_parents:
        changed["parent_code"] = new.parent_code
    session.execute(
        statement.on_conflict_do_update(index_elements=["version", "code"], set_=changed),
        sorted(rows, key=lambda row: (len(str(row["code"])), str(row["code"]))),
    )


def load_kbli(session: Session, version: int, file: Path) -> int:
    """Load the full official list of one version from a CSV with the columns code/kode, title/judul and
    section/kategori (any levels, at least divisions and every five-digit code). Returns the number of rows;
    afterwards an unknown code of this version is an error in every division.

    Raises Invalid, naming the rows, when the file is not that list; nothing is written then.
    """
    if version not in kbli.VERSIONS:
        raise Invalid.one("version", "Versi KBLI harus 2020 atau 2025.")
    rows = read_official(version, file)
    known = set(session.exec(select(Kbli.code).where(Kbli.version == version)))
    codes = known | {row["code"] for row in rows}
    divisions = frozenset(row["code"] for row in rows if len(row["code"]) == 2)
    store(session, [kbli_row(version, row, codes, divisions) for row in rows], keep_parents=False)
    remember(session, f"kbli {version} official", sha256_of([file]))
    return len(rows)


def read_official(version: int, file: Path) -> list[dict[str, str]]:
    try:
        with file.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            names = column_names(reader.fieldnames or ())
            rows = [{field: (row[name] or "").strip() for field, name in names.items()} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise Invalid.one("file", f"Berkas tidak dapat dibaca sebagai CSV UTF-8: {type(fault).__name__}.") from fault
    faults = row_faults(rows)
    subclasses = sum(len(row["code"]) == 5 for row in rows)
    if not faults and subclasses != OFFICIAL_COUNT[version]:
        message = (
            f"Daftar resmi KBLI {version} berisi {OFFICIAL_COUNT[version]} kode lima angka; berkas ini {subclasses}."
        )
        faults = [FieldError("file", "incomplete", message)]
    if faults:
        raise Invalid(*faults[:FAULTS_SHOWN])
    return rows


def column_names(header: Iterable[str]) -> dict[str, str]:
    """Which column of the file holds which field. Raises Invalid for a missing one."""
    present = {name.strip().casefold(): name for name in header}
    found = {}
    for field, spellings in COLUMNS.items():
        given = next((present[spelling] for spelling in spellings if spelling in present), None)
        if given is None:
            raise Invalid.one("file", f"Kolom {' atau '.join(spellings)} tidak ada.", code="column_missing")
        found[field] = given
    return found


def row_faults(rows: Sequence[dict[str, str]]) -> list[FieldError]:
    """What is wrong, by row as a spreadsheet counts them (the header is row 1)."""
    faults = []
    seen: set[str] = set()
    divisions = {row["code"] for row in rows if len(row["code"]) == 2}
    for number, row in enumerate(rows, start=2):
        code = row["code"]
        if not kbli.WELL_FORMED.fullmatch(code):
            sentence = f"kode {code!r} bukan kode KBLI"
        elif code in seen:
            sentence = f"kode {code} muncul dua kali"
        elif not row["title"]:
            sentence = f"kode {code} tanpa judul"
        elif len(row["section"]) != 1 or not kbli.WELL_FORMED.fullmatch(row["section"]):
            sentence = f"kode {code} tanpa huruf kategori"
        elif len(code) > 2 and code[:2] not in divisions:
            sentence = f"golongan pokok {code[:2]} tidak ada di berkas"
        else:
            seen.add(code)
            continue
        faults.append(FieldError(f"row {number}", "row_invalid", f"Baris {number}: {sentence}."))
    return faults
