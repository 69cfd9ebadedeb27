"""The layer in front of the product: answers from the kept pages, keeps what may be kept, lets everything else through."""

from __future__ import annotations

from typing import Final

import anyio.to_thread
from prometheus_client import Counter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import cookies
from web.guards import request_log
from web.page_cache import answer, asking, subjects
from web.page_cache.asking import Asked
from web.page_cache.store import Route, Store

LONG: Final = 128 * 1024
"""A body longer than this is compressed beside the event loop."""

ANSWERS: Final = Counter(
    "page_cache_answers", "Answers to requests for everybody's pages, by where they came from.", ["source"]
)
KEPT, MADE, UNSURE = (ANSWERS.labels(source) for source in ("kept", "made", "unsure"))
"""`unsure`: made, because nobody could say at that moment whether the kept one is still true. Many of these mean that the
listening line is down or this machine is overloaded."""


class PageCache:
    """Outside the guards that dress an answer, so that a kept one is complete; inside the log of requests."""

    def __init__(self, app: ASGIApp, store: Store, *, https: bool) -> None:
        self.app = app
        self.store = store
        self.language_cookie = f"{cookies.PINNED if https else ''}{cookies.LANGUAGE}=".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = asking.read(scope, self.language_cookie) if scope["type"] == "http" else None
        if asked is None:
            await self.app(scope, receive, send)
            return
        page = self.store.find(asked.key)
        if page is None:
            await self.make(asked, scope, receive, send)
            return
        KEPT.inc()
        scope["route"] = page.route
        scope[request_log.KEPT_PAGE] = True
        await page.answer.send(send, known=asked.known, head=scope["method"] == "HEAD")

    async def make(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the product answer the plain question, keep the answer if it may be kept, and send it."""
        began = self.store.begin()
        (UNSURE if began is None else MADE).inc()
        plain = {**scope, "method": "GET", "headers": asking.plainly(scope, asked), subjects.NAMED: set()}
        messages: list[Message] = []

        async def collect(message: Message) -> None:
            messages.append(message)

        try:
            await self.app(plain, receive, collect)
        except Exception:
            for message in messages:  # the page that says so, before the fault goes on to the log
                await send(message)
            raise
        route = route_of(plain)
        if route is not None:
            scope["route"] = route
        if sum(len(message.get("body", b"")) for message in messages) > LONG:
            made = await anyio.to_thread.run_sync(answer.made, messages, asked)
        else:
            made = answer.made(messages, asked)
        if began is not None and made.for_everybody:
            self.store.keep(asked.key, made, subjects.of(plain), began=began, seconds=asked.family.kept, route=route)
        await made.send(send, known=asked.known, head=scope["method"] == "HEAD")


def route_of(scope: Scope) -> Route | None:
    template = request_log.template_of(scope)
    return None if template == request_log.UNKNOWN_ROUTE else Route(template)
