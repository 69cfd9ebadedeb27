from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text

from app import db
from app.outbox import bulletin, listening
from app.outbox.listening import Listener
from tests.conftest import Database, clone, drop


@dataclass
class Ear:
    heard: list[str] = field(default_factory=list)
    vouched: list[float] = field(default_factory=list)
    deaf: int = 0

    def hear(self, subject: str) -> None:
        self.heard.append(subject)

    def vouch(self, asked_at: float) -> None:
        self.vouched.append(asked_at)

    def go_deaf(self) -> None:
        self.deaf += 1


def until(true: Callable[[], object], seconds: float = 10) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come"
        time.sleep(0.01)


@pytest.fixture
def ear(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ear]:
    """Something that listens to the test's database."""
    monkeypatch.setattr(listening, "PAUSE", 0.05)
    found = Ear()
    listener = Listener(database.url, database.begin, found)
    listener.start()
    until(lambda: found.vouched)
    yield found
    listener.stop()
    assert not listener.thread.is_alive()


def told(database: Database, *subjects: str) -> float:
    with database.begin() as session:
        for subject in subjects:
            bulletin.tell(session, subject)
    return time.monotonic()


def test_what_is_told_is_heard_once_and_before_anybody_vouches_for_it(database: Database, ear: Ear) -> None:
    committed_at = told(database, "shop:1", "shop:1", "business:2")
    until(lambda: ear.vouched[-1] >= committed_at)
    assert ear.heard == ["shop:1", "business:2"]
    assert ear.vouched == sorted(ear.vouched)


def test_what_was_rolled_back_was_never_told(database: Database, ear: Ear) -> None:
    with pytest.raises(ZeroDivisionError), database.begin() as session:
        bulletin.tell(session, "shop:1")
        raise ZeroDivisionError
    committed_at = told(database, "shop:2")
    until(lambda: ear.vouched[-1] >= committed_at)
    assert ear.heard == ["shop:2"]


def test_a_torn_line_is_deaf_until_it_listens_again(database: Database, ear: Ear) -> None:
    vouched = len(ear.vouched)
    with database.begin() as session:
        ended = session.execute(
            text(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE application_name = 'pasar-listening' AND datname = current_database()"
            )
        ).scalar_one()
    assert ended == 1
    until(lambda: ear.deaf == 1)
    until(lambda: len(ear.vouched) > vouched + 1)
    committed_at = told(database, "shop:3")
    until(lambda: ear.vouched[-1] >= committed_at)
    assert ear.heard == ["shop:3"]
    assert ear.deaf == 1


def test_a_line_on_which_nothing_arrives_is_never_vouched_for(
    database: Database, administration: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As behind a pooler: the questions are answered, the news go elsewhere."""
    monkeypatch.setattr(listening, "PATIENCE", 1)
    name = f"elsewhere_{uuid4().hex[:8]}"
    engine = db.connect(clone(administration, name), pool_size=1)
    ear = Ear()
    listener = Listener(database.url, db.transactions(engine), ear)
    with pytest.raises(listening.EchoMissing):
        listener.listen()
    engine.dispose()
    drop(administration, name)
    assert (ear.vouched, ear.heard) == ([], [])


def test_a_database_that_is_away_is_waited_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "PAUSE", 0.01)
    ear = Ear()
    listener = Listener("postgresql://nobody@127.0.0.1:1/nothing", database.begin, ear)
    listener.start()
    until(lambda: ear.deaf >= 2)
    listener.stop()
    assert not listener.thread.is_alive()
    assert (ear.vouched, ear.heard) == ([], [])
