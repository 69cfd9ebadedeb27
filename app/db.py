"""The database: one engine a process, one transaction a request or task, ended at the edge."""

from __future__ import annotations

import json
import select
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import cache
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import psycopg
from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    CursorResult,
    DateTime,
    Engine,
    create_engine,
    event,
    literal_column,
    text,
)
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import configure_mappers
from sqlmodel import Session as Session
from sqlmodel import SQLModel

POOL_SIZE = 8
"""Connections of one process; its thread limit is the same number, so a handler never waits for a connection (D2).

More threads only take the interpreter from each other: with 12 a page costs a tenth more than with 8. Fewer would do for pages,
but buyers of one product hold a thread each while they wait for its stock, and somebody must be left to answer the others.
"""

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "20s"

Transactions = Callable[[], AbstractContextManager[Session]]
"""A transaction factory: `with begin() as session:` commits at the end, rolls back on an exception."""

AWAY: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)
"""What is raised when the database cannot be reached, was lost half-way, or did not get to a statement in time: nothing was
committed, and the same request may be sent again."""

DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]

Row = TypeVar("Row", bound=SQLModel)

GATHER: Final = "gather"

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
    engine = create_engine(
        driver_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        hide_parameters=True,  # a failing statement's values may be personal data; its message reaches logs
        connect_args={"options": options, "connect_timeout": 5, "keepalives_idle": 30},
    )
    event.listen(engine, "checkout", refuse_the_dead)
    return engine


def refuse_the_dead(connection: Any, *_: object) -> None:
    """The pool opens another connection in the place of one that was closed at the other end. The server speaks to an idle
    connection only to say so, and the kernel knows: asking the server itself would cost every request a round trip."""
    if connection.closed or spoken_to(connection.fileno()):
        raise DisconnectionError


def spoken_to(descriptor: int) -> bool:
    ears = select.poll()
    ears.register(descriptor, select.POLLIN)
    return bool(ears.poll(0))


def transactions(engine: Engine) -> Transactions:
    """A transaction factory over this engine."""

    @contextmanager
    def begin() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return begin


def fixed(word: str) -> ColumnElement[str]:
    """A word of the product's own, written into a statement as it is: PostgreSQL plans with what it knows, and takes an index of
    the published ones only for a statement that says so itself."""
    if not word.isidentifier():
        raise ValueError(word)
    return literal_column(f"'{word}'")


class Reading(Session):
    """A session that has nothing to commit."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Raises RuntimeError for anything that waits to be written."""
        if self.new or self.dirty or self.deleted:
            raise RuntimeError("this session only reads")


def reads(engine: Engine) -> Transactions:
    """Like `transactions`, for whoever only reads. Every statement is a transaction of its own and sees what was committed when it
    began, which is what it sees in any of ours (READ COMMITTED); beginning and ending one by hand would be two questions more."""
    by_itself = engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def begin() -> Iterator[Session]:
        with Reading(by_itself, expire_on_commit=False) as session, session.begin():
            yield session

    return begin


class Prepared:
    """A statement put together and rendered once, for what everybody asks for or does: putting one together costs more than
    asking PostgreSQL. Its open values are named `bindparam`s; a list of values is one (`= ANY(...)`), never an `in_`.
    Values come back as the driver reads them (UUIDs, times and whole numbers as such).
    """

    def __init__(self, statement: ClauseElement) -> None:
        rendered = statement.compile(dialect=DIALECT)
        self.sql = str(rendered)
        self.fixed = dict(rendered.params)
        self.kind: Any = None

    def rows(self, session: Session, **values: Any) -> CursorResult[Any]:
        """What the session has not written yet is written first, as `session.execute` does."""
        session.flush()
        return session.connection().exec_driver_sql(self.sql, {**self.fixed, **values})

    def found(self, session: Session, **values: Any) -> list[Any]:
        """The same rows, all at once, as plain named tuples straight from the driver: what SQLAlchemy lays around a result costs
        as much again as the read. Faults come as they come from it."""
        cursor = straight_to_the_driver(session, self.sql, {**self.fixed, **values})
        rows = cursor.fetchall()
        if self.kind is None:
            self.kind = namedtuple("Found", [column[0] for column in cursor.description])  # type: ignore[misc]
        cursor.close()
        return list(map(self.kind._make, rows))


def straight_to_the_driver(session: Session, sql: str, values: Mapping[str, Any]) -> Any:
    """The driver's cursor after this statement. What the session has not written yet is written first."""
    session.flush()
    connection = session.connection()
    cursor = connection.connection.cursor()
    connection.dispatch.before_cursor_execute(connection, cursor, sql, values, None, False)
    try:
        cursor.execute(sql, cast("Any", values))
    except psycopg.Error as fault:
        raise as_sqlalchemy_tells_it(connection, fault) from fault
    return cursor


def as_sqlalchemy_tells_it(connection: Connection, fault: psycopg.Error) -> DBAPIError:
    """The fault in its class of SQLAlchemy, without the statement's values; a connection that is lost goes back to no pool."""
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    lost = driver.closed or driver.broken
    if lost:
        connection.invalidate(fault)
    told = DBAPIError.instance(
        None, None, fault, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=DIALECT
    )
    assert isinstance(told, DBAPIError)  # noqa: S101 - so it is for a fault of the driver
    return told


def row_of(table: type[Row], **values: Any) -> Row:
    """A new row with the defaults of its table, for `put_in`. It reads like an entity and costs a twentieth of one; no session
    knows it or would take it."""
    fixed, made = defaults_of(table)
    facts = fixed | values
    for name, make in made:
        if name not in values:
            facts[name] = make()
    if facts.keys() != table.model_fields.keys():
        raise TypeError(f"unknown or missing in {table.__tablename__}: {facts.keys() ^ table.model_fields.keys()}")
    row: Row = table.__new__(table)
    row.__dict__.update(facts)
    return row


@cache
def defaults_of(table: type[SQLModel]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Those that are the same for every row, and those that are made for each."""
    configure_mappers()  # before that no field of a table class can be read, and nothing may have needed it yet
    fields = table.model_fields.items()
    fixed = {name: field.default for name, field in fields if not field.is_required() and field.default_factory is None}
    made = [(name, field.default_factory) for name, field in fields if field.default_factory is not None]
    return fixed, cast("list[tuple[str, Callable[[], Any]]]", made)


def put_in(session: Session, *rows: SQLModel) -> None:
    """Insert new rows, of several tables if need be, by one statement; which tables refer to which is no matter, because
    PostgreSQL looks at the end of it. Numbers that the database gives are not read back, and the session keeps nothing.

    A session that gathers rows (`session.info[GATHER]`) is asked first, and what it keeps for later is not inserted now.
    """
    gather: Callable[[Sequence[SQLModel]], Sequence[SQLModel]] | None = session.info.get(GATHER)
    if left := rows if gather is None else gather(rows):
        insert(session, left)


def insert(session: Session, rows: Sequence[SQLModel]) -> None:
    """Insert these rows now, by one statement."""
    by_table: dict[type[SQLModel], list[SQLModel]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row)
    values = {str(table.__tablename__): as_json(table, of_table) for table, of_table in by_table.items()}
    straight_to_the_driver(session, insertion(tuple(by_table)), values).close()


@cache
def insertion(tables: tuple[type[SQLModel], ...]) -> str:
    """As many rows of each table as its parameter has: a JSON array, which PostgreSQL reads by the types of the columns."""
    inserts = []
    for table in tables:
        name, columns = str(table.__tablename__), ", ".join(quoted(column) for column in columns_of(table))
        given = f"json_populate_recordset(NULL::{name}, %({name})s::json)"
        inserts.append(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {given}")  # noqa: S608 - names of our own
    *others, last = inserts
    beside = ", ".join(f"part_{number} AS ({one})" for number, one in enumerate(others))
    return f"WITH {beside} {last}" if beside else last


@cache
def columns_of(table: type[SQLModel]) -> tuple[str, ...]:
    """All but those the database fills in itself."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    return tuple(column.name for column in columns if column.identity is None and column.server_default is None)


def quoted(column: str) -> str:
    return DIALECT.identifier_preparer.quote(column)


def as_json(table: type[SQLModel], rows: list[SQLModel]) -> str:
    columns, values = columns_of(table), [vars(row) for row in rows]
    return ENCODER.encode([{name: facts[name] for name in columns} for facts in values])


def written(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"no column holds {type(value).__name__}")


ENCODER: Final = json.JSONEncoder(default=written, check_circular=False, separators=(",", ":"))


def revision(session: Session) -> str | None:
    """The newest migration applied; None in a database without any."""
    if session.execute(text("SELECT to_regclass('alembic_version')")).scalar_one() is None:
        return None
    found = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return str(found) if found else None
