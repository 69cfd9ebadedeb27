"""The rehearsal gateway's own page: what a buyer sees instead of a real payment page. Not in production."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.errors import NotFound
from app.payments.providers import sandbox
from web.deps import PUBLIC, Begin, Config
from web.forms.reading import Form
from web.forms.sending import see_other
from web.templating import Show

router = APIRouter()


@router.get("/bayar-uji/{ref}", dependencies=[PUBLIC])
def show(begin: Begin, settings: Config, pages: Show, ref: str) -> Response:
    if not settings.sandbox_enabled:
        raise NotFound
    with begin() as session:
        charge = sandbox.charge_view(session, ref)
    return pages.show("buying/sandbox.html", charge=charge, outcomes=sandbox.OUTCOMES)


@router.post("/bayar-uji/{ref}", dependencies=[PUBLIC])
def press(begin: Begin, settings: Config, ref: str, typed: Form) -> Response:
    """One press of a button: the gateway tells the shop by webhook over HTTP, then sends the buyer back."""
    if not settings.sandbox_enabled:
        raise NotFound
    return see_other(sandbox.press(begin, ref, typed.text("outcome")))
