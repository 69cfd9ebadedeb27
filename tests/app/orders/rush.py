"""Many buyers at the same instant, in several processes: run by the tests of placing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from sqlalchemy import text

from app import db
from app.actor import GUEST
from app.db import Transactions
from app.errors import DomainError
from app.orders import placing
from app.orders.placing import CheckoutDraft
from tests.conftest import Database

GUN = 4711
PLACED = "placed"
PATIENCE = 240.0
PROCESSES = 4

Result = TypeVar("Result")


def wait_for_the_gun(begin: Transactions) -> None:
    """Queue at a lock the starter holds: everybody is let go in the same moment."""
    with begin() as session:
        session.execute(text("SET LOCAL lock_timeout = 0"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:gun)"), {"gun": GUN})


def outcome(begin: Transactions, draft: CheckoutDraft) -> str:
    """`placed`, or the code of the refusal, or the name of what should never happen."""
    try:
        with begin() as session:
            placing.place(session, GUEST, draft)
    except DomainError as refusal:
        return f"{refusal.code}: {refusal.sentence}"
    except Exception as fault:  # noqa: BLE001 - told to the test, which fails on it
        return f"{type(fault).__name__}: {fault}"
    return PLACED


def process(url: str, drafts: Sequence[CheckoutDraft]) -> list[str]:
    """One process with a connection for each of its buyers."""
    engine = db.connect(url, pool_size=len(drafts))
    begin = db.transactions(engine)

    def buyer(draft: CheckoutDraft) -> str:
        wait_for_the_gun(begin)
        return outcome(begin, draft)

    with ThreadPoolExecutor(len(drafts)) as threads:
        results = list(threads.map(buyer, drafts))
    engine.dispose()
    return results


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """Four processes that share nothing with this one but the database."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        yield pool


def in_processes(pool: ProcessPoolExecutor, database: Database, drafts: Sequence[CheckoutDraft]) -> list[str]:
    """What became of each draft when all were sent at once, from all processes: the gun is fired when every buyer of every
    process waits for it, so none of them can have been served by fewer."""
    parts = [drafts[part::PROCESSES] for part in range(PROCESSES)]
    return fire(database, len(drafts), lambda: [pool.submit(process, database.url, part).result for part in parts])


def in_threads(database: Database, *acts: Callable[[], Result]) -> list[Result]:
    """The results of these acts, all begun in the same moment, each on its own connection."""

    def started(act: Callable[[], Result]) -> Result:
        wait_for_the_gun(database.begin)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return fire(
            database,
            len(acts),
            lambda: [lambda future=threads.submit(started, act): [future.result()] for act in acts],  # type: ignore[misc]
        )


def fire(database: Database, runners: int, line_up: Callable[[], Sequence[Callable[[], list[Result]]]]) -> list[Result]:
    """Hold the gun until every runner waits for it, then let go and collect."""
    with database.engine.connect() as starter:
        starter.execute(text("SELECT pg_advisory_lock(:gun)"), {"gun": GUN})
        waiting = line_up()
        deadline = time.monotonic() + PATIENCE
        while at_the_line(database) < runners:
            assert time.monotonic() < deadline, "not everybody came to the line"
            time.sleep(0.02)
        starter.execute(text("SELECT pg_advisory_unlock(:gun)"), {"gun": GUN})
        starter.commit()
    return [result for collect in waiting for result in collect()]


def at_the_line(database: Database) -> int:
    with database.begin() as session:
        return int(
            session.execute(
                text(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :gun AND NOT granted"
                    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
                ),
                {"gun": GUN},
            ).scalar_one()
        )
