"""A person at the desk: found by the number they say, let back in with a code that is shown once."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.accounts import queries, recovery, rules
from app.accounts.queries import FoundAccount
from app.db import Session
from app.errors import DomainError, FieldError, NotFound
from app.registry import vouching
from web import problems
from web.deps import MESSENGER, AnyVisit, Begin, Visit
from web.forms import refusals
from web.forms.reading import Form
from web.templating import Pages, Show

router = APIRouter()

MINUTES = int(rules.CODE_LIFETIME.total_seconds() // 60)


def page(
    pages: Pages,
    *,
    phone: str = "",
    found: FoundAccount | None = None,
    code: str = "",
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    return pages.refuse(
        "office/accounts.html",
        errors,
        status=status,
        values={"no_hp": phone},
        found=found,
        code=code,
        minutes=MINUTES,
    )


@router.get("/dinas/akun", dependencies=[MESSENGER])
def form(pages: Show) -> Response:
    return page(pages)


@router.post("/dinas/akun", dependencies=[MESSENGER])
def find(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """A post although it changes nothing: a number in an address ends up in histories and logs."""
    phone = typed.text("no_hp")
    try:
        with begin() as session:
            return page(pages, phone=phone, found=queries.find_by_phone(session, visit.actor, phone))
    except NotFound as missing:
        return page(pages, phone=phone, errors=(FieldError("no_hp", missing.code, missing.sentence),), status=422)


@router.post("/dinas/akun/kode", dependencies=[MESSENGER])
def issue(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """A recovery code, shown in this one answer; it is kept nowhere, and an older one opens nothing any more."""
    phone = typed.text("no_hp")
    found: FoundAccount | None = None
    try:
        with begin() as session:
            found = queries.find_by_phone(session, visit.actor, phone)
            code = issued(session, visit, found.account_id)
            return page(pages, phone=phone, found=found, code=code)
    except NotFound as missing:
        return page(pages, phone=phone, errors=(FieldError("no_hp", missing.code, missing.sentence),), status=422)
    except DomainError as refusal:
        errors = refusals.faults_of(refusal, "tombol", {})
        return page(pages, phone=phone, found=found, errors=errors, status=problems.status_of(refusal))


def issued(session: Session, visit: Visit, account_id: UUID) -> str:
    """Officers help anybody; a facilitator those whose businesses lie in the own place."""
    place = None if visit.actor.is_office else vouching.place_of(session, visit.actor, account_id)
    return recovery.issue(session, visit.actor, account_id, place=place)
