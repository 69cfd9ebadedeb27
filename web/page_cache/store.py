"""The kept pages of one process: which there are, what drops them, and whether they may be believed at this moment.

A page is served only while the listening thread vouches that no change can have been missed for longer than TRUST. It is kept
only when nothing it tells of changed since its making began: what was read before a change and is ready after it is thrown away.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from datetime import date
from typing import Final

from prometheus_client import Counter, Gauge

from app.kit import clock
from web.page_cache.answer import Answer
from web.page_cache.asking import Key
from web.page_cache.subjects import ANYTHING

TRUST: Final = 0.8
"""Seconds. With the time an answer takes it stays under the one second a page may be behind."""

MOST_PAGES: Final = 4000
MOST_BYTES: Final = 24 * 1024 * 1024
LARGEST_PAGE: Final = 512 * 1024
AROUND_A_PAGE: Final = 1024
"""What an entry takes beside its bytes, about."""

CHANGES_REMEMBERED: Final = 2000
EVERYTHING: Final = "*"

PAGES: Final = Gauge("page_cache_pages", "Rendered pages kept in this process.")
BYTES: Final = Gauge("page_cache_bytes", "Bytes of the rendered pages kept in this process.")
CHANGES: Final = Counter("page_cache_changes", "Changes of public wording heard.")
DEAF: Final = Counter("page_cache_deaf", "Times the page cache was emptied because changes could be missed.")


@dataclass(frozen=True, slots=True)
class Route:
    """What the log of requests calls a page: the template of its address."""

    path: str


@dataclass(frozen=True, slots=True)
class Page:
    answer: Answer
    route: Route | None
    subjects: frozenset[str]
    day: date
    ends_at: float

    @property
    def size(self) -> int:
        return self.answer.size + AROUND_A_PAGE


class Store:
    """Asked by the event loop, told by the listening thread."""

    def __init__(self, *, most_pages: int = MOST_PAGES, most_bytes: int = MOST_BYTES) -> None:
        self.most_pages = most_pages
        self.most_bytes = most_bytes
        self.bytes = 0
        self.believed_until = 0.0
        self.generation = 0
        self.changes: deque[tuple[int, str]] = deque(maxlen=CHANGES_REMEMBERED)
        self.pages: OrderedDict[Key, Page] = OrderedDict()
        self.telling_of: defaultdict[str, set[Key]] = defaultdict(set)
        self.lock = threading.Lock()

    @property
    def believed(self) -> bool:
        return time.monotonic() < self.believed_until

    def find(self, key: Key) -> Page | None:
        """The kept page, when there is one that may be believed now."""
        if key not in self.pages or not self.believed:
            return None
        with self.lock:
            page = self.pages.get(key)
            if page is None:
                return None
            # the checks of a business count by days, and what the page says of them with them
            if page.ends_at <= time.monotonic() or page.day != clock.today():
                self.drop(key)
                return None
            self.pages.move_to_end(key)
        return page

    def begin(self) -> int | None:
        """The generation a page's making begins in; None when it could not be kept anyway."""
        return self.generation if self.believed else None

    def keep(
        self, key: Key, answer: Answer, subjects: frozenset[str], *, began: int, seconds: float, route: Route | None
    ) -> bool:
        """Keep a page whose making began in that generation; False when it may already be behind, or is too large."""
        page = Page(answer, route, subjects, clock.today(), time.monotonic() + seconds)
        if page.size > LARGEST_PAGE:
            return False
        with self.lock:
            if not self.believed or self.changed_since(began, subjects):
                return False
            self.drop(key)
            self.pages[key] = page
            self.bytes += page.size
            for subject in subjects:
                self.telling_of[subject].add(key)
            while len(self.pages) > self.most_pages or self.bytes > self.most_bytes:
                self.drop(next(iter(self.pages)))
            self.measure()
        return True

    def changed_since(self, began: int, subjects: frozenset[str]) -> bool:
        if began == self.generation:
            return False
        if self.changes[0][0] > began + 1:
            return True  # it began before everything that is still remembered
        any_change = ANYTHING in subjects
        return any(
            any_change or subject == EVERYTHING or subject in subjects
            for generation, subject in self.changes
            if generation > began
        )

    def hear(self, subject: str) -> None:
        """Something changed: drop what tells of it, and every page that does not say what it tells of."""
        CHANGES.inc()
        with self.lock:
            self.note(subject)
            for key in [*self.telling_of.get(subject, ()), *self.telling_of.get(ANYTHING, ())]:
                self.drop(key)
            self.measure()

    def vouch(self, asked_at: float) -> None:
        self.believed_until = asked_at + TRUST

    def go_deaf(self) -> None:
        """Nothing kept is believed any more, and nothing that is being made will be kept."""
        DEAF.inc()
        with self.lock:
            self.believed_until = 0.0
            self.note(EVERYTHING)
            self.pages.clear()
            self.telling_of.clear()
            self.bytes = 0
            self.measure()

    def note(self, subject: str) -> None:
        self.generation += 1
        self.changes.append((self.generation, subject))

    def drop(self, key: Key) -> None:
        page = self.pages.pop(key, None)
        if page is None:
            return
        self.bytes -= page.size
        for subject in page.subjects:
            keys = self.telling_of[subject]
            keys.discard(key)
            if not keys:
                del self.telling_of[subject]

    def measure(self) -> None:
        PAGES.set(len(self.pages))
        BYTES.set(self.bytes)
