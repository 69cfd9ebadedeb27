"""One product: what it is, what it costs, whose it is, how it reaches the buyer."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.catalogue import categories
from app.catalogue import queries as catalogue
from app.errors import NotFound
from app.orders import arrivals, quoting, reach
from web.deps import PUBLIC, AnyVisit, Reads
from web.page_cache import subjects
from web.templating import Show

router = APIRouter()

OTHERS = 4


@router.get("/produk/{slug}", dependencies=[PUBLIC])
def show(request: Request, reads: Reads, pages: Show, visit: AnyVisit, slug: str) -> Response:
    if "\0" in slug:
        raise NotFound
    with reads() as session:
        product = catalogue.product_page(session, slug)
        others = catalogue.others_of_shop(session, product.shop_id, but=product.card.name, limit=OTHERS)
        reached = reach.of(session, product.shop_id)
        arriving = arrivals.of_cards(session, [product.card, *others], visit.destination)
    subjects.name(request, shop=product.shop_id, business=product.business.id)
    return pages.show(
        "storefront/product.html",
        product=product,
        category=categories.get(product.card.category_slug),
        ways=[method for method in quoting.PAYMENTS if method in product.payment_methods & quoting.switched_on()],
        reach=reached,
        others=others,
        arrivals=arriving,
        photo_number=photo_number(request.query_params.get("foto", ""), len(product.photos)),
    )


def photo_number(text: str, count: int) -> int:
    """Which photo is shown large, from 1; anything else in the address is the first."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
    return number if 1 <= number <= count else 1
