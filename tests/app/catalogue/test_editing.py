"""Goods are listed and changed by those who sell them, with every fault told at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from app.actor import GUEST, SYSTEM
from app.audit import queries as audit
from app.catalogue import editing, publishing, queries, shops
from app.catalogue.errors import Outdated, WrongStatus
from app.catalogue.models import Product, ProductGroup, Stock
from app.catalogue.rules import ProductDraft
from app.errors import Invalid, NotFound
from app.kit import ids
from app.outbox.models import OutboxEvent
from app.registry.models import Business
from tests.factories import accounts
from tests.factories import orders as make

AMPLANG = ProductDraft(name="Amplang  ikan ", category="amplang", price_amount=15_000, on_hand=10)


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [error.field for error in refusal.value.errors]


def count(session: Session, table: type) -> int:
    return session.exec(select(func.count()).select_from(table)).one()


def told(session: Session, product: UUID) -> list[object]:
    events = session.exec(
        select(OutboxEvent).where(OutboxEvent.key == f"product:{product}").order_by(col(OutboxEvent.id))
    )
    return [event.payload["version"] for event in events if event.kind == "ProductChanged"]


def test_four_fields_make_a_product_and_nothing_else_is_claimed(session: Session) -> None:
    seller = make.seller(session)
    product = editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    assert (product.name, product.category_slug, product.price_amount, product.unit, product.version) == (
        "Amplang ikan", "amplang", 15_000, "buah", 1,
    )  # fmt: skip
    assert (product.description, product.weight_gram, product.variant, product.halal) == ("", None, None, "none")
    stock = session.get_one(Stock, product.id)
    assert (stock.mode, stock.on_hand, stock.reserved) == ("counted", 10, 0)
    assert product.slug == f"amplang-ikan-{product.id.hex[-8:]}"
    newest = audit.of_subject(session, "product", product.id)[0]
    assert (newest.action, newest.actor_account_id, newest.detail) == ("product.added", seller.actor.account_id, {})
    assert told(session, product.id) == [1]


@pytest.mark.parametrize(("trusted", "status"), [(True, "published"), (False, "pending")])
def test_goods_of_a_trusted_shop_are_on_sale_at_once_others_wait_for_the_office(
    session: Session, trusted: bool, status: str
) -> None:
    seller = make.seller(session)
    make_trust(session, seller.shop_id, trusted)
    product = editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    assert (product.status, product.published_at is not None) == (status, trusted)
    assert len(queries.cards(session, [product.id])) == trusted


def make_trust(session: Session, shop_id: UUID, trusted: bool) -> None:
    session.execute(text("UPDATE shop SET trusted = :t WHERE id = :i"), {"t": trusted, "i": shop_id})
    session.expire_all()


def test_every_fault_is_told_at_once_and_nothing_is_listed(session: Session) -> None:
    seller = make.seller(session)
    wrong = ProductDraft(
        name=" ", description="x" * 4_001, category="emas", price_amount=0, weight_gram=0, unit="u" * 31
    )
    with pytest.raises(Invalid) as refusal:
        editing.add(session, seller.actor, seller.shop_id, wrong)
    assert fields_of(refusal) == ["name", "description", "unit", "category", "price_amount", "weight_gram", "on_hand"]
    assert count(session, Product) == 0


@pytest.mark.parametrize("status", ["suspended", "closed"])
def test_a_shop_that_is_shut_lists_nothing(session: Session, status: str) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    session.execute(text("UPDATE shop SET status = :s"), {"s": status})
    session.expire_all()
    with pytest.raises(WrongStatus):
        editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    with pytest.raises(WrongStatus):
        editing.add_variant(session, seller.actor, product, ProductDraft(variant="1 kg", price_amount=1, on_hand=1))
    assert count(session, Product) == 1


def test_a_change_takes_what_was_given_and_leaves_the_rest(session: Session) -> None:
    seller = make.seller(session)
    product = editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    slug = product.slug
    editing.change(
        session, seller.actor, product.id, ProductDraft(price_amount=17_500, description=" Renyah ", weight_gram=250)
    )
    assert (product.name, product.price_amount, product.description, product.weight_gram, product.slug) == (
        "Amplang ikan", 17_500, "Renyah", 250, slug,
    )  # fmt: skip
    assert session.get_one(Stock, product.id).on_hand == 10
    newest = audit.of_subject(session, "product", product.id)[0]
    assert (newest.action, newest.detail) == (
        "product.changed", {"fields": ["description", "price_amount", "weight_gram"]},
    )  # fmt: skip
    assert told(session, product.id) == [1, 2]


def test_a_form_opened_before_somebody_else_saved_changes_nothing(session: Session) -> None:
    seller = make.seller(session)
    product = editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    editing.change(session, seller.actor, product.id, ProductDraft(price_amount=16_000), expected_version=1)
    with pytest.raises(Outdated):
        editing.change(session, seller.actor, product.id, ProductDraft(price_amount=1), expected_version=1)
    assert (product.price_amount, product.version) == (16_000, 2)
    editing.change(session, seller.actor, product.id, ProductDraft(on_hand=3), expected_version=2)
    assert (session.get_one(Stock, product.id).on_hand, product.version) == (3, 4)


def test_a_new_way_of_counting_keeps_the_number_that_was_there(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller, on_hand=7)
    editing.change(session, seller.actor, product, ProductDraft(stock_mode="ask_first"))
    stock = session.get_one(Stock, product)
    assert (stock.mode, stock.on_hand) == ("ask_first", 7)


def test_an_archived_product_is_never_changed_again(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    publishing.archive(session, seller.actor, product)
    with pytest.raises(WrongStatus):
        editing.change(session, seller.actor, product, ProductDraft(price_amount=1))
    assert session.get_one(Product, product).price_amount == 15_000


# sizes ---------------------------------------------------------------------------------------------------------------


def size(variant: str | None, **more: Any) -> ProductDraft:
    return ProductDraft(variant=variant, **{"price_amount": 28_000, "on_hand": 4, **more})


def test_a_second_size_makes_the_first_one_a_size_too(session: Session) -> None:
    seller = make.seller(session)
    first = session.get_one(Product, make.product(session, seller, "Amplang", weight_gram=250))
    second = editing.add_variant(session, seller.actor, first.id, size(" 500  g ", weight_gram=500))
    assert first.group_id is not None
    assert second.group_id == first.group_id
    assert (first.variant, second.variant) == ("250 g", "500 g")
    assert (second.name, second.category_slug, second.unit, second.price_amount) == (
        "Amplang", "makanan", "bungkus", 28_000,
    )  # fmt: skip
    assert session.get_one(Stock, second.id).on_hand == 4
    assert session.get_one(Stock, first.id).on_hand == 10
    third = editing.add_variant(session, seller.actor, second.id, size("1 kg"))
    assert third.group_id == first.group_id
    assert count(session, ProductGroup) == 1


@pytest.mark.parametrize("taken", ["250 g", " 250   G "])
def test_a_size_there_already_is_refused_when_added_and_when_renamed(session: Session, taken: str) -> None:
    seller = make.seller(session)
    first = make.product(session, seller, "Amplang", weight_gram=250)
    second = editing.add_variant(session, seller.actor, first, size("500 g"))
    for act in (
        lambda: editing.add_variant(session, seller.actor, second.id, size(taken)),
        lambda: editing.change(session, seller.actor, second.id, ProductDraft(variant=taken)),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert [(error.field, error.code) for error in refusal.value.errors] == [("variant", "taken")]
    assert (count(session, Product), second.variant) == (2, "500 g")


def test_a_size_keeps_its_own_name_and_a_gone_one_frees_its_name(session: Session) -> None:
    seller = make.seller(session)
    first = make.product(session, seller, "Amplang", weight_gram=250)
    second = editing.add_variant(session, seller.actor, first, size("500 g"))
    editing.change(session, seller.actor, second.id, ProductDraft(variant="500 G", price_amount=30_000))
    assert (second.variant, second.price_amount) == ("500 G", 30_000)
    publishing.archive(session, seller.actor, second.id)
    assert editing.add_variant(session, seller.actor, first, size("500 g")).variant == "500 g"


def test_a_size_needs_a_name_a_price_and_a_number_of_its_own(session: Session) -> None:
    seller = make.seller(session)
    first = make.product(session, seller)
    with pytest.raises(Invalid) as refusal:
        editing.add_variant(session, seller.actor, first, ProductDraft(variant=" "))
    assert fields_of(refusal) == ["price_amount", "on_hand", "variant"]
    assert (session.get_one(Product, first).group_id, count(session, Product)) == (None, 1)


# whose it is ---------------------------------------------------------------------------------------------------------


def test_foreign_goods_are_missing_for_everybody_else_the_office_included(session: Session) -> None:
    seller, rival = make.seller(session), make.seller(session)
    product = make.product(session, seller)
    strangers = [rival.actor, GUEST, SYSTEM, accounts.somebody(session)]
    strangers += [accounts.staff(session, role) for role in ("administrator", "verifier", "analyst")]
    strangers.append(accounts.staff(session, "facilitator", district_code="64.08.05"))
    before = session.get_one(Product, product).model_dump()
    acts = {
        "add": lambda actor, shop, _: editing.add(session, actor, shop, AMPLANG),
        "change": lambda actor, _, product: editing.change(session, actor, product, ProductDraft(price_amount=1)),
        "size": lambda actor, _, product: editing.add_variant(session, actor, product, size("1 kg")),
        "hide": lambda actor, _, product: publishing.hide(session, actor, product),
        "show": lambda actor, _, product: publishing.publish(session, actor, product),
        "archive": lambda actor, _, product: publishing.archive(session, actor, product),
        "pause": lambda actor, shop, _: shops.pause(session, actor, shop),
    }
    for name, act in acts.items():
        sentences = set()
        for actor, shop_id, product_id in [
            *((stranger, seller.shop_id, product) for stranger in strangers),
            (seller.actor, ids.uuid7(), ids.uuid7()),
        ]:
            with pytest.raises(NotFound) as refusal:
                act(actor, shop_id, product_id)
            sentences.add(refusal.value.sentence)
        assert len(sentences) == 1, name
    session.expire_all()
    assert session.get_one(Product, product).model_dump() == before
    assert count(session, Product) == 1


def test_a_facilitator_of_the_place_lists_for_the_owner_and_is_named(session: Session) -> None:
    seller = make.seller(session)
    helper = accounts.staff(session, "facilitator", district_code="64.08.04")
    product = editing.add(session, helper, seller.shop_id, AMPLANG)
    assert audit.of_subject(session, "product", product.id)[0].actor_account_id == helper.account_id


def test_a_former_member_sells_nothing_any_more(session: Session) -> None:
    seller = make.seller(session)
    session.execute(text("UPDATE membership SET until = since WHERE business_id = :b"), {"b": seller.business_id})
    with pytest.raises(NotFound):
        editing.add(session, seller.actor, seller.shop_id, AMPLANG)
    assert session.get_one(Business, seller.business_id).status == "active"


@pytest.mark.parametrize(
    "change",
    [
        "price_amount = 0",
        "price_amount = 1000000000",
        "weight_gram = 0",
        "name = ''",
        "status = 'sold'",
        "variant = 'x'",
    ],
)
def test_the_database_refuses_what_no_rule_would_let_pass(session: Session, change: str) -> None:
    make.product(session, make.seller(session))
    with pytest.raises(IntegrityError, match="ck_product_"), session.begin_nested():
        session.execute(text(f"UPDATE product SET {change}"))
