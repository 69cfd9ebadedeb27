"""Where gateways tell what happened: the raw body with its signature, stored once, then worked off."""

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from api import problems
from api.asking import Name
from api.deps import SIGNED_BY_SENDER, Begin
from app.errors import NotFound
from app.payments import inbox
from app.payments.errors import BadNotice, UnknownProvider

router = APIRouter(prefix="/hooks/payments", tags=["hooks"])

log = structlog.get_logger(__name__)


async def raw_body(request: Request) -> bytes:
    """The body byte for byte: what was signed is checked, never what was understood of it."""
    return await request.body()


@router.post("/{provider}", dependencies=[SIGNED_BY_SENDER])
def receive_notice(
    request: Request, begin: Begin, provider: Name, raw: Annotated[bytes, Depends(raw_body)]
) -> JSONResponse:
    """Stored: 200, for repetitions and news about other shops too. Not surely from the gateway: 400, and nothing is kept. What it
    means is worked out after the answer left."""
    try:
        notice_id = inbox.receive(begin, provider, raw, dict(request.headers))
    except UnknownProvider as fault:
        raise NotFound from fault
    except BadNotice as fault:
        log.warning("notice_refused", provider=provider, reason=str(fault))
        return problems.problem(400, "bad_notice", "Tanda tangan atau isi pesan ini tidak sah.")
    return JSONResponse({"received": True}, background=BackgroundTask(inbox.attend, begin, notice_id))
