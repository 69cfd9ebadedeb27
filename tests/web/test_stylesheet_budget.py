"""What a first visit costs, and whether the templates and the stylesheet speak of the same things."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"
TEMPLATES = {str(path.relative_to(WEB / "templates")): path.read_text() for path in (WEB / "templates").rglob("*.html")}
CRITICAL = STATIC / "css" / "critical.css"
MAIN = STATIC / "css" / "main.css"

EXPRESSION = r"\{\{.*?\}\}|\{%.*?%\}"
CLASSES = re.compile(rf"""\sclass="((?:{EXPRESSION}|[^"])*)\"""")


def compressed(path: Path) -> int:
    return len(gzip.compress(path.read_bytes(), 6))


def defined() -> set[str]:
    return set(
        re.findall(
            r"\.([a-z][a-z0-9-]*)", CRITICAL.read_text() + re.sub(r"/\*.*?\*/", "", MAIN.read_text(), flags=re.S)
        )
    )


def literals(expression: str) -> list[str]:
    """The words an expression may put into a class attribute; strings it only compares with are not among them."""
    return re.findall(r"""(?<!= )(?<!in )"([a-z][a-z0-9 -]*)\"""", re.sub(r"(?:==|!=)\s*\"[^\"]*\"", "", expression))


def used(source: str) -> tuple[set[str], set[str]]:
    """Whole class names, and beginnings of names that an expression completes."""
    whole: set[str] = set()
    beginnings: set[str] = set()
    for attribute in CLASSES.findall(source):
        for expression in re.findall(r"\{\{.*?\}\}", attribute):
            whole.update(word for text in literals(expression) for word in text.split())
        bare = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "\0", attribute))
        for word in bare.split():
            if "\0" not in word:
                whole.add(word)
            elif not word.startswith("\0"):
                beginnings.add(word.partition("\0")[0])
    return whole, beginnings


def test_the_inlined_rules_are_at_most_4_kB() -> None:
    assert CRITICAL.stat().st_size <= 4096


def test_all_styles_together_are_at_most_12_kB_compressed() -> None:
    assert compressed(CRITICAL) + compressed(MAIN) <= 12 * 1024


def test_the_script_is_at_most_4_kB() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) <= 4096


def test_a_drawn_picture_is_under_2_kB() -> None:
    assert [path.name for path in (STATIC / "img" / "goods").glob("*.svg") if path.stat().st_size >= 2048] == []


def test_the_picture_of_a_shared_link_is_at_most_300_kB() -> None:
    assert (STATIC / "img" / "preview.jpg").stat().st_size <= 300 * 1024


def test_every_class_of_a_template_is_in_the_stylesheet() -> None:
    known = defined()
    unknown = []
    for name, source in TEMPLATES.items():
        whole, beginnings = used(source)
        unknown += [f"{name}: {word}" for word in sorted(whole - known)]
        unknown += [
            f"{name}: {start}…" for start in sorted(beginnings) if not any(word.startswith(start) for word in known)
        ]
    assert unknown == []


def test_every_icon_and_static_file_a_template_names_exists() -> None:
    drawn = set(re.findall(r'^  "(\w+)": "M', TEMPLATES["components/icons.html"], re.M))
    missing = []
    for name, source in TEMPLATES.items():
        icons = set(re.findall(r"""(?:icon\(|sign=)["'](\w+)["']""", source))
        files = set(re.findall(r"""static\(["']([^"'~]+)["']\)""", source))
        missing += [f"{name}: icon {icon}" for icon in sorted(icons - drawn)]
        missing += [f"{name}: {file}" for file in sorted(files) if not (STATIC / file).is_file()]
    assert missing == []


def test_nothing_is_fetched_from_another_host() -> None:
    """Pictures, styles and scripts are ours; links to others are only followed when tapped."""
    foreign = [
        f"{name}: {address}"
        for name, source in TEMPLATES.items()
        for address in re.findall(
            r"""<(?:img|script|link|source|iframe)\b[^>]*?(?:src|href|srcset)="(https?://[^"]*)""", source
        )
    ]
    assert foreign == []
    assert not re.search(r"url\(\s*['\"]?https?:|@import", CRITICAL.read_text() + MAIN.read_text())


def test_paper_shows_tables_as_tables_and_nothing_to_press() -> None:
    """A sheet of A4 is as narrow as a small tablet: what is arranged for phones is arranged for screens alone."""
    css = MAIN.read_text()
    narrow = re.findall(r"@media ([^{]*max-width: 47[^{]*)\{", css)
    assert narrow
    assert all(rule.startswith("screen and") for rule in narrow)
    paper = css[css.index("@media print") :]
    for pressed in (".button", ".act", ".confirm", ".find", "form:not(.split)"):
        assert pressed in paper.partition("display: none")[0]
    assert ".brand)" in paper, "the name of the market stays on the paper"
