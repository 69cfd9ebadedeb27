"""Goods: public ones for anybody; listing, changing and photographing them for who sells them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, File, Request, UploadFile
from fastapi.responses import Response

from api import answers, asking, repeats
from api.deps import PUBLIC, SIGNED_IN, Begin, Caller, Config, DbSession
from api.v1.schemas.products import Product, ProductChange, ProductIn, Products
from app.actor import Actor
from app.catalogue import editing, listing, photos, shelves, shops
from app.catalogue.listing import Goods
from app.config import Settings
from app.db import Session, Transactions
from app.idempotency.keys import Answer
from app.media import images
from app.media.images import Photo

router = APIRouter(prefix="/products", tags=["products"])


@router.get("", dependencies=[PUBLIC])
def list_products(
    session: DbSession,
    settings: Config,
    caller: Caller,
    category: asking.Code = None,
    district: asking.Code = None,
    business: asking.Code = None,
    mine: bool = False,
    cursor: asking.Cursor = None,
    limit: asking.Limit = asking.USUAL_PAGE,
) -> Products:
    """What is on sale now, newest first; of a category and its children, a district, a business by its number. With `mine`
    everything of the caller's own shops instead, on sale or not."""
    if mine:
        page = listing.of_seller(session, caller, cursor=cursor, limit=limit)
    else:
        page = listing.on_sale(
            session, caller, category=category, district=district, business=business, cursor=cursor, limit=limit
        )
    return Products(items=[Product.of(goods, settings.base_url) for goods in page.items], next=page.next)


@router.get("/{slug}", response_model=Product, dependencies=[PUBLIC])
def show_product(request: Request, session: DbSession, settings: Config, caller: Caller, slug: asking.Name) -> Response:
    """One product. Its seller also sees it before and after it is on sale, with what is there and what is promised."""
    return answered(request, settings, caller, listing.by_slug(session, caller, slug))


@router.post("", status_code=201, response_model=Product, dependencies=[SIGNED_IN])
def list_product(
    request: Request, begin: Begin, settings: Config, caller: Caller, given: ProductIn, key: repeats.Key = None
) -> Response:
    """List a product. In a trusted shop it is on sale at once, elsewhere it is `pending` until the office has looked at it. A
    registered business without a shop opens it so."""
    checked = [images.check_photo(data) for data in given.photo_files()]

    def work(session: Session) -> Answer:
        shop_id = shops.shop_to_list_in(session, caller, given.business)
        return Answer(201, {"id": str(editing.add(session, caller, shop_id, given.draft()).id)})

    answer = repeats.once(begin, request, caller, key, given, work)
    product_id = UUID(str(answer.body["id"]))
    if not answer.replayed:
        attach(begin, caller, product_id, checked)
    return shown(request, begin, settings, caller, product_id, status=201)


@router.patch("/{product_id}", response_model=Product, dependencies=[SIGNED_IN])
def change_product(
    request: Request,
    begin: Begin,
    settings: Config,
    caller: Caller,
    product_id: UUID,
    given: ProductChange,
    if_match: answers.IfMatch = None,
) -> Response:
    """Change what is given, against the state whose ETag is in `If-Match`. Orders already placed keep their price."""
    with begin() as session:
        present = shelves.for_edit(session, caller, product_id)
        answers.require_match(if_match, present.version)
        editing.change(session, caller, product_id, given.draft(), expected_version=present.version)
    return shown(request, begin, settings, caller, product_id)


@router.post("/{product_id}/photos", status_code=201, response_model=Product, dependencies=[SIGNED_IN])
def add_photo(
    request: Request,
    begin: Begin,
    settings: Config,
    caller: Caller,
    product_id: UUID,
    photo: Annotated[UploadFile, File(description="JPEG, PNG, WebP or AVIF, at most 12 MB")],
) -> Response:
    """Add a photo as the last one. It is drawn again from its pixels: place and camera do not travel with it."""
    with begin() as session:
        shelves.for_edit(session, caller, product_id)
    attach(begin, caller, product_id, [images.check_photo(photo.file.read(images.MOST_BYTES + 1))])
    return shown(request, begin, settings, caller, product_id, status=201)


@router.delete("/{product_id}/photos/{photo_id}", status_code=204, dependencies=[SIGNED_IN])
def remove_photo(session: DbSession, caller: Caller, product_id: UUID, photo_id: UUID) -> Response:
    """Take a photo off."""
    photos.remove(session, caller, product_id, photo_id)
    return Response(status_code=204)


def attach(begin: Transactions, caller: Actor, product_id: UUID, checked: Sequence[Photo]) -> None:
    """The text is saved first, the photos follow: their files are written while no transaction is open."""
    for photo in checked:
        kept = photos.keep(photo)
        with begin() as session:
            photos.attach_kept(session, caller, product_id, kept)


def shown(
    request: Request, begin: Transactions, settings: Settings, caller: Actor, product_id: UUID, *, status: int = 200
) -> Response:
    """The product as it stands after a call."""
    with begin() as session:
        goods = listing.by_id(session, caller, product_id)
    return answered(request, settings, caller, goods, status=status)


def answered(request: Request, settings: Settings, caller: Actor, goods: Goods, *, status: int = 200) -> Response:
    return answers.tagged(
        request,
        Product.of(goods, settings.base_url),
        version=goods.version,
        status=status,
        cache=answers.PRIVATE if caller.signed_in else None,
        location=request.url_for("show_product", slug=goods.slug).path if status == 201 else None,
    )
