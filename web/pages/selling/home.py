"""The seller's home: one next step, what waits, what runs low, the latest orders."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import shelves
from app.orders import queries as orders
from app.registry import files
from web.deps import SIGNED_IN, AnyVisit, DbSession
from web.pages.selling import desk as desks
from web.pages.selling import next_step
from web.templating import Show

router = APIRouter()

LATEST = 5
SHOWN_LOW = 5
COUNTED_LOW = 100


@router.get("/jual", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, usaha: str = "") -> Response:
    desk = desks.found(session, visit, usaha)
    shop = desk.shop if desk else None
    low = shelves.running_low(session, desk.actor, shop.id, limit=COUNTED_LOW) if desk and shop else []
    latest = orders.for_seller(session, desk.actor, shop_id=shop.id, limit=LATEST) if desk and shop else []
    return pages.show(
        "selling/home.html",
        desk=desk,
        step=next_step.of(desk, low_stock=len(low)),
        low=low[:SHOWN_LOW],
        latest=latest,
        others=desk.others if desk else (),
        helps=visit.actor.has("facilitator"),
        answer_days=files.ANSWER_WITHIN.days,
    )
