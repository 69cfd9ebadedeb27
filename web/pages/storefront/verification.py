"""Is this business registered? Asked by whoever holds a number: a buyer, a bank, an inspector."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from app.registry import queries as registry
from web.deps import PUBLIC, DbSession
from web.forms.sending import see_other
from web.templating import Show

router = APIRouter()

TEMPLATE = "storefront/verification.html"
LONGEST_NUMBER = 40
STATUS = {"registered": 200, "suspended": 200, "unknown": 404, "malformed": 404}


@router.get("/verifikasi", dependencies=[PUBLIC])
def ask(session: DbSession, pages: Show, nomor: str = "") -> Response:
    """The form; a number that may exist has an address of its own, one that cannot is answered here, still typed in."""
    wanted = nomor.strip()[:LONGEST_NUMBER]
    if not wanted:
        return pages.show(TEMPLATE, answer=None)
    answer = registry.verify(session, wanted)
    if answer.state == "malformed":
        return pages.show(TEMPLATE, status=422, answer=answer)
    return see_other(f"/verifikasi/{quote(answer.number, safe='')}")


@router.get("/verifikasi/{number}", dependencies=[PUBLIC])
def answered(session: DbSession, pages: Show, number: str) -> Response:
    answer = registry.verify(session, number[:LONGEST_NUMBER])
    return pages.show(TEMPLATE, status=STATUS[answer.state], answer=answer)
