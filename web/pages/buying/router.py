"""The page families of this audience."""

from fastapi import APIRouter

router = APIRouter()
