"""`serve`: the whole product in one command: database, migrations, reference data, web processes, worker."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Annotated

import httpx
import typer

from app import config, db
from app.catalogue import categories
from app.cli import demo, guide
from app.cli.db import bring_to_newest
from app.cli.supervisor import Supervisor, web_child, worker_child
from app.cli.terminal import COMMAND_CONNECTIONS, out
from app.config import ConfigurationFault, Settings
from app.embedded import Cluster
from app.kit import lifeline
from app.reference import load

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", "8000"
LISTEN_QUEUE = 2048
PORT_PATIENCE = 5.0
"""Seconds an earlier run gets to let go of the port."""


@dataclass(frozen=True)
class Address:
    """Where to listen, from HOST and PORT."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        """The address to type on this machine."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104 - compared, not bound
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def serve(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="End when the starting process ends.")
    ] = False,
) -> None:
    """Start everything and keep it running until Ctrl-C.

    Honours HOST (127.0.0.1), PORT (8000), PASAR_DATA_DIR (.data), PASAR_DATABASE_URL (unset: an embedded PostgreSQL) and
    PASAR_WORKERS (web processes, 1).
    """
    if with_parent:
        lifeline.die_with_parent(os.getppid(), signal.SIGTERM)
    settings = config.settings()
    address = listening_address()
    refuse_public_demo(settings, address)
    cluster = Cluster(settings.data_dir) if settings.database_url is None else None
    try:
        tell_children(settings, address, cluster.start() if cluster else None)
        listener = bind(address)
        prepare(config.settings())
        supervisor = Supervisor(
            [web_child(f"web {number + 1}", listener.fileno()) for number in range(settings.workers)]
            + [worker_child()],
            cluster,
        )
        code = supervisor.run(lambda: answers(address), lambda: guide.show(config.settings(), address.url, cluster))
    finally:
        if cluster is not None:
            cluster.stop()
    raise typer.Exit(code)


def listening_address() -> Address:
    """From HOST and PORT. Raises ConfigurationFault when PORT is no port."""
    port = os.environ.get("PORT") or DEFAULT_PORT
    if not (port.isascii() and port.isdecimal() and 0 < int(port) < 65_536):
        raise ConfigurationFault([f"PORT={port} is not a port number (1 to 65535)"])
    return Address(os.environ.get("HOST") or DEFAULT_HOST, int(port))


def refuse_public_demo(settings: Settings, address: Address) -> None:
    """The demo accounts' password is known to everybody, so they are not served to a network by mistake."""
    if settings.demo and not address.loopback and not settings.demo_public:
        raise ConfigurationFault(
            [
                f"HOST={address.host} can be reached by others, and the password of the demo accounts is public. "
                "Set PASAR_DEMO_PUBLIC=1 when you want that, or PASAR_ENV=development for a system without them."
            ]
        )


def tell_children(settings: Settings, address: Address, embedded_url: str | None) -> None:
    """What the other processes cannot know by themselves goes into their environment."""
    if embedded_url is not None:
        os.environ["PASAR_DATABASE_URL"] = embedded_url
    if "base_url" not in settings.model_fields_set:
        os.environ["PASAR_BASE_URL"] = address.url
    config.settings.cache_clear()


def bind(address: Address) -> socket.socket:
    """The listening socket, shared by every web process. Raises ConfigurationFault when the port is taken."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    deadline = time.monotonic() + PORT_PATIENCE
    while True:
        try:
            listener.bind((address.host, address.port))
            break
        except OSError as fault:
            if time.monotonic() > deadline:
                listener.close()
                raise ConfigurationFault(
                    [
                        f"Cannot listen on {address.host} port {address.port} ({fault.strerror}). Choose another with PORT=8001."
                    ]
                ) from fault
            time.sleep(0.2)
    listener.listen(LISTEN_QUEUE)
    return listener


def prepare(settings: Settings) -> None:
    """Migrations, reference data, and on the first run of a demo system its invented data."""
    if settings.database_url is None:
        raise ConfigurationFault(["PASAR_DATABASE_URL is not set"])
    url = settings.database_url.get_secret_value()
    bring_to_newest(url)
    engine = db.connect(url, pool_size=COMMAND_CONNECTIONS)
    try:
        begin = db.transactions(engine)
        with begin() as session:
            loaded = load.everything(session)
            categories.load(session)
        if loaded:
            out.print(f"Loaded {', '.join(loaded)}.")
        if settings.demo:
            demo.fill(begin)
    finally:
        engine.dispose()


def answers(address: Address) -> bool:
    """Whether the site is up, whatever it says about its parts being degraded."""
    try:
        return httpx.get(f"{address.url}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
