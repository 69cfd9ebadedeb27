"""The page families of this audience."""

from fastapi import APIRouter

from web.pages.buying import cart, checkout, orders, sandbox

router = APIRouter()
for family in (cart, checkout, orders, sandbox):
    router.routes.extend(family.router.routes)
