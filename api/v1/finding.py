"""Search: words, filters, facets; and what somebody typing may mean."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.asking import MOST_A_PAGE, USUAL_PAGE, Code, Words
from api.deps import PUBLIC, Begin, Config, DbSession
from api.v1.schemas.fields import Text
from api.v1.schemas.finding import FoundProducts, Suggestion, Suggestions
from api.v1.schemas.products import FoundProduct
from app.catalogue import queries as catalogue
from app.kit.money import LARGEST
from search import queries
from search.queries import Query as Search
from search.queries import Sort

LAST_PAGE = 1_000
LONGEST_WORDS = 300

Price = Annotated[int | None, Query(ge=0, le=LARGEST)]

router = APIRouter(prefix="/search", tags=["search"])


@router.get("/products", dependencies=[PUBLIC])
def find_products(
    begin: Begin,
    settings: Config,
    q: Words = None,
    category: Code = None,
    district: Code = None,
    price_min: Price = None,
    price_max: Price = None,
    halal: bool = False,
    sort: Sort = "relevance",
    lat: Annotated[float | None, Query(ge=-90, le=90, allow_inf_nan=False)] = None,
    lon: Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)] = None,
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    per_page: Annotated[int, Query(ge=1, le=MOST_A_PAGE)] = USUAL_PAGE,
) -> FoundProducts:
    """Goods on sale. Prices, stock and visibility are those of this moment, whatever the index remembers. `near` without a
    place is `relevance`."""
    asked = Search(
        text=(q or "")[:LONGEST_WORDS],
        category=category,
        district=district,
        price_min=price_min,
        price_max=price_max,
        halal=halal,
        sort="relevance" if sort == "near" and (lat is None or lon is None) else sort,
        lat=lat,
        lon=lon,
        page=page,
        per_page=per_page,
    )
    found = queries.products(begin, asked)
    with begin() as session:
        cards = catalogue.cards(session, found.product_ids)
    return FoundProducts.of(found, [FoundProduct.of(card, settings.base_url) for card in cards])


@router.get("/suggest", dependencies=[PUBLIC])
def suggest(session: DbSession, q: Annotated[Text, Query()] = "") -> Suggestions:
    """Products, businesses and categories that begin so."""
    return Suggestions(items=[Suggestion.of(found) for found in queries.suggest(session, q[:LONGEST_WORDS])])
