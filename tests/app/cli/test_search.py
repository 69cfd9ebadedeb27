"""`search reindex` and `search status`."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app import config
from app.cli import search
from tests.conftest import Database
from tests.search.goods import GOODS, Market


@pytest.fixture
def market(database: Database, monkeypatch: pytest.MonkeyPatch) -> Market:
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    market = Market(database.begin)
    market.stock_up(*GOODS[:4])
    return market


def test_reindex_builds_what_was_lost_and_says_how_much(market: Market) -> None:
    with market.begin() as session:
        session.execute(text("DELETE FROM search_document"))
    result = CliRunner().invoke(search.group, ["reindex"])
    assert result.exit_code == 0
    assert result.stdout.endswith("4 products can be found.\n")
    assert market.find("amplang").total == 2


def test_status_shows_each_index_and_fails_while_one_misses_something(market: Market) -> None:
    runner = CliRunner(env={"COLUMNS": "120"})
    assert runner.invoke(search.group, ["reindex"]).exit_code == 0
    whole = runner.invoke(search.group, ["status"])
    assert (whole.exit_code, "complete" in whole.stdout, "incomplete" in whole.stdout) == (0, True, False)
    with market.begin() as session:
        session.execute(text("DELETE FROM search_document"))
    lacking = runner.invoke(search.group, ["status"])
    assert (lacking.exit_code, "incomplete" in lacking.stdout) == (1, True)


def test_an_engine_that_is_away_fails_after_postgresql_was_done(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with market.begin() as session:
        session.execute(text("DELETE FROM search_document"))
    monkeypatch.setenv("PASAR_MEILISEARCH_URL", "http://127.0.0.1:9")
    config.settings.cache_clear()
    runner = CliRunner(env={"COLUMNS": "120"})
    result = runner.invoke(search.group, ["reindex"])
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    status = runner.invoke(search.group, ["status"])
    assert (status.exit_code, status.stdout.count("away"), status.stdout.count("complete")) == (1, 1, 1)
    with market.begin() as session:
        assert session.execute(text("SELECT count(*) FROM search_document")).scalar_one() == 4
