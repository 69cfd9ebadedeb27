"""Static files under names made from their content: cached for a year, never stale."""

import re

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.templating import STATIC, static

NAMED = re.compile(r"^(?P<stem>.+)\.(?P<digest>[0-9a-f]{12})(?P<ending>\.[a-z0-9]+)$")
FOR_EVER = "public, max-age=31536000, immutable"
AN_HOUR = "public, max-age=3600"


class NamedFiles(StaticFiles):
    """Serves `css/main.0123456789ab.css` as `css/main.css`. A name of an earlier version gets today's file, unpinned."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        found = NAMED.match(path.replace("\\", "/"))
        plain = f"{found['stem']}{found['ending']}" if found else path
        response: Response = await super().get_response(plain, scope)
        if response.status_code in (200, 304):
            current = found is not None and static(plain).endswith(f".{found['digest']}{found['ending']}")
            response.headers["Cache-Control"] = FOR_EVER if current else AN_HOUR
        return response
