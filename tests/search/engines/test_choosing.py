"""An engine that is away, hangs or talks nonsense costs nobody their search."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlmodel import Session

from app import config
from search import queries, reindex
from search.engines import choosing
from search.engines.port import Hits, Wanted
from search.queries import Query
from tests.search.fakes import FakeEngine
from tests.search.goods import Market


@contextmanager
def answering(reply: bytes | None) -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that gives every caller this reply; None: takes the call and never says a word. Its address, and who called."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        held: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                held.append(caller)
                if reply is not None:
                    caller.recv(65_536)
                    caller.sendall(reply)
                    caller.close()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", held
        listener.shutdown(socket.SHUT_RDWR)
        for caller in held:
            caller.close()


def http(status: str, body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def use(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("PASAR_MEILISEARCH_URL", url)
    config.settings.cache_clear()
    choosing.breaker.close()


NONSENSE = {
    "an empty answer": http("200 OK", b""),
    "not JSON": http("200 OK", b"<html>halo</html>", "text/html"),
    "another JSON": http(
        "200 OK", b'{"results": [{"hits": [{"id": "bukan"}], "totalHits": 1, "facetDistribution": {}}]}'
    ),
    "a list": http("200 OK", b"[]"),
    "null": http("200 OK", b"null"),
    "an inner fault": http("500 Internal Server Error", b"{}"),
    "no permission": http("403 Forbidden", b'{"code": "invalid_api_key", "message": "no"}'),
    "half an answer": b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{",
    "no HTTP": b"220 mail.contoh.id ESMTP\r\n",
    "a redirect to nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
}


@pytest.mark.parametrize("reply", NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_an_outage_and_postgresql_answers(
    market: Market, monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    with answering(reply) as (url, _):
        use(monkeypatch, url)
        answer = market.find("amplang")
    assert (answer.engine, answer.total) == ("postgres", 2)
    assert choosing.breaker.open


def test_nobody_there_is_an_outage(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "http://127.0.0.1:9")
    assert (market.find("amplang").engine, market.find("amplang").total) == ("postgres", 2)
    assert queries.engine_state(market.begin) == "degraded"


def test_an_engine_that_hangs_costs_one_caller_a_moment_and_the_next_nothing(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(None) as (url, callers):
        use(monkeypatch, url)
        began = time.monotonic()
        assert market.find("amplang").engine == "postgres"
        assert time.monotonic() - began < 5
        assert len(callers) == 1
        assert market.find("amplang").engine == "postgres"
        assert len(callers) == 1
        assert queries.engine_state(market.begin) == "degraded"


class TestTheBreaker:
    @pytest.fixture
    def outside(self, market: Market, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
        engine = FakeEngine()
        monkeypatch.setattr(choosing, "outside", lambda: engine)
        reindex.keep_complete(market.begin)
        return engine

    def test_a_failed_engine_is_left_alone_for_a_while(self, market: Market, outside: FakeEngine) -> None:
        assert market.find().engine == "meilisearch"
        outside.away = True
        assert [market.find().engine for _ in range(5)] == ["postgres"] * 5
        assert outside.asked == 2
        outside.away = False
        assert market.find().engine == "postgres"
        choosing.breaker.rests_until = time.monotonic() - 1
        assert market.find().engine == "meilisearch"

    def test_a_question_without_words_names_the_engine_that_would_answer(
        self, market: Market, outside: FakeEngine
    ) -> None:
        assert market.find("🦐").engine == "meilisearch"
        choosing.breaker.trip()
        assert market.find("🦐").engine == "postgres"

    def test_the_state_follows_the_engine(self, market: Market, outside: FakeEngine) -> None:
        def state() -> str:
            return queries.engine_state(market.begin)

        assert state() == "ok"
        outside.away = True
        assert state() == "degraded"
        outside.away = False
        assert state() == "ok"


def test_postgresql_alone_is_no_degraded_state(market: Market) -> None:
    assert queries.engine_state(market.begin) == "ok"
    assert queries.products(market.begin, Query()).engine == "postgres"


def test_no_transaction_is_open_while_the_engine_is_asked(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for the question, not for a second one with the words mended, not for the state."""
    engine = FakeEngine()
    monkeypatch.setattr(choosing, "outside", lambda: engine)
    open_now: list[str] = []
    while_asked: list[int] = []

    @contextmanager
    def begin() -> Iterator[Session]:
        with market.begin() as session:
            open_now.append("transaction")
            yield session
            open_now.pop()

    def find(wanted: Wanted) -> Hits:
        while_asked.append(len(open_now))
        return Hits()

    monkeypatch.setattr(engine, "find", find)
    monkeypatch.setattr(engine, "healthy", lambda: while_asked.append(len(open_now)) or True)
    assert queries.products(begin, Query(text="amplng")).corrected_query == "amplang"
    queries.engine_state(begin)
    assert while_asked == [0, 0, 0]
