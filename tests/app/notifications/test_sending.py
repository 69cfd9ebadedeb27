"""Messages: made once, sent by hand from a desk that sees only its own place, and never shown with a number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from jinja2 import UndefinedError
from sqlmodel import Session, select

from app.accounts.models import Account
from app.actor import GUEST, Actor, Grant
from app.audit.models import AuditRecord
from app.errors import NotFound, SignInRequired
from app.kit import clock, ids
from app.notifications import queries, sending
from app.notifications.errors import NoDesk, NotPending
from app.notifications.models import Fact, Message
from app.notifications.sending import Notice
from tests.conftest import Database

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
BUYER = "+6281234567890"

ADMINISTRATOR = Grant("administrator")
VERIFIER = Grant("verifier")
ANALYST = Grant("analyst")
NORTH = Grant("facilitator", "64.08.04")
NORTH_VILLAGE = Grant("facilitator", "64.08.04", "64.08.04.1010")
SOUTH = Grant("facilitator", "64.08.12")


def opened(session: Session, name: str = "Contoh") -> Account:
    serial = ids.uuid7().int % 10**8
    account = Account(phone_e164=f"+62813{serial:08d}", name=name, opened_at=NOON, is_demo=True)
    session.add(account)
    session.flush()
    return account


def somebody(session: Session, *grants: Grant) -> Actor:
    return Actor(account_id=opened(session).id, grants=frozenset(grants))


def notice(key: str = "k", **changes: object) -> Notice:
    facts: dict[str, Fact] = {"business": "Amplang Contoh", "number": "KT-2026-000001-5"}
    given: dict[str, object] = {
        "template": "business_approved/owner",
        "facts": facts,
        "dedupe_key": key,
        "thread": key,
        "district_code": "64.08.04",
        "village_code": "64.08.04.1010",
        "link_path": "/usaha/amplang-contoh",
    }
    return Notice(**(given | changes))  # type: ignore[arg-type]


def guest_message(session: Session, key: str = "k", **changes: object) -> UUID:
    sending.to_phone(session, BUYER, notice(key, **changes), name="Siti")
    return session.exec(select(Message.id).where(Message.dedupe_key == key)).one()


def acts(session: Session, message_id: UUID) -> list[str]:
    query = select(AuditRecord.action).where(AuditRecord.subject_id == str(message_id)).order_by(AuditRecord.id)  # type: ignore[arg-type]
    return list(session.exec(query))


def test_an_event_delivered_twice_makes_one_message(session: Session) -> None:
    account = opened(session)
    for _ in range(2):
        sending.to_account(session, account.id, notice())
    assert len(queries.inbox(session, Actor(account_id=account.id))) == 1


def test_a_guests_number_is_never_linked_to_the_account_that_has_it(session: Session) -> None:
    account = opened(session)
    sending.to_phone(session, account.phone_e164, notice())
    assert queries.inbox(session, Actor(account_id=account.id)) == []


def test_a_newer_message_of_a_thread_takes_the_place_of_an_unsent_older_one(session: Session) -> None:
    officer = somebody(session, ADMINISTRATOR)
    guest_message(session, "first", thread="order:1:buyer")
    second = guest_message(session, "second", thread="order:1:buyer")
    other = guest_message(session, "third", thread="order:2:buyer")
    assert [item.id for item in queries.desk(session, officer)] == [second, other]


def test_a_template_that_lacks_a_fact_fails_instead_of_sending_a_gap(session: Session) -> None:
    with pytest.raises(UndefinedError):
        sending.to_phone(session, BUYER, notice(facts={"business": "Amplang Contoh"}))
    assert session.exec(select(Message)).all() == []


@pytest.mark.parametrize(
    ("grant", "sees"),
    [(ADMINISTRATOR, True), (VERIFIER, True), (NORTH, True), (NORTH_VILLAGE, True), (SOUTH, False)],
)
def test_the_desk_shows_the_office_all_and_a_facilitator_the_own_place(
    session: Session, grant: Grant, sees: bool
) -> None:
    message_id = guest_message(session)
    actor = somebody(session, grant)
    assert ([item.id for item in queries.desk(session, actor)] == [message_id]) is sees
    if sees:
        assert sending.open_on_desk(session, actor, message_id).startswith("https://wa.me/6281234567890?text=")
    else:
        for act in (sending.open_on_desk, sending.mark_sent, sending.mark_unsendable):
            with pytest.raises(NotFound):
                act(session, actor, message_id)
        assert acts(session, message_id) == []


def test_a_facilitator_of_one_village_does_not_see_the_next_one(session: Session) -> None:
    message_id = guest_message(session, village_code="64.08.04.2001")
    unknown = guest_message(session, "k2", village_code=None)
    actor = somebody(session, NORTH_VILLAGE)
    assert queries.desk(session, actor) == []
    for hidden in (message_id, unknown):
        with pytest.raises(NotFound):
            sending.mark_sent(session, actor, hidden)


@pytest.mark.parametrize("grants", [(), (ANALYST,)])
def test_nobody_else_has_a_desk(session: Session, grants: tuple[Grant, ...]) -> None:
    message_id = guest_message(session)
    for actor in (GUEST, somebody(session, *grants)):
        with pytest.raises(NoDesk):
            queries.desk(session, actor)
        with pytest.raises(NoDesk):
            sending.open_on_desk(session, actor, message_id)


def test_the_desk_never_shows_a_number(session: Session) -> None:
    guest_message(session)
    (item,) = queries.desk(session, somebody(session, ADMINISTRATOR))
    assert item.masked_phone == "0812••••890"
    assert "81234567890" not in repr(item)


def test_opening_and_sending_are_kept_in_the_audit_without_the_number(session: Session) -> None:
    officer = somebody(session, VERIFIER)
    message_id = guest_message(session)
    sending.open_on_desk(session, officer, message_id)
    with clock.at(NOON):
        sending.mark_sent(session, officer, message_id)
        sending.mark_sent(session, officer, message_id)
    assert acts(session, message_id) == ["message.opened_for_sending", "message.sent_by_hand"]
    details = session.exec(select(AuditRecord.detail).where(AuditRecord.subject_id == str(message_id))).all()
    assert "81234567890" not in repr(details)
    message = session.get_one(Message, message_id)
    assert (message.desk_status, message.desk_sent_at, message.desk_sent_by) == ("sent", NOON, officer.account_id)
    assert queries.desk(session, officer) == []


def test_what_was_sent_is_not_opened_or_given_up_again(session: Session) -> None:
    officer = somebody(session, VERIFIER)
    message_id = guest_message(session)
    sending.mark_sent(session, officer, message_id)
    for act in (sending.open_on_desk, sending.mark_unsendable):
        with pytest.raises(NotPending):
            act(session, officer, message_id)
    assert session.get_one(Message, message_id).desk_status == "sent"


def test_a_number_that_does_not_answer_leaves_the_desk(session: Session) -> None:
    officer = somebody(session, VERIFIER)
    message_id = guest_message(session)
    sending.mark_unsendable(session, officer, message_id)
    sending.mark_unsendable(session, officer, message_id)
    assert acts(session, message_id) == ["message.found_unsendable"]
    with pytest.raises(NotPending):
        sending.mark_sent(session, officer, message_id)


def test_a_missing_message_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        sending.open_on_desk(session, somebody(session, VERIFIER), ids.uuid7())


def test_the_inbox_is_ones_own(session: Session) -> None:
    mine, theirs = opened(session), opened(session)
    sending.to_account(session, mine.id, notice("mine"))
    sending.to_account(session, theirs.id, notice("theirs"))
    me = Actor(account_id=mine.id)
    (item,) = queries.inbox(session, me)
    assert item.subject == "Usaha Amplang Contoh sudah terdaftar"
    assert item.path == "/usaha/amplang-contoh"
    assert not item.read
    foreign = session.exec(select(Message.id).where(Message.account_id == theirs.id)).one()
    with pytest.raises(NotFound):
        sending.mark_read(session, me, foreign)
    for refused in (queries.inbox, queries.unread, sending.mark_all_read):
        with pytest.raises(SignInRequired):
            refused(session, GUEST)


def test_a_message_that_was_read_need_not_be_sent_by_hand(session: Session) -> None:
    account = opened(session)
    me = Actor(account_id=account.id)
    for key in ("a", "b"):
        sending.to_account(session, account.id, notice(key))
    assert queries.unread(session, me) == 2
    sending.mark_read(session, me, queries.inbox(session, me)[0].id)
    assert queries.unread(session, me) == 1
    sending.mark_all_read(session, me)
    assert queries.unread(session, me) == 0
    assert queries.desk(session, somebody(session, ADMINISTRATOR)) == []


def test_old_news_leave_the_desk_but_not_the_inbox(database: Database) -> None:
    with clock.at(NOON), database.begin() as session:
        account = opened(session)
        sending.to_account(session, account.id, notice())
    with clock.at(NOON + sending.STALE):
        assert sending.drop_stale(database.begin) == 0
    with clock.at(NOON + sending.STALE + timedelta(seconds=1)):
        assert sending.drop_stale(database.begin) == 1
        assert sending.drop_stale(database.begin) == 0
    with database.begin() as session:
        assert len(queries.inbox(session, Actor(account_id=account.id))) == 1


def test_news_that_came_about_long_ago_go_into_the_inbox_alone(session: Session) -> None:
    account = opened(session)
    with clock.at(NOON):
        happened = NOON - sending.STALE - timedelta(seconds=1)
        sending.to_account(session, account.id, notice(happened_at=happened))
        assert queries.desk(session, somebody(session, ADMINISTRATOR)) == []
    (item,) = queries.inbox(session, Actor(account_id=account.id))
    assert item.created_at == happened


def test_readiness_says_when_no_channel_reaches_people(session: Session) -> None:
    with clock.at(NOON):
        assert queries.channel_state(session).messages == "ok"
        message_id = guest_message(session)
        state = queries.channel_state(session)
        assert (state.mail, state.messages) == ("degraded", "ok")
    with clock.at(NOON + queries.DESK_PATIENCE + timedelta(seconds=1)):
        state = queries.channel_state(session)
        assert (state.mail, state.messages) == ("degraded", "degraded")
        sending.mark_sent(session, somebody(session, ADMINISTRATOR), message_id)
        assert queries.channel_state(session).messages == "ok"
