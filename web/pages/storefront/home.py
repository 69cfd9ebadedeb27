"""The first page: kinds of goods, what is new, how buying works."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import categories
from app.catalogue import queries as catalogue
from app.registry import queries as registry
from web.deps import PUBLIC, DbSession
from web.templating import Show

router = APIRouter()

NEW_GOODS = 12
NEW_BUSINESSES = 4


@router.get("/", dependencies=[PUBLIC])
def show(session: DbSession, pages: Show) -> Response:
    return pages.show(
        "storefront/home.html",
        categories=categories.tops(),
        cards=catalogue.newest(session, limit=NEW_GOODS),
        businesses=registry.newest(session, limit=NEW_BUSINESSES),
    )
