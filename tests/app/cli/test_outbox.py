from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import outbox
from app.outbox import queries
from app.outbox.models import OutboxEvent
from tests.conftest import Database

GIVEN_UP = datetime(2026, 11, 1, 3, 30, tzinfo=UTC)


@pytest.fixture
def letters(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Two dead letters and one event still under way; their numbers in that order."""
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    rows = [
        OutboxEvent(
            kind=kind,
            key="order:1",
            payload={},
            announced_at=GIVEN_UP,
            available_at=GIVEN_UP,
            attempts=attempts,
            last_error="mail.on_order_paid: ConnectionRefusedError",
            dead_at=dead_at,
        )
        for kind, attempts, dead_at in [
            ("OrderPaid", 12, GIVEN_UP),
            ("OrderReady", 12, GIVEN_UP),
            ("OrderPlaced", 1, None),
        ]
    ]
    with database.begin() as session:
        session.add_all(rows)
        session.flush()
        return [row.id or 0 for row in rows]


def test_only_events_that_were_given_up_are_listed_with_their_fault(letters: list[int]) -> None:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(outbox.group, ["dead"])
    assert result.exit_code == 0
    assert "OrderPaid" in result.stdout
    assert "OrderReady" in result.stdout
    assert "OrderPlaced" not in result.stdout


def test_one_dead_letter_is_made_due_again_and_the_other_stays(letters: list[int], database: Database) -> None:
    result = CliRunner().invoke(outbox.group, ["retry", str(letters[0])])
    assert (result.exit_code, result.stdout) == (0, "1 made due again.\n")
    with database.begin() as session:
        assert [letter.id for letter in queries.dead_letters(session)] == [letters[1]]
        attempts = session.execute(text("SELECT attempts FROM outbox_event WHERE id = :id"), {"id": letters[0]})
        assert attempts.scalar_one() == 0


def test_all_dead_letters_are_made_due_again_and_nothing_else_changes(letters: list[int], database: Database) -> None:
    result = CliRunner().invoke(outbox.group, ["retry", "--all"])
    assert (result.exit_code, result.stdout) == (0, "2 made due again.\n")
    with database.begin() as session:
        assert queries.dead_letters(session) == []
        under_way = session.execute(text("SELECT attempts FROM outbox_event WHERE id = :id"), {"id": letters[2]})
        assert under_way.scalar_one() == 1


def test_a_number_that_is_no_dead_letter_fails(letters: list[int]) -> None:
    assert CliRunner().invoke(outbox.group, ["retry", str(letters[2])]).exit_code == 1


def test_retry_wants_one_number_or_all(letters: list[int], database: Database) -> None:
    assert CliRunner().invoke(outbox.group, ["retry"]).exit_code == 2
    assert CliRunner().invoke(outbox.group, ["retry", str(letters[0]), "--all"]).exit_code == 2
    with database.begin() as session:
        assert len(queries.dead_letters(session)) == 2
