"""The page families of this audience."""

from fastapi import APIRouter

from web.pages.office import accounts, goods, history, home, messages, money, register, staff, statistics, verification

router = APIRouter()
for family in (home, register, verification, goods, statistics, messages, money, accounts, staff, history):
    router.routes.extend(family.router.routes)
