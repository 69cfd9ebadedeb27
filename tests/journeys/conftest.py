"""The product running for real: server and worker as processes of their own, on loopback."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from tests.conftest import Database

Found = TypeVar("Found")

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(look: Callable[[], Found | None], *, seconds: float = 90, what: str = "it") -> Found:
    """Wait for something to become true; the last look decides."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)


@dataclass
class Running:
    base_url: str
    database: Database
    environment: dict[str, str]
    media: Path
    log: Path
    clients: list[httpx.Client] = field(default_factory=list)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        port = self.base_url.rsplit(":", 1)[1]
        command = {
            "server": ["-m", "uvicorn", "--factory", "app.main:application", "--port", port, "--log-level", "warning"],
            "worker": ["-m", "app", "worker"],
        }[name]
        with self.log.open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        """As a power cut would: no chance to tidy up."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self.processes["server"].poll() is None, self.log.read_text()[-3000:]
            try:
                return httpx.get(f"{self.base_url}/readyz", timeout=2).status_code == 200
            except httpx.HTTPError:
                return False

        until(ready, seconds=180, what="the server")


@pytest.fixture
def running(database: Database, tmp_path: Path) -> Iterator[Running]:
    base_url = f"http://127.0.0.1:{free_port()}"
    environment = os.environ | {
        "PASAR_ENV": "development",
        "PASAR_DATABASE_URL": database.url,
        "PASAR_BASE_URL": base_url,
        "PASAR_DATA_DIR": str(tmp_path / "data"),
    }
    environment.pop("PASAR_MEILISEARCH_URL", None)
    product = Running(base_url, database, environment, tmp_path / "data" / "media", tmp_path / "log")
    product.start("server")
    product.start("worker")
    try:
        product.wait_until_ready()
        yield product
    finally:
        for client in product.clients:
            client.close()
        for process in product.processes.values():
            process.terminate()
        for process in product.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
