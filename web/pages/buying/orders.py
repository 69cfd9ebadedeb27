"""The buyer's orders: followed by number and key, without an account."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.db import Session
from app.errors import DomainError, FieldError, Invalid, NotFound, Unavailable
from app.orders import cancelling, fulfilment, queries
from app.orders.queries import GroupView
from app.payments import checkout, proofs, settling
from app.payments import queries as payments
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, DbSession, Visit
from web.forms.reading import Form
from web.forms.sending import see_other
from web.pages.buying.links import order_path
from web.templating import Pages, Show

router = APIRouter()

Key = Annotated[str, Query(alias="kunci", max_length=64)]
TEMPLATE = "buying/order.html"


@router.get("/pesanan/{number}", dependencies=[PUBLIC])
def show(
    request: Request, begin: Begin, pages: Show, visit: AnyVisit, number: str, kunci: Key = "", kembali: str = ""
) -> Response:
    """The checkout with its orders. Coming back from a gateway (`kembali`) its state is asked for there, never believed from
    the address."""
    with begin() as session:
        group = queries.group(session, number, actor=visit.actor, key=kunci or None)
        waiting = payments.awaiting_gateway(session, group.id) if kembali else []
    for payment_id in waiting:
        sync(begin, payment_id)
    with begin() as session:
        response = page(session, pages, visit, number, kunci)
    if kunci:
        cookies.remember_order(request, response, number, kunci)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def sync(begin: Begin, payment_id: UUID) -> None:
    """Best effort: the worker asks again, so a silent gateway only means that the page says "waiting"."""
    try:
        settling.sync(begin, payment_id)
    except Unavailable:
        return


def page(
    session: Session, pages: Pages, visit: Visit, number: str, key: str, *errors: FieldError, status: int = 200
) -> Response:
    group = queries.group(session, number, actor=visit.actor, key=key or None)
    context = {"group": group, "payments": payments.for_group(session, group.id), "key": group.key}
    if errors:
        return pages.refuse(TEMPLATE, errors, status=status, **context)
    return pages.show(TEMPLATE, **context)


def order_of(group: GroupView, wanted: str) -> UUID:
    """The order of this checkout that a form names. Raises NotFound for an order of another checkout."""
    for order in group.orders:
        if str(order.id) == wanted:
            return order.id
    raise NotFound


def payment_of(session: Session, group: GroupView, wanted: str) -> UUID:
    for payment in payments.for_group(session, group.id):
        if str(payment.id) == wanted:
            return payment.id
    raise NotFound


def refused(
    begin: Begin, pages: Pages, visit: Visit, number: str, key: str, refusal: DomainError, field: str
) -> Response:
    errors = refusal.errors if isinstance(refusal, Invalid) else (FieldError(field, refusal.code, refusal.sentence),)
    with begin() as session:
        return page(session, pages, visit, number, key, *errors, status=422 if isinstance(refusal, Invalid) else 409)


@router.post("/pesanan/{number}/batal", dependencies=[PUBLIC])
def cancel(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    key = typed.text("kunci")
    try:
        with begin() as session:
            group = queries.group(session, number, actor=visit.actor, key=key or None)
            order_id = order_of(group, typed.text("pesanan"))
            cancelling.cancel(
                session, visit.actor, order_id, reason=typed.text("alasan") or "Dibatalkan pembeli", key=key or None
            )
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, number, key, refusal, "batal")
    return see_other(redirects.with_notice(order_path(number, group.key), "pesanan-batal"))


@router.post("/pesanan/{number}/terima", dependencies=[PUBLIC])
def confirm_received(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    key = typed.text("kunci")
    try:
        with begin() as session:
            group = queries.group(session, number, actor=visit.actor, key=key or None)
            order_id = order_of(group, typed.text("pesanan"))
            fulfilment.confirm_received(session, visit.actor, order_id, key=key or None)
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, number, key, refusal, "terima")
    return see_other(redirects.with_notice(order_path(number, group.key), "pesanan-selesai"))


@router.post("/pesanan/{number}/bayar", dependencies=[PUBLIC])
def pay(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """To the gateway, for a payment that was not finished or could not be started at checkout."""
    key = typed.text("kunci")
    try:
        with begin() as session:
            group = queries.group(session, number, actor=visit.actor, key=key or None)
            payment_id = payment_of(session, group, typed.text("pembayaran"))
        started = checkout.start(begin, payment_id)
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, number, key, refusal, "bayar")
    return see_other(started.redirect_url or order_path(number, group.key))


@router.post("/pesanan/{number}/bukti", dependencies=[PUBLIC])
def prove_transfer(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """A photo of the transfer slip: it helps the seller find the money, it never marks anything paid."""
    key = typed.text("kunci")
    upload = typed.file("bukti")
    try:
        if upload is None:
            raise Invalid.one("bukti", "Pilih dahulu foto atau tangkapan layar bukti transfer.", "missing")
        with begin() as session:
            group = queries.group(session, number, actor=visit.actor, key=key or None)
            payment_id = payment_of(session, group, typed.text("pembayaran"))
            proofs.attach(session, visit.actor, payment_id, upload.data)
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, number, key, refusal, "bukti")
    return see_other(redirects.with_notice(order_path(number, group.key), "bukti-terkirim"))


@router.get("/pesanan-saya", dependencies=[PUBLIC])
def mine(request: Request, session: DbSession, pages: Show, visit: AnyVisit, sebelum: UUID | None = None) -> Response:
    """Orders of the account and of this browser, each once, newest first."""
    of_browser = queries.by_keys(session, cookies.remembered_orders(request)) if sebelum is None else []
    of_account = queries.of_account(session, visit.actor, before=sebelum) if visit.visitor else []
    rows = {row.number: row for row in (*of_browser, *of_account)}
    newest_first = sorted(rows.values(), key=lambda row: row.placed_at, reverse=True)
    more = of_account[-1].id if len(of_account) == queries.PAGE else None
    return pages.show("buying/orders.html", groups=newest_first, more=more)
