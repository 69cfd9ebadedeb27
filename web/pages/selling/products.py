"""The goods of a shop: the list, a new one in four fields, what is on the shelf."""

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.catalogue import editing, shelves, stock
from app.db import Session
from app.errors import FieldError, NotFound
from web import redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms import goods as form
from web.forms.reading import Form
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, form_page
from web.pages.selling.desk import Desk
from web.templating import Pages, Show

router = APIRouter()

GOODS = "/jual/produk"
STATUSES = ("published", "pending", "hidden", "archived")
LONGEST_SEARCH = 100
LAST_PAGE = 10_000


def path(product_id: UUID) -> str:
    return f"{GOODS}/{product_id}"


@router.get(GOODS, dependencies=[SIGNED_IN])
def listing(
    session: DbSession,
    pages: Show,
    visit: AnyVisit,
    usaha: str = "",
    q: str = "",
    status: str = "",
    halaman: int = 1,
) -> Response:
    """The goods, last changed first; narrowed by words and by state."""
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    words, state = q.replace("\0", "")[:LONGEST_SEARCH], status if status in STATUSES else ""
    number = min(max(1, halaman), LAST_PAGE)
    found, total = shelves.products(session, desk.actor, desk.shop.id, status=state or None, q=words, page=number)
    return pages.show(
        "selling/products.html",
        desk=desk,
        products=found,
        total=total,
        q=words,
        state_chosen=state,
        page_number=number,
        page_count=-(-total // shelves.MOST_A_PAGE),
    )


@router.get("/jual/produk/baru", dependencies=[SIGNED_IN])
def new_form(session: DbSession, pages: Show, visit: AnyVisit, usaha: str = "") -> Response:
    desk = desks.found(session, visit, usaha)
    if desk is None or desk.shop is None:
        return pages.show("selling/no_shop.html", desk=desk)
    return new_page(pages, desk, {})


@router.post("/jual/produk/baru", dependencies=[SIGNED_IN])
def add(begin: Begin, pages: Show, visit: AnyVisit, typed: Form, usaha: str = "") -> Response:
    """The text is saved at once; the photo follows on the next page, on whatever line there is then."""

    def work(session: Session) -> str:
        desk = selling_desk(session, visit, usaha)
        assert desk.shop is not None  # noqa: S101 - selling_desk says so
        draft, reading = form.new_draft(typed)
        faults = form.faults_of(draft, new=True)
        reading.refuse(*faults)
        made = editing.add(session, desk.actor, desk.shop.id, draft)
        return redirects.with_notice(f"{path(made.id)}/foto", "produk-tersimpan")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            desk = selling_desk(session, visit, usaha)
            return new_page(pages, desk, form.typed_values(typed, form.NEW), errors, status)

    return act(begin, visit, typed, "produk-baru", work, again)


def selling_desk(session: Session, visit: Visit, number: str) -> Desk:
    """The desk with a shop. Raises NotFound when there is nothing to sell from."""
    desk = desks.found(session, visit, number)
    if desk is None or desk.shop is None:
        raise NotFound
    return desk


def new_page(
    pages: Pages, desk: Desk, values: dict[str, str], errors: tuple[FieldError, ...] = (), status: int = 200
) -> Response:
    return form_page(
        pages,
        "selling/new_product.html",
        form.in_form_words(errors),
        status,
        desk=desk,
        values=values,
        categories=form.category_choices(),
    )


@router.get("/jual/produk/{product_id}/stok", dependencies=[SIGNED_IN])
def stock_form(session: DbSession, pages: Show, visit: AnyVisit, product_id: UUID, kembali: str = "") -> Response:
    return stock_page(session, pages, visit, product_id, {}, redirects.own_path(kembali, GOODS))


@router.post("/jual/produk/{product_id}/stok", dependencies=[SIGNED_IN])
def restock(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    """The seller counted the shelf; the page one came from follows."""
    back = redirects.own_path(typed.text("kembali"), GOODS)

    def work(session: Session) -> str:
        product = shelves.for_edit(session, visit.actor, product_id)
        desk = desks.of_shop(session, visit, product.shop_id)
        stock.set_on_hand(session, desk.actor, product_id, form.shelf_count(typed))
        return redirects.with_notice(back, "stok-diubah")

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return stock_page(
                session, pages, visit, product_id, form.typed_values(typed, ("stok",)), back, errors, status
            )

    return act(begin, visit, typed, f"produk-stok:{product_id}", work, again)


def stock_page(
    session: Session,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    values: dict[str, str],
    back: str,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    product = shelves.for_edit(session, visit.actor, product_id)
    return form_page(
        pages,
        "selling/stock.html",
        form.in_form_words(errors),
        status,
        desk=desks.of_shop(session, visit, product.shop_id),
        product=product,
        values=values or form.stored_values(product),
        back=back,
    )
