"""The page that shows how everything looks: whole, in both languages, and not there in production."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.errors import NotFound
from tests.journeys.browser import Browser
from tests.web.pages.conftest import Market
from web import templating
from web.pages.storefront import appearance

TEMPLATES = Path(templating.__file__).parent / "templates"
PAGE = TEMPLATES / "storefront" / "appearance.html"

INSIDE = {
    "acts.html": {"details", "purpose", "timeline", "who"},
    "areas.html": {"account", "office", "selling"},
    "badges.html": {"kind", "words"},
    "cards.html": {"business"},
    "destination.html": {"brief", "line", "when"},
    "forms.html": {"photo_script"},
    "lists.html": {"more"},
    "seller.html": {"area", "order_rows", "refund_state", "refused", "stock_line"},
    "sheets.html": {"definition", "downloads"},
    "status.html": {"known", "tag"},
}
"""Parts of others that are shown, the shorter of two alike, ways inside one person's area, and lists of real records."""


def test_every_component_is_on_the_page_or_part_of_one_that_is() -> None:
    source = PAGE.read_text()
    modules = dict(re.findall(r'{% import "components/(\w+\.html)" as (\w+) %}', source))
    missing = []
    for path in sorted((TEMPLATES / "components").glob("*.html")):
        named = set(re.findall(r"{%-? macro (\w+)\(", path.read_text()))
        inside = INSIDE.get(path.name, set())
        called = set(re.findall(rf"\b{modules[path.name]}\.(\w+)\(", source))
        assert inside <= named, f"{path.name} has no {inside - named}"
        missing += [f"{path.name}: {name}" for name in sorted(named - inside - called)]
    assert missing == []


def test_the_page_shows_tokens_and_states_in_both_languages(market: Market, visitor: Browser) -> None:
    page = visitor.get("/rupa")
    for words in (
        "Warna",
        "#0d6048",
        "Tombol",
        "Menunggu jawaban penjual",
        "Penjual belum menulis berapa lama sampai.",
    ):
        assert words in page.text
    assert '<meta name="robots" content="noindex">' in page.html
    english = visitor.get("/rupa?bahasa=en").text
    for words in ("Colours", "Waiting for the seller", "The seller has not said how long it takes."):
        assert words in english
    ids = re.findall(r'\sid="([^"]*)"', page.html)
    assert len(ids) == len(set(ids))


def test_it_is_missing_in_production() -> None:
    class Production:
        production = True

    with pytest.raises(NotFound):
        appearance.show(Production(), None)  # type: ignore[arg-type]


def test_colours_are_those_of_the_stylesheet_and_text_reads_well_on_white() -> None:
    found = {colour.name: colour for colour in appearance.colours()}
    assert found["leaf"].value == "#0d6048"
    assert found["card"].contrast == "1.0"
    for name in ("ink", "soft", "leaf", "deep", "clay", "red"):
        assert float(found[name].contrast) >= 4.5, name
    assert round(appearance.contrast("#000", "#ffffff"), 1) == 21.0
