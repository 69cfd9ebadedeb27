"""The office's first page: what waits, for whoever is at the desk."""

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.catalogue import shelves
from app.db import Session
from app.notifications import queries as notifications
from app.registry import files
from app.registry import queries as registry
from app.statistics import pulse, tables
from app.statistics.definitions import TOTAL
from web.deps import STAFF, AnyVisit, DbSession
from web.pages.office import money
from web.templating import Show

router = APIRouter()

MOST_COUNTED = 200


@dataclass(frozen=True)
class Desk:
    """One heap of work: how many wait, how many of them for too long, and where they lie."""

    kind: str
    count: int
    address: str
    late: int = 0
    most: int = 0

    @property
    def shown(self) -> str:
        """A heap that is only counted up to a limit says so."""
        return f"{self.count}+" if self.most and self.count >= self.most else str(self.count)


@router.get("/dinas", dependencies=[STAFF])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    actor = visit.actor
    desks = waiting(session, actor)
    return pages.show(
        "office/home.html",
        desks=desks,
        counts=counts_of(desks),
        assisted=files.assisted(session, actor, limit=5),
        figures=figures(session, actor),
        channels=notifications.channel_state(session) if actor.has("administrator") else None,
    )


def waiting(session: Session, actor: Actor) -> list[Desk]:
    """The heaps this person may work on, in the order of the day."""
    found: list[Desk] = []
    if actor.has("administrator", "verifier"):
        submitted = files.desk(session, actor, limit=MOST_COUNTED)
        late = sum(row.late for row in submitted)
        found.append(Desk("businesses", len(submitted), "/dinas/usaha", late, MOST_COUNTED))
        goods = shelves.waiting(session, actor, limit=MOST_COUNTED)
        found.append(Desk("products", len(goods), "/dinas/produk", most=MOST_COUNTED))
    if actor.has("administrator", "verifier", "facilitator"):
        messages = notifications.desk(session, actor, limit=MOST_COUNTED)
        found.append(Desk("messages", len(messages), "/dinas/pesan", most=MOST_COUNTED))
    if actor.has("administrator", "verifier"):
        found.append(Desk("payments", money.waiting(session, actor), money.MONEY))
    return found


def counts_of(desks: list[Desk]) -> dict[str, int]:
    """What the tabs show beside their names."""
    return {desk.kind: desk.count for desk in desks}


def figures(session: Session, actor: Actor) -> dict[str, Any] | None:
    """How the register and the marketplace stand today; for the office, not for facilitators."""
    if not actor.is_office:
        return None
    trade = tables.build(session, actor, "T21")
    whole = {
        measure: trade.cell(period=trade.period or "", district=tables.area(), category=TOTAL, measure=measure)
        for measure in ("orders", "net_amount")
    }
    return {
        "active": registry.active_count(session),
        "pulse": pulse.now(session),
        "period": trade.label("period", trade.period or ""),
        "orders": whole["orders"].value if whole["orders"] else None,
        "net_amount": whole["net_amount"].value if whole["net_amount"] else None,
    }
