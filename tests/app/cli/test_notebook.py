"""The rehearsal's session keeps what is only added to for later, and loses none of it."""

from __future__ import annotations

from sqlalchemy import text
from sqlmodel import Session

from app.actor import SYSTEM
from app.audit import record
from app.catalogue.events import ShopChanged
from app.cli.demo_data.notebook import Notebook
from app.kit import ids
from app.outbox import publish
from tests.statements import counted_statements


def count(session: Session, table: str) -> int:
    return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_rows_wait_for_the_next_writing_and_arrive_in_their_order(session: Session) -> None:
    with Notebook(session.connection()) as notebook, counted_statements(session) as sent:
        for number in range(5):
            record.note(notebook, SYSTEM, action="demo.tried", subject_kind="demo", subject_id=str(number))
        assert not any("INSERT" in one for one in sent)
        assert count(notebook, "audit_record") == 0
        notebook.write()
        rows = notebook.execute(text("SELECT subject_id FROM audit_record ORDER BY id")).scalars().all()
        assert rows == ["0", "1", "2", "3", "4"]
        assert sum("INSERT" in one for one in sent) == 1
        notebook.write()
        assert count(notebook, "audit_record") == 5, "nothing is written twice"


def test_events_wait_for_whoever_carries_them_and_are_put_away_as_done(session: Session) -> None:
    shop = ids.uuid7()
    with Notebook(session.connection()) as notebook:
        with counted_statements(session) as sent:
            publish.announce(notebook, ShopChanged(shop))
            publish.announce(notebook, ShopChanged(shop))
        assert sum("pg_notify" in one for one in sent) == 1, "what is told at the commit is told once"
        assert [row.kind for row in notebook.announced] == ["ShopChanged", "ShopChanged"]
        assert count(notebook, "outbox_event") == 0
        notebook.put_away(notebook.announced)
        kept = notebook.execute(text("SELECT kind, done_at = available_at AS done FROM outbox_event")).all()
    assert [tuple(row) for row in kept] == [("ShopChanged", True)] * 2


def test_other_sessions_gather_nothing(session: Session) -> None:
    record.note(session, SYSTEM, action="demo.tried", subject_kind="demo", subject_id="1")
    assert count(session, "audit_record") == 1
