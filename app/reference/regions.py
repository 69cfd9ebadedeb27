"""Places: all provinces and regencies of Indonesia, the districts of the own province, the villages of the own regency.

The lists are read once a process from the regency's folder, so a name on a page costs no query. A place is recognised
through codes, names and aliases, never guessed: what is unknown or ambiguous stays unknown.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal, get_args

from app.errors import Invalid
from app.reference import regency
from app.reference.regency import SHIPPED, Regency

Level = Literal["province", "regency", "district", "village"]
LEVELS: tuple[Level, ...] = get_args(Level)

VILLAGE_KINDS = {"1": "kelurahan", "2": "desa"}
"""The first digit of a village's last code part says what it is (Kemendagri)."""

ABBREVIATIONS = {"kab": "kabupaten", "kec": "kecamatan", "ds": "desa", "kel": "kelurahan", "prov": "provinsi"}
PREFIXES: dict[Level, tuple[str, ...]] = {
    "province": ("provinsi",),
    "regency": ("kabupaten administrasi", "kota administrasi", "kabupaten", "kota"),
    "district": ("kecamatan",),
    "village": ("desa", "kelurahan"),
}


@dataclass(frozen=True)
class Place:
    """`code` is Kemendagri's (`64.08.04.1010`), `bps_code` that of Statistics Indonesia where it is known."""

    code: str
    bps_code: str | None
    name: str
    level: Level
    kind: str
    parent_code: str | None


@dataclass(frozen=True)
class Gazetteer:
    """All places of one installation, with the ways people write them."""

    own: Regency
    places: dict[str, Place]
    aliases: tuple[tuple[str, str], ...] = ()
    children: dict[str | None, tuple[Place, ...]] = field(default_factory=dict)

    @cached_property
    def by_spelling(self) -> dict[tuple[Level, str], frozenset[str]]:
        """Codes by level and spelling: every form a code or a name is met in."""
        found: defaultdict[tuple[Level, str], set[str]] = defaultdict(set)
        for place in self.places.values():
            for spelling in code_spellings(place):
                found[place.level, spelling].add(place.code)
            for spelling in name_spellings(place.name, place.level):
                found[place.level, spelling].add(place.code)
        for code, alias in self.aliases:
            level = self.places[code].level
            for spelling in name_spellings(alias, level):
                found[level, spelling].add(code)
        return {key: frozenset(codes) for key, codes in found.items()}

    def below(self, code: str | None) -> tuple[Place, ...]:
        return self.children.get(code, ())

    def matches(self, text: str, level: Level, within: str | None) -> tuple[Place, ...]:
        """Every place of that level that `text` may mean; one place is an answer, several are not."""
        for spelling in query_spellings(text, level):
            codes = self.by_spelling.get((level, spelling), frozenset())
            fitting = sorted(code for code in codes if within is None or code.startswith(within + "."))
            if fitting:
                return tuple(self.places[code] for code in fitting)
        return ()


def squeezed(text: str) -> str:
    """Letters and digits in lower case without accents, words parted by one space, common abbreviations written out."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    words = re.sub(r"[^a-z0-9]+", " ", plain).split()
    if words and words[0] in ABBREVIATIONS:
        words[0] = ABBREVIATIONS[words[0]]
    return " ".join(words)


def without_prefix(spelling: str, level: Level) -> str:
    for prefix in PREFIXES[level]:
        if spelling.startswith(prefix + " "):
            return spelling.removeprefix(prefix + " ")
    return spelling


def code_spellings(place: Place) -> set[str]:
    """A code dotted, undotted (both are met) and as BPS writes it. `6403` is Berau to one system and Kutai
    Kartanegara to the other: such a text matches two places, and so none."""
    return {place.code, place.code.replace(".", "")} | ({place.bps_code} if place.bps_code else set())


def name_spellings(name: str, level: Level) -> set[str]:
    full = squeezed(name)
    bare = without_prefix(full, level)
    return {full, bare, bare.replace(" ", "")}


def query_spellings(text: str, level: Level) -> Iterator[str]:
    """How a text may be written in the index, the most exact first."""
    yield text.strip()
    full = squeezed(text)
    yield full
    bare = without_prefix(full, level)
    if level != "regency" or bare == full:
        # "Kabupaten Bogor" must never become "Kota Bogor"
        yield bare
        yield bare.replace(" ", "")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def place_from(row: dict[str, str], level: Level) -> Place:
    code, name = row["code"], row["name"]
    kinds = {
        "province": "provinsi",
        "regency": "kota" if name.startswith("Kota ") else "kabupaten",
        "district": "kecamatan",
        "village": VILLAGE_KINDS.get(code.rpartition(".")[2][:1], "desa"),
    }
    parent = code.rpartition(".")[0] or None
    return Place(code, row.get("bps_code") or None, name, level, kinds[level], parent)


def read_places(own: Regency) -> Iterator[Place]:
    """The places of the lists; the regency and its province first, so that a regency outside the national list works
    too."""
    yield Place(own.province_code, None, own.province_name, "province", "provinsi", None)
    yield place_from({"code": own.code, "bps_code": own.bps_code or "", "name": own.name}, "regency")
    lists: tuple[tuple[Path, Level], ...] = (
        (SHIPPED / "provinces.csv", "province"),
        (SHIPPED / "regencies.csv", "regency"),
        (own.folder / "districts.csv", "district"),
        (own.folder / "villages.csv", "village"),
    )
    for path, level in lists:
        for row in rows_of(path):
            yield place_from(row, level)


@lru_cache(maxsize=8)
def gazetteer_of(own: Regency) -> Gazetteer:
    places = {place.code: place for place in read_places(own)}
    children: defaultdict[str | None, list[Place]] = defaultdict(list)
    for place in sorted(places.values(), key=lambda place: place.code):
        children[place.parent_code].append(place)
    aliases = tuple((row["code"], row["alias"]) for row in rows_of(own.folder / "aliases.csv"))
    return Gazetteer(own, places, aliases, {code: tuple(below) for code, below in children.items()})


def gazetteer() -> Gazetteer:
    """The places of this installation."""
    return gazetteer_of(regency.current())


def get(code: str) -> Place | None:
    return gazetteer().places.get(code)


def name(code: str | None) -> str:
    """The name of a place for a page; an unknown code is shown as it is, none as nothing."""
    place = get(code) if code else None
    return place.name if place else code or ""


def provinces() -> tuple[Place, ...]:
    return gazetteer().below(None)


def regencies(province_code: str | None = None) -> tuple[Place, ...]:
    """All regencies and cities of Indonesia, or of one province."""
    if province_code is not None:
        return of_level(gazetteer().below(province_code), "regency")
    return of_level(gazetteer().places.values(), "regency")


def districts() -> tuple[Place, ...]:
    """The districts of the own regency, by code."""
    known = gazetteer()
    return known.below(known.own.code)


def villages(district_code: str | None = None) -> tuple[Place, ...]:
    """The villages of one district, or of the own regency."""
    if district_code is not None:
        return of_level(gazetteer().below(district_code), "village")
    return tuple(village for district in districts() for village in gazetteer().below(district.code))


def of_level(places: Iterable[Place], level: Level) -> tuple[Place, ...]:
    return tuple(sorted((place for place in places if place.level == level), key=lambda place: place.code))


def listing(level: str | None = None, parent: str | None = None) -> tuple[Place, ...]:
    """Places as the public list gives them: those directly or further below `parent`, of one level if one is named.
    Without `parent`, the regency's own (itself, its districts and villages); provinces and regencies are those of all
    Indonesia.

    Raises Invalid for a level that does not exist.
    """
    if level is not None and level not in LEVELS:
        raise Invalid.one("level", "Tingkat wilayah: province, regency, district, atau village.", code="level_unknown")
    known = gazetteer()
    if parent is not None:
        below = known.below(parent)
        if level is None or (below and below[0].level == level):
            return below
        inside = (place for place in known.places.values() if place.code.startswith(parent + "."))
        return tuple(sorted((p for p in inside if p.level == level), key=lambda place: place.code))
    if level == "province":
        return provinces()
    if level == "regency":
        return regencies()
    own = (known.places[known.own.code], *districts(), *villages())
    return tuple(sorted((p for p in own if level is None or p.level == level), key=lambda place: place.code))


def is_own_district(code: str) -> bool:
    place = get(code)
    return place is not None and place.level == "district" and place.parent_code == gazetteer().own.code


def is_own_village(code: str, district_code: str | None = None) -> bool:
    """Whether this is a village of the own regency, and of that district if one is named."""
    place = get(code)
    if place is None or place.level != "village" or place.parent_code is None:
        return False
    return is_own_district(place.parent_code) and district_code in (None, place.parent_code)


def district_of(village_code: str) -> str:
    """The code of the district a village lies in: the first three parts of its code."""
    return village_code.rpartition(".")[0]


def regency_of(code: str) -> str:
    """The code of the regency a district or village lies in: the first two parts of its code."""
    return ".".join(code.split(".")[:2])


def recognise(text: str, *, level: Level, within: str | None = None) -> Place | None:
    """The one place a text means, through codes, names and aliases; None when unknown or ambiguous, and nothing is
    guessed.

    Districts and villages are those of the own regency; `within` (a code) narrows further, e.g. villages to a district.
    """
    found = matches(text, level=level, within=within)
    return found[0] if len(found) == 1 else None


def matches(text: str, *, level: Level, within: str | None = None) -> tuple[Place, ...]:
    """Every place a text may mean, for whoever has to decide."""
    known = gazetteer()
    if within is None and level in ("district", "village"):
        within = known.own.code
    return known.matches(text, level, within) if text.strip() else ()
