"""Addresses of this page with something changed, for filters, page numbers and languages: a list has forty of them."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import quote_plus

from fastapi import Request

NOT_KEPT: Final = ("kabar",)
"""Said once, after a redirect."""

quoted = lru_cache(maxsize=2048)(quote_plus)


class Here:
    """This page. Called with changes it gives the address with some query parameters changed (None: removed)."""

    def __init__(self, request: Request) -> None:
        self.path = request.url.path
        self.query = dict(request.query_params)
        self.kept = {
            name: f"{quoted(name)}={quoted(value)}" for name, value in self.query.items() if name not in NOT_KEPT
        }

    def __call__(self, **changes: object) -> str:
        asked = self.kept.copy()
        for name, value in changes.items():
            if value is None:
                asked.pop(name, None)
            else:
                asked[name] = f"{quoted(name)}={quoted(str(value))}"
        return f"{self.path}?{'&'.join(asked.values())}" if asked else self.path
