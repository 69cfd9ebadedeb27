"""The register of businesses: public facts for anybody; registering and deciding for those who may."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api import answers, asking, repeats
from api.deps import PUBLIC, SIGNED_IN, Begin, Caller, DbSession
from api.v1.schemas.businesses import Business, Businesses, BusinessIn, Decision, OwnFile, Standing
from app.db import Session
from app.errors import NotFound
from app.idempotency.keys import Answer
from app.registry import files, queries, registration, verification

router = APIRouter(prefix="/businesses", tags=["businesses"])


@router.get("", dependencies=[PUBLIC])
def list_businesses(
    session: DbSession,
    q: asking.Words = None,
    district: asking.Code = None,
    village: asking.Code = None,
    kbli: asking.Code = None,
    verified: bool | None = None,
    cursor: asking.Cursor = None,
    limit: asking.Limit = asking.USUAL_PAGE,
) -> Businesses:
    """Businesses in the register, by name. `kbli` is a code or its beginning; `verified` those with a check that counts today."""
    page = queries.listing(
        session,
        q=q,
        district=district,
        village=village,
        kbli_code=kbli,
        verified=verified,
        cursor=cursor,
        limit=limit,
    )
    return Businesses(items=[Business.of(found) for found in page.items], next=page.next)


@router.get("/{number}", response_model=Business | OwnFile, dependencies=[PUBLIC])
def show_business(request: Request, session: DbSession, caller: Caller, number: asking.Number) -> Response:
    """The public facts of a business in the register. Those who act for it also see it before it is there, with its status."""
    try:
        found = queries.by_number(session, number)
        return answers.tagged(request, Business.of(found), version=found.version)
    except NotFound:
        own = files.for_edit(session, caller, number)
        return answers.tagged(request, OwnFile.of_own(own), version=own.version, cache=answers.PRIVATE)


@router.post("", status_code=201, response_model=Standing, dependencies=[SIGNED_IN])
def register_business(
    request: Request, begin: Begin, caller: Caller, given: BusinessIn, key: repeats.Key = None
) -> Response:
    """Begin a registration. An owner registers for oneself; a facilitator or officer for another, whose account is found or
    opened by phone."""

    def work(session: Session) -> Answer:
        made = registration.start(session, caller, given.draft())
        return Answer(201, {"number": made.number, "status": made.status})

    answer = repeats.once(begin, request, caller, key, given, work)
    begun = Standing.model_validate(answer.body)
    location = f"{request.url.path}/{begun.number}"
    return JSONResponse(begun.model_dump(), status_code=answer.status, headers={"Location": location})


@router.post("/{number}/submit", dependencies=[SIGNED_IN])
def submit_business(session: DbSession, caller: Caller, number: asking.Number, _: Decision | None = None) -> Standing:
    """Send a draft to the office."""
    return Standing.of(registration.submit(session, caller, files.id_of(session, caller, number)))


@router.post("/{number}/approve", dependencies=[SIGNED_IN])
def approve_business(
    session: DbSession, caller: Caller, number: asking.Number, given: Decision | None = None
) -> Standing:
    """Take it into the register. `checks` names what was checked beyond the papers: `identity`, `place`, `nib`, `product`."""
    checks = given.checks if given else []
    return Standing.of(verification.approve(session, caller, files.id_of(session, caller, number), checks))


@router.post("/{number}/return", dependencies=[SIGNED_IN])
def return_business(session: DbSession, caller: Caller, number: asking.Number, given: Decision) -> Standing:
    """Send it back with the reason and the fields to mend."""
    business_id = files.id_of(session, caller, number)
    return Standing.of(verification.send_back(session, caller, business_id, reason=given.reason, fields=given.fields))


@router.post("/{number}/reject", dependencies=[SIGNED_IN])
def reject_business(session: DbSession, caller: Caller, number: asking.Number, given: Decision) -> Standing:
    """Not a business of this register; the owner reads the reason."""
    business_id = files.id_of(session, caller, number)
    return Standing.of(verification.reject(session, caller, business_id, reason=given.reason))
