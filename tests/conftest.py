"""One PostgreSQL cluster a run, one migrated template in it, and databases cloned from that.

`session` is the fast way: a transaction rolled back at the end. `database` is a database of the test's own, for real commits,
real concurrency and real processes.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlmodel import Session

from app import config, db
from app.db import Transactions
from app.embedded import Cluster
from tests import template

TEMPLATE = "pasar_template"
TEST_ENVIRONMENT = {
    "PASAR_ENV": "development",
    "PASAR_SECRET_KEY": "test-secret-key-test-secret-key-test-secret",
    "PASAR_INDEX_KEY": "test-index-key-test-index-key-test-index-k",
    "PASAR_DATA_KEYS": "k1:" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
    "PASAR_BASE_URL": "http://testserver",
}


def pytest_configure(config: pytest.Config) -> None:
    """The controller (or a run without workers) owns the cluster; workers are told its address."""
    if hasattr(config, "workerinput"):
        os.environ.update(config.workerinput["pasar_environment"])
        return
    folder = tempfile.TemporaryDirectory(prefix="pasar-test-", ignore_cleanup_errors=True)
    os.environ.update(TEST_ENVIRONMENT)
    os.environ["PASAR_DATA_DIR"] = folder.name
    cluster = Cluster(Path(folder.name), durable=False)
    url = cluster.start()
    os.environ["PASAR_TEST_CLUSTER_URL"] = url
    template.build(url, TEMPLATE)

    def end() -> None:
        cluster.destroy()
        folder.cleanup()

    config.add_cleanup(end)


class TellWorkers:
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["pasar_environment"] = {
            name: value for name, value in os.environ.items() if name.startswith("PASAR_")
        }


def pytest_plugin_registered(plugin: object, manager: pytest.PytestPluginManager) -> None:
    if manager.hasplugin("xdist") and not manager.hasplugin("pasar-tell-workers"):
        manager.register(TellWorkers(), "pasar-tell-workers")


def url_of(database: str) -> str:
    return make_url(os.environ["PASAR_TEST_CLUSTER_URL"]).set(database=database).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def administration() -> Iterator[Engine]:
    engine = create_engine(db.driver_url(url_of("postgres")), isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def clone(administration: Engine, name: str) -> str:
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY'))
    return url_of(name)


def drop(administration: Engine, name: str) -> None:
    with administration.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture(scope="session")
def shared_engine(administration: Engine) -> Iterator[Engine]:
    name = f"shared_{uuid4().hex[:12]}"
    engine = db.connect(clone(administration, name), pool_size=5)
    yield engine
    engine.dispose()
    drop(administration, name)


@pytest.fixture
def session(shared_engine: Engine) -> Iterator[Session]:
    """A session whose every effect is rolled back; a rollback inside the test only undoes that test's own work."""
    with shared_engine.connect() as connection:
        outer = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        outer.rollback()


@dataclass(frozen=True)
class Database:
    """A database of one test: its address (for other processes), its engine, its transaction factory."""

    url: str
    engine: Engine
    begin: Transactions


@pytest.fixture
def database(administration: Engine) -> Iterator[Database]:
    name = f"test_{uuid4().hex[:12]}"
    url = clone(administration, name)
    engine = db.connect(url, pool_size=60)
    yield Database(url, engine, db.transactions(engine))
    engine.dispose()
    drop(administration, name)


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """Settings are read once a process; a test that changes the environment must not leave its reading behind."""
    config.settings.cache_clear()
    yield
    config.settings.cache_clear()
