"""One installation as `make run` makes it: supervisor, server, worker and embedded PostgreSQL on a data folder of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psycopg

from app.embedded import Cluster
from app.kit import postgres

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START = 180.0


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def gone(pid: int) -> bool:
    """Ended, whether or not whoever inherited it has noticed."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@dataclass
class Installation:
    """One data folder and port, and the run in progress on them."""

    data_dir: Path
    port: int
    log: Path
    run: subprocess.Popen[bytes] | None = None
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PASAR_")}
        given = {
            "PASAR_ENV": "development",
            "PASAR_DATA_DIR": str(self.data_dir),
            "PORT": str(self.port),
            "HOST": "127.0.0.1",
        }
        return ours | given | more

    def command(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            env=self.environment(**more),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST_START,
            check=False,
        )

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.run = subprocess.Popen(
                [sys.executable, "-m", "app", "serve"], env=self.environment(), cwd=ROOT, stdout=log, stderr=log
            )
        assert until(self.ready, LONGEST_START), self.log.read_text()

    def ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def children(self, word: str) -> list[int]:
        """Process ids of the supervisor's living children with this word in their command line."""
        assert self.run is not None
        found = []
        for pid in Path(f"/proc/{self.run.pid}/task/{self.run.pid}/children").read_text().split():
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
            if any(word in argument for argument in arguments):
                found.append(int(pid))
        return found

    @property
    def cluster(self) -> Cluster:
        return Cluster(self.data_dir)

    def read_note(self) -> str:
        with psycopg.connect(self.cluster.url()) as connection:
            row = connection.execute("SELECT word FROM note").fetchone()
        assert row is not None
        return str(row[0])

    def kill_everything(self) -> None:
        """A power cut: supervisor, server, worker and every process of PostgreSQL at once."""
        assert self.run is not None
        for pid in [self.run.pid, *self.children(""), *postgres.processes_of(self.cluster.pgdata)]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.run.wait()

    def stop(self) -> None:
        """The end of it all: what runs is ended in order, the data thrown away."""
        for client in self.clients:
            client.close()
        if self.run is not None and self.run.poll() is None:
            self.run.send_signal(signal.SIGINT)
            self.run.wait(30)
        self.cluster.destroy()
