"""Every route declares a right: one that forgets to is not open by default, it fails the build."""

from __future__ import annotations

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import SecretStr

from api import router as machine_face
from app import config
from web import router as human_face

SAFE = {"GET", "HEAD", "OPTIONS"}
UNDECLARED_BY_NATURE = {"/openapi.json"}


def settings() -> config.Settings:
    return config.load().model_copy(update={"database_url": SecretStr("postgresql:///unused")})


def every_route() -> list[RouteContext]:
    """Every route of both faces, through all the routers that include one another."""
    api = machine_face.application(settings())
    found = [*iter_route_contexts(human_face.router.routes), *iter_route_contexts(api.routes)]
    return [route for route in found if isinstance(route.original_route, APIRoute)]


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
