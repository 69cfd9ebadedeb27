"""The description of the API, and who may read it."""

from __future__ import annotations

import re

import pytest

from api import description
from api.router import application
from app.accounts import sessions, signup
from app.actor import GUEST
from tests.api.conftest import PASSWORD, Product, fresh_phone, problem, settings_with
from web import cookies

CALLS = {
    ("post", "/auth/token"), ("get", "/regions"), ("get", "/categories"), ("get", "/kbli"), ("get", "/businesses"),
    ("get", "/businesses/{number}"), ("post", "/businesses"), ("post", "/businesses/{number}/submit"),
    ("post", "/businesses/{number}/approve"), ("post", "/businesses/{number}/return"),
    ("post", "/businesses/{number}/reject"), ("get", "/products"), ("get", "/products/{slug}"), ("post", "/products"),
    ("patch", "/products/{product_id}"), ("post", "/products/{product_id}/photos"), ("get", "/search/products"),
    ("get", "/search/suggest"), ("post", "/checkouts"), ("get", "/checkouts/{number}"),
    ("post", "/hooks/payments/{provider}"), ("get", "/statistics/tables"), ("get", "/statistics/tables/{table_id}"),
}  # fmt: skip


def test_every_call_of_the_contract_is_described(product: Product) -> None:
    described = product.get("/openapi.json").json()
    found = {(method, path) for path, item in described["paths"].items() for method in item}
    assert found >= CALLS
    assert described["servers"] == [{"url": "/api/v1"}]
    for path, item in described["paths"].items():
        for method, operation in item.items():
            assert operation["description"], (method, path)
            refusal = operation["responses"]["default"]["content"]
            assert list(refusal) == ["application/problem+json"]
            assert "422" not in operation["responses"]
    public = described["paths"]["/products"]
    assert public["get"]["security"] == [{}, {"bearer": []}]
    assert public["post"]["security"] == [{"bearer": []}]
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_the_page_lists_the_calls_and_loads_nothing_from_elsewhere(product: Product) -> None:
    page = product.get("/docs")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    for method, path in CALLS:
        assert f"{method.upper()} {path}" in page.text
    assert "<script" not in page.text
    assert "style=" not in page.text
    addresses = re.findall(r'(?:href|src)="([^"#][^"]*)"', page.text)
    assert addresses
    assert all(address.startswith("/") for address in addresses)
    for address in addresses:
        assert product.client.get(address).status_code == 200, address
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_in_production_only_those_signed_in_read_it(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = fresh_phone()
    with product.begin() as session:
        account = signup.open_account(session, GUEST, name="Pembaca", phone=phone, password=PASSWORD)
        cookie, token = (sessions.start(session, account, kind=kind) for kind in ("web", "api"))
    monkeypatch.setattr(description, "in_production", lambda request: True)
    for path in ("/openapi.json", "/docs"):
        problem(product.get(path), 401, "sign_in_required")
        problem(product.get(path, "tidak-ada"), 401, "sign_in_required")
        problem(product.get(path, headers={"Cookie": "sesi=tidak-ada"}), 401, "sign_in_required")
        problem(product.get(path, cookie), 401, "sign_in_required")
        assert product.get(path, token).status_code == 200
        assert product.get(path, headers={"Cookie": f"sesi={cookie}"}).status_code == 200
        assert product.get(path, headers={"Cookie": f"__Host-sesi={cookie}"}).status_code == 200


def test_the_cookies_are_those_of_the_human_face() -> None:
    settings = settings_with("postgresql:///unused")
    secure = settings.model_copy(update={"base_url": "https://pasar.example"})
    assert {cookies.name_of(one, cookies.SIGN_IN) for one in (settings, secure)} == set(description.SIGN_IN_COOKIES)


def test_every_call_that_changes_something_needs_somebody_or_says_why_not(product: Product) -> None:
    api = application(settings_with("postgresql:///unused"))
    open_to_guests = {
        (method, path) for path, method, guests in description.named_rights(api) if guests and method != "get"
    }
    assert open_to_guests == {
        ("post", "/auth/token"),
        ("post", "/checkouts"),
        ("post", "/hooks/payments/{provider}"),
    }
