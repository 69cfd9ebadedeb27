"""The README names what is there: a map that has aged leads the next reader astray."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

from app.__main__ import app

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
MOST_LINES = 200


def test_the_readme_is_read_in_one_sitting() -> None:
    assert len(README.splitlines()) < MOST_LINES


def test_every_path_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:app|api|web|search|migrations|tests|docs)/[\w./-]*)`", README)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists() and "<" not in path] == []


def test_every_folder_of_the_product_stands_in_the_map() -> None:
    shown = README.partition("## The map")[2].partition("## The rules")[0]
    folders = [
        path.name
        for part in ("app", "web")
        for path in sorted((ROOT / part).iterdir())
        if path.is_dir() and (path / "__init__.py").exists() and path.name != "pages"
    ]
    assert [name for name in folders if not re.search(rf"\b{name}/", shown)] == []


def test_every_command_the_readme_names_exists() -> None:
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = re.search(r"every operator command: (.*), \.\.\.", README)
    assert named is not None
    assert set(named[1].split(", ")) <= commands
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.M))
    assert set(re.findall(r"^make ([a-z]+)", README, re.M)) <= targets
