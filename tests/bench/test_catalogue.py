"""The same goods at every run, for every contestant."""

from collections import Counter

from app.catalogue import categories
from bench.catalogue import HOT, LISTED, PRODUCTS, SEARCHED, SHOPS, goods, invented


def test_the_goods_are_the_same_at_every_run() -> None:
    assert tuple(invented(50)) == goods()[:50]


def test_every_product_has_an_address_of_its_own_and_a_category_of_ours() -> None:
    known = {kind.slug for kind in categories.everything() if kind.parent}
    assert len(goods()) == PRODUCTS == len({good.slug for good in goods()})
    assert {good.category for good in goods()} == known
    assert Counter(good.shop for good in goods()) == Counter(dict.fromkeys(range(SHOPS), PRODUCTS // SHOPS))


def test_lists_and_search_have_something_to_show_and_the_hot_product_lasts() -> None:
    assert sum(good.category == LISTED for good in goods()) > 100
    assert 100 < sum(SEARCHED in good.name.lower().split() for good in goods()) < PRODUCTS // 10
    assert goods()[HOT].stock == 900_000
