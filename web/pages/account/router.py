"""The page families of this audience."""

from fastapi import APIRouter

from web.pages.account import inbox, profile, signing

router = APIRouter()
for family in (signing, profile, inbox):
    router.routes.extend(family.router.routes)
