"""Months in seconds: what happens is put down with its instant and done in that order, with the clock set to it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from app.kit import clock

Act = Callable[[], None]
Reached = Callable[[float, datetime], None]
MOST_COMES_LATE = 3
"""Shops fill and orders grow: this power of the time passed is about how much of the work is done."""

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Timeline:
    """An act may put down further acts; what lies after `now` never happens, so the present is left as it would be found."""

    now: datetime
    done: int = 0
    _waiting: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _serials: count[int] = field(default_factory=count)
    _reached: datetime = LONG_AGO

    def put(self, at: datetime, act: Act) -> None:
        if at <= self.now:
            heapq.heappush(self._waiting, (max(at, self._reached), next(self._serials), act))

    def after(self, delay: timedelta, act: Act) -> None:
        """So long after the instant the clock is set to."""
        self.put(clock.now() + delay, act)

    def live(self, each_day: Act, tell: Reached) -> None:
        """Do everything in order; `each_day` is called when a day is over, `tell` hears about how much is done and which instant is
        reached."""
        if not self._waiting:
            return
        first = self._waiting[0][0]
        day = clock.business_date(first)
        while self._waiting:
            at, _, act = heapq.heappop(self._waiting)
            self._reached = at
            if clock.business_date(at) != day:
                with clock.at(at):
                    each_day()
                day = clock.business_date(at)
                tell(((at - first) / (self.now - first)) ** MOST_COMES_LATE, at)
            with clock.at(at):
                act()
            self.done += 1
        with clock.at(self.now):
            each_day()
