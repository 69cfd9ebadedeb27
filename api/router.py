"""The list of every resource of the machine face."""

from fastapi import FastAPI

from api import description, problems
from api.hooks import payments
from api.v1 import businesses, checkouts, finding, places, products, statistics, tokens
from app.config import Settings

RESOURCES = (tokens, places, businesses, products, finding, checkouts, statistics, payments)


def application(settings: Settings) -> FastAPI:
    """The API as an application of its own, mounted under /api/v1; its description is for those signed in only in production."""
    api = FastAPI(
        title=description.TITLE,
        version=description.VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        debug=False,
    )
    for resource in RESOURCES:
        api.router.routes.extend(
            resource.router.routes
        )  # one flat list: a router within a router is searched each time
    description.install(api)
    problems.install(api)
    return api
