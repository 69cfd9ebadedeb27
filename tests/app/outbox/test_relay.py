"""Events are carried at least once, one at a time per key, and never lost to a killed worker."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app.db import Transactions
from app.kit import clock, ids
from app.outbox import publish, queries, relay, upkeep
from app.outbox.event import Event
from tests.conftest import Database


@dataclass(frozen=True)
class KettleBoiled(Event):
    kettle: str
    number: int = 0

    @property
    def key(self) -> str:
        return f"kettle:{self.kettle}"


@dataclass(frozen=True)
class EverythingCarried(Event):
    one: UUID
    at: datetime
    on: date
    amount: int
    yes: bool
    maybe: str | None

    @property
    def key(self) -> str:
        return "everything"


class Listener:
    """A reaction that remembers what it heard and fails when told to."""

    def __init__(self) -> None:
        self.heard: list[Event] = []
        self.failures = 0
        self.__module__, self.__name__ = "tests.listener", "hear"

    def __call__(self, begin: Transactions, event: Event) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("no tea for NIK 6408041708900002")
        self.heard.append(event)


def announce(database: Database, *events: Event) -> None:
    with database.begin() as session:
        for event in events:
            publish.announce(session, event)


def make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(
            text("UPDATE outbox_event SET available_at = clock_timestamp(), lease_until = NULL WHERE done_at IS NULL")
        )


def test_a_committed_event_reaches_its_reaction_once(database: Database) -> None:
    listener = Listener()
    announce(database, KettleBoiled("red"))
    assert relay.drain(database.begin, {KettleBoiled: (listener,)}) == 1
    assert relay.drain(database.begin, {KettleBoiled: (listener,)}) == 0
    assert listener.heard == [KettleBoiled("red")]


def test_an_event_of_a_rolled_back_transaction_does_not_exist(database: Database) -> None:
    listener = Listener()
    with pytest.raises(RuntimeError), database.begin() as session:
        publish.announce(session, KettleBoiled("red"))
        raise RuntimeError
    assert relay.drain(database.begin, {KettleBoiled: (listener,)}) == 0
    assert listener.heard == []


def test_every_kind_of_value_comes_back_as_it_went(database: Database) -> None:
    listener = Listener()
    sent = EverythingCarried(ids.uuid7(), clock.now(), date(2026, 11, 24), 15_000, True, None)
    announce(database, sent)
    relay.drain(database.begin, {EverythingCarried: (listener,)})
    assert listener.heard == [sent]


def test_an_event_may_not_carry_anything_else() -> None:
    with pytest.raises(TypeError, match="float"):
        KettleBoiled("red", 1.5).to_payload()  # type: ignore[arg-type]


def test_events_of_one_key_are_carried_one_at_a_time_in_order(database: Database) -> None:
    announce(database, *(KettleBoiled("red", number) for number in range(3)), KettleBoiled("blue"))
    with database.begin() as session:
        first = relay.claim(session, worker="a")
    with database.begin() as session:
        second = relay.claim(session, worker="b")
    assert [(row.payload["kettle"], row.payload["number"]) for row in first] == [("red", 0), ("blue", 0)]
    assert second == []


def test_a_failing_event_holds_back_the_later_ones_of_its_key_alone(database: Database) -> None:
    listener = Listener()
    listener.failures = 1
    announce(database, KettleBoiled("red", 1), KettleBoiled("red", 2), KettleBoiled("blue"))
    relay.drain(database.begin, {KettleBoiled: (listener,)})
    assert listener.heard == [KettleBoiled("blue")]
    make_due(database)
    relay.drain(database.begin, {KettleBoiled: (listener,)})
    assert listener.heard == [KettleBoiled("blue"), KettleBoiled("red", 1), KettleBoiled("red", 2)]


def test_a_reaction_that_succeeded_is_not_called_again_when_its_neighbour_failed(database: Database) -> None:
    good, bad = Listener(), Listener()
    bad.__name__ = "fail"
    bad.failures = 1
    announce(database, KettleBoiled("red"))
    relay.drain(database.begin, {KettleBoiled: (good, bad)})
    make_due(database)
    relay.drain(database.begin, {KettleBoiled: (good, bad)})
    assert len(good.heard) == 1
    assert len(bad.heard) == 1


def test_after_the_last_attempt_it_is_a_dead_letter_without_personal_data(database: Database) -> None:
    listener = Listener()
    listener.failures = 99
    announce(database, KettleBoiled("red", 1), KettleBoiled("red", 2))
    for _ in range(relay.MOST_ATTEMPTS):
        make_due(database)
        relay.carry(database.begin, {KettleBoiled: (listener,)}, worker="w", batch=1)
    with database.begin() as session:
        [letter] = queries.dead_letters(session)
    assert (letter.kind, letter.key, letter.attempts) == ("KettleBoiled", "kettle:red", relay.MOST_ATTEMPTS)
    assert "no tea" in letter.last_error
    assert "6408041708900002" not in letter.last_error


def test_a_dead_letter_can_be_given_another_life(database: Database) -> None:
    listener = Listener()
    listener.failures = relay.MOST_ATTEMPTS
    announce(database, KettleBoiled("red"))
    for _ in range(relay.MOST_ATTEMPTS):
        make_due(database)
        relay.drain(database.begin, {KettleBoiled: (listener,)})
    assert listener.heard == []
    with database.begin() as session:
        assert upkeep.retry_dead(session) == 1
    relay.drain(database.begin, {KettleBoiled: (listener,)})
    assert listener.heard == [KettleBoiled("red")]


def test_an_event_of_a_killed_worker_is_taken_when_its_lease_runs_out(database: Database) -> None:
    listener = Listener()
    announce(database, KettleBoiled("red"))
    with database.begin() as session:
        assert len(relay.claim(session, worker="killed")) == 1
    assert relay.drain(database.begin, {KettleBoiled: (listener,)}) == 0
    with database.begin() as session:
        session.execute(text("UPDATE outbox_event SET lease_until = clock_timestamp() - interval '1 second'"))
    assert relay.drain(database.begin, {KettleBoiled: (listener,)}) == 1
    assert listener.heard == [KettleBoiled("red")]


def test_an_event_nobody_knows_is_kept_and_says_so(database: Database) -> None:
    announce(database, KettleBoiled("red"))
    relay.drain(database.begin, {})
    with database.begin() as session:
        error, done = session.execute(text("SELECT last_error, done_at FROM outbox_event")).one()
    assert error == "no reaction knows KettleBoiled"
    assert done is None


def test_many_workers_carry_each_event_exactly_once_when_nothing_fails(database: Database) -> None:
    listener = Listener()
    announce(database, *(KettleBoiled(str(number % 17), number) for number in range(200)))
    workers = [
        threading.Thread(
            target=relay.drain, args=(database.begin, {KettleBoiled: (listener,)}), kwargs={"worker": str(name)}
        )
        for name in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    relay.drain(database.begin, {KettleBoiled: (listener,)})
    numbers = [event.number for event in listener.heard if isinstance(event, KettleBoiled)]
    assert sorted(numbers) == list(range(200))
    for key in range(17):
        of_key = [number for number in numbers if number % 17 == key]
        assert of_key == sorted(of_key)


def test_the_back_off_grows_and_is_bounded() -> None:
    pauses = [relay.pause_before(attempt) for attempt in range(1, relay.MOST_ATTEMPTS + 1)]
    assert pauses[:4] == [timedelta(seconds=seconds) for seconds in (1, 4, 16, 64)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=6)
    assert timedelta(hours=30) < sum(pauses, timedelta()) < timedelta(hours=48)


def test_the_oldest_waiting_event_tells_how_far_behind_the_worker_is(database: Database) -> None:
    with database.begin() as session:
        assert queries.oldest_open_seconds(session) == 0
    announce(database, KettleBoiled("red"))
    with database.begin() as session:
        session.execute(text("UPDATE outbox_event SET available_at = clock_timestamp() - interval '90 seconds'"))
        assert 90 <= queries.oldest_open_seconds(session) < 100


def test_the_rest_of_a_batch_whose_lease_is_nearly_over_is_left_to_whoever_takes_it_next(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = Listener()
    announce(database, KettleBoiled("red"), KettleBoiled("blue"), KettleBoiled("green"))
    seconds = iter([0.0, 1.0, relay.LEASE_SAFE.total_seconds() + 1])
    monkeypatch.setattr(relay, "monotonic", lambda: next(seconds))
    relay.carry(database.begin, {KettleBoiled: (listener,)}, worker="slow")
    assert listener.heard == [KettleBoiled("red")]
    monkeypatch.undo()
    with database.begin() as session:
        session.execute(text("UPDATE outbox_event SET lease_until = clock_timestamp() - interval '1 second'"))
    relay.drain(database.begin, {KettleBoiled: (listener,)})
    assert listener.heard == [KettleBoiled("red"), KettleBoiled("blue"), KettleBoiled("green")]
