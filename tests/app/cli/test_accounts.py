from __future__ import annotations

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.accounts import passwords
from app.cli import accounts
from tests.conftest import Database


@pytest.fixture
def empty(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    return database


def people(database: Database) -> list[tuple[str, str | None, str | None]]:
    with database.begin() as session:
        rows = session.execute(
            text(
                "SELECT phone_e164, password_hash, role FROM account LEFT JOIN role_grant ON account_id = account.id"
                " ORDER BY phone_e164, role"
            )
        )
        return [(row.phone_e164, row.password_hash, row.role) for row in rows]


def test_the_first_account_of_an_empty_system_is_made_with_a_password_said_once(empty: Database) -> None:
    result = CliRunner().invoke(
        accounts.group, ["create-officer", "--phone", "0812 0000-0099", "--role", "administrator"]
    )
    assert result.exit_code == 0
    password = result.stdout.split("Password: ")[1].strip()
    [(phone, stored, role)] = people(empty)
    assert (phone, role) == ("+6281200000099", "administrator")
    assert passwords.verified(password, stored)[0]
    assert password not in (stored or "")


def test_an_existing_account_keeps_its_password_and_gets_the_role(empty: Database) -> None:
    run = CliRunner()
    run.invoke(accounts.group, ["create-officer", "--phone", "081200000099", "--role", "administrator"])
    [(_, before, _)] = people(empty)
    result = run.invoke(accounts.group, ["create-officer", "--phone", "+6281200000099", "--role", "verifier"])
    assert result.exit_code == 0
    assert "Password:" not in result.stdout
    assert people(empty) == [("+6281200000099", before, "administrator"), ("+6281200000099", before, "verifier")]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--phone", "12", "--role", "administrator"],
        ["--phone", "081200000099", "--role", "king"],
        ["--phone", "081200000099", "--role", "facilitator"],
        ["--phone", "081200000099", "--role", "facilitator", "--district", "99.99.99"],
        ["--role", "administrator"],
    ],
)
def test_a_bad_argument_makes_nothing(empty: Database, arguments: list[str]) -> None:
    assert CliRunner().invoke(accounts.group, ["create-officer", *arguments]).exit_code != 0
    assert people(empty) == []
