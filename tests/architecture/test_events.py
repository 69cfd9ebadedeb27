"""Every event has an owner that announces it and a line in the table of reactions."""

from __future__ import annotations

import ast
import dataclasses
import importlib
from pathlib import Path

from app import reactions
from app.outbox.event import Event

ROOT = Path(__file__).resolve().parents[2]


def every_event() -> set[type[Event]]:
    for path in (ROOT / "app").glob("*/events.py"):
        importlib.import_module(f"app.{path.parent.name}.events")
    found: set[type[Event]] = set()
    waiting = list(Event.__subclasses__())
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("app.") and not kind.__subclasses__():
            found.add(kind)
    return found


def test_every_event_stands_in_the_table_of_reactions() -> None:
    assert every_event() - set(reactions.TABLE) == set()


def test_the_table_names_no_event_that_does_not_exist() -> None:
    assert set(reactions.TABLE) - every_event() == set()


def names(path: Path, kind: type[Event]) -> bool:
    """Whether the module uses the event, built there or handed to what builds it; importing it is not using it."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.Name) and node.id == kind.__name__ for node in nodes)


def test_every_event_is_announced_by_its_own_domain() -> None:
    unannounced = []
    for kind in every_event():
        domain = ROOT / Path(*kind.__module__.split(".")[:-1])
        if not any(names(path, kind) for path in domain.rglob("*.py") if path.name != "events.py"):
            unannounced.append(kind.__name__)
    assert unannounced == []


def test_every_event_is_a_frozen_dataclass_of_plain_values() -> None:
    for kind in every_event():
        assert dataclasses.is_dataclass(kind), kind
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[attr-defined]
