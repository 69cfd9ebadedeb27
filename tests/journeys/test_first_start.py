"""A stranger's first start, and every start after something was killed. Real processes, real sockets, a fresh data folder."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from app.kit import postgres
from tests.journeys.installation import Installation, free_port, gone, until

pytestmark = pytest.mark.xdist_group("installation")  # one installation for all of them, on one worker


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("installation")
    installation = Installation(folder / "data", free_port(), folder / "log")
    installation.start()
    with psycopg.connect(installation.cluster.url()) as connection:
        connection.execute("CREATE TABLE note (word text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
    yield installation
    installation.stop()


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
    installation.kill_everything()
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
