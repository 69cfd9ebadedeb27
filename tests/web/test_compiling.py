"""Templates made into Python: what is known is fixed text, in each language; what is not is escaped as ever."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2.exceptions import UndefinedError
from markupsafe import Markup, escape

from web import compiling, templating, wording
from web.compiling import LanguageEnvironment

PAGES = sorted(templating.environment().list_templates(extensions=["html"]))


def made(folder: Path, code: str = "id", **templates: str) -> LanguageEnvironment:
    """An environment of these templates beside the product's own icons, that tells when a static file is asked for."""
    (folder / "components").mkdir(exist_ok=True)
    icons = templating.HERE / "templates" / "components" / "icons.html"
    (folder / "components" / "icons.html").write_text(icons.read_text())
    for name, source in templates.items():
        (folder / f"{name}.html").write_text(source)
    return LanguageEnvironment(
        folder,
        code,
        constants={"critical_css": "a>b{c:d}"},
        lookups={"static": lambda path: f"/static/{path}"},
        functions={"photo": lambda number: f"<{number}>"},
    )


def shown(folder: Path, source: str, code: str = "id", **values: object) -> str:
    return made(folder, code, page=source).get_template("page.html").render(values)


def python_of(folder: Path, source: str, code: str = "id") -> str:
    environment = made(folder, code, page=source)
    return environment.compile(source, "page.html", raw=True)


@pytest.mark.parametrize(("code", "word"), [("id", "Keranjang"), ("en", "Cart")])
def test_a_sentence_of_a_template_is_text_in_each_language(tmp_path: Path, code: str, word: str) -> None:
    source = '<b>{{ _("Keranjang") }}</b>'
    assert shown(tmp_path, source, code) == f"<b>{word}</b>"
    assert f"'<b>{word}</b>'" in python_of(tmp_path, source, code)


@pytest.mark.parametrize(("code", "sentence"), [("id", "Lainnya dari {}"), ("en", "More from {}")])
def test_values_in_a_sentence_are_escaped_unless_they_are_markup(tmp_path: Path, code: str, sentence: str) -> None:
    source = (
        '{{ _("Lainnya dari %(shop)s", shop=shop) }}|{% set kept = _("Lainnya dari %(shop)s", shop=shop) %}{{ kept }}'
    )
    told = "|".join([sentence.format("&lt;b&gt; &amp; 5%")] * 2)
    assert shown(tmp_path, source, code, shop="<b> & 5%") == told
    assert shown(tmp_path, source, code, shop=Markup("<i>x</i>")) == "|".join([sentence.format("<i>x</i>")] * 2)
    assert shown(tmp_path, source, code, shop=None) == "|".join([sentence.format("None")] * 2)
    with pytest.raises(UndefinedError):
        shown(tmp_path, source, code)


def test_a_percent_sign_of_a_sentence_is_one_sign(tmp_path: Path) -> None:
    assert shown(tmp_path, '{{ _("100%% baru") }} {{ _("%(n)s%% baru", n=5) }}') == "100% baru 5% baru"


def test_counted_and_unknown_sentences_are_looked_up_when_they_are_shown(tmp_path: Path) -> None:
    source = '{{ ngettext("1 produk", "%(num)s produk", count) }}, {{ ngettext("1 produk", "%(num)s produk", count, num=told) }}'
    assert shown(tmp_path, source, count=1, told="satu") == "1 produk, 1 produk"
    assert shown(tmp_path, source, count=7, told="<7>") == "7 produk, &lt;7&gt; produk"
    assert shown(tmp_path, source, "en", count=7, told="seven") == "7 products, seven products"
    assert shown(tmp_path, "{{ _(name) }}", "en", name="Makanan") == "Food"


def test_what_people_write_is_translated_only_where_it_is_ours_and_always_escaped(tmp_path: Path) -> None:
    for code, word in (("id", "Makanan"), ("en", "Food")):
        assert (
            shown(tmp_path, "{{ word|said }}{{ other|said }}", code, word="Makanan", other="<x>") == f"{word}&lt;x&gt;"
        )


def test_static_names_and_drawings_are_found_when_the_template_is_read(tmp_path: Path) -> None:
    source = (
        '{% from "components/icons.html" import icon %}{{ static("a.css") }}{{ icon("check") }}{{ critical_css|safe }}'
    )
    python = python_of(tmp_path, source)
    assert "'/static/a.css<svg" in python
    assert "a>b{c:d}" in python
    drawn = shown(tmp_path, source)
    assert drawn.startswith('/static/a.css<svg class="icon"')
    assert drawn.endswith("</svg>a>b{c:d}")
    named = '{% from "components/icons.html" import icon %}{% for name in ["check"] %}{{ icon(name) }}{% endfor %}'
    assert shown(tmp_path, named) in drawn, "one whose name is not written down is drawn when it is shown"


def test_a_name_of_the_template_itself_hides_what_is_known(tmp_path: Path) -> None:
    source = (
        '{% macro show(static, critical_css) %}{{ static("x") }} {{ critical_css }}{% endmacro %}{{ show(photo, "<") }}'
    )
    assert shown(tmp_path, source) == "&lt;x&gt; &lt;"


def test_macros_take_arguments_as_jinja_s_own_do(tmp_path: Path) -> None:
    source = (
        '{% macro one(a, b="B", c=none) %}{{ a }}{{ b }}{{ c }}{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}'
        '{{ one("<") }} {{ one("a", c=1) }} {{ one("a", "b", "c") }} {% call one("d") %}<i>{% endcall %}'
    )
    assert shown(tmp_path, source) == "&lt;BNone aB1 abc dBNone<i>"
    with pytest.raises(TypeError, match="takes no keyword argument 'z'"):
        shown(tmp_path, "{% macro one(a) %}{% endmacro %}{{ one(z=1) }}")
    with pytest.raises(TypeError, match="takes not more than 1 argument"):
        shown(tmp_path, "{% macro one(a) %}{% endmacro %}{{ one(1, 2) }}")
    with pytest.raises(UndefinedError, match="'a' was not provided"):
        shown(tmp_path, "{% macro one(a) %}{{ a }}{% endmacro %}{{ one() }}")


def test_what_asks_for_the_context_is_refused(tmp_path: Path) -> None:
    def asking() -> str:
        return ""

    asking.jinja_pass_arg = "context"  # type: ignore[attr-defined]
    with pytest.raises(TypeError, match="asking asks for the context"):
        LanguageEnvironment(tmp_path, "id", constants={}, lookups={}, functions={"asking": asking})


@pytest.mark.parametrize("value", ["", "a", "<a href='x'>&\"", Markup("<b>"), 7, None, 1.5, escape("<")])
def test_a_value_is_written_as_markupsafe_writes_it(value: object) -> None:
    assert compiling.written(value) == str(escape(value))


@pytest.mark.parametrize("code", ["id", "en"])
def test_every_template_of_the_product_compiles_and_no_sentence_is_left_to_be_looked_up(code: str) -> None:
    environment = templating.environment(code)
    assert len(PAGES) > 50
    for name in PAGES:
        assert environment.loader is not None
        source = environment.loader.get_source(environment, name)[0]
        python = environment.compile(source, name, raw=True)
        assert not re.search(r"""l_\d+__?\)?\(['"]""", python), f"{name} looks up a sentence that is written in it"
        assert "context.call" not in python, name


def test_the_languages_do_not_share_their_templates() -> None:
    first, second = templating.environment("id"), templating.environment("en")
    assert first is templating.environment("id") is not second
    assert first.get_template("components/forms.html") is not second.get_template("components/forms.html")
    assert wording.translations("id").gettext("Keranjang") == "Keranjang"
