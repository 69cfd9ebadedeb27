"""A real Meilisearch for tests: one that is pointed to, or one found on PATH and started on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

WHY_NOT = "no `meilisearch` on PATH and no PASAR_TEST_MEILISEARCH_URL: the Meilisearch engine is not tried against a real server"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of a server that answers; skips, with the reason, where there is none to be had."""
    given = os.environ.get("PASAR_TEST_MEILISEARCH_URL")
    if given:
        yield given.rstrip("/")
        return
    program = shutil.which("meilisearch")
    if program is None:
        pytest.skip(WHY_NOT)
    address = f"127.0.0.1:{free_port()}"
    process = start(program, address, folder)
    try:
        wait_until_healthy(f"http://{address}", process)
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(20)


def start(program: str, address: str, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            program,
            "--http-addr",
            address,
            "--db-path",
            str(folder / "data"),
            "--no-analytics",
            "--env",
            "development",
            "--max-indexing-threads",
            "1",
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "HOME": str(folder)},
    )


def wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, "meilisearch ended by itself"
        try:
            if httpx.get(f"{url}/health", timeout=1).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError("meilisearch did not answer within 30 s")
