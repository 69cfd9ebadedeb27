"""The order of the guards, the outermost first: what is refused outside wakes nothing inside, and everything is logged."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from app.config import Settings
from web.guards.body_limit import BodyLimit
from web.guards.csrf import SameOrigin
from web.guards.head import HeadAsGet
from web.guards.headers import SecurityHeaders
from web.guards.host import OwnHost
from web.guards.request_log import RequestLog
from web.templating import critical_css

WORTH_COMPRESSING = 500
EFFORT = 6
"""gzip's own default: level 9 takes twice the time for one percent."""


def wrap(app: ASGIApp, settings: Settings) -> ASGIApp:
    """The product behind all its guards."""
    guarded: ASGIApp = BodyLimit(app)
    guarded = SameOrigin(guarded, settings.base_url)
    if settings.production:
        guarded = OwnHost(guarded, settings.base_url)
    guarded = GZipMiddleware(guarded, minimum_size=WORTH_COMPRESSING, compresslevel=EFFORT)
    guarded = HeadAsGet(guarded)
    guarded = SecurityHeaders(guarded, styles=[critical_css()], https=settings.https)
    return RequestLog(guarded)
