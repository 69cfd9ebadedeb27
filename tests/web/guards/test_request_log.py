from __future__ import annotations

from typing import Annotated

import pytest
import structlog
from fastapi import APIRouter, FastAPI, Path
from prometheus_client import REGISTRY
from starlette.types import ASGIApp

from tests.web.guards.asking import Told, ask
from web.guards import request_log
from web.guards.request_log import RequestLog

KEY = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def product(monkeypatch: pytest.MonkeyPatch) -> ASGIApp:
    # a logger keeps the settings it was first used with, perhaps in a test that ran the whole product: start with a fresh one
    structlog.reset_defaults()
    monkeypatch.setattr(request_log, "log", structlog.get_logger())
    app, inner, hooks = FastAPI(), FastAPI(), APIRouter()

    @app.get("/pesanan/{number}")
    def order(number: Annotated[str, Path()]) -> str:
        structlog.get_logger().info("inside")
        return number

    @hooks.post("/payments/{provider}")
    def hook(provider: str) -> str:
        return provider

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError

    inner.include_router(hooks, prefix="/hooks")
    app.mount("/api/v1", inner)
    return RequestLog(app)


def count(method: str, route: str, status: str) -> float:
    labels = {"method": method, "route": route, "status": status}
    return REGISTRY.get_sample_value("http_server_request_duration_seconds_count", labels) or 0.0


def test_a_line_names_the_route_and_neither_number_nor_key(product: ASGIApp) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = ask(product, path="/pesanan/PE-2026-000123-4", query_string=f"kunci={KEY}".encode())
    line = lines[-1]
    assert (line["event"], line["method"], line["route"], line["status"]) == (
        "request",
        "GET",
        "/pesanan/{number}",
        200,
    )
    assert line["duration_ms"] >= 0
    assert KEY not in str(lines)
    assert "000123" not in str(line)
    assert line["request_id"] == answer.headers["x-request-id"]


def test_every_line_written_on_the_way_carries_the_same_request_id(product: ASGIApp) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        ask(product, path="/pesanan/1")
        ask(product, path="/pesanan/2")
    assert [line["event"] for line in lines] == ["inside", "request"] * 2
    assert lines[0]["request_id"] == lines[1]["request_id"] != lines[2]["request_id"] == lines[3]["request_id"]


def test_a_route_of_a_mounted_face_has_its_whole_template(product: ASGIApp) -> None:
    before = count("POST", "/api/v1/hooks/payments/{provider}", "200")
    ask(product, "POST", "/api/v1/hooks/payments/stripe")
    assert count("POST", "/api/v1/hooks/payments/{provider}", "200") == before + 1


@pytest.mark.parametrize("path", ["/nope", "/.git/config", "/api/v1/nope", "/wp-login.php"])
def test_addresses_that_do_not_exist_share_one_label(product: ASGIApp, path: str) -> None:
    before = count("GET", "(none)", "404")
    ask(product, path=path)
    assert count("GET", "(none)", "404") == before + 1


def test_an_invented_method_makes_no_label_of_its_own(product: ASGIApp) -> None:
    before = count("OTHER", "(none)", "404")
    ask(product, "BREW1234", "/nope")
    assert count("OTHER", "(none)", "404") == before + 1


def test_a_fault_is_counted_as_one(product: ASGIApp) -> None:
    before = count("GET", "/broken", "500")
    with pytest.raises(RuntimeError):
        ask(product, path="/broken")
    assert count("GET", "/broken", "500") == before + 1


def test_probes_and_pictures_are_counted_but_not_written_down() -> None:
    app = RequestLog(Told())
    with structlog.testing.capture_logs() as lines:
        ask(app, path="/healthz")
        ask(app, path="/static/css/main.0123456789ab.css")
    assert lines == []
    assert count("GET", "/static/*", "200") >= 1
