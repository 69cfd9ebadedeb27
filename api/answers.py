"""Answers that say which state they show: ETag, 304 for who has it already, If-Match for who wants to change it."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import Header, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.problems import PreconditionFailed, PreconditionMissing

JSON = "application/json"
PRIVATE = "private, no-store"

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The ETag of the state that is to be changed. 428 without, 412 when stale."),
]


def tagged(
    request: Request,
    body: BaseModel,
    *,
    version: int = 0,
    status: int = 200,
    cache: str | None = None,
    location: str | None = None,
) -> Response:
    """One resource with its ETag: the version a change is made against, and a digest of all that is shown (stock moves without
    a new version). Who already has this state gets 304 without a body."""
    content = body.model_dump_json().encode()
    tag = f'"{version}-{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"ETag": tag, "Vary": "Authorization"}
    if cache is not None:
        headers["Cache-Control"] = cache
    if location is not None:
        headers["Location"] = location
    if request.method == "GET" and tag in tags_of(request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    return Response(content, status_code=status, headers=headers, media_type=JSON)


def tags_of(header: str | None) -> list[str]:
    """The entity tags in a header. A `W/` before one is ignored: proxies that compress put it there."""
    return [tag.strip().removeprefix("W/") for tag in (header or "").split(",")]


def require_match(if_match: str | None, version: int) -> None:
    """Whether a change is made against the present version. Raises PreconditionMissing without a tag, PreconditionFailed when
    none of them (or `*`) is of this version."""
    if if_match is None or not if_match.strip():
        raise PreconditionMissing
    named = [tag.strip('"').partition("-")[0] for tag in tags_of(if_match)]
    if str(version) not in named and if_match.strip() != "*":
        raise PreconditionFailed
