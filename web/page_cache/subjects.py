"""What a page tells something about. A page that names its subjects is dropped when one of them changes; one that names none,
like every list, when anything does."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request

from app.outbox import bulletin

NAMED: Final = "page_cache.subjects"
"""Where the layer reads them from the request's scope; absent when the page will not be kept."""

ANYTHING: Final = ""
"""The subject of a page that names none."""


def name(request: Request, *, shop: UUID, business: UUID) -> None:
    """The page tells of this shop's goods and terms and of this business's entry in the register, and of nothing else that
    can change."""
    found = request.scope.get(NAMED)
    if found is not None:
        found |= {bulletin.subject("shop", shop), bulletin.subject("business", business)}


def of(scope: dict[str, Any]) -> frozenset[str]:
    return frozenset(scope[NAMED] or {ANYTHING})
