"""What buyers read: only what is on sale now, at the price of now, with nothing of a person."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import event, text
from sqlmodel import Session

from app.catalogue import editing, listing, photos, publishing, queries, shops
from app.catalogue.models import Shop
from app.catalogue.photos import Kept
from app.catalogue.queries import Card, Size
from app.catalogue.rules import ProductDraft, ShopDraft
from app.errors import Invalid, NotFound
from app.kit import clock, ids
from app.registry import verification
from tests.factories import accounts
from tests.factories import orders as make

NOON = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)

HIDE = {
    "product draft": "UPDATE product SET status = 'draft'",
    "product pending": "UPDATE product SET status = 'pending'",
    "product hidden": "UPDATE product SET status = 'hidden'",
    "product archived": "UPDATE product SET status = 'archived'",
    "shop preparing": "UPDATE shop SET status = 'preparing'",
    "shop paused": "UPDATE shop SET status = 'paused'",
    "shop suspended": "UPDATE shop SET status = 'suspended'",
    "shop closed": "UPDATE shop SET status = 'closed'",
    "business suspended": "UPDATE business SET status = 'suspended'",
    "business closed": "UPDATE business SET status = 'closed'",
}


def slug_of(session: Session, product: UUID) -> str:
    return str(session.execute(text("SELECT slug FROM product WHERE id = :i"), {"i": product}).scalar_one())


@pytest.mark.parametrize("hidden", HIDE)
def test_what_is_not_on_sale_is_nowhere_and_says_why_where_it_was_wanted(session: Session, hidden: str) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    picture = photos.attach_kept(session, seller.actor, product, Kept(ids.uuid7(), 8, 6)).id
    slug = slug_of(session, product)
    assert (len(queries.newest(session)), queries.public_count(session)) == (1, 1)
    session.execute(text(HIDE[hidden]))
    session.expire_all()
    assert queries.cards(session, [product]) == []
    assert queries.newest(session) == []
    assert queries.of_shop(session, seller.shop_id) == []
    assert queries.public_count(session) == 0
    assert not queries.photo_is_public(session, picture)
    for wanted in (slug, "tidak-ada", "nu\0l"):
        with pytest.raises(NotFound) as refusal:
            queries.product_page(session, wanted)
        assert refusal.value.sentence == "Barang itu tidak ada atau sudah tidak dijual."
        with pytest.raises(NotFound):
            listing.by_slug(session, make.account(session), wanted)
    item = queries.for_sale(session, [product])[product]
    assert (item.purchasable, bool(item.why_not)) == (False, True)


def test_a_card_says_what_a_list_shows(session: Session) -> None:
    seller = make.seller(session, "Toko Sangatta")
    product = make.product(session, seller, "Amplang", price_amount=15_000, on_hand=7)
    (card,) = queries.cards(session, [product])
    number, slug = session.execute(text("SELECT number, slug FROM business")).one()
    assert card == Card(
        product_id=product, slug=slug_of(session, product), name="Amplang", price_amount=15_000, unit="bungkus",
        stock_mode="counted", available=7, category_slug="makanan", halal=False, photo_id=None,
        business_name="Toko Sangatta", business_number=number, business_slug=slug,
        district_code="64.08.04", district_name="Sangatta Utara",
    )  # fmt: skip


def test_cards_keep_the_order_asked_for_and_leave_out_what_is_gone(session: Session) -> None:
    seller = make.seller(session)
    a, b, c = (make.product(session, seller, name) for name in "abc")
    publishing.hide(session, seller.actor, b)
    assert [card.name for card in queries.cards(session, [c, b, ids.uuid7(), a])] == ["c", "a"]
    assert queries.cards(session, []) == []
    assert queries.for_sale(session, []) == {}
    assert queries.for_sale(session, [ids.uuid7()]) == {}


@pytest.mark.parametrize(
    ("mode", "on_hand", "available"),
    [("counted", 3, 3), ("counted", 0, 0), ("made_to_order", None, None), ("ask_first", None, None)],
)
def test_only_counted_goods_say_how_many_there_are(
    session: Session, mode: str, on_hand: int | None, available: int | None
) -> None:
    product = make.product(session, make.seller(session), mode=mode, on_hand=on_hand)
    item = queries.for_sale(session, [product])[product]
    assert (item.stock_mode, item.available, item.purchasable, item.why_not) == (mode, available, True, None)


def test_a_page_shows_the_sizes_by_price_with_the_chosen_one_marked(session: Session) -> None:
    seller = make.seller(session)
    small = make.product(session, seller, "Amplang", weight_gram=250, price_amount=15_000)
    large = editing.add_variant(
        session, seller.actor, small, ProductDraft(variant="1 kg", price_amount=55_000, on_hand=2, weight_gram=1_000)
    )
    gone = editing.add_variant(session, seller.actor, small, ProductDraft(variant="5 kg", price_amount=1, on_hand=2))
    publishing.hide(session, seller.actor, gone.id)
    page = queries.product_page(session, large.slug)
    assert (page.card.name, page.variant, page.weight_gram, page.version) == (
        "Amplang · 1 kg",
        "1 kg",
        1_000,
        large.version,
    )
    assert page.sizes == (
        Size(slug_of(session, small), "250 g", 15_000, "counted", 10, False),
        Size(large.slug, "1 kg", 55_000, "counted", 2, True),
    )
    assert (page.payment_methods, page.pickup_address) == (
        frozenset({"cod", "transfer", "stripe", "sandbox"}), "Jl. Uji 1, Sangatta Utara",
    )  # fmt: skip


def test_no_public_page_tells_of_a_person_or_an_account(session: Session) -> None:
    seller = make.seller(session, "Toko Sangatta")
    shops.set_up(session, seller.actor, seller.shop_id, ShopDraft(bank_account_holder="Kenari Sembilan"))
    product = make.product(session, seller)
    told = str(asdict(queries.product_page(session, slug_of(session, product))))
    business_slug = session.execute(text("SELECT slug FROM business")).scalar_one()
    told += str(asdict(queries.shop_page(session, business_slug)))
    told += str(queries.for_sale(session, [product]))
    for canary in ("Kenari", "Pemilik", "1234567890", "Bank Uji", "+6281", str(seller.actor.account_id)):
        assert canary not in told


def test_a_business_page_shows_its_goods_only_while_its_shop_is_open(session: Session) -> None:
    seller = make.seller(session)
    with clock.at(NOON):
        make.product(session, seller, "Lama")
    with clock.at(NOON + timedelta(hours=1)):
        make.product(session, seller, "Baru")
    slug = session.execute(text("SELECT slug FROM business")).scalar_one()
    page = queries.shop_page(session, slug, limit=1)
    assert (page.shop_id, page.status, page.product_count, [card.name for card in page.cards]) == (
        seller.shop_id, "open", 2, ["Baru"],
    )  # fmt: skip
    assert [card.name for card in queries.shop_page(session, slug, limit=1, offset=1).cards] == ["Lama"]
    shops.pause(session, seller.actor, seller.shop_id)
    paused = queries.shop_page(session, slug)
    assert (paused.shop_id, paused.status, paused.cards, paused.product_count, paused.payment_methods) == (
        None, "paused", (), 0, frozenset(),
    )  # fmt: skip
    shops.reopen(session, seller.actor, seller.shop_id)
    officer = accounts.staff(session, "verifier")
    shops.suspend(session, officer, seller.shop_id)
    assert queries.shop_page(session, slug).status is None
    verification.suspend(session, officer, seller.business_id, reason="Diperiksa")
    with pytest.raises(NotFound):
        queries.shop_page(session, slug)


def test_transfer_is_offered_only_with_an_account_to_transfer_to() -> None:
    shop = Shop(business_id=ids.uuid7(), takes_cod=False, takes_transfer=True, takes_gateway=False, created_at=NOON)
    assert queries.methods_of(shop) == frozenset()
    shop.bank_name = "Bank Uji"
    assert queries.methods_of(shop) == {"transfer"}
    shop.takes_cod = shop.takes_gateway = True
    assert queries.methods_of(shop) == {"cod", "transfer", "stripe", "sandbox"}


def test_the_newest_are_first_and_a_long_list_asks_once(session: Session) -> None:
    seller = make.seller(session)
    for hours, name in enumerate(("lama", "baru", "terbaru")):
        with clock.at(NOON + timedelta(hours=hours)):
            make.product(session, seller, name)
    asked: list[str] = []
    bind = session.connection().engine
    listener = lambda *args: asked.append(args[2])  # noqa: E731
    event.listen(bind, "before_cursor_execute", listener)
    found = queries.newest(session, limit=2)
    event.remove(bind, "before_cursor_execute", listener)
    assert ([card.name for card in found], len(asked)) == (["terbaru", "baru"], 1)


# for programs --------------------------------------------------------------------------------------------------------


def test_a_program_reads_the_long_list_in_parts_that_neither_repeat_nor_skip(session: Session) -> None:
    seller = make.seller(session)
    with clock.at(NOON):
        made = {make.product(session, seller, f"Barang {n}") for n in range(5)}
    seen, cursor = [], None
    for _ in range(5):
        page = listing.on_sale(session, make.account(session), cursor=cursor, limit=2)
        seen += [goods.id for goods in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert (len(seen), set(seen)) == (5, made)
    with pytest.raises(Invalid):
        listing.on_sale(session, seller.actor, cursor="bukan-penanda")


def test_only_its_seller_reads_what_is_there_and_promised_and_never_what_is_missing(session: Session) -> None:
    seller, rival = make.seller(session), make.seller(session)
    product = make.product(session, seller, on_hand=6)
    make.order(session, (product, 2), payment_method="cod")
    make.hide(session, seller, make.product(session, seller))
    for actor, numbers in ((seller.actor, (6, 2)), (rival.actor, (None, None)), (make.account(session), (None, None))):
        goods = listing.by_id(session, actor, product)
        assert (goods.available, (goods.on_hand, goods.reserved)) == (4, numbers)
    publishing.hide(session, seller.actor, product)
    assert listing.by_id(session, seller.actor, product).status == "hidden"
    for actor in (rival.actor, make.account(session), accounts.staff(session, "administrator")):
        for wanted in (product, ids.uuid7()):
            with pytest.raises(NotFound) as refusal:
                listing.by_id(session, actor, wanted)
            assert refusal.value.sentence == NotFound.message
