"""What the worker would have done, done at once and with the clock of the moment: an event's reactions, dated as it is.

Nobody waits for the news of last spring, so people are told only what is recent, or concerns a demo account. The indexes of
the finder are built from the catalogue when everything stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from app import reactions
from app.cli.demo_data.notebook import Notebook
from app.db import Transactions
from app.kit import clock
from app.outbox.event import Event, Handler
from app.outbox.models import OutboxEvent

NEWS_OF = timedelta(days=4)
TELLING = "app.notifications."
FINDING = "search."


@dataclass
class Echoes:
    """`told` holds the orders whose every message is wanted; `when` hears each event after its reactions."""

    session: Notebook
    now: datetime
    told: set[UUID] = field(default_factory=set)
    when: dict[type[Event], Callable[[Event], None]] = field(default_factory=dict)
    carried: int = 0

    def carry(self) -> None:
        """Carry everything announced so far, and what that announces in turn."""
        known = {kind.__name__: (kind, handlers) for kind, handlers in reactions.TABLE.items()}
        while rows := self.session.announced:
            self.session.announced = []
            self.session.write()
            for row in rows:
                kind, handlers = known[row.kind]
                with clock.at(row.announced_at):
                    self.react(row, kind.from_payload(row.payload), handlers)
            self.carried += len(rows)
            self.session.put_away(rows)
        self.session.write()

    def react(self, row: OutboxEvent, event: Event, handlers: tuple[Handler, ...]) -> None:
        for handler in handlers:
            if handler.__module__.startswith(FINDING):
                continue
            if not handler.__module__.startswith(TELLING) or self.is_news(row, event):
                handler(self.begin, event)
        if type(event) in self.when:
            self.when[type(event)](event)

    def is_news(self, row: OutboxEvent, event: Event) -> bool:
        return row.announced_at > self.now - NEWS_OF or getattr(event, "order_id", None) in self.told

    @property
    def begin(self) -> Transactions:
        return within(self.session)


def within(session: Session) -> Transactions:
    """Transactions that are all part of this one: the whole rehearsal is committed, or none of it."""

    @contextmanager
    def begin() -> Iterator[Session]:
        yield session
        session.flush()

    return begin
