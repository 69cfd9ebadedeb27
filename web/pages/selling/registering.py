"""Registering a business in three short steps. Each keeps what was typed as a draft; one may stop and go on any day."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.db import Session
from app.errors import FieldError, NotFound
from app.reference import regions
from app.registry import registration
from app.registry.files import OwnBusiness
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import registration as form
from web.forms.amounts import version_of
from web.forms.reading import Form
from web.forms.sending import see_other
from web.pages.selling import businesses
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.templating import Pages, Show

router = APIRouter()

CHANGEABLE = frozenset({"draft", "needs_correction", "active", "suspended"})
ORDER = tuple(form.STEPS)


def step_path(number: str, step: str) -> str:
    return f"/jual/usaha/{number}/isi/{step}"


@router.get("/jual/usaha/baru", dependencies=[SIGNED_IN])
def begin_form(pages: Show, visit: AnyVisit) -> Response:
    return first_page(pages, visit, {})


@router.post("/jual/usaha/baru", dependencies=[SIGNED_IN])
def start(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """The first step makes the draft; from here on nothing typed is lost."""

    def work(session: Session) -> str:
        draft = form.start_draft(typed)
        made = registration.start(session, visit.actor, draft)
        return onward(made.number, "usaha", later=typed.checked("nanti"))

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        return first_page(pages, visit, form.typed_values(typed, form.START), errors, status)

    return act(begin, visit, typed, "usaha-baru", work, again)


def first_page(
    pages: Pages, visit: Visit, values: dict[str, str], errors: tuple[FieldError, ...] = (), status: int = 200
) -> Response:
    return form_page(
        pages,
        "selling/start.html",
        form.in_form_words(errors),
        status,
        desk=None,
        values=values,
        districts=district_choices(),
        for_another=visit.actor.has("administrator", "verifier", "facilitator"),
        villages=granted_villages(visit.actor),
    )


@router.get("/jual/usaha/{number}/isi/{step}", dependencies=[SIGNED_IN])
def step_form(session: DbSession, pages: Show, visit: AnyVisit, number: str, step: str) -> Response:
    """One step with what is known; fields the office marked carry its reason."""
    if step not in form.STEPS:
        raise NotFound
    desk = desks.of_business(session, visit, number)
    if desk.business.status not in CHANGEABLE:
        return see_other(businesses.path(number))
    return step_page(pages, desk, step, form.stored_values(desk.business))


@router.post("/jual/usaha/{number}/isi/{step}", dependencies=[SIGNED_IN])
def save_step(begin: Begin, pages: Show, visit: AnyVisit, number: str, step: str, typed: Form) -> Response:
    if step not in form.STEPS:
        raise NotFound

    def work(session: Session) -> str:
        desk = desks.of_business(session, visit, number)
        draft = form.step_draft(step, typed, desk.business)
        registration.change(session, desk.actor, desk.business.id, draft, expected_version=version_of(typed))
        if typed.checked("kirim"):
            return sent(session, visit, number)
        if desk.business.status in ("active", "suspended"):
            return redirects.with_notice(businesses.path(number), "tersimpan")
        return onward(number, step, later=typed.checked("nanti"))

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            desk = desks.of_business(session, visit, number)
            return step_page(pages, desk, step, form.typed_values(typed, form.STEPS[step]), errors, status)

    return act(begin, visit, typed, f"usaha-{step}:{number}", work, again)


def sent(session: Session, visit: Visit, number: str) -> str:
    """Off to the office; or, when it still needs something, back to the first step with the draft kept."""
    desk = desks.of_business(session, visit, number)
    if form.incomplete(desk.business):
        return redirects.with_notice(step_path(number, "usaha"), "draf-belum-lengkap")
    registration.submit(session, desk.actor, desk.business.id)
    return redirects.with_notice(businesses.path(number), "terkirim")


def onward(number: str, step: str, *, later: bool) -> str:
    """The step after this one, or the business's page when it was the last or the person stops here."""
    following = ORDER.index(step) + 1
    if later or following == len(ORDER):
        return redirects.with_notice(businesses.path(number), "draf")
    return step_path(number, ORDER[following])


def step_page(
    pages: Pages,
    desk: Desk,
    step: str,
    values: dict[str, object] | dict[str, str],
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    business = desk.business
    return form_page(
        pages,
        "selling/step.html",
        form.in_form_words(errors) or form.marked(business, step),
        status,
        refused=bool(errors),
        desk=desk,
        business=business,
        step=step,
        at=ORDER.index(step) + 1,
        before=step_path(business.number, ORDER[ORDER.index(step) - 1]) if ORDER.index(step) else None,
        values=values,
        districts=district_choices(),
        villages=village_choices(business),
        registering=business.status in ("draft", "needs_correction"),
    )


def district_choices() -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in sorted(regions.districts(), key=lambda place: place.name)]


def village_choices(business: OwnBusiness) -> list[tuple[str, str]]:
    if business.district_code is None:
        return []
    found = regions.villages(business.district_code)
    return [(place.code, place.name) for place in sorted(found, key=lambda place: place.name)]


def granted_villages(actor: Actor) -> list[tuple[str, str]]:
    """The villages a facilitator helps in: somebody whose place is a village must name it at the start."""
    codes = {grant.village_code for grant in actor.grants if grant.role == "facilitator" and grant.village_code}
    return sorted(((code, regions.name(code)) for code in codes), key=lambda pair: pair[1])
