"""The list of every page family."""

from fastapi import APIRouter

from web import health

router = APIRouter()
router.include_router(health.router)
