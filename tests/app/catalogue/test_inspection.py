"""A shop as the office sees it."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.catalogue import editing, inspection, shops
from app.catalogue.rules import ProductDraft
from app.errors import Forbidden
from tests.factories import accounts, registry


def test_the_office_sees_state_trust_and_how_many_goods_wait(session: Session) -> None:
    owner, officer = accounts.somebody(session), accounts.staff(session, "verifier")
    business = registry.active(session, owner)
    assert inspection.shop_of(session, officer, business.id) is None
    shop = shops.open_shop(session, owner, business.id)
    draft = ProductDraft(name="Amplang", category="makanan", price_amount=15_000, stock_mode="made_to_order")
    editing.add(session, owner, shop.id, draft)
    seen = inspection.shop_of(session, officer, business.id)
    assert seen == inspection.DeskShop(shop.id, "open", False, published=0, waiting=1)
    shops.trust(session, officer, shop.id, trusted=True)
    editing.add(session, owner, shop.id, draft)
    assert inspection.shop_of(session, officer, business.id) == inspection.DeskShop(shop.id, "open", True, 1, 1)


def test_nobody_else_looks_at_a_shop_this_way(session: Session) -> None:
    owner = accounts.somebody(session)
    business = registry.active(session, owner)
    for actor in (
        owner,
        accounts.staff(session, "analyst"),
        accounts.staff(session, "facilitator", district_code="64.08.04"),
    ):
        with pytest.raises(Forbidden):
            inspection.shop_of(session, actor, business.id)
