"""Meja kirim: pending messages, sent by WhatsApp one after another from a person's own phone.

Opening a message is an act (its link holds the number), so it is a post whose answer shows the link; the number stands in no
list and in no address of ours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.db import Session
from app.errors import DomainError, FieldError, NotFound
from app.notifications import queries, sending
from app.notifications.queries import DeskItem
from app.reference import regions
from web import problems, redirects
from web.deps import MESSENGER, AnyVisit, Begin, DbSession, Visit
from web.forms import refusals
from web.forms.reading import Form, Typed
from web.forms.sending import see_other
from web.templating import Pages, Show

router = APIRouter()

DESK = "/dinas/pesan"
MOST_WAITING = 100
NEXT = "berikutnya"
Mark = Callable[[Session, Actor, UUID], None]


@dataclass(frozen=True)
class Opened:
    """A message in hand: where one tap leads, and the words that will stand there."""

    id: UUID
    link: str
    text: str


@router.get("/dinas/pesan", dependencies=[MESSENGER])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return page(session, pages, visit)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    *,
    opened: Opened | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    items = queries.desk(session, visit.actor, limit=MOST_WAITING)
    return pages.refuse(
        "office/messages.html",
        errors,
        status=status,
        items=items,
        most=MOST_WAITING,
        opened=opened,
        in_hand=next((item for item in items if opened is not None and item.id == opened.id), None),
        place_names={item.district_code: regions.name(item.district_code) for item in items if item.district_code},
    )


def open_one(session: Session, visit: Visit, message_id: UUID) -> Opened:
    link = sending.open_on_desk(session, visit.actor, message_id)
    return Opened(message_id, link, parse_qs(urlsplit(link).query).get("text", [""])[0])


def refused(begin: Begin, pages: Pages, visit: Visit, refusal: DomainError) -> Response:
    errors = refusals.faults_of(refusal, "tombol", {})
    with begin() as session:
        return page(session, pages, visit, errors=errors, status=problems.status_of(refusal))


@router.post("/dinas/pesan/{message_id}/buka", dependencies=[MESSENGER])
def open_message(begin: Begin, pages: Show, visit: AnyVisit, message_id: UUID) -> Response:
    """The message with its WhatsApp link. Opening it again is harmless, and noted again."""
    try:
        with begin() as session:
            return page(session, pages, visit, opened=open_one(session, visit, message_id))
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, refusal)


@router.post("/dinas/pesan/{message_id}/terkirim", dependencies=[MESSENGER])
def sent(begin: Begin, pages: Show, visit: AnyVisit, message_id: UUID, typed: Form) -> Response:
    """It went out. With "berikutnya" the next message is opened in the same answer, so that each costs two taps in all."""
    return done(begin, pages, visit, message_id, typed, sending.mark_sent, "pesan-terkirim")


@router.post("/dinas/pesan/{message_id}/tidak-bisa", dependencies=[MESSENGER])
def unsendable(begin: Begin, pages: Show, visit: AnyVisit, message_id: UUID, typed: Form) -> Response:
    """The number has no WhatsApp: the message leaves the desk and is counted."""
    return done(begin, pages, visit, message_id, typed, sending.mark_unsendable, "pesan-tidak-bisa")


def done(begin: Begin, pages: Pages, visit: Visit, message_id: UUID, typed: Typed, mark: Mark, notice: str) -> Response:
    """Marking twice changes nothing, so a second press needs no key."""
    try:
        with begin() as session:
            following = after(queries.desk(session, visit.actor, limit=MOST_WAITING), message_id)
            mark(session, visit.actor, message_id)
            if typed.text("langkah") == NEXT and following is not None:
                return page(session, pages, visit, opened=open_one(session, visit, following))
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, refusal)
    return see_other(redirects.with_notice(DESK, notice))


def after(items: Sequence[DeskItem], message_id: UUID) -> UUID | None:
    """The message below this one, or from the top again: one that was passed over does not come up twice in a row."""
    ids = [item.id for item in items]
    if message_id not in ids:
        return ids[0] if ids else None
    place = ids.index(message_id)
    others = ids[place + 1 :] + ids[:place]
    return others[0] if others else None
