"""The whole rehearsal in one transaction: it is there completely or, when the power fails meanwhile, not at all."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import text

from app.accounts import queries as accounts
from app.catalogue import categories
from app.cli.demo_data import customers, firms, goods, lives, pictures, stocking
from app.cli.demo_data.echoes import Echoes, within
from app.cli.demo_data.notebook import Notebook
from app.cli.demo_data.people import People
from app.cli.demo_data.pictures import Album
from app.cli.demo_data.registering import Registering
from app.cli.demo_data.scale import Scale
from app.cli.demo_data.stocking import Stocking
from app.cli.demo_data.timeline import Reached, Timeline
from app.cli.demo_data.trading import Trading
from app.db import Transactions
from app.kit import clock
from app.notifications import sending
from search import reindex
from search.engines.port import EngineAway

log = structlog.get_logger(__name__)

OFFICE_OPENS = timedelta(days=600)
READ_UP_TO = timedelta(days=2)
SEEDING_LOCK = 7_310_002
SELDOM = (50_000, 20, 20)
LIVED, FOUND = 0.97, 0.99
"""How much is done when all is lived, and when it is committed."""

Tell = Callable[[float, str], None]

ANALYSE_EVERY = 40
"""Days of the rehearsal between two looks of the planner at tables that grow from nothing."""


@dataclass(frozen=True)
class Lived:
    """What a rehearsal came to."""

    businesses: int
    products: int
    orders: int
    events: int


def seed(
    begin: Transactions,
    scale: Scale,
    tell: Tell = lambda _, __: None,
    *,
    drawn: Sequence[str] | None = None,
) -> Lived | None:
    """Fill an empty system, in one transaction. None, and nothing done, when anybody is registered already.

    `tell` hears how much is done, from 0 to 1, and in a few words what; `drawn` names the pictures to use (None: all).
    """
    with begin() as session:
        if accounts.any_account(session):
            return None
    names = goods.pictures() if drawn is None else drawn
    with collected_later(), pictures.album(names) as album, begin() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SET LOCAL lock_timeout = 0"))
        # two starts at once seed once: the second waits here and then finds somebody registered
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SEEDING_LOCK})
        if accounts.any_account(session):
            return None
        with Notebook(session.connection()) as notebook:
            rehearsal = Rehearsal.of(notebook, scale, album)
            rehearsal.live(lambda part, at: tell(part * LIVED, f"{at:%B %Y}"))
            lived = rehearsal.lived()
            tell(LIVED, "pictures")
            album.complete()
            notebook.commit()  # leaves it to the transaction around it, which is the one that counts
    tell(FOUND, "search index")
    find(begin)
    return lived


def find(begin: Transactions) -> None:
    """Build the indexes. An engine that is away is filled later, by the worker's own care for it, as after any mishap here."""
    try:
        reindex.rebuild(begin)
    except EngineAway:
        log.warning("search_engine_away")


@contextmanager
def collected_later() -> Iterator[None]:
    """Cycles are looked for seldom: most of what is made here goes away by itself."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@dataclass
class Rehearsal:
    session: Notebook
    timeline: Timeline
    people: People
    echoes: Echoes
    trading: Trading
    days: int = 0

    @classmethod
    def of(cls, session: Notebook, scale: Scale, album: Album) -> Rehearsal:
        """Everything put down, nothing done."""
        categories.load(session)
        now = clock.now()
        timeline, people, echoes = Timeline(now), People.of(session), Echoes(session, now)
        timeline.put(now - OFFICE_OPENS, people.open_cast)
        there = firms.of(scale, clock.today())
        shelves = Stocking(session, timeline, people, album, stocking.menus(there, scale.products))
        registering = Registering(session, timeline, people)
        for firm in there:
            registering.plan(firm, shelves.when_active)
        trading = Trading(session, timeline, people, shelves, echoes, customers.of(scale))
        trading.plan(scale.orders)
        made = cls(session, timeline, people, echoes, trading)
        timeline.put(now - READ_UP_TO, made.read_messages)
        return made

    def live(self, tell: Reached) -> None:
        self.timeline.live(self.end_of_day, tell)
        sending.drop_stale(within(self.session))
        self.session.execute(text("ANALYZE"))

    def lived(self) -> Lived:
        found = lives.count(self.session)
        return Lived(
            sum(found.businesses.values()),
            sum(found.products.values()),
            sum(found.orders.values()),
            self.echoes.carried,
        )

    def end_of_day(self) -> None:
        self.echoes.carry()
        self.session.expunge_all()
        self.days += 1
        if self.days % ANALYSE_EVERY == 0:
            self.session.execute(text("ANALYZE"))

    def read_messages(self) -> None:
        """The people a visitor can be have read what is older."""
        self.echoes.carry()
        for actor in self.people.cast.values():
            sending.mark_all_read(self.session, actor)
