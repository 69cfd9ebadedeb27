"""The English catalogue: whole for what anybody, buyers and sellers see, with every value where the Indonesian has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from app.catalogue import categories
from web import templating

WEB = Path(__file__).resolve().parents[2] / "web"
AUDIENCES = ("storefront", "buying", "selling", "account", "errors")
OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do", "newstyle_gettext": "true", "trim_blocks": "true",
    "lstrip_blocks": "true",
}  # fmt: skip

with (WEB / "translations" / "en.po").open("rb") as written:
    ENGLISH = read_po(written, locale="en")


def forms_of(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else tuple(form for form in message if form is not None)


def messages() -> Iterator[tuple[str, str | tuple[str, ...]]]:
    """Every sentence of the templates anybody and buyers see."""
    paths = [WEB / "templates" / "base.html"]
    for audience in AUDIENCES:
        paths += sorted((WEB / "templates" / audience).glob("*.html"))
    for path in paths:
        for _, message, _, _ in extract_from_file("jinja2.ext:babel_extract", path, options=OPTIONS):
            yield path.name, message


def test_every_sentence_anybody_or_a_buyer_sees_has_its_english() -> None:
    missing = [
        f"{name}: {forms_of(message)[0]}"
        for name, message in messages()
        if ENGLISH.get(forms_of(message)[0]) is None or not ENGLISH[forms_of(message)[0]].string
    ]
    assert missing == []


def test_every_kind_of_goods_has_its_english() -> None:
    assert [kind.name for kind in categories.everything() if ENGLISH.get(kind.name) is None] == []


def test_the_english_holds_the_same_values_as_the_indonesian() -> None:
    """A value left out or misspelt would break the page of that language alone."""
    wrong = []
    for message in ENGLISH:
        wanted = set(re.findall(r"%\(\w+\)s", forms_of(message.id)[-1])) if message.id else set()
        wrong += [form for form in forms_of(message.string) if set(re.findall(r"%\(\w+\)s", form)) - wanted]
        if message.id and set(re.findall(r"%\(\w+\)s", forms_of(message.string)[-1])) != wanted:
            wrong.append(forms_of(message.id)[0])
    assert wrong == []


def test_a_sentence_without_english_stays_indonesian() -> None:
    assert templating.translations("en").gettext("Barang masuk keranjang.") == "Added to your cart."
    assert templating.translations("en").gettext("Kalimat yang tidak ada") == "Kalimat yang tidak ada"
    assert templating.translations("id").gettext("Barang masuk keranjang.") == "Barang masuk keranjang."
