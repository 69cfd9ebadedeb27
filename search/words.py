"""Words as search knows them: one way of cutting text, for what is stored and for what is asked.

Case, accents and apostrophes do not matter, letters and digits are words of their own (`250g` is `250 g`), everything else only
parts words. PostgreSQL's own parser is not asked, so a phone keyboard's emoji or a query operator can never reach it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

LONGEST_TEXT = 300
"""Characters of a question that are read; nobody types more on purpose."""

MOST_WORDS = 8
LONGEST_WORD = 40

WORD = re.compile(r"[^\W\d_]+|\d+")
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")
PERSONAL = re.compile(r"\S+@\S+|(?:\+?\d[ .\-()]{0,2}){9,}")
"""E-mail addresses and long numbers (telephones, NIK, accounts) in a seller's text: shown where they were written, never found."""

STOP_WORDS = frozenset(
    {
        *(
            "ada",
            "adalah",
            "agar",
            "atau",
            "bagi",
            "buat",
            "dan",
            "dari",
            "dengan",
            "dgn",
            "di",
            "dalam",
            "dlm",
            "guna",
        ),
        *(
            "itu",
            "ini",
            "juga",
            "karena",
            "ke",
            "kepada",
            "nya",
            "oleh",
            "pada",
            "para",
            "per",
            "saja",
            "sama",
            "sangat",
        ),
        *("sebagai", "secara", "seperti", "serta", "tentang", "tersebut", "untuk", "untk", "utk", "yang", "yg"),
    }
)
"""They say nothing about goods; left out of a question unless it has nothing else. No word that can be part of a name."""


def folded(text: str) -> str:
    """Lower case without accents and apostrophes."""
    plain = APOSTROPHES.sub("", unicodedata.normalize("NFKD", APOSTROPHES.sub("", text)))
    return "".join(letter for letter in plain.casefold() if not unicodedata.combining(letter))


def of_text(text: str) -> list[str]:
    """Every word of a stored text, in order. What could be somebody's number or address is left out."""
    return [word[:LONGEST_WORD] for word in WORD.findall(folded(PERSONAL.sub(" ", text)))]


def of_question(text: str) -> tuple[str, ...] | None:
    """The words asked for. None when nothing was asked, empty when what was typed holds no word."""
    if not text.strip():
        return None
    words = [word[:LONGEST_WORD] for word in WORD.findall(folded(text[:LONGEST_TEXT]))]
    telling = [word for word in words if word not in STOP_WORDS]
    return tuple((telling or words)[:MOST_WORDS])


def joined(words: Sequence[str]) -> str:
    return " ".join(words)
