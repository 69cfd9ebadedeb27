"""Templates made into Python, one environment a language: what is known when a template is read is not worked out at each request.

Sentences written in a template, addresses of static files and drawings become part of the page's fixed text, as if the template
had been written in that language; a sentence with values in it becomes text around the values. A call in a template is a plain
call in Python, so nothing that templates call may ask Jinja for its context.
"""

# ruff: noqa: N802 - the visitors' names are Jinja's
# ruff: noqa: S704 - what is marked as markup was written in a template or is the answer of a macro

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping
from functools import partial
from gettext import NullTranslations
from io import StringIO
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape  # type: ignore[attr-defined]

from web import language
from web.wording import translations, worded

DRAWINGS: Final = "components/icons.html"
"""Its macros draw the same at every request: they know nothing but their arguments."""

PART: Final = re.compile(r"%\((\w+)\)s|%(%)")


escaped: Callable[[str], str] = _escape_inner


class QuickMacro(Macro):
    """A macro that is called with what it asks for, which Jinja's own does not take for granted."""

    def __init__(self, *described: Any) -> None:
        super().__init__(*described)
        self.plain = not (self.catch_kwargs or self.catch_varargs or self.caller)
        self.left_out = [(missing,) * (self._argument_count - given) for given in range(self._argument_count + 1)]

    def __call__(self, *args: Any, **named: Any) -> Markup:
        if not self.plain or len(args) > self._argument_count:
            return Markup(super().__call__(*args, **named))
        if not named:
            return str.__new__(Markup, self._func(*args, *self.left_out[len(args)]))
        others = self.arguments[len(args) :]
        if not named.keys() <= set(others):
            return Markup(super().__call__(*args, **named))  # which says what is wrong
        return str.__new__(Markup, self._func(*args, *[named.get(name, missing) for name in others]))


def written(value: object) -> str:
    """A value as it stands in a page: escaped, unless it is markup. Jinja's own makes markup of it first, which nobody needs
    of a text that is joined with others at once."""
    if type(value) is str:
        return escaped(value)
    if isinstance(value, Markup):
        return value
    return str(escape(value))


class QuickTemplate(Template):
    """Imports are made once: no template here has names of its own given to it, for which Jinja looks each time."""

    @classmethod
    def _from_namespace(
        cls, environment: Environment, namespace: MutableMapping[str, Any], globals: MutableMapping[str, Any]
    ) -> Template:
        namespace["escape"] = written
        return super()._from_namespace(environment, namespace, globals)

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return self._module or super()._get_default_module(ctx)


class PlainCalls(CodeGenerator):
    """Writes `f(x)` for `f(x)`."""

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        self.visit(node.node, frame)
        given = self.aside(lambda: self.signature(node, frame, {"caller": "caller"} if forward_caller else None))
        self.write(f"({given.removeprefix(', ')})")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        made = self.aside(lambda: CodeGenerator.macro_def(self, macro_ref, frame))
        self.write(f"environment.macro({made.removeprefix('Macro(')}")

    def aside(self, write: Callable[[], None]) -> str:
        """What is written, instead of writing it."""
        stream, self.stream = self.stream, StringIO()
        try:
            write()
            return str(self.stream.getvalue())
        finally:
            self.stream = stream


class LanguageEnvironment(Environment):
    """Templates of one folder in one language. `constants` and the answers of `lookups` to a text written in a template are the
    same at every request; `functions` are not."""

    code_generator_class = PlainCalls
    template_class = QuickTemplate
    macro = QuickMacro

    def __init__(
        self,
        folder: Path,
        code: str,
        *,
        constants: Mapping[str, str],
        lookups: Mapping[str, Callable[[str], str]],
        functions: Mapping[str, Callable[..., Any]],
    ) -> None:
        super().__init__(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.do"],
        )
        self.language = code
        self.words = translations(code)
        self.constants = constants
        self.lookups = lookups
        self.globals.update(constants)
        for name, called in {**lookups, **functions, **sentences(self.words)}.items():
            if hasattr(called, "jinja_pass_arg"):
                raise TypeError(f"{name} asks for the context, which it does not get")
            self.globals[name] = called
        self.filters["said"] = partial(worded, code=code)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Jinja's hook between reading a template and writing its Python."""
        return super()._generate(Known(self, source).visit(source), name, filename, defer_init)


def sentences(words: NullTranslations) -> dict[str, Callable[..., Markup]]:
    """What stands for a sentence that is not known before; its values are escaped, as everywhere in a page."""

    def gettext(text: str, /, **values: Any) -> Markup:
        return Markup(words.gettext(text)) % values

    def pgettext(sense: str, text: str, /, **values: Any) -> Markup:
        return Markup(words.pgettext(sense, text)) % values

    def ngettext(one: str, many: str, count: int, /, **values: Any) -> Markup:
        return Markup(words.ngettext(one, many, count)) % {"num": count, **values}

    return {"_": gettext, "gettext": gettext, "pgettext": pgettext, "ngettext": ngettext}


class Known(NodeTransformer):
    """Puts what is known in the place of what would find it out."""

    def __init__(self, environment: LanguageEnvironment, template: nodes.Template) -> None:
        self.environment = environment
        self.own_names = {name.name for name in template.find_all(nodes.Name) if name.ctx != "load"}
        self.drawn = {
            name
            for taken in template.find_all(nodes.FromImport)
            if isinstance(taken.template, nodes.Const) and taken.template.value == DRAWINGS
            for name in taken.names
            if isinstance(name, str)
        } - self.own_names

    def visit_Output(self, node: nodes.Output) -> nodes.Output:
        """Joined pieces are written one after the other; each is escaped either way."""
        self.generic_visit(node)
        node.nodes = [piece for one in node.nodes for piece in (one.nodes if isinstance(one, nodes.Concat) else [one])]
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Expr:
        if node.name in self.environment.constants and node.name not in self.own_names:
            return self.constant(self.environment.constants[node.name], node)
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Expr:
        """The language the product is written in needs nothing said."""
        self.generic_visit(node)
        if node.name == "said" and node.node is not None and self.environment.language == language.DEFAULT:
            return node.node
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        self.generic_visit(node)
        called = node.node.name if isinstance(node.node, nodes.Name) else None
        fixed = [one.value for one in node.args if isinstance(one, nodes.Const)]
        named = {one.key: one.value.value for one in node.kwargs if isinstance(one.value, nodes.Const)}
        if called is None or len(fixed) < len(node.args) or node.dyn_args or node.dyn_kwargs:
            return node
        if called == "_":
            return self.sentence(self.environment.words.gettext(*fixed), node)
        if called == "pgettext":
            return self.sentence(self.environment.words.pgettext(*fixed), node)
        if called in self.environment.lookups and called not in self.own_names:
            return self.constant(self.environment.lookups[called](*fixed), node)
        if called in self.drawn and len(named) == len(node.kwargs):
            draw = getattr(self.environment.get_template(DRAWINGS).module, called)
            return self.constant(draw(*fixed, **named), node)
        return node

    def sentence(self, written: str, node: nodes.Call) -> nodes.Expr:
        values = {one.key: one.value for one in node.kwargs}
        if not values:
            return self.constant(Markup(written) % {}, node)
        pieces: list[nodes.Expr] = []
        for at, part in enumerate(PART.split(written)):
            kind = at % 3
            if kind == 1 and part:
                pieces.append(values[part])
            elif part and kind != 1:
                pieces.append(self.constant(Markup(part), node))
        return nodes.Concat(pieces, lineno=node.lineno, environment=node.environment)

    def constant(self, value: str, node: nodes.Node) -> nodes.Const:
        return nodes.Const(value, lineno=node.lineno, environment=node.environment)
