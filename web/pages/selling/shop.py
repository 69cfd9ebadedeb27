"""The shop's settings, and its holidays."""

from collections.abc import Callable

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import shops
from app.catalogue.shelves import OwnShop
from app.db import Session, Transactions
from app.errors import FieldError, NotFound
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import shop_settings as form
from web.forms.amounts import version_of
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.templating import Pages, Show

router = APIRouter()

SHOP = "/jual/toko"


@router.get(SHOP, dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, usaha: str = "") -> Response:
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    return page(pages, desk, desk.shop)


def page(
    pages: Pages,
    desk: Desk,
    shop: OwnShop,
    values: dict[str, object] | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    return form_page(
        pages,
        "selling/shop.html",
        form.in_form_words(errors),
        status,
        desk=desk,
        shop=shop,
        values=values or form.stored_values(shop),
    )


@router.post(SHOP, dependencies=[SIGNED_IN])
def save(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        shops.set_up(session, desk.actor, shop.id, form.draft_of(typed), expected_version=version_of(typed))

    return do(begin, pages, visit, usaha, typed, "toko", work, "tersimpan", form.typed_values(typed))


@router.post("/jual/toko/jeda", dependencies=[SIGNED_IN])
def pause(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        shops.pause(session, desk.actor, shop.id)

    return do(begin, pages, visit, usaha, typed, "toko-jeda", work, "toko-dijeda")


@router.post("/jual/toko/buka", dependencies=[SIGNED_IN])
def reopen(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    def work(session: Session, desk: Desk, shop: OwnShop) -> None:
        shops.reopen(session, desk.actor, shop.id)

    return do(begin, pages, visit, usaha, typed, "toko-buka", work, "toko-dibuka-lagi")


def do(
    begin: Transactions,
    pages: Pages,
    visit: Visit,
    number: str,
    typed: Typed,
    name: str,
    work: Callable[[Session, Desk, OwnShop], None],
    notice: str,
    values: dict[str, object] | None = None,
) -> Response:
    """One change of the shop; refused, its page says why."""

    def run(session: Session) -> str:
        desk, shop = with_shop(session, visit, number)
        work(session, desk, shop)
        return redirects.with_notice(desk.path(SHOP), notice)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(pages, *with_shop(session, visit, number), values, errors, status)

    return act(begin, visit, typed, f"{name}:{number}", run, again)


def with_shop(session: Session, visit: Visit, number: str) -> tuple[Desk, OwnShop]:
    """The desk and its shop. Raises NotFound when there is nothing to sell from."""
    desk = desks.found(session, visit, number)
    if desk is None or desk.shop is None:
        raise NotFound
    return desk, desk.shop
