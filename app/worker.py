"""The worker process: drains the outbox and keeps the timetable."""

from __future__ import annotations

import os
import signal
import socket
import threading
from dataclasses import dataclass, field

import structlog

from app import reactions, timetable
from app.db import Transactions
from app.outbox import relay, schedule

IDLE_PAUSE = 0.25
"""Seconds between looks into an empty outbox: an edit is searchable well within a second, at four cheap reads a second."""

FAULT_PAUSE = 2.0

log = structlog.get_logger(__name__)


@dataclass
class Worker:
    begin: Transactions
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Work until `stop`; a database that is away is waited for, not died of."""
        log.info("worker_started", worker=self.name)
        while not self.stopping.is_set():
            try:
                busy = self.turn()
            except Exception:
                log.exception("worker_turn_failed")
                self.stopping.wait(FAULT_PAUSE)
                continue
            if not busy:
                self.stopping.wait(IDLE_PAUSE)
        log.info("worker_stopped", worker=self.name)

    def turn(self) -> bool:
        """One look at the timetable and one batch of the outbox. True when there was something to do."""
        schedule.run_due(self.begin, timetable.JOBS)
        return relay.carry(self.begin, reactions.TABLE, worker=self.name) > 0

    def stop(self) -> None:
        self.stopping.set()

    def stop_on_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
