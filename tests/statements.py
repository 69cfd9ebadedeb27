"""What is sent to the database: the number of statements is the one cost of a page that grows in silence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlmodel import Session


@contextmanager
def counted_statements(session: Session) -> Iterator[list[str]]:
    """What is sent through this session meanwhile."""
    with noted_on(session.connection()) as sent:
        yield sent


@contextmanager
def statements_of_this_process() -> Iterator[list[str]]:
    """What is sent through any engine meanwhile: for pages served by a thread of the test's own process."""
    with noted_on(Engine) as sent:
        yield sent


@contextmanager
def noted_on(target: Connection | type[Engine]) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(target, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(target, "before_cursor_execute", note)
