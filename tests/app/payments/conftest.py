"""What the tests of payments share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlmodel import Session

from app.config import settings
from app.db import Transactions
from app.payments.providers import sandbox
from tests.factories import payments as make
from tests.fakes import stripe_server
from tests.fakes.stripe_server import FakeStripe


@pytest.fixture
def begin(session: Session) -> Transactions:
    """Transactions inside the test's own, which is rolled back."""
    return make.over(session)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the rehearsal gateway would have posted; nothing leaves the process."""
    sent: list[bytes] = []
    monkeypatch.setattr(sandbox, "deliver", sent.append)
    monkeypatch.setattr(sandbox, "LATE_BY_SECONDS", 0)
    return sent


@pytest.fixture
def stripe(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeStripe]:
    """A Stripe account of the test's own, switched on."""
    with stripe_server.running() as fake:
        monkeypatch.setenv("PASAR_STRIPE_SECRET_KEY", stripe_server.KEY)
        monkeypatch.setenv("PASAR_STRIPE_WEBHOOK_SECRET", stripe_server.SECRET)
        monkeypatch.setenv("PASAR_STRIPE_API_BASE", fake.url)
        settings.cache_clear()
        yield fake
