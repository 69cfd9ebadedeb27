"""The loop through the API alone: sign in, register, approve, list, find, buy, pay in cash, look."""

from __future__ import annotations

from tests.api.conftest import Product, checkout


def test_a_program_walks_the_loop(product: Product, verifier: str) -> None:
    owner = product.person(name="Ibu Etam")
    begun = product.post("/businesses", owner, json=product.registration(owner, name="Amplang Sangatta"))
    number = begun.json()["number"]
    assert begun.status_code == 201
    assert begun.json() == {"number": number, "status": "draft"}
    assert begun.headers["location"] == f"/api/v1/businesses/{number}"

    assert product.post(f"/businesses/{number}/submit", owner).json() == {"number": number, "status": "submitted"}
    approved = product.post(f"/businesses/{number}/approve", verifier, json={"checks": ["place"]})
    assert approved.json() == {"number": number, "status": "active"}
    assert [badge["kind"] for badge in product.get(f"/businesses/{number}").json()["badges"]] == ["place", "registry"]

    listed = product.published(owner, name="Amplang Pedas")
    assert listed["business"]["number"] == number
    assert product.get(f"/products/{listed['slug']}").json()["stock"] == {"mode": "counted", "available": 10}

    bought = product.post("/checkouts", json=checkout((listed["id"], 2)))
    assert bought.status_code == 201
    body = bought.json()
    assert body["total_amount"] == 50_000
    assert [(order["status"], order["total_amount"]) for order in body["orders"]] == [("awaiting_seller", 50_000)]
    assert [(payment["method"], payment["status"], payment["amount"]) for payment in body["payments"]] == [
        ("cod", "pending", 50_000)
    ]
    again = product.get(f"/checkouts/{body['number']}", params={"key": body["key"]})
    assert again.json() == body
    assert product.get(f"/products/{listed['slug']}").json()["stock"] == {"mode": "counted", "available": 8}
