"""Whose shop, whose product: members and facilitators of the place. The office does not trade."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.actor import GUEST, SYSTEM, Actor
from app.catalogue import access
from app.errors import NotFound
from app.kit import ids
from app.registry import membership
from app.registry.models import Business
from tests.conftest import Database
from tests.factories import accounts
from tests.factories import orders as make


def staff_and_strangers(session: Session) -> list[Actor]:
    return [
        GUEST,
        SYSTEM,
        accounts.somebody(session),
        make.seller(session).actor,
        *(accounts.staff(session, role) for role in ("administrator", "verifier", "analyst")),
        accounts.staff(session, "facilitator", district_code="64.08.05"),
        accounts.staff(session, "facilitator", district_code="64.08.04", village_code="64.08.04.1010"),
    ]


@pytest.mark.parametrize("lock", [True, False])
def test_foreign_and_missing_are_one_answer_with_and_without_a_lock(session: Session, lock: bool) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    told = set()
    for actor in staff_and_strangers(session):
        for shop_id, product_id in ((seller.shop_id, product), (ids.uuid7(), ids.uuid7())):
            with pytest.raises(NotFound) as refusal:
                access.shop_to_run(session, actor, shop_id, lock=lock)
            assert refusal.value.sentence == NotFound.message, "orders and payments speak through it too"
            with pytest.raises(NotFound) as refusal:
                access.product_to_edit(session, actor, product_id, lock=lock)
            told.add(refusal.value.sentence)
        assert seller.shop_id not in access.shops_to_run(session, actor)
    assert len(told) == 1


def test_members_and_facilitators_of_the_place_sell(session: Session) -> None:
    seller = make.seller(session)
    product = make.product(session, seller)
    colleague = accounts.somebody(session)
    assert colleague.account_id is not None
    joined = membership.add_owner(session, session.get_one(Business, seller.business_id), colleague.account_id)
    helper = accounts.staff(session, "facilitator", district_code="64.08.04")
    for actor in (seller.actor, colleague, helper):
        assert access.shop_to_run(session, actor, seller.shop_id).id == seller.shop_id
        assert access.product_to_edit(session, actor, product).id == product
    assert access.shops_to_run(session, colleague) == [seller.shop_id]
    assert access.shops_to_run(session, helper) == [], "a facilitator has no shop of the own"
    joined.until = joined.since
    session.flush()
    with pytest.raises(NotFound):
        access.product_to_edit(session, colleague, product)


def test_a_product_is_read_as_it_is_when_the_lock_is_got(database: Database) -> None:
    with database.begin() as session:
        seller = make.seller(session)
        product = make.product(session, seller, price_amount=15_000)
    with database.begin() as stale:
        assert access.product_to_edit(stale, seller.actor, product, lock=False).price_amount == 15_000
        with database.begin() as other:
            make.set_price(other, seller, product, 20_000)
        assert access.product_to_edit(stale, seller.actor, product).price_amount == 20_000
