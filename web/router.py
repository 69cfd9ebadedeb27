"""The list of every audience's pages."""

from fastapi import APIRouter

from web import health
from web.pages.account import router as account
from web.pages.buying import router as buying
from web.pages.office import router as office
from web.pages.selling import router as selling
from web.pages.storefront import router as storefront

router = APIRouter()
router.include_router(health.router)
for audience in (storefront, buying, selling, office, account):
    router.include_router(audience.router)
