"""A session that writes what is only ever added to, and read by nobody meanwhile, in batches: a third of all statements less.

The rows are those the verbs made, in their order and with their instants; only the moment they travel to the database is later.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel

from app.audit.models import AuditRecord
from app.ledger.models import LedgerEntry
from app.orders.models import OrderEvent
from app.outbox.models import OutboxEvent

ADDED_ONLY = (OrderEvent, AuditRecord, LedgerEntry)
NUMBERED_THERE = {"id", "transaction_id", "written_in"}
"""Columns the database fills in."""


class Notebook(Session):
    """`announced` are the events since the last `write`; who writes them has carried them."""

    def __init__(self, bind: Any) -> None:
        super().__init__(bind, expire_on_commit=False)
        self.noted: dict[type[SQLModel], list[SQLModel]] = {kind: [] for kind in ADDED_ONLY}
        self.announced: list[OutboxEvent] = []

    def add(self, instance: object, *args: Any, **options: Any) -> None:
        if isinstance(instance, OutboxEvent):
            self.announced.append(instance)
        elif isinstance(instance, SQLModel) and type(instance) in self.noted:
            self.noted[type(instance)].append(instance)
        else:
            super().add(instance, *args, **options)

    def add_all(self, instances: Iterable[object]) -> None:
        for instance in instances:
            self.add(instance)

    def write(self) -> None:
        """Everything noted so far is in the tables."""
        self.flush()
        for kind, rows in self.noted.items():
            if rows:
                self.execute(insert(table_of(kind)), [values(row) for row in rows])
                rows.clear()

    def put_away(self, events: list[OutboxEvent]) -> None:
        """Events that were carried: kept like any, with nothing left to do."""
        for event in events:
            event.done_at = event.available_at  # of the machine's clock, like everything about delivery
        if events:
            self.execute(insert(table_of(OutboxEvent)), [values(event) for event in events])


def table_of(kind: type[SQLModel]) -> Table:
    """The table itself: an insert into a mapped class would be taken apart again by which values are there."""
    found: Table = kind.__table__  # type: ignore[attr-defined]
    return found


def values(row: SQLModel) -> dict[str, Any]:
    keeps_its_id = isinstance(row, LedgerEntry)
    return {
        name: value
        for name, value in row.model_dump().items()
        if name not in NUMBERED_THERE or (keeps_its_id and name in ("id", "transaction_id"))
    }
