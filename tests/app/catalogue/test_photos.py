"""Pictures of goods: stored in a few sizes before the row, shown in the seller's order, seen by whom they may be seen."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from sqlmodel import Session, func, select

from app.actor import GUEST
from app.audit import queries as audit
from app.catalogue import photos, publishing, queries, shelves
from app.catalogue.errors import TooManyPhotos
from app.catalogue.events import PictureRemoved
from app.catalogue.models import MOST_PHOTOS, Product, ProductPhoto
from app.catalogue.photos import Kept
from app.errors import NotFound, Unavailable
from app.kit import ids
from app.media import images, store
from app.outbox.models import OutboxEvent
from tests.app.media import pictures
from tests.conftest import Database
from tests.factories import accounts
from tests.factories import orders as make


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(store, "_location", None)
    store.open_at(str(tmp_path / "media"))
    return tmp_path / "media"


def kept() -> Kept:
    """A picture whose files do not matter here."""
    return Kept(ids.uuid7(), 800, 600)


def order_of(session: Session, product: UUID) -> list[UUID]:
    session.flush()
    return [picture.id for picture in queries.photos_of(session, product)]


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(ProductPhoto)).one()


def test_a_photo_is_stored_in_its_sizes_without_what_the_telephone_hid_in_it(session: Session, folder: Path) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    version = session.get_one(Product, product).version
    made = photos.attach_kept(session, seller.actor, product, photos.keep(images.check_photo(pictures.with_place())))
    assert (made.position, made.width, made.height) == (0, 800, 600)
    names = sorted(path.name for path in (folder / "photo" / str(made.id)).iterdir())
    assert "360.webp" in names
    for name in names:
        data = store.get(photos.key_of(made.id, name))
        assert pictures.CAMERA.encode() not in data
        assert b"Exif" not in data
    assert queries.cards(session, [product])[0].photo_id == made.id
    assert session.get_one(Product, product).version == version + 1
    assert audit.of_subject(session, "product", product)[0].action == "product.photo_added"


def test_a_store_that_is_gone_leaves_no_row_without_files(
    session: Session, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)

    def fail(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(store, "put", fail)
    with pytest.raises(Unavailable):
        photos.attach_kept(session, seller.actor, product, photos.keep(images.check_photo(pictures.drawn())))
    assert (count(session), order_of(session, product)) == (0, [])


def test_the_first_picture_is_the_one_the_seller_chose(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    a, b, c = (photos.attach_kept(session, seller.actor, product, kept()).id for _ in range(3))
    assert order_of(session, product) == [a, b, c]
    photos.make_first(session, seller.actor, product, c)
    assert order_of(session, product) == [c, a, b]
    assert queries.cards(session, [product])[0].photo_id == c
    photos.remove(session, seller.actor, product, c)
    assert order_of(session, product) == [a, b]
    d = photos.attach_kept(session, seller.actor, product, kept()).id
    assert order_of(session, product) == [a, b, d]


def test_eight_pictures_are_enough(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    for _ in range(MOST_PHOTOS):
        photos.attach_kept(session, seller.actor, product, kept())
    with pytest.raises(TooManyPhotos):
        photos.attach_kept(session, seller.actor, product, kept())
    assert count(session) == 8


def test_one_picture_of_two_products_is_taken_off_each_alone(session: Session) -> None:
    seller = make.seller(session)
    one, other = make.product(session, seller), make.product(session, seller)
    picture = kept()
    for product in (one, other):
        photos.attach_kept(session, seller.actor, product, picture)
    photos.remove(session, seller.actor, one, picture.id)
    assert (order_of(session, one), order_of(session, other)) == ([], [picture.id])
    assert queries.photo_is_public(session, picture.id)


def test_pictures_of_foreign_goods_are_missing(session: Session) -> None:
    seller, rival = make.seller(session), make.seller(session)
    product, theirs = make.product(session, seller), make.product(session, rival)
    photo = photos.attach_kept(session, seller.actor, product, kept()).id
    strangers = (rival.actor, GUEST, accounts.staff(session, "administrator"))
    for actor in strangers:
        with pytest.raises(NotFound):
            photos.attach_kept(session, actor, product, kept())
        for act in (photos.remove, photos.make_first):
            with pytest.raises(NotFound):
                act(session, actor, product, photo)
    for act in (photos.remove, photos.make_first):
        for product_id, photo_id in ((theirs, photo), (theirs, ids.uuid7())):
            with pytest.raises(NotFound):
                act(session, rival.actor, product_id, photo_id)
    assert order_of(session, product) == [photo]


def test_a_picture_not_yet_on_sale_is_seen_by_its_seller_and_the_office_alone(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    photo = photos.attach_kept(session, seller.actor, product, kept()).id
    assert queries.photo_is_public(session, photo)
    publishing.hide(session, seller.actor, product)
    assert not queries.photo_is_public(session, photo)
    for actor, sees in (
        (seller.actor, True),
        (accounts.staff(session, "verifier"), True),
        (accounts.staff(session, "facilitator", district_code="64.08.04"), True),
        (make.seller(session).actor, False),
        (accounts.staff(session, "analyst"), False),
        (GUEST, False),
    ):
        assert shelves.may_see_photo(session, actor, photo) is sees
        assert shelves.may_see_photo(session, actor, ids.uuid7()) is False
    assert not queries.photo_is_public(session, ids.uuid7())


def test_the_files_of_a_picture_go_when_the_last_product_took_it_off(database: Database, folder: Path) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        one, other = make.product(session, seller), make.product(session, seller)
        picture = photos.keep(images.check_photo(pictures.drawn()))
        neighbour = photos.keep(images.check_photo(pictures.drawn((400, 300))))
        for product in (one, other):
            photos.attach_kept(session, seller.actor, product, picture)
    lying = sorted(path.name for path in (folder / "photo" / str(picture.id)).iterdir())
    assert set(lying) <= set(photos.FILES)
    with database.begin() as session:
        photos.remove(session, seller.actor, one, picture.id)
    photos.on_picture_removed(database.begin, PictureRemoved(picture.id))
    assert all(store.exists(photos.key_of(picture.id, name)) for name in lying), "the other product still shows it"
    with database.begin() as session:
        photos.remove(session, seller.actor, other, picture.id)
        removed = session.exec(select(OutboxEvent.payload).where(OutboxEvent.kind == "PictureRemoved")).all()
    assert removed == [{"photo_id": str(picture.id)}] * 2
    for _ in range(2):
        photos.on_picture_removed(database.begin, PictureRemoved(picture.id))
    assert not any(store.exists(photos.key_of(picture.id, name)) for name in lying)
    assert store.exists(photos.key_of(neighbour.id, "360.webp"))
