"""What a page handler may ask for: who visits, a transaction, and the right it declares.

A handler holds one database connection at a time, because there are as many threads as connections: `visit` reads who is
there in a short transaction of its own, then the handler uses either `DbSession` or `Begin`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.params import Depends as Dependency

from app.accounts import sessions
from app.accounts.sessions import Visitor
from app.actor import GUEST, Actor, Role
from app.config import Settings
from app.db import Session, Transactions
from app.errors import Forbidden, SignInRequired
from app.orders import queries as orders
from app.reference.regions import Place
from web import cookies, destination, language


@dataclass(frozen=True)
class Visit:
    """Who is looking at the page, and what the frame around it shows."""

    visitor: Visitor | None
    cart_token: str | None
    cart_count: int
    language: str
    destination: Place | None = None

    @property
    def actor(self) -> Actor:
        return self.visitor.actor if self.visitor else GUEST


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


def visit_of(request: Request) -> Visit:
    token = cookies.sign_in_token(request)
    cart_token = cookies.cart_token(request)
    chosen, place = language.chosen(request), destination.chosen(request)
    if token is None and cart_token is None:
        return Visit(None, None, 0, chosen, place)
    with begin_of(request)() as session:
        visitor = sessions.resolve(session, token) if token else None
        count = orders.cart_count(session, visitor.actor if visitor else GUEST, cart_token)
    return Visit(visitor, cart_token, count, chosen, place)


# What needs no database is `async`: FastAPI hands every plain function to a thread, which costs more than these do.


async def transactions_here(request: Request) -> Transactions:
    return begin_of(request)


async def reads_here(request: Request) -> Transactions:
    reads: Transactions = request.app.state.reads
    return reads


async def settings_here(request: Request) -> Settings:
    return settings_of(request)


async def visit_here(request: Request) -> Visit:
    """Only a visitor with a cookie of ours is looked up, in a thread."""
    if cookies.sign_in_token(request) is None and cookies.cart_token(request) is None:
        return Visit(None, None, 0, language.chosen(request), destination.chosen(request))
    return await run_in_threadpool(visit_of, request)


DbSession = Annotated[Session, Depends(session_of, scope="function")]
Begin = Annotated[Transactions, Depends(transactions_here)]
Reads = Annotated[Transactions, Depends(reads_here)]
"""Transactions of a handler that writes nothing."""
Config = Annotated[Settings, Depends(settings_here)]
AnyVisit = Annotated[Visit, Depends(visit_here)]


class Right:
    """A declared right: the dependency every route must have one of. The architecture test fails the build without it."""

    def __init__(self, name: str, *roles: Role, guests: bool = False) -> None:
        self.declares_right = name
        self.roles = roles
        self.guests = guests

    async def __call__(self, visit: AnyVisit) -> None:
        if self.guests:
            return
        if visit.visitor is None:
            raise SignInRequired
        if self.roles and not visit.actor.has(*self.roles):
            raise Forbidden("Halaman ini hanya untuk petugas yang berwenang.")


def right(name: str, *roles: Role, guests: bool = False) -> Dependency:
    dependency = Depends(Right(name, *roles, guests=guests))
    assert isinstance(dependency, Dependency)  # noqa: S101 - narrows FastAPI's untyped factory
    return dependency


PUBLIC = right("public", guests=True)
SIGNED_IN = right("signed in")
"""Whose thing it is, is decided in the fetch: foreign is missing."""

VERIFIER = right("verifier", "administrator", "verifier")
ANALYST = right("analyst", "administrator", "verifier", "analyst")
ADMINISTRATOR = right("administrator", "administrator")
MESSENGER = right("messenger", "administrator", "verifier", "facilitator")
STAFF = right("staff", "administrator", "verifier", "analyst", "facilitator")
