"""The contestants as processes: started on free ports, ended with the run, weighed at its end."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from app.kit import lifeline

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0
BARE_PROCESS = (
    "import socket, sys, uvicorn;"
    "uvicorn.Server(uvicorn.Config('bench.bare:application', factory=True, loop='uvloop', http='httptools', ws='none',"
    " lifespan='on', log_config=None, access_log=False, server_header=False))"
    ".run(sockets=[socket.socket(fileno=int(sys.argv[1]))])"
)
"""The same server with the same settings as the product's web processes, around the bare handlers."""


@dataclass
class Server:
    """One contestant with so many processes on one port."""

    name: str
    workers: int
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, path: str, *, patience: float = PATIENCE) -> None:
        deadline = time.monotonic() + patience
        while True:
            try:
                if httpx.get(self.url + path, timeout=30, trust_env=False).status_code < 500:
                    return
            except httpx.TransportError:
                pass
            if time.monotonic() > deadline or any(process.poll() is not None for process in self.processes):
                raise RuntimeError(f"{self.name} did not start")
            time.sleep(0.1)

    def stop(self, *, patience: float = 15) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                process.kill()

    def weights(self) -> list[int]:
        """The PSS of every process that answers requests, in KiB: shared pages are counted in parts. Masters are left out."""
        found = []
        for process in self.processes:
            own = children(process.pid) or [process.pid]
            found += [pss(pid) for pid in own]
        return found


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed]


def pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    raise RuntimeError(f"no Pss of process {pid}")


def on_socket(
    stack: ExitStack, name: str, workers: int, command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Server:
    """So many processes on one listening socket, as the product's supervisor starts its own; the command gets its number."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)
    server = Server(name, workers, listener.getsockname()[1])
    stack.callback(server.stop)
    for _ in range(workers):
        server.processes.append(
            run([*command, str(listener.fileno())], environment, log, pass_fds=(listener.fileno(),), folder=ROOT)
        )
    listener.close()
    return server


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    folder: Path,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    with log.open("ab") as written:
        return subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            pass_fds=pass_fds,
            preexec_fn=lifeline.before_exec(signal.SIGTERM),  # noqa: PLW1509 - one prctl call, prepared before the fork
        )


def ours(stack: ExitStack, workers: int, environment: Mapping[str, str], log: Path) -> Server:
    return on_socket(stack, "Pasar Etam", workers, [sys.executable, "-m", "app.cli.web_process"], environment, log)


def bare(stack: ExitStack, workers: int, environment: Mapping[str, str], log: Path) -> Server:
    return on_socket(stack, "bare FastAPI", workers, [sys.executable, "-c", BARE_PROCESS], environment, log)
