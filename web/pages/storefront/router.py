"""The page families of this audience."""

from fastapi import APIRouter

from web.pages.storefront import (
    appearance,
    businesses,
    data,
    destinations,
    discovery,
    home,
    photos,
    product,
    products,
    verification,
)

router = APIRouter()
for family in (home, products, product, businesses, verification, data, photos, discovery, destinations, appearance):
    router.routes.extend(family.router.routes)
