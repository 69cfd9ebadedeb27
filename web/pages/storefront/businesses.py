"""The register as anybody sees it: the list of businesses, and the page of one with what it sells."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.catalogue import queries as catalogue
from app.orders import arrivals
from app.reference import regions
from app.registry import queries as registry
from web.deps import PUBLIC, AnyVisit, DbSession
from web.forms.listing import LONGEST_WORDS, page_of
from web.page_cache import subjects
from web.templating import Show

router = APIRouter()

PER_PAGE = 24


@router.get("/usaha", dependencies=[PUBLIC])
def listing(session: DbSession, pages: Show, q: str = "", kecamatan: str = "", lanjut: str | None = None) -> Response:
    asked = {"q": " ".join(q[:LONGEST_WORDS].split()), "kecamatan": kecamatan}
    found = registry.listing(session, q=asked["q"], district=kecamatan or None, cursor=lanjut or None, limit=PER_PAGE)
    return pages.show(
        "storefront/businesses.html",
        asked=asked,
        district=regions.get(kecamatan) if kecamatan else None,
        districts=[(place.code, place.name) for place in regions.districts()],
        businesses=found.items,
        next=found.next,
        active_count=registry.active_count(session),
    )


@router.get("/usaha/{slug}", dependencies=[PUBLIC])
def show(request: Request, session: DbSession, pages: Show, visit: AnyVisit, slug: str) -> Response:
    page = page_of(request.query_params)
    shop = catalogue.shop_page(session, slug, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    if shop.shop_id is not None:
        subjects.name(request, shop=shop.shop_id, business=shop.business.id)
    return pages.show(
        "storefront/business.html",
        shop=shop,
        arrivals=arrivals.of_cards(session, shop.cards, visit.destination),
        page_number=page,
        page_count=max(1, -(-shop.product_count // PER_PAGE)),
    )
