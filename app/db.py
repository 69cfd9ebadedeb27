"""The database: one engine a process, one transaction a request or task, ended at the edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from sqlalchemy import CursorResult, DateTime, Engine, SelectBase, create_engine, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session as Session
from sqlmodel import SQLModel

POOL_SIZE = 12
"""Connections of one process; its thread limit is the same number, so a handler never waits for a connection (D2)."""

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "20s"

Transactions = Callable[[], AbstractContextManager[Session]]
"""A transaction factory: `with begin() as session:` commits at the end, rolls back on an exception."""

AWAY: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised when the database cannot be reached, was lost half-way, or did not get to a statement in time: nothing was
committed, and the same request may be sent again."""

DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Timestamp(DateTime):
    """`timestamptz`: an instant, never a wall-clock time."""

    def __init__(self) -> None:
        super().__init__(timezone=True)


def driver_url(url: str) -> str:
    """The address with the psycopg 3 driver named, whatever way the operator wrote it."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def connect(url: str, *, pool_size: int = POOL_SIZE) -> Engine:
    """An engine whose every connection bounds how long it waits for a lock or a statement, and speaks UTC."""
    options = f"-c lock_timeout={LOCK_TIMEOUT} -c statement_timeout={STATEMENT_TIMEOUT} -c timezone=UTC"
    return create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        pool_recycle=1800,
        hide_parameters=True,  # a failing statement's values may be personal data; its message reaches logs
        connect_args={"options": options, "connect_timeout": 5},
    )


def transactions(engine: Engine) -> Transactions:
    """A transaction factory over this engine."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return begin


class Prepared:
    """A read put together and rendered once, for the pages everybody asks for: putting a statement together costs more than
    asking PostgreSQL. Its open values are named `bindparam`s; a list of values is one (`= ANY(...)`), never an `in_`.
    Values come back as the driver reads them (UUIDs, times and whole numbers as such).
    """

    def __init__(self, statement: SelectBase) -> None:
        rendered = statement.compile(dialect=DIALECT)
        self.sql = str(rendered)
        self.fixed = dict(rendered.params)

    def rows(self, session: Session, **values: Any) -> CursorResult[Any]:
        """What the session has not written yet is written first, as `session.execute` does."""
        session.flush()
        return session.connection().exec_driver_sql(self.sql, {**self.fixed, **values})


def revision(session: Session) -> str | None:
    """The newest migration applied; None in a database without any."""
    if session.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    found = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(found) if found else None
