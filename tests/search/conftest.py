"""The small catalogue, in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlmodel import Session

from app import config
from search.engines import choosing
from search.engines import meilisearch as meilisearch_engine
from search.engines.meilisearch import MeilisearchEngine
from tests.search import server
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


@pytest.fixture(scope="session")
def meilisearch_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with server.running(tmp_path_factory.mktemp("meilisearch")) as url:
        yield url


@pytest.fixture
def meilisearch(meilisearch_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MeilisearchEngine]:
    """The configured engine with an index of this test's own."""
    name = f"test-{uuid4().hex}"
    monkeypatch.setenv("PASAR_MEILISEARCH_URL", meilisearch_url)
    monkeypatch.setattr(choosing, "index_name", lambda: name)
    monkeypatch.setattr(meilisearch_engine, "SEARCH_SECONDS", 20)  # a busy machine is no outage here
    config.settings.cache_clear()
    engine = choosing.outside()
    assert isinstance(engine, MeilisearchEngine)
    yield engine
    engine.client().delete_index(name)
