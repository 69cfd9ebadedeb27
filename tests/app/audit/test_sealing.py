"""The audit cannot be changed by the product, and a change by anybody else is found."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from app.actor import GUEST, SYSTEM, Actor
from app.audit import queries, record, sealing
from app.kit import ids
from tests.conftest import Database


def note(database: Database, count: int, actor: Actor = SYSTEM) -> None:
    with database.begin() as session:
        for number in range(count):
            record.note(session, actor, action="kettle.boiled", subject_kind="kettle", subject_id=str(number))


def sealed(database: Database, count: int) -> int:
    """Seal until so many records are sealed, or patience ends; returns how many were. What is settled is a matter of the whole
    cluster: a transaction of another test's database, running meanwhile, holds the seal back for its time."""
    total, deadline = sealing.seal(database.begin), time.monotonic() + 30
    while total < count and time.monotonic() < deadline:
        time.sleep(0.05)
        total += sealing.seal(database.begin)
    return total


def tamper(database: Database, statement: str) -> None:
    """As a database owner who switches the triggers off."""
    with database.begin() as session:
        session.execute(text("ALTER TABLE audit_record DISABLE TRIGGER ALL"))
        session.execute(text(statement))
        session.execute(text("ALTER TABLE audit_record ENABLE TRIGGER ALL"))


def faults(database: Database) -> list[sealing.ChainFault]:
    with database.begin() as session:
        return list(sealing.verify(session))


def test_a_record_names_actor_beneficiary_and_channel(database: Database) -> None:
    facilitator, owner = ids.uuid7(), ids.uuid7()
    with database.begin() as session:
        record.note(
            session,
            Actor(account_id=facilitator, channel="facilitator").acting_for(owner),
            action="business.registered",
            subject_kind="business",
            subject_id=owner,
        )
    with database.begin() as session:
        [found] = queries.of_subject(session, "business", owner)
    assert (found.actor_account_id, found.beneficiary_account_id, found.channel) == (facilitator, owner, "facilitator")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET action = 'x'",
        "DELETE FROM audit_record",
        "TRUNCATE audit_record",
        "UPDATE audit_seal SET digest = ''",
    ],
)
def test_the_product_cannot_change_the_audit(database: Database, statement: str) -> None:
    note(database, 2)
    assert sealed(database, 2) == 2
    with pytest.raises(DatabaseError, match="insert-only"), database.begin() as session:
        session.execute(text(statement))
    assert faults(database) == []


def test_everything_settled_is_sealed_once(database: Database) -> None:
    note(database, 3)
    assert sealed(database, 3) == 3
    assert sealing.seal(database.begin) == 0
    note(database, 2, GUEST)
    assert sealed(database, 2) == 2
    assert faults(database) == []


def test_a_record_still_uncommitted_is_sealed_later_not_skipped(database: Database) -> None:
    with database.begin() as slow:
        record.note(slow, SYSTEM, action="kettle.boiled", subject_kind="kettle", subject_id="slow")
        slow.flush()
        note(database, 2)
        assert sealing.seal(database.begin) == 0
    assert sealed(database, 3) == 3
    assert faults(database) == []


def test_a_changed_record_is_found(database: Database) -> None:
    note(database, 5)
    assert sealed(database, 5) == 5
    tamper(database, "UPDATE audit_record SET action = 'kettle.cooled' WHERE subject_id = '3'")
    assert [fault.sentence for fault in faults(database)] == ["seal 1 does not fit its records: one was changed"]


def test_a_deleted_record_is_found(database: Database) -> None:
    note(database, 5)
    assert sealed(database, 5) == 5
    tamper(database, "DELETE FROM audit_record WHERE subject_id = '3'")
    assert [fault.sentence for fault in faults(database)] == ["seal 1 covers 5 records, 4 are there"]


def test_a_record_slipped_in_beneath_a_seal_is_found(database: Database) -> None:
    note(database, 5)
    note(database, 5)
    assert sealed(database, 10) == 10
    tamper(
        database,
        "INSERT INTO audit_record (transaction_id, at, channel, action, subject_kind, subject_id, detail)"
        " SELECT transaction_id, at, channel, 'kettle.stolen', subject_kind, '9', detail FROM audit_record"
        " WHERE subject_id = '1' ORDER BY id LIMIT 1",
    )
    assert len(faults(database)) == 1
