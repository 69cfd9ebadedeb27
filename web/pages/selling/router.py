"""The page families of this audience."""

from fastapi import APIRouter

from web.pages.selling import (
    businesses,
    delivery,
    home,
    money,
    orders,
    photos,
    product,
    products,
    registering,
    shop,
)

router = APIRouter()
# registering before businesses, products before product: fixed addresses stand before those with a number in their place
for family in (home, registering, businesses, products, product, photos, shop, delivery, orders, money):
    router.routes.extend(family.router.routes)
