"""Official lists: places, kinds of goods, business classification. They change with a release, not between two calls."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.asking import Code, Words
from api.deps import PUBLIC, DbSession
from api.v1.schemas.places import Categories, Category, KbliCode, KbliCodes, Region, Regions
from app.catalogue import categories
from app.reference import kbli, regions
from app.reference.regions import Level

router = APIRouter(tags=["lists"])


@router.get("/regions", dependencies=[PUBLIC])
def list_regions(level: Level | None = None, parent: Code = None) -> Regions:
    """Places below `parent`; without it the regency's own. Provinces and regencies are those of all Indonesia."""
    return Regions(items=[Region.of(place) for place in regions.listing(level, parent)])


@router.get("/categories", dependencies=[PUBLIC])
def list_categories() -> Categories:
    """Kinds of goods, children after their parent."""
    return Categories(items=[Category.of(kind) for kind in categories.everything()])


@router.get("/kbli", dependencies=[PUBLIC])
def find_kbli(
    session: DbSession,
    q: Words = None,
    version: Annotated[Literal["2020", "2025"] | None, Query()] = None,
    parent: Code = None,
) -> KbliCodes:
    """Business classification by words of the title or first digits of the code; directly below `parent`; else the sections."""
    found = kbli.find(session, q=q, version=int(version) if version else None, parent=parent)
    return KbliCodes(items=[KbliCode.of(entry) for entry in found])
