"""The photos of a product: sent after the text is safe, one made the first, taken off again."""

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from app.actor import Actor
from app.catalogue import photos, shelves
from app.catalogue.errors import TooManyPhotos
from app.catalogue.models import MOST_PHOTOS
from app.db import Session, Transactions
from app.errors import DomainError, FieldError, Invalid, NotFound
from app.media import images
from web import problems, redirects
from web.deps import SIGNED_IN, AnyVisit, Begin, DbSession, Visit
from web.forms.goods import in_form_words
from web.forms.reading import Form, Typed
from web.pages.selling import desk as desks
from web.pages.selling.answers import act, errors_of, form_page
from web.pages.selling.products import path
from web.templating import Pages, Show

router = APIRouter()

TEMPLATE = "selling/photos.html"
FIELD = "foto"


@router.get("/jual/produk/{product_id}/foto", dependencies=[SIGNED_IN])
def show(session: DbSession, pages: Show, visit: AnyVisit, product_id: UUID) -> Response:
    return page(session, pages, visit, product_id)


def page(
    session: Session,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    errors: tuple[FieldError, ...] = (),
    status: int = 200,
) -> Response:
    product = shelves.for_edit(session, visit.actor, product_id)
    desk = desks.of_shop(session, visit, product.shop_id)
    return form_page(pages, TEMPLATE, in_form_words(errors), status, desk=desk, product=product, most=MOST_PHOTOS)


@router.post("/jual/produk/{product_id}/foto", dependencies=[SIGNED_IN])
def send(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, typed: Form) -> Response:
    """One or several photos, all of them or none. They are looked at and stored first: no transaction waits for that."""

    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, visit, product_id, errors, status)

    with begin() as session:
        present = len(shelves.for_edit(session, visit.actor, product_id).photos)
    try:
        kept = [photos.keep(photo) for photo in checked_photos(typed, room=MOST_PHOTOS - present)]
    except DomainError as refusal:
        return again(errors_of(refusal), problems.status_of(refusal))

    def work(session: Session) -> str:
        product = shelves.for_edit(session, visit.actor, product_id)
        actor = desks.of_shop(session, visit, product.shop_id).actor
        for one in kept:
            photos.attach_kept(session, actor, product_id, one)
        return redirects.with_notice(f"{path(product_id)}/foto", "foto-tersimpan")

    return act(begin, visit, typed, f"foto-kirim:{product_id}", work, again)


def checked_photos(typed: Typed, *, room: int) -> list[images.Photo]:
    """Raises Invalid beside `photo` when nothing was chosen, one of the files is no photo, or there is no room for all."""
    sent = [upload for upload in typed.uploads.get(FIELD, []) if upload.data]
    if not sent:
        raise Invalid.one("photo", "Pilih dahulu fotonya, atau tekan Lewati bila belum ada.", "missing")
    if len(sent) > room:
        raise TooManyPhotos
    return [images.check_photo(upload.data) for upload in sent]


@router.post("/jual/produk/{product_id}/foto/{photo_id}/utama", dependencies=[SIGNED_IN])
def make_first(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, photo_id: UUID, typed: Form) -> Response:
    def work(session: Session) -> str:
        photos.make_first(session, acting(session, visit, product_id, photo_id), product_id, photo_id)
        return redirects.with_notice(f"{path(product_id)}/foto", "foto-utama")

    return change(begin, pages, visit, product_id, typed, f"foto-utama:{photo_id}", work)


@router.post("/jual/produk/{product_id}/foto/{photo_id}/hapus", dependencies=[SIGNED_IN])
def remove(begin: Begin, pages: Show, visit: AnyVisit, product_id: UUID, photo_id: UUID, typed: Form) -> Response:
    def work(session: Session) -> str:
        photos.remove(session, acting(session, visit, product_id, photo_id), product_id, photo_id)
        return redirects.with_notice(f"{path(product_id)}/foto", "foto-dihapus")

    return change(begin, pages, visit, product_id, typed, f"foto-hapus:{photo_id}", work)


def acting(session: Session, visit: Visit, product_id: UUID, photo_id: UUID) -> Actor:
    """Who acts, once it is sure that the photo is one of this product. Raises NotFound."""
    product = shelves.for_edit(session, visit.actor, product_id)
    if photo_id not in {photo.id for photo in product.photos}:
        raise NotFound
    return desks.of_shop(session, visit, product.shop_id).actor


def change(
    begin: Transactions,
    pages: Pages,
    visit: Visit,
    product_id: UUID,
    typed: Typed,
    name: str,
    work: Callable[[Session], str],
) -> Response:
    def again(errors: tuple[FieldError, ...], status: int) -> Response:
        with begin() as session:
            return page(session, pages, visit, product_id, errors, status)

    return act(begin, visit, typed, name, work, again)
