"""Statements rendered once, rows that are written without an entity, and connections that died while nobody looked."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, col, select

from app import db
from app.accounts.models import Account
from app.actor import Actor
from app.audit import record
from app.audit.models import AuditRecord
from app.catalogue.events import ProductChanged
from app.db import Prepared, put_in, row_of
from app.kit import clock, ids
from app.orders.events import OrderPlaced
from app.orders.models import Cart, CartLine, OrderEvent
from app.outbox import publish
from app.outbox.models import OutboxEvent
from tests.conftest import Database
from tests.factories import orders as make
from tests.statements import counted_statements

NOON = datetime(2026, 3, 1, 4, 0, 0, 123_456, tzinfo=UTC)


def test_rows_of_several_tables_are_one_statement_whatever_refers_to_what(session: Session) -> None:
    product = make.product(session, make.seller(session))
    held = row_of(Cart, token_hash=b"\x00\xff'\\", created_at=NOON, changed_at=NOON)
    line = row_of(CartLine, cart_id=held.id, product_id=product, quantity=3, seen_price_amount=2**40, added_at=NOON)
    with counted_statements(session) as sent:
        put_in(session, line, held)
    assert len(sent) == 1
    kept = session.exec(select(Cart).where(Cart.id == held.id)).one()
    assert (kept.token_hash, kept.account_id, kept.created_at) == (b"\x00\xff'\\", None, NOON)
    assert kept is not held
    inside = session.exec(select(CartLine).where(CartLine.cart_id == held.id)).one()
    assert (inside.product_id, inside.quantity, inside.seen_price_amount) == (product, 3, 2**40)


def test_many_rows_of_a_table_keep_their_order_and_what_the_database_numbers(session: Session) -> None:
    facts = {"at": NOON, "channel": "web", "subject_kind": "thing", "subject_id": "7"}
    put_in(
        session, *(row_of(AuditRecord, action=f"thing.{n}", detail={"n": [n, None, "é\"'"]}, **facts) for n in range(9))
    )
    kept = session.exec(select(AuditRecord).where(AuditRecord.subject_id == "7").order_by(col(AuditRecord.id))).all()
    assert [row.action for row in kept] == [f"thing.{n}" for n in range(9)]
    assert kept[4].detail == {"n": [4, None, "é\"'"]}
    assert {row.transaction_id is not None for row in kept} == {True}


def test_what_the_session_has_not_written_yet_goes_first(session: Session) -> None:
    account = Account(phone_e164=make.fresh_phone(), name="Baru", opened_at=NOON)
    session.add(account)
    put_in(session, row_of(Cart, account_id=account.id, created_at=NOON, changed_at=NOON))
    assert session.exec(select(Cart.account_id).where(Cart.account_id == account.id)).one() == account.id


def test_the_constraints_of_a_table_hold_for_such_rows_too(session: Session) -> None:
    line = row_of(CartLine, cart_id=ids.uuid7(), product_id=ids.uuid7(), quantity=1, seen_price_amount=1, added_at=NOON)
    with pytest.raises(IntegrityError, match="fk_cart_line"), session.begin_nested():
        put_in(session, line)
    two_holders = row_of(Cart, token_hash=b"x", account_id=ids.uuid7(), created_at=NOON, changed_at=NOON)
    with pytest.raises(IntegrityError, match="one_holder"), session.begin_nested():
        put_in(session, two_holders)
    step = row_of(OrderEvent, order_id=ids.uuid7(), at=NOON, to_status="\0", party="buyer")
    with pytest.raises((DataError, IntegrityError)), session.begin_nested():
        put_in(session, step)


def test_a_row_with_a_field_too_many_or_too_few_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError, match="colour"):
        row_of(Cart, created_at=NOON, changed_at=NOON, colour="red")
    with pytest.raises(TypeError, match="changed_at"):
        row_of(Cart, created_at=NOON)


def test_defaults_are_made_for_each_row() -> None:
    one, other = (row_of(Cart, created_at=NOON, changed_at=NOON) for _ in range(2))
    assert one.id != other.id
    assert (one.token_hash, one.account_id) == (None, None)
    first, second = (
        row_of(AuditRecord, at=NOON, channel="web", action="a.b", subject_kind="c", subject_id="d") for _ in "12"
    )
    assert first.detail == second.detail == {}
    assert first.detail is not second.detail


def test_a_process_that_read_no_table_yet_can_read_such_a_row() -> None:
    program = (
        "from app.kit import clock; from app.db import row_of; from app.orders.models import Cart;"
        "import sys; row = row_of(Cart, created_at=clock.now(), changed_at=clock.now()); sys.exit(row.token_hash is not None)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_note_and_an_announcement_are_one_statement_each(session: Session) -> None:
    with counted_statements(session) as sent:
        record.note(session, Actor(), action="order.placed", subject_kind="order", subject_id=ids.uuid7())
        publish.announce(session, OrderPlaced(ids.uuid7(), ids.uuid7()))
    assert len(sent) == 2


def test_what_the_public_reads_cannot_be_stored_without_telling(session: Session) -> None:
    changed = ProductChanged(ids.uuid7(), 2, ids.uuid7())
    with pytest.raises(ValueError, match="ProductChanged must be told"):
        publish.stored(changed)
    with clock.at(NOON):
        publish.announce(session, changed)
    (event,) = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "ProductChanged")).all()
    assert (event.key, event.announced_at, event.attempts, event.handled_by) == (changed.key, NOON, 0, [])
    assert event.payload == changed.to_payload()


def test_a_prepared_statement_takes_its_values_by_name_and_flushes_first(session: Session) -> None:
    session.add(Account(phone_e164="+6281299990001", name="Tertunda", opened_at=NOON))
    named = Prepared(select(Account.name).where(col(Account.phone_e164) == bindparam("phone")))
    assert named.rows(session, phone="+6281299990001").scalar_one() == "Tertunda"
    assert named.rows(session, phone="' OR true --").all() == []


def test_a_connection_that_died_in_the_pool_is_replaced_before_anybody_notices(database: Database) -> None:
    """As after a restart of PostgreSQL: every idle connection is closed at the other end."""
    with database.begin() as one, database.begin() as other:
        pids = [session.execute(text("SELECT pg_backend_pid()")).scalar_one() for session in (one, other)]
    with database.begin() as session:
        mine = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        for pid in set(pids) - {mine}:
            assert session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid}).scalar_one()
    with database.begin() as one, database.begin() as other:
        found = {session.execute(text("SELECT pg_backend_pid()")).scalar_one() for session in (one, other)}
    assert len(found) == 2
    assert found.isdisjoint(set(pids) - {mine})


def test_reading_needs_no_transaction_and_sees_what_was_committed_between_its_statements(database: Database) -> None:
    count = text("SELECT count(*) FROM search_word")
    with db.reads(database.engine)() as session:
        before = session.execute(count).scalar_one()
        with database.begin() as other:
            other.execute(text("INSERT INTO search_word (word, length, uses, named) VALUES ('kelulut', 7, 1, 0)"))
        assert session.execute(count).scalar_one() == before + 1


def test_whoever_only_reads_cannot_write_by_oversight(database: Database) -> None:
    with pytest.raises(RuntimeError, match="only reads"), db.reads(database.engine)() as session:
        session.add(Account(phone_e164="+6281200009999", name="Siti", opened_at=clock.now()))
        session.flush()
    with database.begin() as session:
        assert (
            session.execute(text("SELECT count(*) FROM account WHERE phone_e164 = '+6281200009999'")).scalar_one() == 0
        )


def test_a_connection_that_only_read_begins_transactions_again(database: Database) -> None:
    engine = db.connect(database.url, pool_size=1)
    with db.reads(engine)() as session:
        session.execute(text("SELECT 1"))
    with pytest.raises(ZeroDivisionError), db.transactions(engine)() as session:
        session.execute(text("INSERT INTO search_word (word, length, uses, named) VALUES ('kelulut', 7, 1, 0)"))
        raise ZeroDivisionError
    engine.dispose()
    with database.begin() as session:
        assert session.execute(text("SELECT count(*) FROM search_word WHERE word = 'kelulut'")).scalar_one() == 0
