"""Photos of goods: kept for a year by browsers, and shown only while somebody may see them."""

import re
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.catalogue import photos, shelves
from app.catalogue import queries as catalogue
from app.errors import NotFound
from app.media import store
from app.media.errors import FileMissing
from web.deps import PUBLIC, AnyVisit, Begin

router = APIRouter()

RENDITION = re.compile(r"(?:180|360|720)\.(?:jpg|webp|avif)|preview\.jpg")

FOR_ALL = "public, max-age=31536000, s-maxage=86400, immutable"
"""The content under an address never changes, so a browser keeps it; a cache that many share asks again every day, because
goods are taken off."""

FOR_ONE = "private, max-age=3600"
"""A picture that is not public yet: its seller and the officer who looks at it see it again and again in one sitting."""


@router.get("/foto/{photo_id}/{rendition}", dependencies=[PUBLIC])
def show(request: Request, begin: Begin, visit: AnyVisit, photo_id: UUID, rendition: str) -> Response:
    if RENDITION.fullmatch(rendition) is None:
        raise NotFound
    with begin() as session:
        public = catalogue.photo_is_public(session, photo_id)
        if not public and not shelves.may_see_photo(session, visit.actor, photo_id):
            raise NotFound
    headers = {"Cache-Control": FOR_ALL if public else FOR_ONE, "ETag": f'"{photo_id}-{rendition}"'}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    data, name = file_of(photo_id, rendition)
    return Response(data, media_type=store.type_of(name), headers=headers)


def file_of(photo_id: UUID, rendition: str) -> tuple[bytes, str]:
    """The file and its name. Where AVIF could not be written when the photo came, WebP stands in. Raises NotFound."""
    try:
        return store.get(photos.key_of(photo_id, rendition)), rendition
    except FileMissing:
        if not rendition.endswith(".avif"):
            raise
        instead = rendition.replace(".avif", ".webp")
        return store.get(photos.key_of(photo_id, instead)), instead
