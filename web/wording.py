"""What the product says, in the language of who reads: its own words looked up, its sentences recognised by their shape.

The product speaks Indonesian and knows nothing of other languages. A sentence with values in it ("Stok Amplang tinggal 3
bungkus.") is found again by the shape its translation is filed under ("Stok %(name)s tinggal %(left)s %(unit)s."), so no
code has to carry keys and parameters to the page. What is not known is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from markupsafe import Markup

from web import language

FOLDER = Path(__file__).parent / "translations"
SHAPED = ("sentences", "statistics", "messages")
"""The files whose sentences may come from the product with values in them."""

SLOT = re.compile(r"%\((\w+)\)s")
WORDS = "_words"
"""A slot so named holds words of ours, which are translated too."""

BREAK = re.compile(r"(?<=[.!?]) ")

LONGEST = 1_000
"""A text longer than this was written by a person, and no shape is tried on it."""


def catalogue(code: str, only: tuple[str, ...] = ()) -> Catalog:
    """The translations of a language, from all its files or some of them."""
    merged = Catalog(locale=code)
    for path in sorted((FOLDER / code).glob("*.po")):
        if only and path.stem not in only:
            continue
        with path.open("rb") as written:
            for message in read_po(written, locale=code):
                if message.id:
                    merged.add(message.id, message.string, context=message.context)
    return merged


@lru_cache
def translations(code: str) -> NullTranslations:
    """The words of a language, read from their text once a process; Indonesian is the source and needs none."""
    if code == language.DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return Translations(compiled)


@dataclass(frozen=True)
class Shape:
    """A sentence with slots: how it is recognised, what it becomes, how many sentences it is, and how much of it is words."""

    pattern: re.Pattern[str]
    written: str
    sentences: int
    words: int


def shape_of(sentence: str, written: str) -> Shape:
    parts = SLOT.split(sentence)
    pattern = "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return Shape(re.compile(pattern), written, len(BREAK.split(sentence)), len("".join(parts[::2])))


@lru_cache
def shapes(code: str) -> Mapping[tuple[str, str], list[Shape]]:
    """Every shape under its first word, or its last where it begins with a value, or under neither."""
    found: dict[tuple[str, str], list[Shape]] = {}
    for message in catalogue(code, SHAPED):
        sentence, written = message.id, message.string
        if isinstance(sentence, str) and isinstance(written, str) and SLOT.search(sentence):
            head, tail = SLOT.split(sentence)[0], SLOT.split(sentence)[-1]
            place = (head.split(" ")[0], "") if " " in head else ("", tail.split(" ")[-1] if " " in tail else "")
            found.setdefault(place, []).append(shape_of(sentence, written))
    return found


def candidates(sentence: str, code: str) -> list[Shape]:
    """The shapes a sentence may have, those with most words of their own first: they say best what it is."""
    words, known = sentence.split(" "), shapes(code)
    found = [shape for place in ((words[0], ""), ("", words[-1]), ("", "")) for shape in known.get(place, ())]
    return sorted(found, key=lambda shape: -shape.words)


def worded(sentence: str, code: str) -> str:
    """A sentence of the product in a language: whole when it is known, else sentence by sentence.

    What is already markup was written by a template and stays; so does anything nobody has translated.
    """
    if code == language.DEFAULT or not sentence or isinstance(sentence, Markup):
        return sentence
    if "\n" in sentence:
        return "\n".join(worded(line, code) for line in sentence.split("\n"))
    pieces, told, at = BREAK.split(sentence), [], 0
    while at < len(pieces):
        run, end = longest_known(pieces, at, code)
        told.append(run)
        at = end
    return " ".join(told) if told != pieces else shaped(sentence, code) or sentence


def longest_known(pieces: list[str], at: int, code: str) -> tuple[str, int]:
    """The longest run of sentences from `at` that is known as one, translated, and where it ends."""
    for end in range(len(pieces), at, -1):
        run = " ".join(pieces[at:end])
        found = plain(run, code) or shaped(run, code, sentences=end - at)
        if found is not None:
            return found, end
    return pieces[at], at + 1


def plain(sentence: str, code: str) -> str | None:
    found = translations(code).gettext(sentence) if sentence else ""
    return found if found and found != sentence else None


def shaped(sentence: str, code: str, *, sentences: int | None = None) -> str | None:
    for shape in candidates(sentence, code) if len(sentence) <= LONGEST else ():
        if sentences is not None and shape.sentences != sentences:
            continue
        values = shape.pattern.fullmatch(sentence)
        if values is not None:
            return shape.written % {
                name: worded(value, code) if name.endswith(WORDS) else value
                for name, value in values.groupdict().items()
            }
    return None
