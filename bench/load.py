"""The load: `wrk` with 16 connections from one thread, each connection waiting for its answer before it asks again.

wrk is a C program of Debian's (`apt install wrk`): a client written in Python would take more of the two cores than the servers.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("requests.lua")
LONGEST_ANSWER = "30s"

BROWSER = {"Accept": "text/html", "Accept-Language": "id", "Accept-Encoding": "gzip"}
"""What a phone's browser says, and so every request here: who compresses pays for it."""


class Missing(Exception):
    """Something the benchmark needs is not on this machine."""


@dataclass(frozen=True)
class Ask:
    """One HTTP request."""

    path: str
    method: str = "GET"
    cookie: str | None = None
    form: tuple[tuple[str, str], ...] = ()
    document: str | None = None

    def head_and_body(self) -> bytes:
        headers = {"Host": "127.0.0.1", **BROWSER}
        if self.cookie:
            headers["Cookie"] = self.cookie
        body = urlencode(self.form).encode() if self.form else (self.document or "").encode()
        if self.method == "POST":
            headers["Content-Type"] = "application/json" if self.document else "application/x-www-form-urlencoded"
            headers["Content-Length"] = str(len(body))
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True)
class Outcome:
    """One measurement. Times in milliseconds."""

    rate: float
    requests: int
    bytes_each: float
    p50: float
    p95: float
    p99: float


def require_wrk() -> None:
    if shutil.which("wrk") is None:
        raise Missing("wrk is missing. Debian and Ubuntu: apt install wrk")


def send(port: int, asks: Sequence[Ask], seconds: int, folder: Path, *, once: bool = False) -> Outcome:
    """Ask for so long, going round the requests; with `once` none may be sent twice. A refusal or a broken answer is a fault of
    the measurement, never a number."""
    file = folder / f"requests-{port}"
    file.write_bytes(b"\0".join(ask.head_and_body() for ask in asks))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", LONGEST_ANSWER, "-s", str(SCRIPT)]
    done = subprocess.run(
        [*command, f"http://127.0.0.1:{port}/", "--", str(file)], capture_output=True, text=True, check=True
    )
    said = json.loads(done.stdout.splitlines()[-1])
    if said["refused"] or said["broken"] or not said["requests"]:
        raise RuntimeError(f"{asks[0].path} on port {port}: {said}")
    if once and said["requests"] + CONNECTIONS > len(asks):
        raise RuntimeError(f"{asks[0].path}: {said['requests']} requests, only {len(asks)} were prepared")
    return Outcome(
        rate=said["requests"] / said["seconds"],
        requests=said["requests"],
        bytes_each=said["bytes"] / said["requests"],
        p50=said["p50"],
        p95=said["p95"],
        p99=said["p99"],
    )
