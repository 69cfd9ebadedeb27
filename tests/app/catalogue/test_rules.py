"""What a valid product and shop are, and why goods cannot be bought, without a database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import rules
from app.catalogue.rules import ProductDraft, ShopDraft

WHOLE: dict[str, Any] = {"name": "Amplang", "category": "makanan", "price_amount": 15_000, "on_hand": 10}


def faults(*, new: bool = True, **given_facts: Any) -> list[tuple[str, str]]:
    draft = ProductDraft(**(WHOLE if new else {}) | given_facts)
    return [(fault.field, fault.code) for fault in rules.product_faults(draft, new=new)]


def test_four_fields_are_a_whole_product_and_zero_in_stock_is_a_number() -> None:
    assert faults() == []
    assert faults(on_hand=0) == []


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"name": None}, ("name", "missing")),
        ({"name": " \n"}, ("name", "missing")),
        ({"name": "n" * 121}, ("name", "too_long")),
        ({"name": "Amplang\0"}, ("name", "unwritable")),
        ({"name": "Amplang \u202egnp.exe"}, ("name", "unwritable")),
        ({"description": "d" * 4_001}, ("description", "too_long")),
        ({"description": "\x1b[2J"}, ("description", "unwritable")),
        ({"unit": "u" * 31}, ("unit", "too_long")),
        ({"variant": "v" * 41}, ("variant", "too_long")),
        ({"category": None}, ("category", "unknown")),
        ({"category": "emas"}, ("category", "unknown")),
        ({"price_amount": None}, ("price_amount", "missing")),
        ({"price_amount": 0}, ("price_amount", "out_of_range")),
        ({"price_amount": -5}, ("price_amount", "out_of_range")),
        ({"price_amount": 1_000_000_000}, ("price_amount", "out_of_range")),
        ({"weight_gram": 0}, ("weight_gram", "out_of_range")),
        ({"weight_gram": 1_000_001}, ("weight_gram", "out_of_range")),
        ({"stock_mode": "banyak"}, ("stock", "invalid")),
        ({"on_hand": None}, ("on_hand", "missing")),
        ({"on_hand": -1}, ("on_hand", "out_of_range")),
        ({"on_hand": 1_000_000}, ("on_hand", "out_of_range")),
    ],
)
def test_a_bad_value_is_named_beside_its_field(facts: dict[str, Any], expected: tuple[str, str]) -> None:
    assert faults(**facts) == [expected]


@pytest.mark.parametrize("mode", ["made_to_order", "ask_first"])
def test_goods_that_are_not_counted_need_no_number(mode: str) -> None:
    assert faults(stock_mode=mode, on_hand=None) == []


def test_the_bounds_themselves_are_inside() -> None:
    assert faults(price_amount=1, weight_gram=1, on_hand=999_999, name="n" * 120, variant="v" * 40) == []
    assert faults(price_amount=999_999_999, weight_gram=1_000_000) == []


def test_a_change_names_only_what_it_gives() -> None:
    assert faults(new=False) == []
    assert faults(new=False, name="", price_amount=0) == [("name", "missing"), ("price_amount", "out_of_range")]


@given(st.text(max_size=200))
def test_any_text_is_judged_and_every_fault_is_a_sentence(text: str) -> None:
    draft = ProductDraft(name=text, description=text, category=text, unit=text, variant=text, stock_mode=text)
    assert all(fault.message.endswith((".", ").")) for fault in rules.product_faults(draft, new=True))


def test_a_shop_is_judged_as_it_would_be_afterwards() -> None:
    bank = {"bank_name": "Bank Uji", "bank_account_number": "12-34 5678", "bank_account_holder": "Pemilik"}
    assert rules.shop_faults(ShopDraft(takes_cod=True)) == []
    assert rules.shop_faults(ShopDraft(takes_transfer=True, **bank), takes_gateway=False) == []  # type: ignore[arg-type]
    (fault,) = rules.shop_faults(ShopDraft(takes_cod=False), takes_gateway=False)
    assert (fault.field, fault.code) == ("takes_cod", "missing")
    (fault,) = rules.shop_faults(ShopDraft(takes_transfer=True))
    assert (fault.field, fault.code) == ("bank_account_number", "missing")


@pytest.mark.parametrize(
    ("business", "shop", "product", "sentence"),
    [
        ("active", "open", "published", None),
        ("suspended", "open", "published", "Toko ini sedang tidak melayani."),
        ("closed", "paused", "hidden", "Toko ini sedang tidak melayani."),
        ("active", "suspended", "published", "Toko ini sedang tidak melayani."),
        ("active", "closed", "published", "Toko ini sedang tidak melayani."),
        ("active", "preparing", "published", "Toko ini sedang tidak melayani."),
        ("active", "paused", "published", "Toko ini sedang libur."),
        *(("active", "open", status, "Barang ini sudah tidak dijual.") for status in ("draft", "pending", "hidden", "archived")),
    ],
)  # fmt: skip
def test_goods_are_on_sale_only_when_business_shop_and_product_all_are(
    business: str, shop: str, product: str, sentence: str | None
) -> None:
    assert rules.why_not_for_sale(business_status=business, shop_status=shop, product_status=product) == sentence
