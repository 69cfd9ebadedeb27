"""Signing up, in and out."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.accounts import sessions, signin, signup
from app.accounts.models import Account
from app.actor import Actor
from app.errors import FieldError, Invalid, TooMany
from app.orders import cart
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, Config, DbSession
from web.forms import refusals
from web.forms.reading import Form
from web.forms.sending import see_other
from web.templating import Show

router = APIRouter()

WRONG = FieldError("sandi", "wrong", "Nomor HP atau kata sandi tidak cocok. Periksa lalu coba lagi.")


def address_of(request: Request) -> str:
    return request.client.host if request.client else ""


@router.get("/masuk", dependencies=[PUBLIC])
def sign_in_form(pages: Show, visit: AnyVisit, lanjut: str = "") -> Response:
    if visit.visitor is not None:
        return see_other(redirects.own_path(lanjut))
    return pages.show("account/sign_in.html", values={"lanjut": redirects.own_path(lanjut)})


@router.post("/masuk", dependencies=[PUBLIC])
def sign_in(
    request: Request, session: DbSession, settings: Config, pages: Show, visit: AnyVisit, typed: Form
) -> Response:
    """A failed attempt is recorded by the same transaction, so it must end in an answer, not in an exception."""
    values = {"no_hp": typed.text("no_hp"), "lanjut": redirects.own_path(typed.text("lanjut"))}
    try:
        account = signin.attempt(
            session, phone=typed.text("no_hp"), password=typed.values.get("sandi", ""), address=address_of(request)
        )
    except TooMany as refusal:
        return too_many(pages, "account/sign_in.html", "sandi", refusal, values)
    if account is None:
        return pages.refuse("account/sign_in.html", (WRONG,), values=values)
    answer = see_other(redirects.with_notice(values["lanjut"], "masuk"))
    enter(session, settings, answer, account, visit.cart_token)
    return answer


def too_many(pages: Show, template: str, field: str, refusal: TooMany, values: dict[str, str]) -> HTMLResponse:
    """The same form; the sentence says when to come back, the header says it to programs."""
    page = pages.refuse(template, (FieldError(field, refusal.code, refusal.sentence),), status=429, values=values)
    page.headers["Retry-After"] = str(refusal.retry_after)
    return page


@router.get("/daftar", dependencies=[PUBLIC])
def sign_up_form(pages: Show, visit: AnyVisit, lanjut: str = "") -> Response:
    if visit.visitor is not None:
        return see_other(redirects.own_path(lanjut))
    return pages.show("account/sign_up.html", values={"lanjut": redirects.own_path(lanjut)})


@router.post("/daftar", dependencies=[PUBLIC])
def sign_up(begin: Begin, settings: Config, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    values = {name: typed.text(name) for name in ("nama", "no_hp")}
    values["lanjut"] = redirects.own_path(typed.text("lanjut"))
    try:
        with begin() as session:
            account = signup.open_account(
                session,
                visit.actor,
                name=values["nama"],
                phone=values["no_hp"],
                password=typed.values.get("sandi", ""),
            )
            answer = see_other(redirects.with_notice(values["lanjut"], "terdaftar"))
            enter(session, settings, answer, account, visit.cart_token)
            return answer
    except Invalid as refusal:
        return refused_sign_up(pages, refusal, values)


def refused_sign_up(pages: Show, refusal: Invalid, values: dict[str, str]) -> HTMLResponse:
    named = {"name": "nama", "phone": "no_hp", "password": "sandi"}
    return pages.refuse("account/sign_up.html", refusals.in_form_words(refusal.errors, named), values=values)


def enter(session: DbSession, settings: Config, answer: Response, account: Account, cart_token: str | None) -> None:
    """Start a new sign-in (never continue an old one) and bring the cart of this browser along."""
    token = sessions.start(session, account, kind="web")
    cart.merge(session, Actor(account_id=account.id), cart_token)
    cookies.write(answer, settings, cookies.SIGN_IN, token, max_age=cookies.SIGN_IN_AGE)


@router.post("/keluar", dependencies=[PUBLIC])
def sign_out(request: Request, begin: Begin, settings: Config) -> RedirectResponse:
    token = cookies.sign_in_token(request)
    if token:
        with begin() as session:
            sessions.end(session, token)
    answer = see_other(redirects.with_notice("/", "keluar"))
    cookies.clear(answer, settings, cookies.SIGN_IN)
    cookies.clear(answer, settings, cookies.CART)
    return answer
