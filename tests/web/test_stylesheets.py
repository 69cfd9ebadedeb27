"""A stylesheet goes out without what only its writers read, and means the same."""

from __future__ import annotations

import re

from web.stylesheets import lighter
from web.templating import STATIC, critical_css, served


def test_remarks_and_idle_blanks_are_left_out() -> None:
    written = """
    /* The writer's word; it's "free": { } */
    .a > .b,
    .c:hover { color: red; margin: 0 auto; }

    @media screen and (max-width: 47.99rem) { /* narrow */
      .d { display: none !important; }
    }
    """
    assert lighter(written) == (
        ".a>.b,.c:hover{color:red;margin:0 auto}@media screen and (max-width: 47.99rem){.d{display:none !important}}"
    ).replace("(max-width: ", "(max-width:")


def test_blanks_that_mean_something_stay() -> None:
    assert lighter(".a :hover .b + .c ~ .d { width: calc(100% - 2 * (1rem + 2px)); }") == (
        ".a :hover .b + .c ~ .d{width:calc(100% - 2 * (1rem + 2px))}"
    )
    assert lighter("a/**/b { font: 1rem/1.5 'A  B' , serif }") == "a b{font:1rem/1.5 'A  B',serif}"
    assert lighter("@media (width > 30rem) and (height: 2px) { p { --x: 1 } }") == (
        "@media (width>30rem) and (height:2px){p{--x:1}}"
    )


def test_a_text_in_quotes_is_not_touched() -> None:
    for text in (r'"✓ "', '" ; } /* no remark */ "', r'"a \" { b"', "' > , '", '""'):
        assert lighter(f"p::before {{ content: {text} ; }}") == f"p::before{{content:{text};}}".replace(";}", "}")


def test_making_it_lighter_again_changes_nothing() -> None:
    for path in (STATIC / "css").glob("*.css"):
        once = lighter(path.read_text())
        assert lighter(once) == once
        assert len(once) < path.stat().st_size


def test_our_own_stylesheets_keep_every_rule_and_every_value() -> None:
    """Counted without the tool: braces, declarations and texts."""
    for path in (STATIC / "css").glob("*.css"):
        source = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        sent = served(f"css/{path.name}").decode()
        assert re.sub(r"\s", "", source).replace(";}", "}") == re.sub(r"\s", "", sent)
        assert re.findall(r'"[^"]*"', source) == re.findall(r'"[^"]*"', sent)
        assert "/*" not in sent
        assert "\n" not in sent


def test_what_is_inlined_is_what_its_file_is_sent_as() -> None:
    assert critical_css() == served("css/critical.css").decode()
