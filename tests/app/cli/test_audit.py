"""`audit verify` says that the chain of records is whole, or names the seal that no longer fits and fails."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.actor import SYSTEM
from app.audit import record
from app.cli import audit
from tests.app.audit.test_sealing import sealed
from tests.conftest import Database


@pytest.fixture
def kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    with database.begin() as session:
        record.note(session, SYSTEM, action="thing.done", subject_kind="thing", subject_id="1")
    return database


def verify() -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(audit.group, ["verify"])
    return result.exit_code, result.output


def test_before_the_first_seal_there_is_nothing_to_prove(kept: Database) -> None:
    assert verify() == (0, "Nothing is sealed yet; the worker seals every five minutes.\n")


def test_a_whole_chain_shows_the_root_that_is_logged_every_day(kept: Database) -> None:
    assert sealed(kept, 1) == 1
    with kept.begin() as session:
        digest = session.execute(text("SELECT encode(digest, 'hex') FROM audit_seal")).scalar_one()
    code, said = verify()
    assert (code, said.split()[-1]) == (0, digest)
    assert "The chain is whole." in said


def test_a_record_changed_behind_the_products_back_is_found(kept: Database) -> None:
    assert sealed(kept, 1) == 1
    with kept.begin() as session:
        session.execute(text("ALTER TABLE audit_record DISABLE TRIGGER USER"))
        session.execute(text("UPDATE audit_record SET action = 'thing.never_done'"))
    code, said = verify()
    assert code == 1
    assert "does not fit its records: one was changed" in said
    assert "1 fault found." in said
    assert "The chain is whole." not in said
