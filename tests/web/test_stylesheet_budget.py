"""What a first visit costs, and whether the templates and the stylesheet speak of the same things."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from pathlib import Path

from web.stylesheets import lighter

WEB = Path(__file__).resolve().parents[2] / "web"
STATIC = WEB / "static"
TEMPLATES = {str(path.relative_to(WEB / "templates")): path.read_text() for path in (WEB / "templates").rglob("*.html")}
CRITICAL = STATIC / "css" / "critical.css"
MAIN = STATIC / "css" / "main.css"
DESK = STATIC / "css" / "desk.css"
DESKS = ("selling/", "office/")
SHOWS_ALL = "storefront/appearance.html"

EXPRESSION = r"\{\{.*?\}\}|\{%.*?%\}"
CLASSES = re.compile(rf"""\sclass="((?:{EXPRESSION}|[^"])*)\"""")


def compressed(path: Path) -> int:
    """As it is sent."""
    return len(gzip.compress(lighter(path.read_text()).encode(), 9))


def defined(*sheets: Path) -> set[str]:
    rules = "".join(path.read_text() for path in sheets)
    return set(re.findall(r"\.([a-z][a-z0-9-]*)", re.sub(r"/\*.*?\*/", "", rules, flags=re.S)))


def put_together(names: Iterable[str]) -> set[str]:
    """These templates and every one they extend, include or import."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r"""(?:extends|include|import|from)\s+["']([^"']+\.html)["']""", TEMPLATES[name])
    return found


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


def test_what_buyers_wait_for_is_at_most_6_kB_and_all_styles_together_12_kB_compressed() -> None:
    assert compressed(MAIN) <= 6 * 1000
    assert compressed(CRITICAL) + compressed(MAIN) + compressed(DESK) <= 12 * 1024


def test_no_page_of_buyers_needs_the_rules_of_the_desks() -> None:
    """A macro of a desk may stand in a file others import, so whole files are looked at: what is in them is styled for all."""
    buyers = [name for name in TEMPLATES if "/" in name and not name.startswith((*DESKS, "components/", SHOWS_ALL))]
    only_desks = defined(DESK) - defined(CRITICAL, MAIN)
    assert {"desk", "next", "sheet", "ware"} <= only_desks
    missed = []
    for name in sorted(put_together(buyers)):
        whole, beginnings = used(TEMPLATES[name])
        missed += [f"{name}: {word}" for word in sorted(only_desks & whole)]
        missed += [f"{name}: {start}…" for start in beginnings if any(word.startswith(start) for word in only_desks)]
    assert missed == []


def test_every_page_of_the_desks_has_their_rules_and_no_other_page_fetches_them() -> None:
    linked = {name for name, source in TEMPLATES.items() if "css/desk.css" in source}
    assert linked == {"components/areas.html"}
    called = re.compile(r"{% block area %}{{ (?:areas\.(?:office|desk_rules)|seller\.area)\(")
    having = {name for name, source in TEMPLATES.items() if called.search(source)}
    assert having == {name for name in TEMPLATES if name.startswith(DESKS)} | {SHOWS_ALL}
    areas = TEMPLATES["components/areas.html"]
    for desk in ("selling", "office"):
        assert re.search(rf"macro {desk}\([^\n]*\n{{{{ desk_rules\(\) }}}}", areas), desk
    assert areas.count("desk_rules()") == 3


def test_the_script_is_at_most_4_kB() -> None:
    assert sum(path.stat().st_size for path in (STATIC / "js").glob("*.js")) <= 4096


def test_a_drawn_picture_is_under_2_kB() -> None:
    assert [path.name for path in (STATIC / "img" / "goods").glob("*.svg") if path.stat().st_size >= 2048] == []


def test_the_picture_of_a_shared_link_is_at_most_300_kB() -> None:
    assert (STATIC / "img" / "preview.jpg").stat().st_size <= 300 * 1024


def test_every_class_of_a_template_is_in_the_stylesheet() -> None:
    known = defined(CRITICAL, MAIN, DESK)
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
    assert not re.search(r"url\(\s*['\"]?https?:|@import", CRITICAL.read_text() + MAIN.read_text() + DESK.read_text())


def test_paper_shows_tables_as_tables_and_nothing_to_press() -> None:
    """A sheet of A4 is as narrow as a small tablet: what is arranged for phones is arranged for screens alone."""
    css = MAIN.read_text()
    narrow = re.findall(r"@media ([^{]*max-width: 47[^{]*)\{", css + DESK.read_text())
    assert narrow
    assert all(rule.startswith("screen and") for rule in narrow)
    paper = css[css.index("@media print") :]
    for pressed in (".button", ".act", ".confirm", ".find", "form:not(.split)"):
        assert pressed in paper.partition("display: none")[0]
    assert ".brand)" in paper, "the name of the market stays on the paper"
