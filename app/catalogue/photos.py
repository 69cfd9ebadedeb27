"""Pictures of goods: checked by content, stripped of what a phone hides in them, stored in a few sizes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.actor import Actor
from app.catalogue.access import product_to_edit
from app.catalogue.editing import changed
from app.catalogue.errors import TooManyPhotos
from app.catalogue.events import PictureRemoved
from app.catalogue.models import MOST_PHOTOS, Product, ProductPhoto
from app.db import Transactions
from app.errors import NotFound
from app.kit import clock
from app.kit.ids import uuid7
from app.media import images, store
from app.media.images import Photo
from app.outbox import publish

FILES = ("preview.jpg", *(f"{width}.{kind}" for width in images.WIDTHS for kind in ("jpg", "webp", "avif")))
"""Every file a picture may have; a small one has fewer."""


@dataclass(frozen=True)
class Kept:
    """A picture whose files lie in the store, not yet shown with any product."""

    id: UUID
    width: int
    height: int


def attach_kept(session: Session, actor: Actor, product_id: UUID, kept: Kept) -> ProductPhoto:
    """Show a kept picture with this product as its last one; other products may show it, too. Raises NotFound, TooManyPhotos."""
    product, position = with_room(session, actor, product_id)
    made = ProductPhoto(
        id=kept.id,
        product_id=product.id,
        position=position,
        width=kept.width,
        height=kept.height,
        created_at=clock.now(),
    )
    session.add(made)
    changed(session, actor, product, "product.photo_added")
    return made


def keep(photo: Photo, photo_id: UUID | None = None) -> Kept:
    """Write a checked photo's (`images.check_photo`) sizes into the store, under a new id or this one that nobody else knows yet,
    and before a row that names it is committed: a crash leaves files without a row, never a row without files. Raises
    Unavailable."""
    kept = Kept(photo_id or uuid7(), photo.width, photo.height)
    for name, data in images.renditions(photo).items():
        store.put(key_of(kept.id, name), data)
    return kept


def with_room(session: Session, actor: Actor, product_id: UUID) -> tuple[Product, int]:
    """The product, and the position of its next picture. Raises NotFound, TooManyPhotos."""
    product = product_to_edit(session, actor, product_id)
    count, last = session.exec(
        select(func.count(), func.coalesce(func.max(ProductPhoto.position), -1)).where(
            ProductPhoto.product_id == product_id
        )
    ).one()
    if count >= MOST_PHOTOS:
        raise TooManyPhotos
    return product, last + 1


def remove(session: Session, actor: Actor, product_id: UUID, photo_id: UUID) -> None:
    """Take a picture off. Raises NotFound. Its files follow when no product shows it any more, by the worker's hand."""
    product = product_to_edit(session, actor, product_id)
    session.delete(photo_of(session, product, photo_id))
    changed(session, actor, product, "product.photo_removed")
    publish.announce(session, PictureRemoved(photo_id))


def on_picture_removed(begin: Transactions, event: PictureRemoved) -> None:
    """Delete the files of a picture no product shows. Repeating does nothing. Raises Unavailable: then the worker comes again."""
    with begin() as session:
        shown = session.exec(select(ProductPhoto.product_id).where(ProductPhoto.id == event.photo_id)).first()
    if shown is None:
        for name in FILES:
            store.delete(key_of(event.photo_id, name))


def make_first(session: Session, actor: Actor, product_id: UUID, photo_id: UUID) -> None:
    """The picture shown in lists. Raises NotFound."""
    product = product_to_edit(session, actor, product_id)
    chosen = photo_of(session, product, photo_id)
    others = session.exec(
        select(ProductPhoto).where(ProductPhoto.product_id == product_id).order_by(col(ProductPhoto.position))
    ).all()
    chosen.position = 0
    for position, photo in enumerate([photo for photo in others if photo.id != photo_id], start=1):
        photo.position = position
    changed(session, actor, product, "product.photo_ordered")


def photo_of(session: Session, product: Product, photo_id: UUID) -> ProductPhoto:
    found = session.get(ProductPhoto, (photo_id, product.id))
    if found is None:
        raise NotFound("Foto itu tidak ditemukan.")
    return found


def key_of(photo_id: UUID, rendition: str) -> str:
    """Where one size lies in the store: `photo/<id>/360.webp`."""
    return f"photo/{photo_id}/{rendition}"
