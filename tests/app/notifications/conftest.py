"""A business with two people who act for it and one who no longer does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from app.accounts.models import Account
from app.kit import ids
from app.registry.models import Business, Membership
from tests.factories import past_orders
from tests.factories.past_orders import NOON


def account(session: Session, name: str) -> Account:
    made = Account(phone_e164=f"+62812{ids.uuid7().int % 10**8:08d}", name=name, opened_at=NOON)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def business(session: Session) -> Business:
    made = past_orders.business(session)
    for name in ("Pemilik", "Pembantu"):
        member = account(session, name)
        session.add(Membership(business_id=made.id, account_id=member.id, role="owner", since=NOON))
    gone = account(session, "Mantan")
    session.add(
        Membership(business_id=made.id, account_id=gone.id, role="owner", since=NOON, until=NOON + timedelta(days=1))
    )
    session.flush()
    return made
