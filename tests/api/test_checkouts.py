"""Buying through the API: whole or not at all, once per key, for its buyer's eyes alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.payments import checkout as gateway_checkout
from app.payments.errors import GatewayDown
from tests.api.conftest import Product, checkout, fields, fresh_phone, goods, problem

ORDERS = "SELECT count(*) FROM customer_order"
GROUPS = "SELECT count(*) FROM order_group"
NOBODYS = "019391f0-0000-7000-8000-000000000000"


@pytest.fixture(scope="module")
def other_seller(product: Product, verifier: str) -> str:
    token = product.person(name="Penjual Dua")
    product.registered(token, verifier, name="Madu Kelulut", district_code="64.08.05")
    return token


def test_one_order_a_shop_and_the_sum_of_both(product: Product, seller: str, other_seller: str) -> None:
    amplang, honey = product.published(seller), product.published(other_seller, name="Madu", price_amount=90_000)
    answer = product.post("/checkouts", json=checkout((amplang["id"], 2), (honey["id"], 1), (amplang["id"], 1)))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {
        "number", "key", "placed_at", "status", "items_amount", "delivery_amount", "total_amount", "orders", "payments",
    }  # fmt: skip
    assert body["total_amount"] == 165_000 == body["items_amount"] + body["delivery_amount"]
    orders = {order["business"]["name"]: order for order in body["orders"]}
    assert {
        name: (order["total_amount"], order["delivery_amount"], order["status"]) for name, order in orders.items()
    } == {
        "Amplang Ibu Etam": (75_000, 0, "awaiting_seller"),
        "Madu Kelulut": (90_000, 0, "awaiting_seller"),
    }
    assert [line["quantity"] for line in orders["Amplang Ibu Etam"]["items"]] == [3]
    assert set(orders["Madu Kelulut"]["business"]) == {"number", "name", "slug"}
    payments = body["payments"]
    assert {payment["amount"] for payment in payments} == {75_000, 90_000}
    assert sorted(number for payment in payments for number in payment["orders"]) == sorted(
        order["number"] for order in body["orders"]
    )
    assert {payment["redirect_url"] for payment in payments} == {None}
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["location"] == f"/api/v1/checkouts/{body['number']}"
    assert body["placed_at"].endswith("Z")


def test_a_transfer_tells_where_the_money_goes(product: Product, seller: str) -> None:
    listed = product.published(seller)
    number = listed["business"]["number"]
    with product.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE shop SET takes_transfer = true, bank_name = 'Bank Uji', bank_account_number = '1234567890',"
            " bank_account_holder = 'Penjual Uji' WHERE business_id ="
            f" (SELECT id FROM business WHERE number = '{number}')"
        )
    body = product.post("/checkouts", json=checkout((listed["id"], 1), payment_method="transfer")).json()
    (payment,) = body["payments"]
    assert (payment["method"], payment["status"], payment["redirect_url"]) == ("transfer", "pending", None)
    told = payment["instructions"]
    assert (told["bank_name"], told["account_number"], told["account_holder"]) == (
        "Bank Uji",
        "1234567890",
        "Penjual Uji",
    )
    assert told["amount"] == payment["amount"] > body["total_amount"], (
        "odd rupiah by which the seller knows the transfer"
    )


def test_where_the_platform_collects_there_is_one_payment_and_a_place_to_pay(
    product: Product, seller: str, other_seller: str
) -> None:
    goods_of_both = [(product.published(token)["id"], 1) for token in (seller, other_seller)]
    body = product.post("/checkouts", json=checkout(*goods_of_both, payment_method="sandbox")).json()
    (payment,) = body["payments"]
    assert (payment["method"], payment["status"], payment["amount"]) == ("sandbox", "pending", body["total_amount"])
    assert len(payment["orders"]) == 2
    assert urlsplit(payment["redirect_url"]).path.startswith("/bayar-uji/")
    again = product.get(f"/checkouts/{body['number']}", params={"key": body["key"]}).json()
    assert again == body


def test_a_gateway_that_is_down_loses_no_order(product: Product, seller: str, monkeypatch: pytest.MonkeyPatch) -> None:
    listed, key = product.published(seller), {"Idempotency-Key": "gerbang-mati"}
    body = checkout((listed["id"], 1), payment_method="sandbox")
    groups = product.value(GROUPS)

    def down(*_: Any, **__: Any) -> None:
        raise GatewayDown

    with monkeypatch.context() as broken:
        broken.setattr(gateway_checkout, "start", down)
        first = product.post("/checkouts", json=body, headers=key)
    assert first.status_code == 201
    (payment,) = first.json()["payments"]
    assert (payment["status"], payment["redirect_url"]) == ("created", None)
    second = product.post("/checkouts", json=body, headers=key)
    assert second.json()["number"] == first.json()["number"]
    assert second.json()["payments"][0]["redirect_url"] is not None, "the same call asks the gateway again"
    assert product.value(GROUPS) == groups + 1


def test_too_little_stock_names_the_goods_and_reserves_nothing(product: Product, seller: str) -> None:
    few, many = product.published(seller, name="Sedikit", stock={"on_hand": 2}), product.published(seller)
    orders = product.value(ORDERS)
    body = problem(product.post("/checkouts", json=checkout((many["id"], 1), (few["id"], 3))), 409, "stock_too_low")
    assert body["items"] == [{"product_id": few["id"], "name": "Sedikit", "wanted": 3, "available": 2}]
    assert product.value(ORDERS) == orders
    assert product.value("SELECT sum(reserved) FROM stock WHERE product_id IN (:a, :b)", a=few["id"], b=many["id"]) == 0


def test_prices_are_the_shops_to_say(product: Product, seller: str) -> None:
    listed = product.published(seller)
    groups = product.value(GROUPS)
    body = checkout((listed["id"], 1))
    cheap = {**body, "total_amount": 1, "items": [{"product_id": listed["id"], "quantity": 1, "price_amount": 1}]}
    assert fields(problem(product.post("/checkouts", json=cheap), 422, "invalid")) == {
        "items.0.price_amount": "unknown_field",
        "total_amount": "unknown_field",
    }
    free = {**body, "delivery": {"method": "pickup", "delivery_amount": 0}}
    assert fields(problem(product.post("/checkouts", json=free), 422, "invalid")) == {
        "delivery.delivery_amount": "unknown_field"
    }
    assert product.value(GROUPS) == groups


def test_every_fault_of_a_checkout_in_the_words_of_its_body(product: Product, seller: str) -> None:
    listed = product.published(seller)
    groups = product.value(GROUPS)
    told = checkout(
        (listed["id"], 0),
        contact={"name": " ", "phone": "12"},
        delivery={"method": "courier", "region_code": "64.72", "address": "x"},
    )
    assert fields(problem(product.post("/checkouts", json=told), 422, "invalid")) == {
        "items": "quantity_bounds",
        "contact.name": "required",
        "contact.phone": "phone",
        "delivery.region_code": "place",
        "delivery.address": "required",
    }
    typed = {"items": [{"product_id": "1", "quantity": "2"}], "contact": [], "delivery": {"method": "drone"},
             "payment_method": "hutang"}  # fmt: skip
    assert fields(problem(product.post("/checkouts", json=typed), 422, "invalid")) == {
        "items.0.product_id": "invalid",
        "items.0.quantity": "invalid",
        "contact": "invalid",
        "delivery.method": "unknown",
        "payment_method": "unknown",
    }
    assert fields(problem(product.post("/checkouts", json=checkout()), 422, "invalid")) == {"items": "missing"}
    huge = product.post("/checkouts", json=checkout((listed["id"], 10**40)))
    assert fields(problem(huge, 422, "invalid")) == {"items": "quantity_bounds"}
    nowhere = checkout(
        (listed["id"], 1), delivery={"method": "courier", "region_code": "64.08.04", "address": "Jalan Uji 1"}
    )
    assert set(fields(problem(product.post("/checkouts", json=nowhere), 422, "delivery_not_offered"))) == {
        "delivery.method"
    }
    untaken = checkout((listed["id"], 1), payment_method="stripe")
    assert set(fields(problem(product.post("/checkouts", json=untaken), 422, "payment_not_offered"))) == {
        "payment_method"
    }
    problem(product.post("/checkouts", json=checkout((NOBODYS, 1))), 409, "not_for_sale")
    assert product.value(GROUPS) == groups


def test_a_third_open_unpaid_checkout_waits(product: Product, seller: str) -> None:
    listed = product.published(seller, stock={"on_hand": 100})
    phone = fresh_phone()
    body = checkout((listed["id"], 1), contact={"name": "Pembeli", "phone": phone})
    assert [product.post("/checkouts", json=body).status_code for _ in range(2)] == [201, 201]
    refused = product.post("/checkouts", json=body)
    problem(refused, 429, "too_many_unpaid")
    assert 0 < int(refused.headers["retry-after"]) <= 48 * 3600
    assert product.post("/checkouts", json=checkout((listed["id"], 1))).status_code == 201, "others go on"


def test_a_checkout_is_its_buyers_alone(product: Product, seller: str) -> None:
    listed = product.published(seller, stock={"on_hand": 100})
    buyer, stranger = product.person(), product.person()
    mine = product.post("/checkouts", buyer, json=checkout((listed["id"], 1))).json()
    guests = product.post(
        "/checkouts", json=checkout((listed["id"], 1), contact={"name": "B", "phone": product.tokens[buyer]})
    ).json()
    missing = product.get("/checkouts/PE-2026-999999-1", params={"key": mine["key"]})
    problem(missing, 404, "not_found")
    for number, who, key in (
        (mine["number"], None, None),
        (mine["number"], None, "0" * 32),
        (mine["number"], None, guests["key"]),
        (mine["number"], stranger, mine["key"][:-1]),
        (mine["number"], seller, None),
        (guests["number"], buyer, None),
        (guests["number"], None, ""),
        ("%00", None, mine["key"]),
        (mine["number"], None, "kunci-é"),
    ):
        answer = product.get(f"/checkouts/{number}", who, params={"key": key} if key is not None else {})
        assert (answer.status_code, answer.text) == (404, missing.text), (number, who, key)
    assert product.get(f"/checkouts/{mine['number']}", buyer).json() == mine
    assert product.get(f"/checkouts/{guests['number']}", params={"key": guests["key"]}).json() == guests
    assert product.value("SELECT account_id FROM order_group WHERE number = :n", n=guests["number"]) is None


def test_a_checkout_is_watched_with_its_etag(product: Product, seller: str) -> None:
    listed = product.published(seller)
    mine = product.post("/checkouts", json=checkout((listed["id"], 1))).json()
    path, key = f"/checkouts/{mine['number']}", {"key": mine["key"]}
    first = product.get(path, params=key)
    assert first.headers["cache-control"] == "private, no-store"
    assert product.get(path, params=key, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    with product.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE customer_order SET status = 'accepted', accepted_at = now(), hold_until = NULL"
            f" WHERE number = '{mine['orders'][0]['number']}'"
        )
    later = product.get(path, params=key, headers={"If-None-Match": first.headers["etag"]})
    assert (later.status_code, later.json()["orders"][0]["status"]) == (200, "accepted")


def test_one_key_one_order_and_the_same_answer(product: Product, seller: str) -> None:
    listed = product.published(seller)
    for method in ("cod", "sandbox"):
        body, key = checkout((listed["id"], 1), payment_method=method), {"Idempotency-Key": f"beli-{method}"}
        groups = product.value(GROUPS)
        first, again = (product.post("/checkouts", json=body, headers=key) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json()
        assert product.value(GROUPS) == groups + 1
        other = product.post("/checkouts", json={**body, "payment_method": "transfer"}, headers=key)
        problem(other, 409, "idempotency_mismatch")
        assert product.value(GROUPS) == groups + 1


def test_a_refused_checkout_leaves_its_key_free(product: Product, seller: str) -> None:
    listed = product.published(seller, stock={"on_hand": 0})
    body, key = checkout((listed["id"], 1)), {"Idempotency-Key": "beli-nanti"}
    problem(product.post("/checkouts", json=body, headers=key), 409, "stock_too_low")
    product.patch(f"/products/{listed['id']}", seller, json={"stock": {"on_hand": 1}}, headers={"If-Match": "*"})
    assert product.post("/checkouts", json=body, headers=key).status_code == 201


def test_fifty_at_once_with_one_key_make_one_order(product: Product, seller: str) -> None:
    listed = product.published(seller, stock={"on_hand": 100})
    body, key = checkout((listed["id"], 2)), {"Idempotency-Key": "lima-puluh"}
    groups = product.value(GROUPS)
    with ThreadPoolExecutor(50) as crowd:
        answers = list(crowd.map(lambda _: product.post("/checkouts", json=body, headers=key), range(50)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    placed = {answer.text for answer in answers if answer.status_code == 201}
    assert len(placed) == 1
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "in_progress")
            assert answer.headers["retry-after"] == "2"
    assert product.value(GROUPS) == groups + 1
    assert product.value("SELECT reserved FROM stock WHERE product_id = :p", p=listed["id"]) == 2
    late = product.post("/checkouts", json=body, headers=key)
    assert (late.status_code, late.text) == (201, placed.pop())


def test_more_buyers_than_goods(product: Product, seller: str) -> None:
    listed = product.published(seller, stock={"on_hand": 5})
    with ThreadPoolExecutor(20) as crowd:
        answers = list(crowd.map(lambda _: product.post("/checkouts", json=checkout((listed["id"], 1))), range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 5 + [409] * 15
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"stock_too_low"}
    assert product.value("SELECT on_hand - reserved FROM stock WHERE product_id = :p", p=listed["id"]) == 0


def test_goods_of_nobody_are_not_told_apart(product: Product, seller: str) -> None:
    """A product that waits for the office cannot be bought, and its name is not given away."""
    hidden = product.post("/products", seller, json=goods(name="Rahasia Dapur")).json()
    if hidden["status"] != "pending":
        with product.engine.begin() as connection:
            connection.exec_driver_sql(f"UPDATE product SET status = 'pending' WHERE id = '{hidden['id']}'")
    answer = product.post("/checkouts", json=checkout((hidden["id"], 1)))
    problem(answer, 409, "not_for_sale")


def test_the_answer_is_byte_for_byte_what_is_read_afterwards(product: Product, seller: str, other_seller: str) -> None:
    goods_of_both = [(product.published(token)["id"], 1) for token in (seller, other_seller)]
    for headers in ({}, {"Idempotency-Key": "sama-persis"}):
        placed = product.post("/checkouts", json=checkout(*goods_of_both), headers=headers)
        read = product.get(f"/checkouts/{placed.json()['number']}", params={"key": placed.json()["key"]})
        assert (placed.text, placed.headers["etag"]) == (read.text, read.headers["etag"])
