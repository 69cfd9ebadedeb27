"""KBLI, the national classification of business activities, in its two versions (Peraturan BPS 2/2020 and 7/2025).

A code is only meaningful with its version. Where a division is complete in the table an unknown code is an error;
elsewhere a well-formed code is accepted and marked unlisted, until the office has loaded the full official list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.reference.models import Kbli

VERSIONS = (2020, 2025)

WELL_FORMED = re.compile(r"[A-V]|[0-9]{2,5}")
FOUND_AT_MOST = 100

LEVELS = {1: "section", 2: "division", 3: "group", 4: "class", 5: "subclass"}
"""Level by the length of the code."""


@dataclass(frozen=True)
class KbliEntry:
    version: int
    code: str
    title: str
    level: str
    parent_code: str | None
    section: str


@dataclass(frozen=True)
class Verdict:
    """What is known of a declared code. `fault` is a sentence when it is wrong; `listed` is False when it may well be
    right but is not in the table."""

    version: int
    code: str
    title: str | None = None
    listed: bool = False
    fault: str | None = None


def judge(session: Session, version: int, code: str) -> Verdict:
    """Whether a code may be declared in that version. A section letter and every shorter code are fine."""
    code = code.strip().upper()
    if version not in VERSIONS:
        return Verdict(version, code, fault="Versi KBLI harus 2020 atau 2025.")
    if not WELL_FORMED.fullmatch(code):
        return Verdict(version, code, fault="Kode KBLI terdiri dari dua sampai lima angka, atau satu huruf kategori.")
    relatives = session.exec(
        select(Kbli).where(or_(col(Kbli.code).in_([code, code[:2]]), col(Kbli.code).startswith(code)))
    ).all()
    here = {row.code: row for row in relatives if row.version == version}
    if code in here:
        return Verdict(version, code, title=here[code].title, listed=True)
    elsewhere = {row.code for row in relatives if row.version != version}
    division = here.get(code[:2])
    if division is None or (division.complete and not any(row.startswith(code) for row in here)):
        return Verdict(version, code, fault=fault_sentence(version, code, exists_elsewhere=code in elsewhere))
    return Verdict(version, code)


def fault_sentence(version: int, code: str, *, exists_elsewhere: bool) -> str:
    if exists_elsewhere:
        other = next(known for known in VERSIONS if known != version)
        return f"Kode KBLI {code} hanya ada di KBLI {other}, tidak ada di KBLI {version}."
    return f"Kode KBLI {code} tidak ada di KBLI {version}."


def titles(session: Session, codes: set[tuple[int, str]]) -> dict[tuple[int, str], str]:
    """The titles of many (version, code) pairs in one read; unlisted ones are absent."""
    if not codes:
        return {}
    wanted = or_(*(and_(col(Kbli.version) == version, col(Kbli.code) == code) for version, code in sorted(codes)))
    return {
        (version, code): text
        for version, code, text in session.exec(select(Kbli.version, Kbli.code, Kbli.title).where(wanted))
    }


def find(
    session: Session,
    *,
    q: str | None = None,
    version: int | None = None,
    parent: str | None = None,
    limit: int = FOUND_AT_MOST,
) -> list[KbliEntry]:
    """Listed codes whose title holds every word of `q` or whose code starts with it; directly below `parent`; with
    neither, the sections. Newest version first, then by code."""
    query = select(Kbli).order_by(col(Kbli.version).desc(), col(Kbli.code))
    if version is not None:
        query = query.where(Kbli.version == version)
    if parent:
        query = query.where(Kbli.parent_code == parent.strip().upper())
    if q and q.strip():
        words = and_(*(col(Kbli.title).icontains(word, autoescape=True) for word in q.split()))
        query = query.where(or_(words, col(Kbli.code).istartswith(q.strip(), autoescape=True)))
    elif not parent:
        query = query.where(Kbli.level == "section")
    return [entry(row) for row in session.exec(query.limit(min(limit, FOUND_AT_MOST)))]


def entry(row: Kbli) -> KbliEntry:
    return KbliEntry(row.version, row.code, row.title, row.level, row.parent_code, row.section)
