"""Templates stand where their pages stand, and every template is shown by some page."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "web" / "templates"


def shown() -> set[str]:
    source = "".join(path.read_text() for path in (ROOT / "web").rglob("*.py"))
    return set(re.findall(r"""["']([a-z_]+/[a-z_/]+\.html)["']""", source))


def included() -> set[str]:
    source = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    return set(re.findall(r"""(?:extends|include|import|from)\s+["']([^"']+\.html)["']""", source))


def existing() -> set[str]:
    return {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")}


def test_every_template_a_page_names_exists() -> None:
    assert shown() - existing() == set()


def test_every_template_is_used() -> None:
    assert existing() - shown() - included() == set()


def test_a_page_shows_templates_of_its_own_audience() -> None:
    wrong = []
    for path in (ROOT / "web" / "pages").rglob("*.py"):
        audience = path.relative_to(ROOT / "web" / "pages").parts[0]
        named = re.findall(r"""["']([a-z_]+)/[a-z_/]+\.html["']""", path.read_text())
        wrong += [f"{path.name}: {name}" for name in named if name not in {audience, "errors", "components"}]
    assert wrong == []


def test_no_template_has_inline_style_or_script() -> None:
    """The content security policy would drop them silently: the page would look broken, not fail."""
    wrong = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if re.search(
            r"""<[^>]+\sstyle=|<script(?![^>]*\bsrc=)(?![^>]*application/ld\+json)|\son[a-z]+=["']""", path.read_text()
        )
    ]
    assert wrong == []


def test_no_template_switches_escaping_off() -> None:
    wrong = [
        f"{path.relative_to(TEMPLATES)}: {line.strip()}"
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text().splitlines()
        if "|safe" in line.replace(" ", "") and "critical_css" not in line and "chart" not in line
    ]
    assert wrong == []


def test_every_field_one_types_into_says_whether_the_browser_may_fill_it() -> None:
    """A phone that knows its owner's name saves typing; one that fills a stranger's form with it does harm."""
    silent = []
    for path in sorted(TEMPLATES.rglob("*.html")):
        for line in path.read_text().splitlines():
            fields = re.findall(r"<input\b(?:\{\{.*?\}\}|\{%.*?%\}|[^>])*>", line)
            typed = [one for one in fields if not re.search(r'type="(hidden|checkbox|radio|file|\{\{ kind)', one)]
            silent += [f"{path.name}: {one[:80]}" for one in typed if "autocomplete" not in one]
            silent += [
                f"{path.name}: {line[:80]}" for _ in re.findall(r"form\.text\(", line) if "autocomplete" not in line
            ]
    assert silent == []
