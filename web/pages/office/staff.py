"""Who works here: roles given and taken back, accounts closed and opened again. For administrators."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.accounts import roles, staff, standing
from app.audit import queries as audit
from app.db import Session
from app.errors import FieldError, NotFound
from app.reference import regions
from web import redirects
from web.deps import ADMINISTRATOR, AnyVisit, Begin, DbSession, Visit
from web.forms import role
from web.forms.acting import act
from web.forms.reading import Form, Typed
from web.pages.office import history
from web.pages.office.register import places_of
from web.templating import Pages, Show

router = APIRouter()

STAFF_LIST = "/dinas/petugas"
MOST_ACTS = 20


@router.get("/dinas/petugas", dependencies=[ADMINISTRATOR])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return pages.show(
        "office/staff.html",
        people=staff.working_here(session, visit.actor, limit=staff.MOST_STAFF),
        most=staff.MOST_STAFF,
        place_names=place_names(),
    )


def place_names() -> dict[str, str]:
    return {place.code: place.name for place in (*regions.districts(), *regions.villages())}


@router.get("/dinas/petugas/{account_id}", dependencies=[ADMINISTRATOR])
def one(session: DbSession, pages: Show, visit: AnyVisit, account_id: UUID) -> Response:
    return page(session, pages, visit, account_id)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    account_id: UUID,
    *,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    rows = audit.of_subject(session, "account", account_id, limit=MOST_ACTS)
    return pages.refuse(
        "office/account.html",
        errors,
        status=status,
        person=staff.account(session, visit.actor, account_id),
        own=account_id == visit.actor.account_id,
        role_codes=role.ROLES,
        place_choices=places_of(visit.actor),
        place_names=place_names(),
        history=history.acts(session, visit.actor, rows),
        values=values or {},
    )


def change(
    begin: Begin,
    pages: Pages,
    visit: Visit,
    account_id: UUID,
    typed: Typed,
    notice: str,
    do: Callable[[Session], object],
) -> Response:
    """One act on one account; refused, its page is shown again with what was chosen."""

    def work(session: Session) -> str:
        do(session)
        return redirects.with_notice(f"{STAFF_LIST}/{account_id}", notice)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, visit, account_id, values=role.values_of(typed), errors=errors, status=status)

    return act(begin, visit, typed, f"{notice} {account_id}", work, again, named=role.NAMED)


@router.post("/dinas/petugas/{account_id}/peran", dependencies=[ADMINISTRATOR])
def grant(begin: Begin, pages: Show, visit: AnyVisit, account_id: UUID, typed: Form) -> Response:
    def give(session: Session) -> None:
        district, village = role.district_and_village(typed)
        roles.grant(session, visit.actor, account_id, role.role_of(typed), district_code=district, village_code=village)

    return change(begin, pages, visit, account_id, typed, "peran-diberikan", give)


@router.post("/dinas/petugas/{account_id}/cabut", dependencies=[ADMINISTRATOR])
def revoke(begin: Begin, pages: Show, visit: AnyVisit, account_id: UUID, typed: Form) -> Response:
    def take_back(session: Session) -> None:
        held = {str(one.id): one.id for one in staff.account(session, visit.actor, account_id).roles}
        if typed.text("hak") not in held:
            raise NotFound
        roles.revoke(session, visit.actor, held[typed.text("hak")])

    return change(begin, pages, visit, account_id, typed, "peran-dicabut", take_back)


@router.post("/dinas/petugas/{account_id}/nonaktif", dependencies=[ADMINISTRATOR])
def disable(begin: Begin, pages: Show, visit: AnyVisit, account_id: UUID, typed: Form) -> Response:
    return change(
        begin, pages, visit, account_id, typed, "akun-ditutup",
        lambda session: standing.disable(session, visit.actor, account_id),
    )  # fmt: skip


@router.post("/dinas/petugas/{account_id}/aktif", dependencies=[ADMINISTRATOR])
def enable(begin: Begin, pages: Show, visit: AnyVisit, account_id: UUID, typed: Form) -> Response:
    return change(
        begin, pages, visit, account_id, typed, "akun-dibuka",
        lambda session: standing.enable(session, visit.actor, account_id),
    )  # fmt: skip
