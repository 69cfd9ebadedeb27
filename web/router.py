"""The list of every audience's pages: one flat list, because a router within a router is searched again for every request."""

from fastapi import APIRouter

from web import health
from web.pages.account import router as account
from web.pages.buying import router as buying
from web.pages.office import router as office
from web.pages.selling import router as selling
from web.pages.storefront import router as storefront

router = APIRouter()
router.routes.extend(health.router.routes)
for audience in (storefront, buying, selling, office, account):
    router.routes.extend(audience.router.routes)
