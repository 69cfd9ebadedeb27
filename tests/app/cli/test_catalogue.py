"""What `db check` sees: every kind of difference that Alembic's own comparison misses."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.cli import catalogue
from tests.conftest import Database


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("ALTER TABLE peek ADD COLUMN extra bigint DEFAULT 7", "column peek.extra bigint default 7"),
        ("ALTER TABLE peek ALTER COLUMN amount DROP NOT NULL", "column peek.amount integer"),
        (
            "ALTER TABLE peek ADD CONSTRAINT positive CHECK (amount > 0)",
            "constraint peek.positive CHECK ((amount > 0))",
        ),
        (
            "CREATE INDEX peek_amount ON peek (amount) WHERE amount > 5",
            "index CREATE INDEX peek_amount ON public.peek USING btree (amount) WHERE (amount > 5)",
        ),
        (
            "CREATE TRIGGER peek_still BEFORE UPDATE ON peek FOR EACH ROW EXECUTE FUNCTION stay()",
            "trigger CREATE TRIGGER peek_still BEFORE UPDATE ON public.peek FOR EACH ROW EXECUTE FUNCTION stay()",
        ),
        ("CREATE TYPE mood AS ENUM ('senang', 'sedih')", "type mood senang,sedih"),
        ("CREATE SEQUENCE counter", "sequence counter bigint"),
    ],
)
def test_a_change_of_the_database_is_seen_as_one_line(database: Database, change: str, line: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE peek (amount integer NOT NULL)"))
        connection.execute(
            text("CREATE FUNCTION stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$")
        )
        before = catalogue.read(connection)
        connection.execute(text(change))
        after = catalogue.read(connection)
    assert after - before == {line}


def test_a_changed_function_body_is_seen(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("CREATE FUNCTION three() RETURNS int LANGUAGE sql AS 'SELECT 3'"))
        before = catalogue.read(connection)
        connection.execute(text("CREATE OR REPLACE FUNCTION three() RETURNS int LANGUAGE sql AS 'SELECT 4'"))
        assert len(catalogue.read(connection) ^ before) == 2
