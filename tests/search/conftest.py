"""The small catalogue, in a transaction that is rolled back."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from search.engines import choosing
from tests.search.goods import GOODS, Market, within


@pytest.fixture
def empty(session: Session) -> Market:
    return Market(within(session))


@pytest.fixture
def market(empty: Market) -> Market:
    empty.stock_up(*GOODS)
    return empty


@pytest.fixture(autouse=True)
def closed_breaker() -> None:
    """One test's outage is not the next one's."""
    choosing.breaker.close()
