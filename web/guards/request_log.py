"""One line a request: what was asked for (the route, never the address), how it ended, how long it took."""

from __future__ import annotations

import time
from typing import Final
from uuid import uuid4

import structlog
from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET: Final = ("/healthz", "/readyz", "/metrics", "/static/", "/foto/")
"""Counted and timed, not written down."""

KEPT_PAGE: Final = "request_log.kept_page"
"""In the scope of a request that a kept page answered: as much news as a static file, and a line costs thirty times the answer."""

FOLDERS: Final = ("/static/",)
UNKNOWN_ROUTE: Final = "(none)"
HUNG_UP: Final = 499

DURATION: Final = Histogram(
    "http_server_request_duration_seconds",
    "Time from the first byte of a request to the last of its answer.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120),
)

log = structlog.get_logger(__name__)


class RequestLog:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = uuid4().hex
        status = HUNG_UP

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", request_id.encode())]
            await send(message)

        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_named)
            except BaseException:
                status = 500 if status == HUNG_UP else status
                raise
            finally:
                write_down(scope, status, time.perf_counter() - began)


def write_down(scope: Scope, status: int, seconds: float) -> None:
    method = scope["method"] if scope["method"] in METHODS else "OTHER"
    route = template_of(scope)
    DURATION.labels(method, route, str(status)).observe(seconds)
    if status >= 500 or not (KEPT_PAGE in scope or str(scope["path"]).startswith(QUIET)):
        log.info("request", method=method, route=route, status=status, duration_ms=round(seconds * 1000, 1))


def template_of(scope: Scope) -> str:
    """The route's template (`/pesanan/{number}`), as few as there are routes: a path would carry numbers and keys."""
    context = scope.get("fastapi", {}).get("effective_route_context")
    template = getattr(context or scope.get("route"), "path", None)
    if template is not None:
        return f"{scope.get('root_path', '')}{template}"
    path = str(scope["path"])
    return next((f"{folder}*" for folder in FOLDERS if path.startswith(folder)), UNKNOWN_ROUTE)
