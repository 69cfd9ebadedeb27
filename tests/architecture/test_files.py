"""The shape of the tree, held by tests: a reader should know where a thing lives before opening it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = [path for part in ("app", "api", "web", "search") for path in sorted((ROOT / part).rglob("*.py"))]
MOST_LINES = 400
DRAWERS = {
    "utils.py",
    "helpers.py",
    "common.py",
    "service.py",
    "services.py",
    "manager.py",
    "misc.py",
    "base.py",
    "core.py",
}
TOP_LEVEL = {
    "app", "api", "web", "search", "migrations", "tests", "bench", "docs", "deploy", ".ci",
    "pyproject.toml", "alembic.ini", "README.md", "Makefile", "LICENSE", "requirements.lock", "requirements-dev.lock",
    ".gitignore", ".env.example",
}  # fmt: skip
WRITERS_BY_NAME = {"models", "rules", "queries", "events", "errors"}

by_name = pytest.mark.parametrize("path", PRODUCT, ids=lambda path: str(path.relative_to(ROOT)))


@by_name
def test_a_product_file_stays_under_400_lines(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


@by_name
def test_no_file_is_a_drawer(path: Path) -> None:
    assert path.name not in DRAWERS


@by_name
def test_no_import_stands_inside_a_function(path: Path) -> None:
    inside = [
        node.lineno
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


@by_name
def test_an_init_file_holds_a_docstring_only(path: Path) -> None:
    if path.name != "__init__.py":
        return
    body = ast.parse(path.read_text()).body
    assert len(body) == 1
    assert isinstance(body[0], ast.Expr)
    assert isinstance(body[0].value, ast.Constant)


@by_name
def test_every_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text()))


def test_only_the_agreed_entries_stand_at_the_top() -> None:
    ignored = set((ROOT / ".gitignore").read_text().replace("/", "").split())
    present = {path.name for path in ROOT.iterdir()} - ignored - {".git"}
    assert present <= TOP_LEVEL


def test_the_domain_never_commits() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"\bsession\.(commit|begin)\(", path.read_text()) and path != ROOT / "app" / "db.py"
    ]
    assert committing == []


def test_queries_and_rules_write_nothing() -> None:
    writing = []
    for path in PRODUCT:
        if path.name in {"queries.py", "rules.py"}:
            found = re.findall(
                r"session\.(add|delete|flush|merge)\(|\b(?:INSERT INTO|UPDATE \w+ SET|DELETE FROM)", path.read_text()
            )
            writing += [str(path.relative_to(ROOT))] if found else []
    assert writing == []


def test_business_facts_are_dated_by_the_settable_clock() -> None:
    """`datetime.now` outside the clock would tear demo data and tests away from the time they live in."""
    allowed = {"app/kit/clock.py", "app/outbox/publish.py"}
    wrong = [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"datetime\.(now|utcnow|today)\(|date\.today\(", path.read_text())
        and str(path.relative_to(ROOT)) not in allowed
    ]
    assert wrong == []


def test_rupiah_become_a_gateways_unit_in_one_file() -> None:
    """Stripe counts rupiah in hundredths (DESIGN D6): a second factor of 100 anywhere else is how people get overcharged."""
    wrong = [
        str(path.relative_to(ROOT))
        for path in PRODUCT
        if re.search(r"amount\w*\s*\*\s*100\b|\b100\s*\*\s*\w*amount|amount\w*\s*//\s*100\b", path.read_text())
        and path.name != "stripe.py"
    ]
    assert wrong == []


def test_no_machine_path_or_package_host_is_in_the_tree() -> None:
    """Nothing that ties the product to the machine it was built on."""
    hosts = ["pypi" + ".org", "files.python" + "hosted", "registry.npm" + "js", "/wo" + "rk/", "/ro" + "ot/"]
    wrong = []
    for path in sorted(ROOT.rglob("*")):
        relative = path.relative_to(ROOT)
        if (
            not path.is_file()
            or relative.parts[0]
            in {".git", ".venv", ".data", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache", "build"}
            or "__pycache__" in relative.parts
        ):
            continue
        if path.suffix in {".py", ".md", ".toml", ".lock", ".ini", ".json", ".sh", ".html", ".css", ".js", ""}:
            content = path.read_text(errors="ignore")
            wrong += [f"{relative}: {host}" for host in hosts if host in content]
    assert wrong == []
