"""One product of the own shop: its words and price, on sale or not, its sizes."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import editing, publishing, shelves
from app.catalogue.rules import UNITS
from app.catalogue.shelves import OwnProduct
from app.db import Session
from app.errors import FieldError
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import goods as form
from web.forms.amounts import version_of
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.pages.selling.products import GOODS, path
from web.templating import Pages, Show

router = APIRouter()

Verb = Callable[[Session, Desk, OwnProduct], str]


@router.get("/jual/produk/{product_id}", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, product_id: UUID) -> Response:
    return page(session, pages, visit, product_id)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    values: dict[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    product = shelves.for_edit(session, visit.actor, product_id)
    desk = desks.of_shop(session, visit, product.shop_id)
    return form_page(
        pages,
        "selling/product.html",
        form.in_form_words(errors),
        status,
        desk=desk,
        product=product,
        sizes=shelves.siblings(session, desk.actor, product),
        values=values or form.stored_values(product),
        categories=form.category_choices(),
        units=UNITS,
    )


def do(
    begin: Begin,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    typed: Typed,
    name: str,
    verb: Verb,
    fields: bool = False,
) -> Response:
    """One verb of one product; refused, its page says why, with what was typed when it was the form."""

    def work(session: Session) -> str:
        product = shelves.for_edit(session, visit.actor, product_id)
        return verb(session, desks.of_shop(session, visit, product.shop_id), product)

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        values = form.typed_values(typed, form.CHANGE) if fields else None
        with begin() as session:
            return page(session, pages, visit, product_id, values, errors, status)

    return act(begin, visit, typed, f"{name}:{product_id}", work, again)


@router.post("/jual/produk/{product_id}", dependencies=[SIGNED_IN])
def change(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, product: OwnProduct) -> str:
        draft, reading = form.change_draft(typed, product)
        reading.refuse(*form.faults_of(draft, new=False))
        editing.change(session, desk.actor, product.id, draft, expected_version=version_of(typed))
        return redirects.with_notice(path(product.id), "tersimpan")

    return do(begin, pages, visit, product_id, typed, "produk-ubah", verb, fields=True)


@router.post("/jual/produk/{product_id}/tampilkan", dependencies=[SIGNED_IN])
def publish(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, product: OwnProduct) -> str:
        shown = publishing.publish(session, desk.actor, product.id)
        code = "produk-tayang" if shown.status == "published" else "produk-menunggu"
        return redirects.with_notice(path(product.id), code)

    return do(begin, pages, visit, product_id, typed, "produk-tampilkan", verb)


@router.post("/jual/produk/{product_id}/sembunyikan", dependencies=[SIGNED_IN])
def hide(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, product: OwnProduct) -> str:
        publishing.hide(session, desk.actor, product.id)
        return redirects.with_notice(path(product.id), "produk-disembunyikan")

    return do(begin, pages, visit, product_id, typed, "produk-sembunyikan", verb)


@router.post("/jual/produk/{product_id}/arsipkan", dependencies=[SIGNED_IN])
def archive(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    def verb(session: Session, desk: Desk, product: OwnProduct) -> str:
        publishing.archive(session, desk.actor, product.id)
        return redirects.with_notice(desk.path(GOODS), "produk-diarsipkan")

    return do(begin, pages, visit, product_id, typed, "produk-arsipkan", verb)


@router.get("/jual/produk/{product_id}/ukuran", dependencies=[SIGNED_IN])
def size_form(session: DbSession, pages: Show, visit: AnyVisit, product_id: UUID) -> Response:
    return size_page(session, pages, visit, product_id, {})


@router.post("/jual/produk/{product_id}/ukuran", dependencies=[SIGNED_IN])
def add_size(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    """Another size: a product of its own, with its own price and stock, in one group with the first."""

    def work(session: Session) -> str:
        product = shelves.for_edit(session, visit.actor, product_id)
        desk = desks.of_shop(session, visit, product.shop_id)
        draft, reading = form.size_draft(typed)
        reading.refuse(*form.size_faults(draft))
        made = editing.add_variant(session, desk.actor, product_id, draft)
        return redirects.with_notice(f"{path(made.id)}/foto", "ukuran-ditambah")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return size_page(session, pages, visit, product_id, form.typed_values(typed, form.SIZE), errors, status)

    return act(begin, visit, typed, f"produk-ukuran:{product_id}", work, again)


def size_page(
    session: Session,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    values: dict[str, str],
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    product = shelves.for_edit(session, visit.actor, product_id)
    desk = desks.of_shop(session, visit, product.shop_id)
    return form_page(
        pages,
        "selling/size.html",
        form.in_form_words(errors),
        status,
        desk=desk,
        product=product,
        sizes=shelves.siblings(session, desk.actor, product),
        values=values,
    )
