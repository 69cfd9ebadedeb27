"""Builds the ASGI application: mounts the faces, opens and closes the resources."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.types import ASGIApp

from api import router as machine_face
from app import config, db
from app.config import Settings
from app.kit import clock, logs
from app.media import store as media
from app.outbox.listening import Listener
from app.reference import regency
from web import assets, problems
from web import router as human_face
from web.guards import stack
from web.page_cache.store import Store


def application() -> ASGIApp:
    """The whole product as one ASGI callable, from this process's settings (a factory: `uvicorn --factory`)."""
    return build(config.settings())


def build(settings: Settings) -> ASGIApp:
    """Raises ConfigurationFault when no database is configured: starting the embedded one is the supervisor's work."""
    if settings.database_url is None:
        raise config.ConfigurationFault(
            ["PASAR_DATABASE_URL is not set; `python -m app serve` starts the embedded database"]
        )
    logs.configure(json=settings.production)
    clock.keep_calendar_of(lambda: regency.current().zone)
    url = settings.database_url.get_secret_value()
    engine = db.connect(url)
    begin = db.transactions(engine)
    kept_pages = Store()

    @asynccontextmanager
    async def open_and_close(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = db.POOL_SIZE
        listener = Listener(url, begin, kept_pages)
        listener.start()
        gc.collect()
        gc.freeze()  # what is there now stays: there is no sense in looking through all of it again and again
        yield
        listener.stop()
        engine.dispose()

    media.open_at(settings.media_location)
    web = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=open_and_close)
    api = machine_face.application(settings)
    for face in (web, api):
        face.state.begin = begin
        face.state.reads = db.reads(engine)
        face.state.settings = settings
    web.mount("/api/v1", api)
    web.mount("/static", assets.NamedFiles())
    web.router.routes.extend(human_face.router.routes)
    problems.install(web)
    return stack.wrap(web, settings, kept_pages)
