"""The buyer's orders: followed by number and key, without an account."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.db import Session
from app.errors import DomainError, FieldError, Invalid, NotFound, Unavailable
from app.notifications.channels import whatsapp
from app.orders import cancelling, contacts, fulfilment, queries
from app.orders.views import GroupView
from app.payments import checkout, proofs, settling
from app.payments import queries as payments
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, DbSession, Visit
from web.forms.reading import Form
from web.forms.sending import see_other
from web.pages.buying.links import order_path
from web.problems import status_of
from web.templating import Pages, Show

router = APIRouter()

Key = Annotated[str, Query(alias="kunci", max_length=64)]
TEMPLATE = "buying/order.html"
PAGE = 20


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
    return response


def sync(begin: Begin, payment_id: UUID) -> None:
    """Best effort: the worker asks again, so a silent gateway only means that the page says "waiting"."""
    try:
        settling.sync(begin, payment_id)
    except Unavailable:
        return


@dataclass(frozen=True)
class Refused:
    """A refused step of this page, with what was typed in it."""

    errors: tuple[FieldError, ...] = ()
    status: int = 200
    order: str = ""
    reason: str = ""


def page(
    session: Session, pages: Pages, visit: Visit, number: str, key: str, refused: Refused | None = None
) -> Response:
    group = queries.group(session, number, actor=visit.actor, key=key or None)
    context: dict[str, Any] = {
        "group": group,
        "payments": payments.for_group(session, group.id),
        "key": key,
        "chats": chats(session, group),
        "typed_order": refused.order if refused else "",
        "typed_reason": refused.reason if refused else "",
    }
    if refused is not None:
        return pages.refuse(TEMPLATE, refused.errors, status=refused.status, **context)
    return pages.show(TEMPLATE, **context)


def chats(session: Session, group: GroupView) -> dict[UUID, str]:
    """A plain link to each seller's WhatsApp, for the orders under way, with the number of the order typed in."""
    numbers = {order.id: order.number for order in group.orders}
    return {
        order_id: whatsapp.link(phone, f"Halo, saya menanyakan pesanan {numbers[order_id]} di Pasar Etam.")
        for order_id, phone in contacts.sellers(session, group).items()
    }


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


def refuse(
    begin: Begin, pages: Pages, visit: Visit, number: str, typed: Form, refusal: DomainError, field: str
) -> Response:
    """The page as it is now, with the sentence of the refusal and the typing kept."""
    told = refusal.errors if isinstance(refusal, Invalid) else (FieldError(field, refusal.code, refusal.sentence),)
    errors = tuple(FieldError(field, fault.code, fault.message) for fault in told)
    refused = Refused(errors, status_of(refusal), typed.text("pesanan"), typed.values.get("alasan", ""))
    with begin() as session:
        return page(session, pages, visit, number, typed.text("kunci"), refused)


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
        return refuse(begin, pages, visit, number, typed, refusal, "batal")
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
        return refuse(begin, pages, visit, number, typed, refusal, "terima")
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
        return refuse(begin, pages, visit, number, typed, refusal, "bayar")
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
        proofs.attach(begin, visit.actor, payment_id, upload.data, key=key or None)
    except NotFound:
        raise
    except DomainError as refusal:
        return refuse(begin, pages, visit, number, typed, refusal, f"bukti-{typed.text('pembayaran')}")
    return see_other(redirects.with_notice(order_path(number, group.key), "bukti-terkirim"))


@router.get("/pesanan/{number}/bukti/{proof_id}", dependencies=[PUBLIC])
def proof(begin: Begin, visit: AnyVisit, number: str, proof_id: UUID, kunci: Key = "") -> Response:
    """The slip as it was sent, for the buyer; the shop has a page of its own for it."""
    with begin() as session:
        queries.group(session, number, actor=visit.actor, key=kunci or None)
    picture = proofs.read(begin, visit.actor, proof_id, key=kunci or None)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.get("/pesanan-saya", dependencies=[PUBLIC])
def mine(request: Request, session: DbSession, pages: Show, visit: AnyVisit, sebelum: UUID | None = None) -> Response:
    """Orders of the account and of this browser, each once, newest first."""
    of_browser = queries.by_keys(session, cookies.remembered_orders(request)) if sebelum is None else []
    of_account = queries.of_account(session, visit.actor, before=sebelum, limit=PAGE) if visit.visitor else []
    rows = {row.number: row for row in (*of_browser, *of_account)}
    newest_first = sorted(rows.values(), key=lambda row: row.placed_at, reverse=True)
    more = of_account[-1].id if len(of_account) == PAGE else None
    return pages.show("buying/orders.html", groups=newest_first, more=more)
