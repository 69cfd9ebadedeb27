"""A stranger's first start, and every start after something was killed. Real processes, real sockets, a fresh data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from app.embedded import Cluster
from app.kit import postgres

ROOT = Path(__file__).resolve().parents[2]
LONGEST_START = 60.0

pytestmark = pytest.mark.xdist_group("installation")  # one installation for all of them, on one worker


def until(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
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


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    installation = Installation(folder / "data", free_port(), folder / "log")
    installation.start()
    with psycopg.connect(installation.cluster.url()) as connection:
        connection.execute("CREATE TABLE note (word text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
    yield installation
    if installation.run is not None and installation.run.poll() is None:
        installation.run.send_signal(signal.SIGINT)
        installation.run.wait(30)
    installation.cluster.destroy()


@pytest.fixture(autouse=True)
def running(installation: Installation) -> None:
    """Every test begins with a run in progress, whatever the one before did to it."""
    if installation.run is None or installation.run.poll() is not None:
        installation.start()


def test_an_empty_folder_becomes_a_working_site_with_its_reference_data(installation: Installation) -> None:
    assert httpx.get(f"http://127.0.0.1:{installation.port}/", trust_env=False).status_code == 200
    with psycopg.connect(installation.cluster.url()) as connection:
        districts = connection.execute("SELECT count(*) FROM region WHERE code ~ '^64[.]08[.][0-9]{2}$'").fetchone()
    assert districts == (18,)
    assert installation.read_note() == "kept"


def test_it_says_where_it_runs_and_on_which_engines(installation: Installation) -> None:
    assert until(lambda: "Ctrl-C" in installation.log.read_text(), 10)
    said = installation.log.read_text()
    assert f"http://127.0.0.1:{installation.port}" in said
    assert "embedded PostgreSQL" in said


def test_a_second_start_on_the_same_data_is_refused_with_a_sentence(installation: Installation) -> None:
    second = installation.command("serve", PORT=str(free_port()))
    assert second.returncode == 1
    assert "already uses" in second.stderr
    assert "Traceback" not in second.stderr
    assert installation.ready()


def test_commands_work_beside_a_run_in_progress(installation: Installation) -> None:
    listed = installation.command("outbox", "dead")
    assert (listed.returncode, listed.stdout) == (0, "No dead letters.\n")
    address = installation.command("db", "url")
    assert address.stdout.strip() == installation.cluster.url()
    assert installation.ready()


@pytest.mark.parametrize("part", ["app.cli.web_process", "worker", "postgres"])
def test_a_part_that_is_killed_comes_back_by_itself(installation: Installation, part: str) -> None:
    before = installation.children(part)
    assert len(before) == 1
    os.kill(before[0], signal.SIGKILL)
    assert until(lambda: bool(installation.children(part)) and installation.children(part) != before, 20)
    assert until(lambda: installation.cluster.answers() and installation.ready(), 20)
    assert installation.read_note() == "kept"


def test_nothing_outlives_a_supervisor_that_was_killed_and_the_next_start_works(installation: Installation) -> None:
    assert installation.run is not None
    children = installation.children("")
    assert len(children) == 3
    installation.run.kill()
    installation.run.wait()
    began = time.monotonic()
    installation.start()
    assert time.monotonic() - began < 20
    assert installation.read_note() == "kept"
    assert [pid for pid in children if not gone(pid)] == []


def test_everything_killed_at_once_starts_again(installation: Installation) -> None:
    assert installation.run is not None
    for pid in [installation.run.pid, *installation.children(""), *postgres.processes_of(installation.cluster.pgdata)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    installation.run.wait()
    installation.start()
    assert installation.read_note() == "kept"


def test_ctrl_c_ends_everything_with_success_and_keeps_the_data(installation: Installation) -> None:
    assert installation.run is not None
    installation.run.send_signal(signal.SIGINT)
    assert installation.run.wait(30) == 0
    assert not installation.cluster.answers()
    assert list(postgres.processes_of(installation.cluster.pgdata)) == []
    installation.start()
    assert installation.read_note() == "kept"


def test_demo_accounts_refuse_to_be_served_to_the_network(installation: Installation, tmp_path: Path) -> None:
    refused = installation.command("serve", PASAR_ENV="demo", HOST="0.0.0.0", PASAR_DATA_DIR=str(tmp_path))
    assert refused.returncode == 1
    assert "PASAR_DEMO_PUBLIC=1" in refused.stderr


def test_production_refuses_an_unfinished_configuration_naming_every_fault(
    installation: Installation, tmp_path: Path
) -> None:
    refused = installation.command(
        "serve", PASAR_ENV="production", PASAR_SECERT_KEY="typo", PASAR_DATA_DIR=str(tmp_path)
    )
    assert refused.returncode == 1
    for word in (
        "PASAR_SECERT_KEY",
        "PASAR_SECRET_KEY",
        "PASAR_INDEX_KEY",
        "PASAR_DATA_KEYS",
        "PASAR_BASE_URL",
        "PASAR_DATABASE_URL",
    ):
        assert word in refused.stderr
