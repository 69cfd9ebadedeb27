"""From cart to order: one page, no account needed."""

from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.db import Session
from app.errors import DomainError, Invalid, TooMany, Unavailable
from app.orders import placing, queries, quoting
from app.payments import checkout
from app.payments import queries as payments
from app.payments.models import GATEWAYS
from web import cookies, redirects
from web.deps import PUBLIC, AnyVisit, Begin, DbSession, Visit
from web.forms import checkout as form
from web.forms import sending
from web.forms.reading import Form
from web.pages.buying import choices
from web.pages.buying.destinations import offered
from web.pages.buying.links import order_path
from web.problems import status_of
from web.templating import Pages, Show

router = APIRouter()

TEMPLATE = "buying/checkout.html"


@router.get("/checkout", dependencies=[PUBLIC])
def show(request: Request, session: DbSession, pages: Show, visit: AnyVisit) -> Response:
    """The form, with the totals of the way to receive named in the address; without one, of the delivery to where this visitor
    has goods sent, as far as every shop of the cart goes there, else of pick-up."""
    values = {name: request.query_params.get(name, "") for name in form.FIELDS}
    if visit.visitor is not None:
        values["nama"] = values["nama"] or visit.visitor.name
    presumed = visit.destination is not None and not values["tujuan"] and not values["cara_terima"]
    if visit.destination is not None and presumed:
        values |= {"tujuan": visit.destination.code, "cara_terima": form.way_to(visit.destination)}
    return filled(session, pages, visit, values, presumed=presumed)


@router.post("/checkout", dependencies=[PUBLIC])
def place(request: Request, begin: Begin, pages: Show, visit: AnyVisit, typed: Form) -> Response:
    """Place the order; or, with the button "Hitung ongkos", show the totals of what was chosen."""
    values = form.values_of(typed)
    if typed.text("langkah") == "hitung":
        with begin() as session:
            return filled(session, pages, visit, values)
    try:
        location = sending.address(begin, visit, typed, "checkout", lambda session: placed(session, visit, typed))
    except DomainError as refusal:
        return refused(begin, pages, visit, values, refusal)
    number, _, group_id = location.partition(" ")
    key = queries.key_of(UUID(group_id))
    page = gateway_page(begin, UUID(group_id)) if typed.text("cara_bayar") in GATEWAYS else None
    answer = sending.see_other(page or redirects.with_notice(order_path(number, key), "pesanan-tercatat"))
    cookies.remember_order(request, answer, number, key)
    return answer


def placed(session: Session, visit: Visit, typed: Form) -> str:
    """Number and id of the new checkout: what a repeated press is answered from. Its key is derived anew, never stored."""
    items = queries.cart_items(session, visit.actor, visit.cart_token)
    with placing.being_placed(session, visit.actor, form.draft_of(typed, items, visit.cart_token)) as new:
        checkout.prepare_with(session, new)
        return f"{new.group.number} {new.group.id}"


def gateway_page(begin: Begin, group_id: UUID) -> str | None:
    """Where the buyer pays next. None when there is nowhere to go now: the order is already placed, and a gateway that does not
    answer can be tried again from its page."""
    with begin() as session:
        due = payments.awaiting_redirect(session, group_id)
    for payment_id in due:
        try:
            started = checkout.start(begin, payment_id)
        except Unavailable:
            return None
        if started.redirect_url:
            return started.redirect_url
    return None


def filled(
    session: Session,
    pages: Pages,
    visit: Visit,
    values: dict[str, str],
    errors: Invalid | None = None,
    *,
    status: int = 200,
    presumed: bool = False,
) -> Response:
    quote = quoting.of_cart(
        session, visit.actor, visit.cart_token, method=form.method_of(values), region_code=form.region_of(values)
    )
    if presumed and quote.delivery_problems:
        return filled(session, pages, visit, {**values, "cara_terima": form.PICKUP})
    destinations = offered(session, [shop.shop_id for shop in quote.shops])
    methods = choices.payments(quote)
    open_methods = [method for method, _, _, why_not in methods if not why_not]
    if len(open_methods) == 1 and not values["cara_bayar"]:
        values = {**values, "cara_bayar": open_methods[0]}
    context = {
        "quote": quote,
        "destinations": destinations,
        "values": values,
        "method": form.method_of(values),
        "ways": choices.ways(quote, destinations),
        "payments": methods,
        "pick_up": choices.pick_up_places(quote),
    }
    if errors is not None:
        return pages.refuse(TEMPLATE, form.in_form_words(errors.errors), status=status, **context)
    return pages.show(TEMPLATE, status=status, **context)


def refused(begin: Begin, pages: Pages, visit: Visit, values: dict[str, str], refusal: DomainError) -> Response:
    """The same page with the typing kept; what is not about one field stands above the button."""
    invalid = refusal if isinstance(refusal, Invalid) else Invalid.one("keranjang", refusal.sentence, refusal.code)
    with begin() as session:
        answer = filled(session, pages, visit, values, invalid, status=status_of(refusal))
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer
