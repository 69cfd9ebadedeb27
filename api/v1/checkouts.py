"""Buying: one call places the orders of all shops, reserves the stock and opens the payments."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api import answers, asking, repeats
from api.deps import PUBLIC, Begin, Caller, DbSession
from api.v1.schemas.checkouts import Checkout, CheckoutIn, in_body_words
from app.actor import Actor
from app.db import Session, Transactions
from app.errors import DomainError, Invalid
from app.idempotency.keys import Answer
from app.orders import placing
from app.orders import queries as orders
from app.payments import checkout
from app.payments import queries as payments
from app.payments.models import GATEWAYS

router = APIRouter(prefix="/checkouts", tags=["checkouts"])

LONGEST_KEY = 64
OPENED = "opened"


@router.post("", status_code=201, response_model=Checkout, dependencies=[PUBLIC])
def place_checkout(
    request: Request, begin: Begin, caller: Caller, given: CheckoutIn, key: repeats.Key = None
) -> Response:
    """Place a checkout, with or without an account. All stock is reserved or nothing is: too little is 409 `stock_too_low` naming
    the `items`. Where a gateway collects, `redirect_url` is where the buyer pays; a gateway that does not answer now is asked again
    when the call is repeated with its key."""
    found = once(begin, request, caller, key, given, lambda session: placed(session, caller, given))
    if given.payment_method in GATEWAYS and opened(begin, found.number, found.key):
        found = once(
            begin, request, caller, key, given, lambda session: state(session, found.number, found.key), step=OPENED
        )
    return answers.tagged(
        request, found, status=201, cache=answers.PRIVATE, location=f"{request.url.path}/{found.number}"
    )


@router.get("/{number}", response_model=Checkout, dependencies=[PUBLIC])
def show_checkout(
    request: Request,
    session: DbSession,
    caller: Caller,
    number: asking.Number,
    key: Annotated[str | None, Query(max_length=LONGEST_KEY)] = None,
) -> Response:
    """A checkout as it stands now, for whoever holds its key or placed it while signed in."""
    group = orders.group(session, number, actor=caller, key=key)
    found = Checkout.of(group, payments.for_group(session, group.id))
    return answers.tagged(request, found, cache=answers.PRIVATE)


def once(
    begin: Transactions,
    request: Request,
    caller: Actor,
    key: str | None,
    given: CheckoutIn,
    work: Callable[[Session], Checkout],
    *,
    step: str = "",
) -> Checkout:
    """`repeats.once` for checkouts: only what is to be kept is made JSON, and read again from it."""
    if key is None:
        with begin() as session:
            return work(session)
    answer = repeats.once(
        begin,
        request,
        caller,
        key,
        given,
        lambda session: Answer(201, work(session).model_dump(mode="json")),
        step=step,
    )
    return Checkout.model_validate(answer.body)


def placed(session: Session, caller: Actor, given: CheckoutIn) -> Checkout:
    try:
        with placing.being_placed(session, caller, given.draft()) as new:
            made = checkout.prepare_with(session, new)
            return Checkout.of(new.view, payments.of_new(made, new.orders))
    except Invalid as refusal:
        raise in_body_words(refusal) from refusal


def state(session: Session, number: str, secret: str) -> Checkout:
    group = orders.group(session, number, key=secret)
    return Checkout.of(group, payments.for_group(session, group.id))


def opened(begin: Transactions, number: str, secret: str) -> bool:
    """Open the charges of a placed checkout at their gateways. False when there is none to open, or not now: the orders stand
    all the same, and what was answered so far is true."""
    with begin() as session:
        found = payments.for_group(session, orders.group(session, number, key=secret).id)
    try:
        for payment in found:
            if payment.payable:
                checkout.start(begin, payment.id)
    except DomainError:
        return False
    return any(payment.by_gateway for payment in found)
