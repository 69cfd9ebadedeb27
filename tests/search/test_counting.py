"""Facets that are counted by difference, and goods read in the transaction they were found in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlmodel import Session

from app.registry.models import Business
from search import queries
from search.queries import Found, Query
from tests.factories import orders
from tests.search.goods import Market


def counts(found: Found, facet: str) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in found.facets[facet]}


def shut_by_pausing(session: Session, market: Market) -> None:
    orders.close_shop(session, market.sellers["Dapur Etam"])


def shut_by_suspending(session: Session, market: Market) -> None:
    session.get_one(Business, market.sellers["Dapur Etam"].business_id).status = "suspended"


@pytest.mark.parametrize("shut", [shut_by_pausing, shut_by_suspending])
def test_goods_of_shops_that_are_not_open_are_not_counted_beside_the_chosen_kind(market: Market, shut: object) -> None:
    before = market.find(category="madu")
    assert before.total == 1
    assert counts(before, "category") == {
        "makanan": 4, "minuman": 2, "kopi-teh": 1, "madu": 1, "hasil-tani": 2, "fesyen": 2
    }  # fmt: skip
    with market.begin() as session:
        shut(session, market)  # type: ignore[operator]
    after = market.find(category="madu")
    assert after.total == 1
    assert "makanan" not in counts(after, "category"), "nothing of it is on sale any more"
    assert counts(after, "category") == {
        "minuman": 2, "kopi-teh": 1, "madu": 1, "hasil-tani": 2, "fesyen": 2
    }  # fmt: skip
    assert counts(market.find(halal=True), "halal") == {"ya": 1}
    assert sum(counts(market.find(price_min=1), "price").values()) == market.find().total == 6


def test_a_hidden_product_is_not_counted_either(market: Market) -> None:
    with market.begin() as session:
        orders.hide(session, market.sellers["Dapur Etam"], market.ids["Sambal terasi"])
    assert "lauk" not in counts(market.find(category="amplang"), "category")
    assert counts(market.find(category="amplang"), "category")["makanan"] == 3


def test_one_kind_and_several_are_asked_for_differently_and_find_the_same(market: Market) -> None:
    alone = market.find(category="amplang")
    under = market.find(category="makanan")
    assert set(alone.product_ids) < set(under.product_ids)
    assert (alone.total, under.total) == (2, 4)
    assert market.find(category="tidak-ada").total == 0


def test_what_was_found_is_read_in_the_same_transaction(market: Market) -> None:
    read: list[Sequence[UUID]] = []

    opened: list[Session] = []

    @contextmanager
    def begin() -> Iterator[Session]:
        with market.begin() as session:
            opened.append(session)
            yield session

    def note(session: Session, product_ids: Sequence[UUID]) -> str:
        read.append(product_ids)
        return "read"

    found, told = queries.products_and(begin, Query(text="madu"), note)
    assert (found.engine, read, told) == ("postgres", [(market.ids["Madu kelulut 250 ml"],)], "read")
    assert len(opened) == 1
    assert found == queries.products(market.begin, Query(text="madu"))
    nothing, _ = queries.products_and(begin, Query(text="!!"), note)
    assert (nothing.total, read[-1]) == (0, ())
