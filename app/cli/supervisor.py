"""Keeps the processes of one installation alive, and lets none of them outlive it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from rich.markup import escape

from app.cli.terminal import err
from app.embedded import Cluster
from app.kit import lifeline
from app.kit.postgres import EmbeddedFault

LOOK_EVERY = 0.2
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_AFTER = 60.0
"""A child that lived this many seconds had a good start: its next fault counts as the first."""

LONGEST_STOP = 15.0
MOST_FIRST_TRIES = 3


@dataclass
class Child:
    """One process that must run. `pass_fds` are the sockets it is handed."""

    name: str
    arguments: Sequence[str]
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, *self.arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends its children in order
            preexec_fn=lifeline.before_exec(signal.SIGKILL),  # noqa: PLW1509 - one prctl call; the supervisor has no threads
        )
        self.started_at = time.monotonic()

    def look(self) -> None:
        """Start again a child that ended, after a pause that doubles with every fault in a row."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            if now - self.started_at > STEADY_AFTER:
                self.failures = 0
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2**self.failures)
            self.failures += 1
            err.print(escape(f"{self.name} ended ({how(self.process.returncode)}); starting it again in {pause:g} s"))
            self.process, self.due_at = None, now + pause
        if self.process is None and now >= self.due_at:
            self.start()


@dataclass
class Supervisor:
    """`children` are kept running until `stop`; `cluster`, when there is one, is started again as well."""

    children: list[Child]
    cluster: Cluster | None = None
    stopping: bool = False
    ready: bool = False
    _cluster_due_at: float = field(default=0.0)

    def run(self, is_ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Keep everything alive until a signal says stop. Returns the exit code: 0 after a clean stop, 1 when a child
        could not start even once."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note_signal)
        try:
            while not self.stopping:
                self.look()
                if not self.ready:
                    if any(child.failures >= MOST_FIRST_TRIES for child in self.children):
                        err.print("It could not start; the messages above say why.")
                        return 1
                    if is_ready():
                        self.ready = True
                        when_ready()
                time.sleep(LOOK_EVERY)
            return 0
        finally:
            self.stop()

    def note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def look(self) -> None:
        now = time.monotonic()
        if self.cluster is not None and not self.cluster.alive and now >= self._cluster_due_at:
            err.print("The embedded database ended; starting it again")
            self._cluster_due_at = now + SHORTEST_PAUSE
            try:
                self.cluster.start()
            except EmbeddedFault as fault:
                err.print(escape(str(fault)))
                self._cluster_due_at = now + LONGEST_PAUSE
        for child in self.children:
            child.look()

    def stop(self) -> None:
        """End the children (answers under way are finished), then the database."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + LONGEST_STOP
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.cluster is not None:
            self.cluster.stop()


def how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def web_child(name: str, descriptor: int) -> Child:
    return Child(name, ("-m", "app.cli.web_process", str(descriptor)), (descriptor,))


def worker_child() -> Child:
    return Child("worker", ("-m", "app", "worker"))
