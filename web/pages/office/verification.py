"""Verification: the queue of registrations, one case, and what the office decides about it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.catalogue import inspection, shelves, shops
from app.db import Session
from app.errors import DomainError, FieldError, NotFound
from app.reference import regions
from app.registry import files, verification
from web import problems, redirects
from web.deps import VERIFIER, AnyVisit, Begin, DbSession, Visit
from web.forms import decision, refusals
from web.forms.acting import act
from web.forms.reading import Form, Typed
from web.pages.office import history
from web.templating import Pages, Show

router = APIRouter()

QUEUE = "/dinas/usaha"
MOST_WAITING = 200
Decide = Callable[[Session, Actor, UUID], object]


@router.get("/dinas/usaha", dependencies=[VERIFIER])
def queue(session: DbSession, pages: Show, visit: AnyVisit, kecamatan: str = "") -> Response:
    """What waits for a decision, the oldest first."""
    district = kecamatan if regions.is_own_district(kecamatan) else None
    rows = files.desk(session, visit.actor, district=district, limit=MOST_WAITING)
    return pages.show(
        "office/queue.html",
        rows=rows,
        most=MOST_WAITING,
        asked={"kecamatan": district or ""},
        districts=[(place.code, place.name) for place in regions.districts()],
        within=files.ANSWER_WITHIN,
    )


@router.get("/dinas/usaha/{number}", dependencies=[VERIFIER])
def case(session: DbSession, pages: Show, visit: AnyVisit, number: str) -> Response:
    return page(session, pages, visit, number)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    number: str,
    *,
    values: Mapping[str, object] = decision.NOTHING,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
    nik: str | None = None,
) -> Response:
    found = files.case(session, visit.actor, number)
    context = {
        "case": found,
        "shop": inspection.shop_of(session, visit.actor, found.business.id),
        "correctable": verification.CORRECTABLE,
        "purposes": files.NIK_PURPOSES,
        "history": history.of_case(session, visit.actor, found),
        "most_history": history.MOST_ON_A_CASE,
        "values": values,
        "nik": nik,
    }
    return pages.refuse("office/case.html", errors, status=status, **context)


def path_of(number: str) -> str:
    return f"{QUEUE}/{number}"


def decide(
    begin: Begin, pages: Pages, visit: Visit, number: str, typed: Typed, step: str, named: Mapping[str, str], do: Decide
) -> Response:
    """One decision about one case; refused, the case is shown again with everything typed."""

    def work(session: Session) -> str:
        do(session, visit.actor, files.case(session, visit.actor, number).business.id)
        return redirects.with_notice(path_of(number), step)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, visit, number, values=decision.values_of(typed), errors=errors, status=status)

    return act(begin, visit, typed, f"{step} {number}", work, again, named=named)


@router.post("/dinas/usaha/{number}/setujui", dependencies=[VERIFIER])
def approve(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    return decide(
        begin, pages, visit, number, typed, "disetujui", decision.APPROVE,
        lambda session, actor, found: verification.approve(session, actor, found, typed.all("periksa")),
    )  # fmt: skip


@router.post("/dinas/usaha/{number}/kembalikan", dependencies=[VERIFIER])
def send_back(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    reason, fields = typed.text("alasan_kembali"), typed.all("isian")
    return decide(
        begin, pages, visit, number, typed, "dikembalikan", decision.RETURN,
        lambda session, actor, found: verification.send_back(session, actor, found, reason=reason, fields=fields),
    )  # fmt: skip


@router.post("/dinas/usaha/{number}/tolak", dependencies=[VERIFIER])
def reject(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    return decide(
        begin, pages, visit, number, typed, "ditolak", decision.REJECT,
        lambda session, actor, found: verification.reject(session, actor, found, reason=typed.text("alasan_tolak")),
    )  # fmt: skip


@router.post("/dinas/usaha/{number}/tangguhkan", dependencies=[VERIFIER])
def suspend(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    return decide(
        begin, pages, visit, number, typed, "ditangguhkan", decision.SUSPEND,
        lambda session, actor, found: verification.suspend(session, actor, found, reason=typed.text("alasan_tangguh")),
    )  # fmt: skip


@router.post("/dinas/usaha/{number}/pulihkan", dependencies=[VERIFIER])
def reinstate(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    return decide(begin, pages, visit, number, typed, "dipulihkan", {}, verification.reinstate)


@router.post("/dinas/usaha/{number}/periksa-ulang", dependencies=[VERIFIER])
def recheck(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    return decide(
        begin, pages, visit, number, typed, "diperiksa-ulang", decision.RECHECK,
        lambda session, actor, found: verification.recheck(session, actor, found, typed.all("periksa_ulang")),
    )  # fmt: skip


@router.post("/dinas/usaha/{number}/percaya", dependencies=[VERIFIER])
def trust(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """Whether the new goods of this business's shop go live without being looked at."""
    trusted = typed.text("percaya") == "ya"

    def set_trust(session: Session, actor: Actor, business_id: UUID) -> None:
        shop_id = shelves.shop_of_business(session, business_id)
        if shop_id is None:
            raise NotFound
        shops.trust(session, actor, shop_id, trusted=trusted)

    step = "toko-dipercaya" if trusted else "toko-tidak-dipercaya"
    return decide(begin, pages, visit, number, typed, step, {}, set_trust)


@router.post("/dinas/usaha/{number}/nik", dependencies=[VERIFIER])
def read_nik(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """The owner's NIK, shown in this one answer and nowhere kept; who looked and why is in the audit."""
    try:
        with begin() as session:
            nik = files.nik_at_desk(session, visit.actor, number, purpose=typed.text("keperluan"))
            return page(session, pages, visit, number, nik=nik)
    except NotFound:
        raise
    except DomainError as refusal:
        errors = refusals.faults_of(refusal, "tombol", decision.READ_NIK)
        status = problems.status_of(refusal)
    with begin() as session:
        return page(session, pages, visit, number, values=decision.values_of(typed), errors=errors, status=status)
