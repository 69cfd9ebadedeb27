"""Messages to the person who is signed in."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.notifications import queries, sending
from web.deps import SIGNED_IN, AnyVisit, DbSession
from web.forms.sending import see_other
from web.templating import Show

router = APIRouter()

INBOX = "/akun/pesan"


@router.get("/akun/pesan", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return pages.show("account/inbox.html", items=queries.inbox(session, visit.actor))


@router.post("/akun/pesan/baca", dependencies=[SIGNED_IN])
def read_all(session: DbSession, visit: AnyVisit) -> Response:
    sending.mark_all_read(session, visit.actor)
    return see_other(INBOX)


@router.post("/akun/pesan/{message_id}/baca", dependencies=[SIGNED_IN])
def read_one(session: DbSession, visit: AnyVisit, message_id: UUID) -> Response:
    sending.mark_read(session, visit.actor, message_id)
    return see_other(INBOX)
