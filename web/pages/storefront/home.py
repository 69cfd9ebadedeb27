"""The first page: kinds of goods, what is new, how buying works."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import categories
from app.catalogue import queries as catalogue
from app.orders import arrivals
from app.registry import queries as registry
from web.deps import PUBLIC, AnyVisit, Reads
from web.pages.storefront.choosing import varied
from web.templating import Show

router = APIRouter()

NEW_GOODS = 12
LOOKED_AT = 80
"""How many of the newest the twelve are chosen from: a shop that lists its whole shelf in an evening has more than twelve."""

NEW_BUSINESSES = 4


@router.get("/", dependencies=[PUBLIC])
def show(reads: Reads, pages: Show, visit: AnyVisit) -> Response:
    with reads() as session:
        cards = varied(catalogue.newest(session, limit=LOOKED_AT), most=NEW_GOODS, of_one_shop=2)
        arriving = arrivals.of_cards(session, cards, visit.destination)
        businesses = registry.newest(session, limit=NEW_BUSINESSES)
    return pages.show(
        "storefront/home.html",
        categories=categories.tops(),
        cards=cards,
        arrivals=arriving,
        businesses=businesses,
    )
