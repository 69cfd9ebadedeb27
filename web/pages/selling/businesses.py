"""The businesses one acts for: their state at the office, sending them there, opening the shop."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import shops
from app.db import Session
from app.errors import FieldError
from app.registry import files, registration
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import registration as form
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.templating import Pages, Show

router = APIRouter()

TEMPLATE = "selling/business.html"


def path(number: str) -> str:
    return f"/jual/usaha/{number}"


@router.get("/jual/usaha", dependencies=[SIGNED_IN])
def listing(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    """The own businesses, and for a facilitator those of the own places."""
    own = files.mine(session, visit.actor)
    numbers = {row.number for row in own}
    assisted = [row for row in files.assisted(session, visit.actor) if row.number not in numbers]
    desk = desks.found(session, visit)
    return pages.show(
        "selling/businesses.html",
        desk=desk,
        own=own,
        assisted=assisted,
        helps=visit.actor.has("facilitator"),
    )


@router.get("/jual/usaha/{number}", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, number: str) -> Response:
    return page(pages, desks.of_business(session, visit, number))


def page(pages: Pages, desk: Desk, errors: tuple[FieldError, ...] = (), status: int = 200) -> Response:
    return form_page(
        pages,
        TEMPLATE,
        form.in_form_words(errors),
        status,
        desk=desk,
        business=desk.business,
        step_of=form.step_of,
        named=form.NAMED,
        complete=not form.incomplete(desk.business),
        answer_days=files.ANSWER_WITHIN.days,
    )


def do(
    begin: Begin, pages: Pages, visit: Visit, number: str, typed: Typed, name: str, work: Callable[[Session, Desk], str]
) -> Response:
    """One verb of one business; refused, its page says why."""

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(pages, desks.of_business(session, visit, number), errors, status)

    return act(
        begin, visit, typed, name, lambda session: work(session, desks.of_business(session, visit, number)), again
    )


@router.post("/jual/usaha/{number}/kirim", dependencies=[SIGNED_IN])
def submit(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """To the office. What is still missing is named, each with the way to its step."""

    def work(session: Session, desk: Desk) -> str:
        registration.submit(session, desk.actor, desk.business.id)
        return redirects.with_notice(path(number), "terkirim")

    return do(begin, pages, visit, number, typed, f"usaha-kirim:{number}", work)


@router.post("/jual/usaha/{number}/tutup", dependencies=[SIGNED_IN])
def close(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def work(session: Session, desk: Desk) -> str:
        registration.close(session, desk.actor, desk.business.id)
        return redirects.with_notice("/jual/usaha", "usaha-ditutup")

    return do(begin, pages, visit, number, typed, f"usaha-tutup:{number}", work)


@router.post("/jual/usaha/{number}/toko", dependencies=[SIGNED_IN])
def open_shop(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """One tap: the shop stands open, and the next page is the first product."""

    def work(session: Session, desk: Desk) -> str:
        shops.open_shop(session, desk.actor, desk.business.id)
        return redirects.with_notice(desk.path("/jual/produk/baru"), "toko-dibuka")

    return do(begin, pages, visit, number, typed, f"usaha-toko:{number}", work)
