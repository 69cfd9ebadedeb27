"""The embedded PostgreSQL under every interruption it must survive. Each test has a real cluster of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from app import config, embedded
from app.embedded import AlreadyRunning, Cluster
from app.kit import postgres
from app.kit.postgres import EmbeddedFault

ROOT = Path(__file__).resolve().parent.parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as another user")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path, durable=False)
    yield cluster
    cluster.destroy()


def until(condition: Callable[[], bool], seconds: float = 15) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def write_note(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE note (word text)")
        connection.execute("INSERT INTO note VALUES ('kept')")


def read_note(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT word FROM note").fetchone()
    assert row is not None
    return str(row[0])


def postmaster(cluster: Cluster) -> int:
    assert cluster.process is not None
    return cluster.process.pid


def starter(data_dir: Path, then: str) -> subprocess.Popen[str]:
    """Another Python process that starts the cluster of this folder, says its address, and goes on as told."""
    program = f"""
        import os, signal, sys, time
        from pathlib import Path
        from app.embedded import Cluster
        cluster = Cluster(Path({str(data_dir)!r}), durable=False)
        print(cluster.start(), flush=True)
        {then}
    """
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def test_a_started_cluster_answers_as_postgresql_18_with_a_stable_order_of_text(cluster: Cluster) -> None:
    url = cluster.start()
    with psycopg.connect(url) as connection:
        version = connection.execute("SHOW server_version").fetchone()
        locale = connection.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'pasar'"
        ).fetchone()
    assert version is not None
    assert version[0].startswith("18.")
    assert locale == ("b", "C.UTF-8", "UTF8")


def test_it_listens_on_no_network_and_its_socket_is_private(cluster: Cluster) -> None:
    url = cluster.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    folder = cluster.socket_folder.lstat()
    assert folder.st_mode & 0o777 == 0o700
    assert folder.st_uid == cluster.owner.uid
    assert cluster.pgdata.stat().st_mode & 0o777 == 0o700


def test_what_was_committed_is_there_after_a_stop_and_a_start(cluster: Cluster) -> None:
    write_note(cluster.start())
    cluster.stop()
    assert not cluster.answers()
    assert read_note(cluster.start()) == "kept"


def test_a_server_killed_with_its_backends_left_behind_starts_again(cluster: Cluster) -> None:
    url = cluster.start()
    write_note(url)
    with psycopg.connect(url, autocommit=True) as connection:
        backend = connection.info.backend_pid
        os.kill(backend, signal.SIGSTOP)  # an orphan that cannot notice that its server is gone
        os.kill(postmaster(cluster), signal.SIGKILL)
        assert until(lambda: not cluster.alive)
        assert read_note(cluster.start()) == "kept"
    assert backend not in list(postgres.processes_of(cluster.pgdata))


def test_a_stale_pid_file_whose_number_another_process_has_now_is_recognised(cluster: Cluster) -> None:
    write_note(cluster.start())
    os.kill(postmaster(cluster), signal.SIGKILL)
    assert until(lambda: not cluster.alive)
    cluster.stop()
    bystander = subprocess.Popen(["sleep", "60"], **cluster.owner.identity)
    try:
        pid_file = cluster.pgdata / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
        assert read_note(cluster.start()) == "kept"
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()


def test_a_second_start_on_one_folder_is_refused_with_a_sentence_and_leaves_the_first_alone(
    cluster: Cluster, tmp_path: Path
) -> None:
    url = cluster.start()
    with pytest.raises(AlreadyRunning, match=rf"process {os.getpid()}\) already uses .*PASAR_DATA_DIR"):
        Cluster(tmp_path, durable=False).start(patience=0.2)
    write_note(url)
    assert read_note(url) == "kept"


def test_the_server_ends_with_a_starter_that_was_killed_and_the_next_start_works(
    cluster: Cluster, tmp_path: Path
) -> None:
    with starter(tmp_path, "time.sleep(60)") as first:
        assert first.stdout is not None
        write_note(first.stdout.readline().strip())
        first.kill()
    assert read_note(cluster.start(patience=10)) == "kept"
    assert [pid for pid in postgres.processes_of(cluster.pgdata) if pid == postmaster(cluster)] == [postmaster(cluster)]


def test_an_interrupted_creation_leaves_nothing_half_made(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(self: Cluster, command: list[str], *, check: bool = True) -> None:
        (Path(command[2]) / "PG_VERSION").write_text("18")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Cluster, "_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            cluster.start()
    assert not cluster.pgdata.exists()
    cluster.start()
    assert list(cluster.home.glob("data.new*")) == []


def test_a_server_that_cannot_start_says_why_in_its_own_words(cluster: Cluster) -> None:
    cluster.start()
    cluster.stop()
    (cluster.pgdata / "postgresql.auto.conf").write_text("no_such_setting = 1\n")
    with pytest.raises(EmbeddedFault, match="no_such_setting"):
        cluster.start()
    (cluster.pgdata / "postgresql.auto.conf").write_text("")
    cluster.start()


def test_a_command_joins_the_server_of_a_run_in_progress(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = cluster.start()
    monkeypatch.delenv("PASAR_DATABASE_URL", raising=False)
    settings = config.Settings(data_dir=tmp_path)
    assert embedded.start_for(settings) == url
    assert cluster.answers()


def test_a_socket_path_too_long_for_the_kernel_moves_to_the_runtime_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(Cluster, "home", tmp_path / ("panjang" * 12) / "postgresql")
    folder = Cluster(tmp_path).socket_folder
    assert folder.parent == Path("/tmp")
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) <= embedded.LONGEST_SOCKET_PATH


def test_a_folder_of_somebody_else_is_not_taken_for_the_private_one(tmp_path: Path) -> None:
    taken = tmp_path / "socket"
    taken.mkdir(mode=0o755)
    me = postgres.Owner(os.geteuid(), os.getegid())
    with pytest.raises(EmbeddedFault, match="not a private folder"):
        postgres.private_folder(taken, me)


@as_root
def test_as_root_the_server_runs_unprivileged_and_changes_no_folder_of_others(cluster: Cluster, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = tmp_path.stat()
    cluster.start()
    assert Path(f"/proc/{postmaster(cluster)}").stat().st_uid == cluster.owner.uid != 0
    assert cluster.home.is_relative_to(postgres.ROOT_HOME)
    after = tmp_path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)


@as_root
def test_as_root_a_new_data_folder_at_an_old_path_starts_empty(cluster: Cluster, tmp_path: Path) -> None:
    write_note(cluster.start())
    cluster.stop()
    first_home = cluster.home
    (tmp_path / "postgresql.id").rename(tmp_path / "kept-name")
    with psycopg.connect(cluster.start()) as connection:
        assert connection.execute("SELECT to_regclass('note')").fetchone() == (None,)
    cluster.destroy()
    (tmp_path / "kept-name").rename(tmp_path / "postgresql.id")
    assert cluster.home == first_home
    assert read_note(cluster.start()) == "kept"


@as_root
def test_as_root_binaries_the_server_user_cannot_reach_are_copied_not_opened_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    distribution = postgres.installed_package()
    for part in (postgres.INSTALL, postgres.LIBRARIES):
        (closed / part).parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-r", str(distribution.locate_file(part)), closed / part], check=True)
    monkeypatch.setattr(postgres, "ROOT_HOME", Path("/var/lib/pasar-etam/try"))
    monkeypatch.setattr(type(distribution), "locate_file", lambda _self, part: closed / part)
    nobody = postgres.Owner(65534, 65534)
    postgres.readable_install.cache_clear()
    try:
        install = postgres.readable_install(nobody)
        assert install.is_relative_to("/var/lib/pasar-etam/try")
        assert postgres.runs(install, nobody)
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        postgres.readable_install.cache_clear()
        subprocess.run(["rm", "-rf", "/var/lib/pasar-etam/try"], check=True)
