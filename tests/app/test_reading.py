"""Rows straight from the driver: what they are, that they are counted, and how their faults are told."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import BigInteger, bindparam, literal, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app import db
from app.catalogue.models import Shop
from app.db import Prepared, fixed
from tests.conftest import Database
from tests.factories import orders
from tests.statements import counted_statements

TWICE = Prepared(select((bindparam("n", type_=BigInteger()) * 2).label("twice"), literal("x").label("letter")))


def test_rows_are_named_tuples_and_the_statement_is_counted(session: Session) -> None:
    with counted_statements(session) as sent:
        (row,) = TWICE.found(session, n=21)
    assert (row.twice, row.letter, tuple(row)) == (42, "x", (42, "x"))
    assert len(sent) == 1
    assert Prepared(select(Shop.id).where(Shop.id == bindparam("id"))).found(session, id=uuid4()) == []


def test_what_the_session_has_not_written_yet_is_found(session: Session) -> None:
    seller = orders.seller(session)
    session.get_one(Shop, seller.shop_id).description = "Baru ditulis"
    (row,) = Prepared(text("SELECT description FROM shop WHERE id = :id")).found(session, id=seller.shop_id)
    assert row.description == "Baru ditulis"


def test_a_word_of_ours_is_written_as_it_is_and_nothing_else_can_be() -> None:
    assert str(fixed("published")) == "'published'"
    for odd in ("x' OR ''='", "", "a b"):
        with pytest.raises(ValueError):
            fixed(odd)


def test_faults_come_as_those_of_every_other_statement_and_a_lost_connection_is_not_used_again(
    database: Database,
) -> None:
    with pytest.raises(OperationalError, match="statement timeout") as slow, database.begin() as session:
        session.execute(text("SET LOCAL statement_timeout = '1ms'"))
        Prepared(text("SELECT pg_sleep(:seconds) AS slept")).found(session, seconds=7)
    assert isinstance(slow.value, db.AWAY)
    assert not slow.value.connection_invalidated
    assert "7" not in str(slow.value).split("(Background", maxsplit=1)[0], "values may be personal data"
    with pytest.raises(OperationalError) as lost, database.begin() as session:
        driver = session.connection().connection.driver_connection
        assert driver is not None
        with psycopg.connect(database.url, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])
        while True:
            TWICE.found(session, n=1)
    assert lost.value.connection_invalidated
    with database.begin() as session:
        assert [row.twice for row in TWICE.found(session, n=1)] == [2]
