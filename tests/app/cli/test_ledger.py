"""`ledger verify` says that the book is whole, or names every fault and fails."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli import ledger
from app.payments import settling
from tests.conftest import Database
from tests.factories import payments as pay
from tests.factories.payments import Bought


@pytest.fixture
def bought(database: Database, monkeypatch: pytest.MonkeyPatch) -> Bought:
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    with database.begin() as session:
        made = pay.bought(session)
        settling.settle(session, made.payment, pay.seen(pay.payment(session, made.payment)), livemode=False)
    return made


def run(command: str) -> tuple[int, str]:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(ledger.group, [command])
    return result.exit_code, result.output


def test_a_whole_book_is_said_to_be_whole(bought: Bought) -> None:
    code, said = run("verify")
    assert (code, said.strip()) == (0, "The book is whole: 2 accounts, no fault.")
    code, said = run("balances")
    assert code == 0
    assert "gateway_clearing:sandbox" in said
    assert "-Rp150.000" in said


def test_a_fault_is_named_and_fails(database: Database, bought: Bought) -> None:
    with database.begin() as session:
        session.execute(text("UPDATE payment_share SET state = 'open'"))
    code, said = run("verify")
    assert code == 1
    assert "sale_without_money" in said
    assert "1 fault found." in said
