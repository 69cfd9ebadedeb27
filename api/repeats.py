"""`Idempotency-Key`: a call sent twice acts once and is answered the same both times."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import Header, Request
from pydantic import BaseModel

from app.actor import Actor
from app.db import Session, Transactions
from app.idempotency import keys
from app.idempotency.keys import Answer

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=keys.LONGEST_KEY,
        pattern=r"^[\x20-\x7e]+$",
        description="Any text of your own, new for each thing you want done, e.g. a UUID. The same key with the same body gets "
        "the same answer; with another body 409 `idempotency_mismatch`; while the first is running 409 `in_progress`.",
    ),
]


def once(
    begin: Transactions,
    request: Request,
    caller: Actor,
    key: str | None,
    body: BaseModel,
    work: Callable[[Session], Answer],
    *,
    step: str = "",
) -> Answer:
    """Run `work` in one transaction and keep its answer under this caller's key. Without a key it is simply run. A call that
    goes on after its first transaction keeps each `step` by itself."""
    if key is None:
        with begin() as session:
            return work(session)
    said = f"{request.method} {request.url.path}\n{body.model_dump_json()}"
    return keys.once(begin, scope=scope_of(caller, step), key=key, body_hash=keys.hash_of(said), work=work)


def scope_of(caller: Actor, step: str) -> str:
    """Keys are the caller's own; guests share theirs, so theirs must be unguessable."""
    return ":".join(filter(None, ("api", str(caller.account_id or "guest"), step)))
