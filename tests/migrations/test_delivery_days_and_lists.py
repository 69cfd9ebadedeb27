"""Installations of the first version get the promise of delivery days, lose nothing by it, and can go back."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, NullPool, create_engine, text
from sqlalchemy.exc import DatabaseError

from app import db
from app.cli import catalogue
from app.cli.db import migrations
from tests.conftest import drop, url_of


@pytest.fixture
def url(administration: Engine) -> Iterator[str]:
    """An empty database."""
    name = f"test_{uuid4().hex[:12]}"
    with administration.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield url_of(name)
    drop(administration, name)


def seen(url: str) -> set[str]:
    with connected(url) as connection:
        return catalogue.read(connection)


def connected(url: str) -> Connection:
    return create_engine(db.driver_url(url), poolclass=NullPool).connect()


def test_there_and_back_leaves_the_first_version_as_it_was(url: str) -> None:
    command.upgrade(migrations(url), "0001")
    before = seen(url)
    command.upgrade(migrations(url), "0002")
    between = seen(url)
    command.downgrade(migrations(url), "0001")
    assert seen(url) == before
    assert between != before


def test_rates_of_the_first_version_are_kept_and_promise_no_day(url: str) -> None:
    command.upgrade(migrations(url), "0001")
    with connected(url) as connection:
        connection.execute(text("SET session_replication_role = replica"))  # a rate without its shop and district
        connection.execute(
            text(
                "INSERT INTO courier_rate (shop_id, district_code, price_amount, changed_at) VALUES (:shop, 'x', 7000, now())"
            ),
            {"shop": "0190aaaa-0000-7000-8000-000000000000"},
        )
        connection.commit()
    command.upgrade(migrations(url), "0002")
    with connected(url) as connection:
        assert connection.execute(text("SELECT price_amount, days FROM courier_rate")).all() == [(7000, None)]


def test_a_promise_once_made_cannot_be_changed(url: str) -> None:
    command.upgrade(migrations(url), "0002")
    with connected(url) as connection, pytest.raises(DatabaseError, match="customer_order"):
        connection.execute(text("UPDATE customer_order SET delivery_days = 1"))
