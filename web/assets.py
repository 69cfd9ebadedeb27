"""Static files under names made from their content: cached for a year, never stale."""

from __future__ import annotations

import gzip
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.templating import STATIC, served, static

NAMED = re.compile(r"^(?P<stem>.+)\.(?P<digest>[0-9a-f]{12})(?P<ending>\.[a-z0-9]+)$")
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"

TEXTS: Final = {".css", ".js", ".svg"}
WORTH_PACKING: Final = 500
GREATEST_EFFORT: Final = 9


@dataclass(frozen=True)
class Text:
    """A text of ours in the forms it is sent in. It is packed once, so with all the care there is."""

    kind: str
    plain: bytes
    packed: bytes | None

    def answer(self, name: str, asked: Headers) -> Response:
        """Each form has a mark of its own; who shows either has what is here."""
        packed = self.packed if "gzip" in asked.get("accept-encoding", "") else None
        digest = static(name).split(".")[-2]
        marks = {f'"{digest}"', f'"{digest}-gzip"'}
        headers = {"ETag": f'"{digest}"' if packed is None else f'"{digest}-gzip"'}
        shown = {mark.strip().removeprefix("W/") for mark in asked.get("if-none-match", "").split(",")}
        if self.packed is not None and (packed is not None or shown & marks):
            headers["Vary"] = "Accept-Encoding"
        if shown & marks:
            return Response(status_code=304, headers=headers)
        if packed is not None:
            headers["Content-Encoding"] = "gzip"
        return Response(self.plain if packed is None else packed, media_type=self.kind, headers=headers)


@cache
def texts() -> Mapping[str, Text]:
    """Every text of the folder by its path: what is asked for is looked up here and nowhere else."""
    found = {}
    for path in STATIC.rglob("*"):
        if path.suffix in TEXTS:
            name = path.relative_to(STATIC).as_posix()
            body = served(name)
            packed = gzip.compress(body, GREATEST_EFFORT, mtime=0) if len(body) >= WORTH_PACKING else None
            found[name] = Text(mimetypes.guess_type(name)[0] or "text/plain", body, packed)
    return found


class NamedFiles(StaticFiles):
    """Serves `css/main.0123456789ab.css` as `css/main.css`. A name of an earlier version gets today's file, unpinned."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        found = NAMED.match(path.replace("\\", "/"))
        plain = f"{found['stem']}{found['ending']}" if found else path
        text = texts().get(plain) if scope["method"] in ("GET", "HEAD") else None
        response: Response
        if text is not None:
            response = text.answer(plain, Headers(scope=scope))
        else:
            response = await super().get_response(plain, scope)
        if response.status_code in (200, 304):
            current = found is not None and static(plain).endswith(f".{found['digest']}{found['ending']}")
            response.headers["Cache-Control"] = FOR_EVER if current else AN_HOUR
        return response
