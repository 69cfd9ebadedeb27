"""Every route declares a right: one that forgets to is not open by default, it fails the build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import SecretStr
from starlette.routing import BaseRoute, Mount

from api import router as machine_face
from app import config
from web import router as human_face

SAFE = {"GET", "HEAD", "OPTIONS"}
UNDECLARED_BY_NATURE = {"/openapi.json"}


def settings() -> config.Settings:
    return config.load().model_copy(update={"database_url": SecretStr("postgresql:///unused")})


def routes(found: list[BaseRoute]) -> Iterator[APIRoute]:
    for route in found:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(route, Mount) or hasattr(route, "routes"):
            yield from routes(list(route.routes))


def every_route() -> list[APIRoute]:
    api = machine_face.application(settings())
    return [*routes(list(human_face.router.routes)), *routes(list(api.routes))]


def rights(dependant: Dependant) -> set[str]:
    found = {str(dependant.call.declares_right)} if hasattr(dependant.call, "declares_right") else set()
    for inner in dependant.dependencies:
        found |= rights(inner)
    return found


def test_there_are_routes_to_look_at() -> None:
    assert len(every_route()) > 60


def test_every_route_declares_a_right() -> None:
    silent = [f"{sorted(route.methods)} {route.path}" for route in every_route() if not rights(route.dependant)]
    assert silent == []


def test_office_pages_are_never_public() -> None:
    open_pages = [
        route.path for route in every_route() if route.path.startswith("/dinas") and "public" in rights(route.dependant)
    ]
    assert open_pages == []


def test_seller_pages_are_never_public() -> None:
    open_pages = [
        route.path for route in every_route() if route.path.startswith("/jual") and "public" in rights(route.dependant)
    ]
    assert open_pages == []


def test_a_route_without_a_right_would_be_caught() -> None:
    """The check itself can fail: a route made without a right is found by it."""
    route = APIRoute("/tanpa-hak", endpoint=lambda: None)
    assert rights(route.dependant) == set()


@pytest.mark.parametrize("path", ["/masuk", "/", "/produk"])
def test_public_pages_are_declared_public(path: str) -> None:
    assert any("public" in rights(route.dependant) for route in every_route() if route.path == path)
