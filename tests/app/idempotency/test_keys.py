"""One key, one effect, one answer."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlmodel import Session

from app.actor import SYSTEM
from app.audit import record
from app.idempotency import keys
from app.idempotency.errors import IdempotencyMismatch, InProgress
from app.idempotency.keys import Answer
from tests.conftest import Database

HASH = keys.hash_of("one body")


def boil(session: Session) -> Answer:
    record.note(session, SYSTEM, action="kettle.boiled", subject_kind="kettle", subject_id="red")
    return Answer(201, {"kettle": "red"})


def boilings(database: Database) -> int:
    with database.begin() as session:
        return int(session.execute(text("SELECT count(*) FROM audit_record")).scalar_one())


def once(database: Database, key: str = "k", body: bytes = HASH, scope: str = "guest") -> Answer:
    return keys.once(database.begin, scope=scope, key=key, body_hash=body, work=boil)


def test_a_repetition_gets_the_first_answer_and_changes_nothing(database: Database) -> None:
    assert once(database) == Answer(201, {"kettle": "red"})
    assert once(database) == Answer(201, {"kettle": "red"}, replayed=True)
    assert boilings(database) == 1


def test_another_body_under_the_same_key_is_refused(database: Database) -> None:
    once(database)
    with pytest.raises(IdempotencyMismatch):
        once(database, body=keys.hash_of("another body"))
    assert boilings(database) == 1


def test_keys_of_two_callers_do_not_meet(database: Database) -> None:
    once(database, scope="a")
    assert not once(database, scope="b").replayed
    assert boilings(database) == 2


def test_work_that_fails_leaves_nothing_and_frees_the_key(database: Database) -> None:
    def fail(session: Session) -> Answer:
        boil(session)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        keys.once(database.begin, scope="guest", key="k", body_hash=HASH, work=fail)
    assert boilings(database) == 0
    assert not once(database).replayed


def test_while_the_first_runs_the_second_is_told_so_at_once(database: Database) -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow(session: Session) -> Answer:
        inside.set()
        leave.wait(10)
        return boil(session)

    first = threading.Thread(
        target=keys.once, args=(database.begin,), kwargs={"scope": "guest", "key": "k", "body_hash": HASH, "work": slow}
    )
    first.start()
    assert inside.wait(10)
    with pytest.raises(InProgress):
        once(database)
    leave.set()
    first.join()
    assert once(database).replayed
    assert boilings(database) == 1


def test_a_key_whose_worker_was_killed_can_be_used_when_its_lease_ran_out(database: Database) -> None:
    assert not isinstance(keys.claim(database.begin, "guest", "k", HASH), Answer)
    with pytest.raises(InProgress):
        once(database)
    with database.begin() as session:
        session.execute(text("UPDATE idempotency_key SET lease_until = clock_timestamp() - interval '1 second'"))
    assert not once(database).replayed
    assert boilings(database) == 1


def test_a_sender_overtaken_after_its_lease_commits_nothing(database: Database) -> None:
    def overtaken(session: Session) -> Answer:
        answer = boil(session)
        with database.begin() as other:
            other.execute(text("UPDATE idempotency_key SET lease_until = clock_timestamp() - interval '1 second'"))
        once(database)
        return answer

    with pytest.raises(InProgress):
        keys.once(database.begin, scope="guest", key="k", body_hash=HASH, work=overtaken)
    assert boilings(database) == 1


def test_thirty_presses_at_once_have_one_effect(database: Database) -> None:
    outcomes: list[str] = []

    def press() -> None:
        try:
            once(database)
            outcomes.append("answered")
        except InProgress:
            outcomes.append("in progress")

    presses = [threading.Thread(target=press) for _ in range(30)]
    for one in presses:
        one.start()
    for one in presses:
        one.join()
    assert len(outcomes) == 30
    assert boilings(database) == 1


def test_a_slow_failure_does_not_take_the_key_from_whoever_took_it_over(database: Database) -> None:
    inside, leave = threading.Event(), threading.Event()
    answers: list[Answer] = []

    def slow(session: Session) -> Answer:
        inside.set()
        leave.wait(10)
        return boil(session)

    def fail_late(session: Session) -> Answer:
        with database.begin() as other:
            other.execute(text("UPDATE idempotency_key SET lease_until = clock_timestamp() - interval '1 second'"))
        successor.start()
        assert inside.wait(10)
        raise RuntimeError

    def take_over() -> None:
        answers.append(keys.once(database.begin, scope="guest", key="k", body_hash=HASH, work=slow))

    successor = threading.Thread(target=take_over)
    with pytest.raises(RuntimeError):
        keys.once(database.begin, scope="guest", key="k", body_hash=HASH, work=fail_late)
    with pytest.raises(InProgress):
        once(database)
    leave.set()
    successor.join()
    assert answers == [Answer(201, {"kettle": "red"})]
    assert once(database).replayed
    assert boilings(database) == 1


@pytest.mark.parametrize("sign", ["\0", "\ud800", "\x1b", "a" * 300])
def test_a_key_of_any_make_works_and_is_told_from_its_neighbour(database: Database, sign: str) -> None:
    assert not once(database, key=f"{sign}1").replayed
    assert once(database, key=f"{sign}1").replayed
    assert not once(database, key=f"{sign}2").replayed
    assert boilings(database) == 2
