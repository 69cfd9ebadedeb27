"""The API behind the product's guards: programs pass, other people's pages do not."""

from __future__ import annotations

from tests.api.conftest import Product, checkout, goods, problem

FOREIGN = {"Origin": "https://lain.example", "Sec-Fetch-Site": "cross-site"}


def test_a_bearer_token_needs_no_origin(product: Product, seller: str) -> None:
    for headers in ({}, FOREIGN, {"Origin": "null"}):
        assert product.post("/products", seller, json=goods(), headers=headers).status_code == 201


def test_another_peoples_page_cannot_act_for_a_guest(product: Product, seller: str) -> None:
    listed = product.published(seller)
    groups = product.value("SELECT count(*) FROM order_group")
    refused = product.post("/checkouts", json=checkout((listed["id"], 1)), headers=FOREIGN)
    problem(refused, 403, "foreign_origin")
    assert product.value("SELECT count(*) FROM order_group") == groups
    assert product.post("/checkouts", json=checkout((listed["id"], 1))).status_code == 201, "a program sends neither"


def test_a_cookie_is_nobody_here(product: Product, seller: str) -> None:
    """The browser's sign-in opens no call, even with a token's value in it."""
    for name in ("sesi", "__Host-sesi", "Authorization"):
        refused = product.post("/products", json=goods(), headers={"Cookie": f"{name}={seller}"})
        problem(refused, 401, "sign_in_required")


def test_answers_set_no_cookie_and_forbid_what_pages_forbid(product: Product, seller: str) -> None:
    for answer in (product.get("/categories"), product.get("/products", seller), product.get("/tidak-ada")):
        assert "set-cookie" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-request-id"]
    assert product.get("/products", seller).headers["cache-control"] == "private, no-store"
    assert product.get("/tidak-ada").headers["cache-control"] == "no-store"


def test_what_arrives_compressed_is_the_same(product: Product) -> None:
    plain = product.get("/regions", headers={"Accept-Encoding": "identity"})
    packed = product.get("/regions", headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert packed.json() == plain.json()
