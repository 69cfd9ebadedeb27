"""One's own account: password, devices, a way back in."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.accounts import queries, recovery, sessions
from app.db import Session
from app.errors import FieldError, Invalid, TooMany
from app.notifications import queries as notifications
from web import cookies, redirects
from web.deps import PUBLIC, SIGNED_IN, AnyVisit, Begin, Config, DbSession, Visit
from web.forms import refusals
from web.forms.reading import Form
from web.forms.sending import see_other
from web.pages.account.signing import address_of, enter, too_many
from web.templating import Pages, Show

router = APIRouter()

ACCOUNT = "/akun"
RECOVER = "account/recover.html"
NAMED = {"current": "sandi_lama", "password": "sandi_baru"}


@router.get("/akun", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return pages.show("account/profile.html", **context(session, visit))


def context(session: Session, visit: Visit) -> dict[str, Any]:
    return {"profile": queries.profile(session, visit.actor), "unread": notifications.unread(session, visit.actor)}


@router.post("/akun/sandi", dependencies=[SIGNED_IN])
def change_password(request: Request, begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    try:
        with begin() as session:
            recovery.change_password(
                session,
                visit.actor,
                current=typed.values.get("sandi_lama", ""),
                new=typed.values.get("sandi_baru", ""),
                token=cookies.sign_in_token(request),
            )
    except Invalid as refusal:
        return refused(begin, pages, visit, refusal)
    return see_other(redirects.with_notice(ACCOUNT, "sandi-diganti"))


def refused(begin: Begin, pages: Pages, visit: Visit, refusal: Invalid) -> Response:
    errors = refusals.in_form_words(refusal.errors, NAMED)
    with begin() as session:
        return pages.refuse("account/profile.html", errors, **context(session, visit))


@router.post("/akun/keluar-lain", dependencies=[SIGNED_IN])
def sign_out_others(request: Request, session: DbSession, visit: AnyVisit) -> Response:
    sessions.end_others(session, visit.actor, token=cookies.sign_in_token(request))
    return see_other(redirects.with_notice(ACCOUNT, "tersimpan"))


@router.get("/akun/pulihkan", dependencies=[PUBLIC])
def recover_form(pages: Show) -> Response:
    return pages.show(RECOVER, values={})


@router.post("/akun/pulihkan", dependencies=[PUBLIC])
def recover(
    request: Request, session: DbSession, settings: Config, pages: Show, visit: AnyVisit, typed: Form
) -> Response:
    """A wrong code is counted by the same transaction, so it ends in an answer, not in an exception."""
    values = {"no_hp": typed.text("no_hp"), "kode": typed.text("kode")}
    try:
        account = recovery.redeem(
            session,
            phone=values["no_hp"],
            code=values["kode"],
            new_password=typed.values.get("sandi", ""),
            address=address_of(request),
        )
    except Invalid as refusal:
        return pages.refuse(RECOVER, beside("sandi", *refusal.errors), values=values)
    except TooMany as refusal:
        return too_many(pages, RECOVER, "kode", refusal, values)
    if account is None:
        return pages.refuse(RECOVER, beside("kode", *recovery.refused().errors), values=values)
    answer = see_other(redirects.with_notice(ACCOUNT, "sandi-diganti"))
    enter(session, settings, answer, account, visit.cart_token)
    return answer


def beside(field: str, *faults: FieldError) -> tuple[FieldError, ...]:
    return tuple(FieldError(field, fault.code, fault.message) for fault in faults)
