"""Hear what `bulletin` tells, in one thread a process, and say up to which instant nothing can have been missed.

The thread asks its own connection an empty question several times a second. PostgreSQL hands over everything told before it
answers, so an answer proves that what was committed before the question is known here. Without answers the proof grows old by
itself: a dead line, a stopped database and a starved thread all look the same, and nobody has to notice them.
"""

from __future__ import annotations

import select
import threading
import time
from typing import Final, Protocol
from uuid import uuid4

import psycopg
import structlog
from sqlalchemy import make_url

from app.db import Transactions
from app.outbox import bulletin

BEAT: Final = 0.2
"""Seconds between two questions when nothing is told."""

PAUSE: Final = 1.0
PATIENCE: Final = 5
"""Seconds a connection, an answer or the echo may take."""

log = structlog.get_logger(__name__)


class Hearer(Protocol):
    """Called from the listening thread."""

    def hear(self, subject: str) -> None:
        """The public now reads something else of this."""

    def vouch(self, asked_at: float) -> None:
        """Everything committed before this instant of the monotonic clock has been heard."""

    def go_deaf(self) -> None:
        """From now on something may be missed: what was copied before is worth nothing."""


class EchoMissing(Exception):
    """What other connections tell does not arrive on this one: a pooler between us and the database hands out another
    connection for every transaction. Give PASAR_DATABASE_URL a direct address, or live without page cache."""


class Listener:
    def __init__(self, url: str, begin: Transactions, hearer: Hearer) -> None:
        self.url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self.begin = begin
        self.hearer = hearer
        self.stopping = threading.Event()
        self.heard: set[str] = set()
        self.thread = threading.Thread(target=self.run, name="listening", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(PATIENCE)

    def run(self) -> None:
        """Listen until `stop`; a database that is away is waited for."""
        while not self.stopping.is_set():
            try:
                self.listen()
            except (psycopg.Error, OSError, EchoMissing) as fault:
                log.warning("listening_interrupted", fault=type(fault).__name__)
            except Exception:
                log.exception("listening_failed")
            finally:
                self.hearer.go_deaf()
            self.stopping.wait(PAUSE)

    def listen(self) -> None:
        with psycopg.connect(
            self.url,
            autocommit=True,
            connect_timeout=PATIENCE,
            tcp_user_timeout=PATIENCE * 1000,
            options=f"-c statement_timeout={PATIENCE}s",
            application_name="pasar-listening",
        ) as connection:
            connection.add_notify_handler(self.note)
            connection.execute(f"LISTEN {bulletin.CHANNEL}")
            self.prove(connection)
            while not self.stopping.is_set():
                asked_at = time.monotonic()
                connection.execute("SELECT 1")
                self.hearer.vouch(asked_at)
                select.select([connection.fileno()], [], [], BEAT)

    def note(self, told: psycopg.Notify) -> None:
        if told.payload.startswith("echo:"):
            self.heard.add(told.payload)
        else:
            self.hearer.hear(told.payload)

    def prove(self, connection: psycopg.Connection) -> None:
        """Something told through another connection arrives here. Raises EchoMissing."""
        echo = f"echo:{uuid4()}"
        with self.begin() as session:
            bulletin.tell(session, echo)
        ends = time.monotonic() + PATIENCE
        while echo not in self.heard:
            if time.monotonic() > ends:
                raise EchoMissing
            select.select([connection.fileno()], [], [], BEAT)
            connection.execute("SELECT 1")
        self.heard.clear()
