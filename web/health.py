"""Is the process alive, can it serve, and what is degraded."""

from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app import db
from app.errors import NotFound
from app.kit import ids, migrations
from app.notifications import queries as notifications
from app.outbox import queries as outbox
from search import queries as search
from web.deps import PUBLIC, begin_of, settings_of

ROOT = Path(__file__).resolve().parent.parent
SLOW_OUTBOX_SECONDS = 60

log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)


@router.get("/healthz", dependencies=[PUBLIC])
def alive() -> PlainTextResponse:
    """The process answers; touches nothing else."""
    return PlainTextResponse("ok")


@router.get("/readyz", dependencies=[PUBLIC])
def ready(request: Request) -> JSONResponse:
    """503 when the database is away or not migrated. Search, mail and messages are reported and never fail it."""
    parts: dict[str, str] = {}
    try:
        begin = begin_of(request)
        with begin() as session:
            parts["database"] = "ok"
            parts["migrations"] = "ok" if db.revision(session) == newest_revision() else "behind"
            channels = notifications.channel_state(session)
            parts["mail"], parts["messages"] = channels.mail, channels.messages
            parts["worker"] = "ok" if outbox.oldest_open_seconds(session) < SLOW_OUTBOX_SECONDS else "degraded"
        parts["search"] = search.engine_state(begin)
    except Exception:
        log.exception("not_ready")
        parts["database"] = "unavailable"
    able = parts.get("database") == "ok" and parts.get("migrations") == "ok"
    status = "ready" if able else "unavailable"
    if able and "degraded" in parts.values():
        status = "degraded"
    return JSONResponse({"status": status, "parts": parts}, status_code=200 if able else 503)


@lru_cache
def newest_revision() -> str | None:
    return migrations.newest(ROOT / "migrations" / "versions")


@router.get("/metrics", dependencies=[PUBLIC])
def metrics(request: Request) -> Response:
    """Prometheus figures: with the token, or without one only to a caller on this machine that came through no proxy."""
    if not may_read_metrics(request):
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def may_read_metrics(request: Request) -> bool:
    token = settings_of(request).metrics_token
    if token is not None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return ids.keys_match(token.get_secret_value(), given)
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return not forwarded and request.client is not None and is_loopback(request.client.host)


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
