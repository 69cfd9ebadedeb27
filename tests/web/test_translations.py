"""The English catalogue: whole for every template, every notice and every sentence the product says, with each value where
the Indonesian has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.catalogue import categories, rules
from app.notifications import writing
from app.statistics import charts, definitions, size_counts
from web import notices, wording

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "web" / "templates"
FILES = sorted((ROOT / "web" / "translations" / "en").glob("*.po"))
OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do", "newstyle_gettext": "true", "trim_blocks": "true",
    "lstrip_blocks": "true",
}  # fmt: skip

SPEAKING = (
    "accounts", "registry", "catalogue", "orders", "payments", "media", "idempotency", "statistics", "notifications",
    "errors.py", "kit/money.py", "kit/phone.py", "reference/kbli.py", "reference/regions.py",
)  # fmt: skip
"""The parts of the product that speak to people through pages."""

FOR_OPERATORS = {"app/payments/proving.py", "app/notifications/channels/email.py"}
METRICS = {"Counter", "Gauge", "Histogram"}
STAYS_INDONESIAN = ("Halo", "Belanja langsung dari usaha kecil")
"""How messages to a neighbour's WhatsApp begin, and what the manifest says of the installed page."""

MARK = "Xq"
"""Stands for a value: no word of any sentence."""

Said = tuple[str | None, str]


def read(path: Path) -> list[Message]:
    with path.open("rb") as written:
        return [message for message in read_po(written, locale="en") if message.id]


def forms_of(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(form for form in message if form is not None)


def key_of(message: Message) -> Said:
    return message.context, forms_of(message.id)[0]


def sentences_of_templates() -> Iterator[tuple[str, Said]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        for _, message, _, context in extract_from_file("jinja2.ext:babel_extract", path, options=OPTIONS):
            yield path.relative_to(TEMPLATES).as_posix(), (context, forms_of(message)[0])


def spoken_files() -> Iterator[Path]:
    for part in SPEAKING:
        found = ROOT / "app" / part
        yield from (sorted(found.rglob("*.py")) if found.is_dir() else [found])
    yield from (path for path in sorted((ROOT / "web").rglob("*.py")) if path.name != "notices.py")


def with_values(node: ast.Constant | ast.JoinedStr) -> str:
    """The sentence as it leaves the code, a mark where a value stands."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else MARK for part in node.values)


def sentences_of(path: Path) -> Iterator[str]:
    """Everything in a file that reads as a sentence for people; docstrings and what lies within a larger text apart."""
    tree = ast.parse(path.read_text())
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    within -= {id(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    within |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in METRICS:
            within |= {id(part) for part in node.args}
    for node in ast.walk(tree):
        if id(node) in within or not isinstance(node, ast.Constant | ast.JoinedStr):
            continue
        text = with_values(node) if isinstance(node, ast.JoinedStr) or isinstance(node.value, str) else ""
        text = re.sub(rf"^{MARK} (?=[A-Z])", "", text)  # a sentence of its own stands before this one
        if re.search(r"[.!?]$", text) and " " in text and not text.startswith(("<", *STAYS_INDONESIAN)):
            yield text


def untold(text: str) -> list[str]:
    """The sentences of a text that have no English."""
    left = []
    for line in filter(None, text.split("\n")):
        pieces, at = wording.BREAK.split(line), 0
        while at < len(pieces):
            told, end = wording.longest_known(pieces, at, "en")
            if told == pieces[at] and end == at + 1 and told != MARK:
                left.append(told)
            at = end
    return left


def test_every_sentence_of_a_template_has_its_english() -> None:
    known = {key_of(message) for path in FILES for message in read(path)}
    missing = [f"{name}: {said[1]}" for name, said in sentences_of_templates() if said not in known]
    assert not missing, "add to web/translations/en:\n" + "\n".join(missing)


def test_every_notice_has_its_english() -> None:
    assert [sentence for sentence in notices.SENTENCES.values() if wording.plain(sentence, "en") is None] == []


def test_every_kind_of_goods_has_its_english() -> None:
    assert [kind.name for kind in categories.everything() if wording.plain(kind.name, "en") is None] == []


def test_every_unit_we_offer_has_its_english() -> None:
    assert [unit for unit in rules.UNITS if unit != "kg" and wording.plain(unit, "en") is None] == []


def test_every_sentence_of_the_product_has_its_english() -> None:
    missing = [
        f"{path.relative_to(ROOT).as_posix()}: {sentence}"
        for path in spoken_files()
        if path.relative_to(ROOT).as_posix() not in FOR_OPERATORS
        for sentence in sentences_of(path)
        if untold(sentence)
    ]
    assert not missing, "add to web/translations/en/sentences.po:\n" + "\n".join(missing)


def test_tables_and_charts_have_their_english() -> None:
    words = [*definitions.DIMENSIONS.values(), *definitions.CRITERIA.values(), *size_counts.SIZE_LABELS.values()]
    words += [text for pair in definitions.MEASURES.values() for text in pair if text != "rupiah"]
    for table in definitions.CATALOGUE.values():
        words += [table.title, table.unit, table.population, table.source, table.definition, *table.notes]
    words.append(charts.Bar("", None).gap)
    assert [text for text in words if wording.plain(text, "en") is None] == []


@pytest.mark.parametrize("template", writing.known())
def test_a_message_in_the_inbox_has_its_english(template: str) -> None:
    names = ("business", "office", "number", "link", "total_amount", "amount", "product", "missing", "name")
    chosen = product((MARK, ""), (True, False), ("pickup", "courier"), ("seller", "payment"))
    written = set()
    for reason, was_paid, delivery, party in chosen:
        facts = dict.fromkeys(names, MARK) | {
            "total_amount": 12_000, "amount": 12_000, "reason": reason, "was_paid": was_paid, "delivery_method": delivery,
            "pickup_address": reason, "waited_for": party, "waits_for": party,
        }  # fmt: skip
        written.add(writing.TEMPLATES.get_template(f"{template}.txt").render(**facts))
    assert sorted({sentence for text in written for sentence in untold(text)}) == []


def test_the_english_holds_the_same_values_as_the_indonesian() -> None:
    """A value left out or misspelt would break the page of that language alone."""
    wrong = []
    for message in (message for path in FILES for message in read(path)):
        wanted = set(wording.SLOT.findall(forms_of(message.id)[-1]))
        wrong += [form for form in forms_of(message.string) if set(wording.SLOT.findall(form)) - wanted or not form]
        if set(wording.SLOT.findall(forms_of(message.string)[-1])) != wanted:
            wrong.append(forms_of(message.id)[0])
        if "%" in "".join(wording.SLOT.sub("", form) for form in forms_of(message.string)):
            wrong.append(forms_of(message.id)[0])
    assert wrong == []


def test_a_sentence_stands_in_one_file_and_nothing_is_uncertain() -> None:
    everything = [key_of(message) for path in FILES for message in read(path)]
    assert [said for said in set(everything) if everything.count(said) > 1] == []
    assert [message.id for path in FILES for message in read(path) if message.fuzzy] == []


def test_no_english_is_kept_for_words_no_page_says() -> None:
    said = {said for _, said in sentences_of_templates()} | {(None, kind.name) for kind in categories.everything()}
    said |= {(None, sentence) for sentence in notices.SENTENCES.values()}
    pages = [path for path in FILES if path.stem not in wording.SHAPED]
    assert [key_of(message)[1] for path in pages for message in read(path) if key_of(message) not in said] == []


def test_a_sentence_without_english_stays_indonesian() -> None:
    assert wording.worded("Barang masuk keranjang.", "en") == "Added to your cart."
    assert wording.worded("Kalimat yang tidak ada.", "en") == "Kalimat yang tidak ada."
    assert wording.worded("Barang masuk keranjang.", "id") == "Barang masuk keranjang."
