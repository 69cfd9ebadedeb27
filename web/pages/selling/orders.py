"""The orders of a shop: what to answer, what to fulfil, and every step the seller may take."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.db import Session, Transactions
from app.errors import FieldError
from app.kit import money
from app.notifications.channels import whatsapp
from app.orders import cancelling, fulfilment, queries
from app.orders.views import SellerOrderView
from app.payments import queries as payments
from app.payments import settling
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import refusals
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.templating import Pages, Show

router = APIRouter()

ORDERS = "/jual/pesanan"
STAGES = {"baru": "new", "belum-dibayar": "unpaid", "jalan": "open", "selesai": "done"}
"""The lists by their name in the address."""

A_PAGE = 30
TEMPLATE = "selling/order.html"


def path(number: str) -> str:
    return f"{ORDERS}/{number}"


@router.get(ORDERS, dependencies=[SIGNED_IN])
def listing(
    session: DbSession,
    pages: Show,
    visit: AnyVisit,
    usaha: str = "",
    tahap: str = "",
    sebelum: UUID | None = None,
) -> Response:
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    stage = tahap if tahap in STAGES else ""
    rows = queries.for_seller(
        session, desk.actor, shop_id=desk.shop.id, stage=STAGES.get(stage), before=sebelum, limit=A_PAGE
    )
    return pages.show(
        "selling/orders.html",
        desk=desk,
        orders=rows,
        stage=stage,
        stages=STAGES,
        more=rows[-1].id if len(rows) == A_PAGE else None,
    )


@router.get("/jual/pesanan/{number}", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, number: str) -> Response:
    return page(session, pages, visit, number)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    number: str,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    order = queries.for_seller_one(session, visit.actor, number)
    desk = desks.of_shop(session, visit, order.shop_id)
    return form_page(
        pages,
        TEMPLATE,
        in_form_words(errors),
        status,
        desk=desk,
        order=order,
        payment=payments.of_order_for_seller(session, desk.actor, order.id),
        chat=chat(desk, order, order.contact_phone),
        values=values or {},
    )


def in_form_words(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    named = {"reason": "alasan", "amount": "jumlah"}
    return refusals.in_form_words(errors, named)


def chat(desk: Desk, order: SellerOrderView, phone: str | None) -> str | None:
    """A plain link into WhatsApp with the buyer, while the number is shown."""
    if phone is None:
        return None
    greeting = (
        f"Halo {order.buyer_name}, saya dari {desk.business.name} tentang pesanan {order.number}"
        f" ({money.rupiah(order.total_amount)}) di Pasar Etam."
    )
    return whatsapp.link(phone, greeting)


def do(
    begin: Transactions,
    pages: Pages,
    visit: Visit,
    number: str,
    typed: Typed,
    name: str,
    notice: str,
    verb: Callable[[Session, Desk, SellerOrderView], object],
) -> Response:
    """One step of one order; refused, its page says why and keeps what was typed."""

    def work(session: Session) -> str:
        order = queries.for_seller_one(session, visit.actor, number)
        verb(session, desks.of_shop(session, visit, order.shop_id), order)
        return redirects.with_notice(path(number), notice)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        kept = {"alasan": typed.values.get("alasan", ""), "langkah": name}
        with begin() as session:
            return page(session, pages, visit, number, kept, errors, status)

    return act(begin, visit, typed, f"pesanan-{name}:{number}", work, again)


@router.post("/jual/pesanan/{number}/terima", dependencies=[SIGNED_IN])
def accept(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        return fulfilment.accept(session, desk.actor, order.id)

    return do(begin, pages, visit, number, typed, "terima", "pesanan-diterima", verb)


@router.post("/jual/pesanan/{number}/tolak", dependencies=[SIGNED_IN])
def reject(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        return fulfilment.reject(session, desk.actor, order.id, reason=typed.text("alasan"))

    return do(begin, pages, visit, number, typed, "tolak", "pesanan-ditolak", verb)


@router.post("/jual/pesanan/{number}/siap", dependencies=[SIGNED_IN])
def mark_ready(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        return fulfilment.mark_ready(session, desk.actor, order.id)

    return do(begin, pages, visit, number, typed, "siap", "pesanan-siap", verb)


@router.post("/jual/pesanan/{number}/serah", dependencies=[SIGNED_IN])
def hand_over(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """The goods leave the shelf. An order paid in cash is handed over and collected in one act."""

    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        if order.payment_method == "cod":
            return settling.collect_cash(session, desk.actor, order.id)
        return fulfilment.hand_over(session, desk.actor, order.id)

    return do(begin, pages, visit, number, typed, "serah", "pesanan-diserahkan", verb)


@router.post("/jual/pesanan/{number}/sampai", dependencies=[SIGNED_IN])
def mark_delivered(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        return fulfilment.mark_delivered(session, desk.actor, order.id)

    return do(begin, pages, visit, number, typed, "sampai", "pesanan-sampai", verb)


@router.post("/jual/pesanan/{number}/batal", dependencies=[SIGNED_IN])
def cancel(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, order: SellerOrderView) -> object:
        return cancelling.cancel_as_seller(session, desk.actor, order.id, reason=typed.text("alasan"))

    return do(begin, pages, visit, number, typed, "batal", "pesanan-batal", verb)
