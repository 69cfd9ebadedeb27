"""The cart: goods of several shops, kept in this browser or in the account."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import DomainError, FieldError, Invalid, NotFound
from app.kit import ids
from app.orders import cart, queries
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, Config, DbSession
from web.forms import quantity
from web.forms.reading import Form
from web.forms.sending import see_other
from web.templating import Show

router = APIRouter()

CART = "/keranjang"


def product_of(typed: Form) -> UUID:
    """The product a cart form names. Raises NotFound for anything that is no product's id."""
    try:
        return UUID(typed.text("produk"))
    except ValueError as fault:
        raise NotFound("Barang itu tidak ditemukan.") from fault


@router.get("/keranjang", dependencies=[PUBLIC])
def show(session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    return pages.show("buying/cart.html", cart=queries.cart(session, visit.actor, visit.cart_token), values={})


@router.post("/keranjang", dependencies=[PUBLIC])
def add(begin: Begin, settings: Config, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Put a product in; a browser without a cart gets one with its first product."""
    token = visit.cart_token or (None if visit.visitor else ids.token())
    try:
        with begin() as session:
            cart.add(session, visit.actor, token, product_of(typed), quantity.wanted(typed))
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, typed, refusal)
    answer = see_other(redirects.with_notice(CART, "keranjang-ditambah"))
    if token and token != visit.cart_token:
        cookies.write(answer, settings, cookies.CART, token, max_age=cookies.CART_AGE)
    return answer


@router.post("/keranjang/ubah", dependencies=[PUBLIC])
def change(begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Another quantity for one line; 0 takes it out, and so does the button "Hapus"."""
    try:
        with begin() as session:
            if typed.checked("hapus"):
                cart.remove(session, visit.actor, visit.cart_token, product_of(typed))
            else:
                cart.set_quantity(session, visit.actor, visit.cart_token, product_of(typed), quantity.changed(typed))
    except NotFound:
        raise
    except DomainError as refusal:
        return refused(begin, pages, visit, typed, refusal)
    return see_other(redirects.with_notice(CART, "keranjang-diubah"))


def refused(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, refusal: DomainError) -> Response:
    """The cart as it is, with the sentence beside the line it is about and the number as it was typed."""
    errors = refusal.errors if isinstance(refusal, Invalid) else (FieldError("jumlah", refusal.code, refusal.sentence),)
    product = typed.text("produk")
    beside = tuple(FieldError(f"jumlah-{product}", error.code, error.message) for error in errors)
    with begin() as session:
        view = queries.cart(session, visit.actor, visit.cart_token)
    status = 422 if isinstance(refusal, Invalid) else 409
    values = {"produk": product, "jumlah": typed.values.get("jumlah", "")}
    return pages.refuse("buying/cart.html", (*errors, *beside), status=status, cart=view, values=values)
