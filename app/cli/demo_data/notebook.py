"""A session that writes what is only ever added to, and read by nobody meanwhile, in batches: a third of all statements less.

The rows are those the verbs made, in their order and with their instants; only the moment they travel to the database is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlmodel import Session, SQLModel

from app import db
from app.audit.models import AuditRecord
from app.ledger.models import LedgerEntry
from app.orders.models import OrderEvent
from app.outbox import bulletin
from app.outbox.models import OutboxEvent

ADDED_ONLY = (OrderEvent, AuditRecord, LedgerEntry)
MOST_KEPT_READY = 600
"""Statements the connection keeps ready: the rehearsal says more different ones than a web process."""


class Notebook(Session):
    """`announced` are the events since the last `write`; who writes them has carried them."""

    def __init__(self, bind: Any) -> None:
        super().__init__(bind, expire_on_commit=False, info={db.GATHER: self.gathered})
        bind.connection.driver_connection.prepared_max = MOST_KEPT_READY
        self.noted: dict[type[SQLModel], list[SQLModel]] = {kind: [] for kind in ADDED_ONLY}
        self.announced: list[OutboxEvent] = []
        self.told: set[object] = set()

    def gathered(self, rows: Sequence[SQLModel]) -> list[SQLModel]:
        """Keeps what may wait and returns the other rows."""
        return [row for row in rows if not self.keeps(row)]

    def keeps(self, row: object) -> bool:
        if isinstance(row, OutboxEvent):
            self.announced.append(row)
        elif isinstance(row, SQLModel) and type(row) in self.noted:
            self.noted[type(row)].append(row)
        else:
            return False
        return True

    def add(self, instance: object, *args: Any, **options: Any) -> None:
        if not self.keeps(instance):
            super().add(instance, *args, **options)

    def add_all(self, instances: Iterable[object]) -> None:
        for instance in instances:
            self.add(instance)

    def execute(self, statement: Any, params: Any = None, **options: Any) -> Any:
        """What is told at the commit is told once, however often it was to be."""
        if statement is bulletin.TELL:
            if params["subject"] in self.told:
                return None
            self.told.add(params["subject"])
        return super().execute(statement, params, **options)

    def write(self) -> None:
        """Everything noted so far is in the tables."""
        self.flush()
        if rows := [row for kind in ADDED_ONLY for row in self.noted[kind]]:
            db.insert(self, rows)
            for kind in ADDED_ONLY:
                self.noted[kind] = []

    def put_away(self, events: list[OutboxEvent]) -> None:
        """Events that were carried: kept like any, with nothing left to do."""
        if events:
            # done in the time of the machine's clock, like everything about delivery
            db.insert(self, [db.row_of(OutboxEvent, **{**vars(one), "done_at": one.available_at}) for one in events])
