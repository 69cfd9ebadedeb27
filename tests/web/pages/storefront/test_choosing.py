"""What is shown where nobody asked for anything."""

from __future__ import annotations

from uuid import UUID

from app.catalogue.queries import Card
from web.pages.storefront.choosing import thing_of, varied


def card(name: str, shop: str = "satu") -> Card:
    return Card(
        product_id=UUID(int=0), slug=name, name=name, price_amount=1, unit="buah", stock_mode="counted", available=1,
        category_slug="makanan", halal=False, photo_id=None, business_name=shop, business_number="", business_slug=shop,
        district_code="", district_name="",
    )  # fmt: skip


def names(cards: list[Card]) -> list[str]:
    return [found.name for found in cards]


def test_sizes_of_one_thing_are_shown_once_and_a_shop_not_more_often_than_allowed() -> None:
    shelf = [card("Madu · 250 ml"), card("Madu · 500 ml"), card("Propolis"), card("Lilin"), card("Madu · 1 l", "dua")]
    assert names(varied(shelf, most=12, of_one_shop=2)) == ["Madu · 250 ml", "Propolis", "Madu · 1 l"]
    assert names(varied(shelf, most=1, of_one_shop=2)) == ["Madu · 250 ml"]


def test_the_thing_one_looks_at_is_not_shown_again_in_another_size() -> None:
    shelf = [card("Madu · 500 ml"), card("Propolis")]
    assert names(varied(shelf, most=4, of_one_shop=4, but={thing_of("Madu · 250 ml")})) == ["Propolis"]


def test_nothing_gives_nothing() -> None:
    assert varied([], most=4, of_one_shop=4) == []
