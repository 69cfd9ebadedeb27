"""Owners hear of every decision once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from app.notifications import telling_owners, writing
from app.notifications.models import Message
from app.registry import events
from app.registry.models import Business, Membership
from tests.factories.past_orders import NOON

DECISIONS: list[tuple[Callable[..., None], type[Any], str]] = [
    (telling_owners.on_business_approved, events.BusinessApproved, "sudah terdaftar"),
    (telling_owners.on_business_returned, events.BusinessReturned, "perlu diperbaiki"),
    (telling_owners.on_business_rejected, events.BusinessRejected, "ditolak"),
    (telling_owners.on_business_suspended, events.BusinessSuspended, "dinonaktifkan"),
    (telling_owners.on_business_reinstated, events.BusinessReinstated, "aktif kembali"),
]


@pytest.mark.parametrize(("handler", "kind", "words"), DECISIONS)
def test_a_decision_is_told_once_to_everybody_who_acts_for_the_business(
    session: Session,
    business: Business,
    handler: Callable[..., None],
    kind: type[Any],
    words: str,
) -> None:
    business.decided_at, business.decision_reason = NOON, "Alamat belum jelas"
    session.add(business)
    session.flush()
    for _ in range(2):
        handler(lambda: nullcontext(session), kind(business.id, business.number))
    messages = session.exec(select(Message)).all()
    assert sorted(str(message.recipient_name) for message in messages) == ["Pembantu", "Pemilik"]
    assert all(words in writing.letter(message).subject for message in messages)
    if kind in (events.BusinessReturned, events.BusinessRejected, events.BusinessSuspended):
        assert all("Alamat belum jelas" in writing.letter(message).text for message in messages)


def test_a_second_return_is_a_second_message(session: Session, business: Business) -> None:
    for day in (0, 1):
        business.decided_at = NOON + timedelta(days=day)
        session.add(business)
        session.flush()
        event = events.BusinessReturned(business.id, business.number)
        telling_owners.on_business_returned(lambda: nullcontext(session), event)
    assert len(session.exec(select(Message)).all()) == 4
    pending = session.exec(select(Message).where(Message.desk_status == "pending")).all()
    assert len(pending) == 2, "the newer decision takes the place of the older one on the desk"


def test_an_unclaimed_business_has_nobody_to_tell(session: Session, business: Business) -> None:
    for member in session.exec(select(Membership).where(Membership.business_id == business.id)):
        session.delete(member)
    session.flush()
    telling_owners.on_business_approved(
        lambda: nullcontext(session), events.BusinessApproved(business.id, business.number)
    )
    assert session.exec(select(Message)).all() == []
