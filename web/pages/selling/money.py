"""Money between buyer and seller: transfers to find in the account, sums to send back."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.db import Session
from app.errors import FieldError, NotFound
from app.orders import queries as orders
from app.payments import proofs, refunds, settling
from app.payments import queries as payments
from app.payments.views import SellerPayment
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms.amounts import Reading
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.pages.selling.orders import chat, path
from web.templating import Pages, Show

router = APIRouter()

MONEY = "/jual/uang"


@router.get(MONEY, dependencies=[SIGNED_IN])
def listing(session: DbSession, pages: Show, visit: AnyVisit, usaha: str = "") -> Response:
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    transfers = payments.transfers_for_seller(session, desk.actor, desk.shop.id)
    return pages.show(
        "selling/money.html",
        desk=desk,
        shop=desk.shop,
        proven=[row for row in transfers if row.proof_count],
        awaited=[row for row in transfers if not row.proof_count],
        refunds=payments.refunds_for_seller(session, desk.actor, shop_id=desk.shop.id),
    )


@router.get("/jual/pesanan/{number}/uang", dependencies=[SIGNED_IN])
def transfer_form(session: DbSession, pages: Show, visit: AnyVisit, number: str) -> Response:
    """The sum to look for, the account, the buyer's slip: confirmed with one tap, or by typing what really came."""
    return transfer_page(session, pages, visit, number, {})


@router.post("/jual/pesanan/{number}/uang", dependencies=[SIGNED_IN])
def confirm(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    def work(session: Session) -> str:
        desk, payment = transfer_of(session, visit, number)
        settling.confirm_transfer(session, desk.actor, payment.id, amount_of(typed))
        return redirects.with_notice(path(number), "uang-diterima")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            values = {"jumlah": typed.values.get("jumlah", "")}
            return transfer_page(session, pages, visit, number, values, errors, status)

    return act(begin, visit, typed, f"transfer:{number}", work, again)


def transfer_of(session: Session, visit: Visit, number: str) -> tuple[Desk, SellerPayment]:
    """Raises NotFound for a foreign order and for one that is not paid by transfer."""
    order = orders.for_seller_one(session, visit.actor, number)
    desk = desks.of_shop(session, visit, order.shop_id)
    payment = payments.of_order_for_seller(session, desk.actor, order.id)
    if payment is None or payment.method != "transfer":
        raise NotFound
    return desk, payment


def amount_of(typed: Typed) -> int:
    """Raises Invalid beside `jumlah`."""
    reading = Reading(typed)
    amount = reading.amount("jumlah")
    missing = FieldError("jumlah", "missing", "Tulis jumlah yang masuk ke rekening Anda.")
    reading.refuse(*([missing] if amount is None else []))
    return amount or 0


def transfer_page(
    session: Session,
    pages: Pages,
    visit: Visit,
    number: str,
    values: dict[str, str],
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    desk, payment = transfer_of(session, visit, number)
    return form_page(
        pages,
        "selling/transfer.html",
        errors,
        status,
        desk=desk,
        order=orders.for_seller_one(session, visit.actor, number),
        payment=payment,
        values=values,
    )


@router.get("/jual/pesanan/{number}/bukti/{proof_id}", dependencies=[SIGNED_IN])
def proof(begin: Begin, visit: AnyVisit, number: str, proof_id: UUID) -> Response:
    """The buyer's slip: for the shop the money goes to, kept by no cache."""
    with begin() as session:
        desk, payment = transfer_of(session, visit, number)
    if proof_id not in payment.proofs:
        raise NotFound
    picture = proofs.read(begin, desk.actor, proof_id)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, no-store"})


@router.post("/jual/pesanan/{number}/kembali", dependencies=[SIGNED_IN])
def mark_returned(begin: Begin, pages: Show, visit: AnyVisit, number: str, typed: Form) -> Response:
    """The seller has sent the money back by hand."""

    def work(session: Session) -> str:
        desk, refund_id = refund_of(session, visit, number, typed.text("pengembalian"))
        refunds.mark_returned(session, desk.actor, refund_id, note=typed.text("catatan"))
        return redirects.with_notice(path(number), "uang-dikembalikan")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return refund_page(session, pages, visit, number, typed, errors, status)

    return act(begin, visit, typed, f"kembali:{number}", work, again)


@router.get("/jual/pesanan/{number}/kembali", dependencies=[SIGNED_IN])
def refund_form(session: DbSession, pages: Show, visit: AnyVisit, number: str) -> Response:
    return refund_page(session, pages, visit, number, Typed())


def refund_page(
    session: Session,
    pages: Pages,
    visit: Visit,
    number: str,
    typed: Typed,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    """What is to go back for one order. Raises NotFound when nothing ever was."""
    order = orders.for_seller_one(session, visit.actor, number)
    desk = desks.of_shop(session, visit, order.shop_id)
    payment = payments.of_order_for_seller(session, desk.actor, order.id)
    if payment is None or not payment.refunds:
        raise NotFound
    named = tuple(
        FieldError("catatan" if error.field == "note" else error.field, error.code, error.message) for error in errors
    )
    return form_page(
        pages,
        "selling/refund.html",
        named,
        status,
        desk=desk,
        order=order,
        refunds=payment.refunds,
        chat=chat(desk, order, payments.contact_for_refund(session, desk.actor, order.id)),
        values={"catatan": typed.values.get("catatan", "")},
    )


def refund_of(session: Session, visit: Visit, number: str, wanted: str) -> tuple[Desk, UUID]:
    """The refund a form names, if it belongs to this order. Raises NotFound."""
    order = orders.for_seller_one(session, visit.actor, number)
    desk = desks.of_shop(session, visit, order.shop_id)
    payment = payments.of_order_for_seller(session, desk.actor, order.id)
    for refund in payment.refunds if payment else ():
        if str(refund.id) == wanted:
            return desk, refund.id
    raise NotFound
