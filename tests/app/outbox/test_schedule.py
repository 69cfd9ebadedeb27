"""A job of the timetable runs when due, once, and again after its pause."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import text

from app.db import Transactions
from app.outbox.schedule import Job, run_due
from tests.conftest import Database


def test_a_due_job_runs_and_then_waits_for_its_next_turn(database: Database) -> None:
    ran: list[str] = []
    job = Job("sweep", timedelta(hours=1), lambda begin: ran.append("sweep"))
    assert run_due(database.begin, [job]) == ["sweep"]
    assert run_due(database.begin, [job]) == []
    assert ran == ["sweep"]


def test_a_failing_job_neither_stops_the_others_nor_is_forgotten(database: Database) -> None:
    ran: list[str] = []

    def fail(begin: Transactions) -> None:
        raise RuntimeError("broken")

    jobs = [Job("bad", timedelta(hours=1), fail), Job("good", timedelta(hours=1), lambda begin: ran.append("good"))]
    assert run_due(database.begin, jobs) == ["bad", "good"]
    assert ran == ["good"]
    with database.begin() as session:
        error, finished = session.execute(
            text("SELECT last_error, last_finished_at FROM scheduled_job WHERE name = 'bad'")
        ).one()
    assert error == "RuntimeError: broken"
    assert finished is None


def test_two_workers_never_run_one_job_at_once(database: Database) -> None:
    inside, most = [0], [0]
    gate = threading.Event()

    def slow(begin: Transactions) -> None:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        gate.wait(0.5)
        inside[0] -= 1

    job = Job("slow", timedelta(0), slow)
    workers = [threading.Thread(target=run_due, args=(database.begin, [job])) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert most == [1]
