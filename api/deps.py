"""What a call's handler may ask for: who calls, a transaction, and the right it declares.

A caller is known by a bearer token alone; a browser's cookie means nothing here, so no foreign page can act in a visitor's
name. As in the human face a handler holds one database connection at a time: `caller_of` reads who calls in a short
transaction of its own, then the handler uses either `DbSession` or `Begin`.
"""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as Dependency
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import BadToken
from app.accounts import sessions
from app.actor import Actor, Role
from app.config import Settings
from app.db import Session, Transactions
from app.errors import Forbidden, SignInRequired

GUEST = Actor(channel="api")
LONGEST_TOKEN = 128
BEARER = HTTPBearer(auto_error=False, scheme_name="bearer", description="The token that `POST /auth/token` gives.")


# What needs no database is `async`: FastAPI hands every plain function to a thread, which costs more than these do.


def begin_of(request: Request) -> Transactions:
    begin: Transactions = request.app.state.begin
    return begin


def settings_of(request: Request) -> Settings:
    found: Settings = request.app.state.settings
    return found


def session_of(request: Request) -> Iterator[Session]:
    """One transaction for the whole handler. `scope="function"` commits before the answer leaves, so a failing commit is
    never answered with success."""
    with begin_of(request)() as session:
        yield session


async def transactions_here(request: Request) -> Transactions:
    return begin_of(request)


async def settings_here(request: Request) -> Settings:
    return settings_of(request)


async def caller_of(request: Request, _: Annotated[HTTPAuthorizationCredentials | None, Security(BEARER)]) -> Actor:
    """Who calls. Without a token a guest; a token that is no longer good is refused, never taken for a guest's call."""
    if "authorization" not in request.headers:
        return GUEST
    return await run_in_threadpool(holder_of, request, token_of(request))


def holder_of(request: Request, token: str) -> Actor:
    with begin_of(request)() as session:
        visitor = sessions.resolve(session, token, kind="api")
    if visitor is None:
        raise BadToken
    return visitor.actor


def token_of(request: Request) -> str:
    """The bearer token of this call. Raises BadToken for anything else in that header."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
        raise BadToken
    return token


DbSession = Annotated[Session, Depends(session_of, scope="function")]
Begin = Annotated[Transactions, Depends(transactions_here)]
Config = Annotated[Settings, Depends(settings_here)]
Caller = Annotated[Actor, Depends(caller_of)]


class Right:
    """A declared right: the dependency every route must have one of. The architecture test fails the build without it."""

    def __init__(self, name: str, *roles: Role, guests: bool = False) -> None:
        self.declares_right = name
        self.roles = roles
        self.guests = guests

    async def __call__(self, caller: Caller) -> None:
        if self.guests:
            return
        if not caller.signed_in:
            raise SignInRequired
        if self.roles and not caller.has(*self.roles):
            raise Forbidden


class SignedBySender:
    """The right of a gateway's message: its signature over the raw body, which the inbox checks. Nobody's token is read."""

    declares_right = "signed by its sender"
    guests = True

    async def __call__(self) -> None:
        return


def declared(right: Right | SignedBySender) -> Dependency:
    dependency = Depends(right)
    assert isinstance(dependency, Dependency)  # noqa: S101 - narrows FastAPI's untyped factory
    return dependency


PUBLIC = declared(Right("public", guests=True))
SIGNED_IN = declared(Right("signed in"))
"""Whose thing it is, is decided in the fetch: foreign is missing."""

SIGNED_BY_SENDER = declared(SignedBySender())
