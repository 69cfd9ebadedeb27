"""The register at hand: find any business, enter one for its owner, and those a facilitator looks after."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.db import Session
from app.errors import FieldError, Invalid
from app.reference import regions
from app.registry import files, lookup, registration
from app.registry.models import STATUSES
from web import redirects
from web.deps import MESSENGER, VERIFIER, AnyVisit, Begin, DbSession
from web.forms import assisted
from web.forms.acting import act
from web.forms.reading import Form
from web.templating import Pages, Show

router = APIRouter()

MOST_ASSISTED = 100
Grouped = list[tuple[str, list[tuple[str, str]]]]


@router.get("/dinas/usaha/cari", dependencies=[VERIFIER])
def search(
    session: DbSession,
    pages: Show,
    visit: AnyVisit,
    q: str = "",
    status: str = "",
    kecamatan: str = "",
    halaman: int = 1,
) -> Response:
    """Any business of the register by name or number, whatever its status."""
    wanted = status if status in STATUSES else None
    district = kecamatan if regions.is_own_district(kecamatan) else None
    return pages.show(
        "office/search.html",
        found=lookup.find(session, visit.actor, q[:100], status=wanted, district=district, page=halaman),
        page_number=max(1, halaman),
        asked={"q": q, "status": wanted or "", "kecamatan": district or ""},
        statuses=STATUSES,
        districts=[(place.code, place.name) for place in regions.districts()],
    )


@router.get("/dinas/dampingan", dependencies=[MESSENGER])
def mine(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    """The businesses of a facilitator's places, newest first; empty for anybody else."""
    return pages.show(
        "office/assisted.html", found=files.assisted(session, visit.actor, limit=MOST_ASSISTED), most=MOST_ASSISTED
    )


@router.get("/dinas/usaha/baru", dependencies=[MESSENGER])
def start_form(pages: Show, visit: AnyVisit) -> Response:
    return form_page(pages, visit.actor, {})


def form_page(
    pages: Pages, actor: Actor, values: dict[str, str], errors: tuple[FieldError, ...] = (), status: int = 200
) -> Response:
    return pages.refuse("office/register.html", errors, status=status, values=values, place_choices=places_of(actor))


def places_of(actor: Actor) -> Grouped:
    """Where this person may register: every place for officers, the own ones for a facilitator."""
    found: Grouped = []
    for district in regions.districts():
        whole = [(district.code, f"Kecamatan {district.name}")]
        villages = [(village.code, village.name) for village in regions.villages(district.code)]
        if not actor.has("administrator", "verifier"):
            whole = [pair for pair in whole if actor.facilitates(district.code, None)]
            villages = [pair for pair in villages if actor.facilitates(district.code, pair[0])]
        if whole or villages:
            found.append((district.name, [*whole, *villages]))
    return found


@router.post("/dinas/usaha/baru", dependencies=[MESSENGER])
def start(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Keep it as a draft, or send it to the office at once; whoever enters it cannot decide it."""

    def work(session: Session) -> str:
        if faults := assisted.missing(typed):
            raise Invalid(*faults)
        business = registration.start(session, visit.actor, assisted.draft_of(typed))
        if typed.text("langkah") != assisted.SUBMIT:
            return redirects.with_notice(next_page(visit.actor, business.number), "draf")
        registration.submit(session, visit.actor, business.id)
        return redirects.with_notice(next_page(visit.actor, business.number), "terkirim")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        return form_page(pages, visit.actor, assisted.values_of(typed), errors, status)

    return act(begin, visit, typed, "daftarkan usaha", work, again, named=assisted.NAMED)


def next_page(actor: Actor, number: str) -> str:
    """An officer goes on to the case; a facilitator, who has no desk, to the businesses of the own place."""
    return f"/dinas/usaha/{number}" if actor.has("administrator", "verifier") else "/dinas/dampingan"
