"""The list of every resource of the machine face."""

from fastapi import FastAPI

from app.config import Settings


def application(settings: Settings) -> FastAPI:
    """The API as an application of its own, mounted under /api/v1."""
    return FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
