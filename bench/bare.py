"""The limit: `async def` FastAPI handlers that answer prepared bytes and do nothing else (factory for uvicorn)."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Response

FOLDER = "BENCH_BARE_FOLDER"
"""Environment variable: where the captured answers lie, `{name}.json` with the head and `{name}.body`."""


def application() -> FastAPI:
    made = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for head in sorted(Path(os.environ[FOLDER]).glob("*.json")):
        facts = json.loads(head.read_text())
        handler = answering(facts["status"], facts["headers"], head.with_suffix(".body").read_bytes())
        made.add_api_route(f"/{head.stem}", handler, methods=[facts["method"]], response_class=Response)
    return made


def answering(status: int, headers: dict[str, str], body: bytes) -> Callable[[], Awaitable[Response]]:
    async def handler() -> Response:
        return Response(body, status_code=status, headers=headers)

    return handler
