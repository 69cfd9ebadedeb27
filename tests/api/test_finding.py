"""Search through the API: what is shown is what is on sale at this moment."""

from __future__ import annotations

import pytest

from app import reactions
from app.outbox import relay
from tests.api.conftest import Product, fields, problem


@pytest.fixture(scope="module")
def shelf(product: Product, seller: str, verifier: str) -> dict[str, str]:
    """A few goods of two shops, as far as the worker has told search: slug by name."""
    other = product.person()
    product.registered(other, verifier, name="Tenun Sangkulirang", district_code="64.08.05")
    made = [
        product.published(seller, name="Amplang Tenggiri", price_amount=25_000),
        product.published(seller, name="Amplang Pedas", price_amount=30_000),
        product.published(other, name="Selendang Wakaroros", category="fesyen", price_amount=150_000),
    ]
    relay.drain(product.begin, reactions.TABLE)
    return {found["name"]: found["slug"] for found in made}


def names(product: Product, **params: str | int) -> list[str]:
    answer = product.get("/search/products", params=params)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def test_words_find_goods_with_their_facts(product: Product, shelf: dict[str, str]) -> None:
    body = product.get("/search/products", params={"q": "amplang", "sort": "price"}).json()
    assert set(body) == {"items", "total", "facets", "engine", "corrected_query"}
    assert (body["total"], body["engine"], body["corrected_query"]) == (2, "postgres", None)
    assert [item["name"] for item in body["items"]] == ["Amplang Tenggiri", "Amplang Pedas"]
    first = body["items"][0]
    assert set(first) == {"id", "slug", "name", "price_amount", "business", "halal", "image"}
    assert first["slug"] == shelf["Amplang Tenggiri"]
    assert (first["price_amount"], first["business"]["district"], first["image"]) == (25_000, "64.08.04", None)
    assert set(body["facets"]) == {"category", "district", "halal", "price"}
    assert [set(bucket) for bucket in body["facets"]["district"]] == [{"value", "label", "count"}]
    (district,) = body["facets"]["district"]
    assert (district["value"], district["label"], district["count"]) == ("64.08.04", "Sangatta Utara", 2)


def test_filters_and_orders(product: Product, shelf: dict[str, str]) -> None:
    assert names(product, sort="-price") == ["Selendang Wakaroros", "Amplang Pedas", "Amplang Tenggiri"]
    assert names(product, category="fesyen") == ["Selendang Wakaroros"]
    assert names(product, district="64.08.05") == ["Selendang Wakaroros"]
    assert names(product, price_min=26_000, price_max=100_000) == ["Amplang Pedas"]
    assert names(product, halal="true") == []
    assert names(product, sort="price", per_page=1, page=2) == ["Amplang Pedas"]
    assert sorted(names(product, sort="near")) == sorted(names(product)), "near without a place is relevance"


def test_a_misspelling_is_corrected_and_said(product: Product, shelf: dict[str, str]) -> None:
    body = product.get("/search/products", params={"q": "amplng"}).json()
    assert (body["total"], body["corrected_query"]) == (2, "amplang")


def test_what_went_off_sale_is_gone_at_once(product: Product, shelf: dict[str, str], seller: str) -> None:
    listed = product.published(seller, name="Kerupuk Haruan")
    relay.drain(product.begin, reactions.TABLE)
    assert names(product, q="haruan") == ["Kerupuk Haruan"]
    with product.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE product SET status = 'hidden' WHERE id = '{listed['id']}'")
    assert names(product, q="haruan") == [], "before the index has heard of it"


def test_what_somebody_typing_may_mean(product: Product, shelf: dict[str, str]) -> None:
    items = product.get("/search/suggest", params={"q": "ampl"}).json()["items"]
    assert items
    assert all(set(item) == {"text", "kind", "url"} for item in items)
    assert {item["kind"] for item in items} <= {"product", "business", "category"}
    assert all(item["url"].startswith("/") for item in items)
    assert product.get("/search/suggest").json() == {"items": [], "next": None}


def test_what_cannot_be_asked_is_told(product: Product) -> None:
    for params, field in (
        ({"sort": "termurah"}, "sort"),
        ({"per_page": "61"}, "per_page"),
        ({"per_page": "0"}, "per_page"),
        ({"page": "0"}, "page"),
        ({"price_min": "-1"}, "price_min"),
        ({"price_max": "1.5"}, "price_max"),
        ({"lat": "91", "lon": "0"}, "lat"),
        ({"lat": "0", "lon": "NaN"}, "lon"),
        ({"halal": "mungkin"}, "halal"),
        ({"q": "a\0"}, "q"),
    ):
        refused = product.get("/search/products", params=params)
        assert set(fields(problem(refused, 422, "invalid"))) == {field}
