"""The cart: goods of several shops, kept in this browser or in the account."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import queries as catalogue
from app.errors import DomainError, FieldError, Invalid, NotFound
from app.kit import ids
from app.orders import cart, queries
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, Config, DbSession
from web.forms import quantity
from web.forms.reading import Form
from web.forms.sending import see_other
from web.problems import status_of
from web.templating import Show

router = APIRouter()

CART = "/keranjang"
TEMPLATE = "buying/cart.html"
ADJUSTED = "keranjang-disesuaikan"


def product_of(typed: Form) -> UUID:
    """The product a cart form names. Raises NotFound for anything that is no product's id."""
    try:
        return UUID(typed.text("produk"))
    except ValueError as fault:
        raise NotFound("Barang itu tidak ditemukan.") from fault


@router.get("/keranjang", dependencies=[PUBLIC])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    view = queries.cart(session, visit.actor, visit.cart_token)
    return pages.show(TEMPLATE, cart=view, wanted=None, values={}, unlinked=())


@router.post("/keranjang", dependencies=[PUBLIC])
def add(begin: Begin, settings: Config, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Put a product in; a browser without a cart gets one with its first product."""
    token = visit.cart_token or (None if visit.visitor else ids.token())
    try:
        with begin() as session:
            change = cart.add(session, visit.actor, token, product_of(typed), quantity.wanted(typed))
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, typed, refusal)
    answer = see_other(redirects.with_notice(CART, ADJUSTED if change.sentence else "keranjang-ditambah"))
    if token and token != visit.cart_token:
        cookies.write(answer, settings, cookies.CART, token, max_age=cookies.CART_AGE)
    return answer


@router.post("/keranjang/ubah", dependencies=[PUBLIC])
def change(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Another quantity for one line; 0 takes it out, and so does the button "Hapus"."""
    adjusted = False
    try:
        with begin() as session:
            if typed.checked("hapus"):
                cart.remove(session, visit.actor, visit.cart_token, product_of(typed))
            elif visit.visitor or visit.cart_token:
                change = cart.set_quantity(
                    session, visit.actor, visit.cart_token, product_of(typed), quantity.changed(typed)
                )
                adjusted = change.sentence is not None
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, typed, refusal)
    return see_other(redirects.with_notice(CART, ADJUSTED if adjusted else "keranjang-diubah"))


def refused(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, refusal: DomainError) -> Response:
    """The cart as it is, with the sentence beside the line it is about and the number as it was typed; a product that is not
    in the cart stands above it with its own number."""
    product_id = product_of(typed)
    field = f"{quantity.FIELD}-{product_id}"
    faults = refusal.errors if isinstance(refusal, Invalid) else (FieldError(field, refusal.code, refusal.sentence),)
    with begin() as session:
        view = queries.cart(session, visit.actor, visit.cart_token)
        present = {line.product_id for shop in view.shops for line in shop.lines}
        wanted = catalogue.for_sale(session, [product_id]).get(product_id) if product_id not in present else None
    return pages.refuse(
        TEMPLATE,
        tuple(FieldError(field, fault.code, fault.message) for fault in faults),
        status=status_of(refusal),
        cart=view,
        wanted=wanted if wanted and wanted.purchasable else None,
        values={"produk": str(product_id), "jumlah": typed.values.get(quantity.FIELD, "")},
        unlinked=() if product_id in present or (wanted and wanted.purchasable) else (field,),
    )
