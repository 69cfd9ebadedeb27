"""Signing in for programs."""

from __future__ import annotations

from statistics import median
from time import perf_counter

from tests.api.conftest import PASSWORD, Product, checkout, fields, fresh_phone, problem

FAILURES = "SELECT count(*) FROM sign_in_failure WHERE counted_by = 'account'"


def test_a_token_is_given_for_phone_and_password(product: Product) -> None:
    phone = product.tokens[product.person()]
    answer = product.sign_in(phone)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "private, no-store"
    body = answer.json()
    assert (set(body), body["token_type"], body["expires_in"]) == (
        {"access_token", "token_type", "expires_in"},
        "bearer",
        43_200,
    )
    assert product.sign_in("+62" + phone[1:]).status_code == 200
    assert product.post("/products", body["access_token"], json={}).status_code == 422


def test_unknown_phone_and_wrong_password_are_one_answer(product: Product) -> None:
    phone = product.tokens[product.person()]
    before = product.value(FAILURES)
    answers = [
        product.sign_in(phone, "salah-sama-sekali"),
        product.sign_in(fresh_phone()),
        product.sign_in("bukan nomor"),
        product.sign_in("\u0000\u202e"),
    ]
    for answer in answers:
        problem(answer, 401, "wrong_credentials")
        assert answer.headers["www-authenticate"] == 'Bearer realm="Pasar Etam"'
    assert len({answer.text for answer in answers}) == 1
    assert product.value(FAILURES) == before + 4, "a refusal is an answer: what was counted is kept"


def test_an_unknown_phone_takes_as_long_as_a_wrong_password(product: Product) -> None:
    phones = [product.tokens[product.person()] for _ in range(3)]

    def seconds(phone: str) -> float:
        began = perf_counter()
        product.sign_in(phone, "salah-sama-sekali")
        return perf_counter() - began

    known = median(seconds(phone) for phone in phones * 2)
    unknown = median(seconds(fresh_phone()) for _ in range(6))
    assert 0.4 < known / unknown < 2.5


def test_failures_are_counted_and_successes_are_not(product: Product) -> None:
    phone = product.tokens[product.person()]
    for _ in range(12):
        assert product.sign_in(phone).status_code == 200
    for _ in range(10):
        problem(product.sign_in(phone, "salah-sama-sekali"), 401, "wrong_credentials")
    refused = product.sign_in(phone)
    problem(refused, 429, "too_many_attempts")
    assert 0 < int(refused.headers["retry-after"]) <= 900
    assert product.sign_in(product.tokens[product.person()]).status_code == 200, "others go on"


def test_bad_bodies_name_their_fields(product: Product) -> None:
    assert fields(problem(product.post("/auth/token", json={}), 422, "invalid")) == {
        "phone": "missing",
        "password": "missing",
    }
    odd = product.post("/auth/token", json={"phone": 8120000, "password": PASSWORD, "otp": "1"})
    assert fields(problem(odd, 422, "invalid")) == {"phone": "invalid", "otp": "unknown_field"}
    assert PASSWORD not in odd.text, "what was typed is not sent back"
    long = product.post("/auth/token", json={"phone": "0812", "password": "x" * 600})
    assert fields(problem(long, 422, "invalid")) == {"password": "too_long"}


def test_a_token_that_is_no_good_is_refused_even_where_guests_may_call(product: Product) -> None:
    for header in (
        "Bearer tidak-ada",
        "Bearer",
        "Bearer a b",
        "Basic dXNlcjpwYXNz",
        "tanpa-skema",
        "Bearer " + "x" * 200,
    ):
        for path in ("/products", "/businesses/KT-2026-000001-1", "/categories"):
            refused = product.get(path, headers={"Authorization": header})
            problem(refused, 401, "invalid_token")
            assert refused.headers["www-authenticate"] == 'Bearer realm="Pasar Etam", error="invalid_token"'
    bought = product.post("/checkouts", "tidak-ada", json=checkout(("019391f0-0000-7000-8000-000000000000", 1)))
    problem(bought, 401, "invalid_token")


def test_who_must_sign_in_is_told_how(product: Product) -> None:
    for method, path in (
        ("POST", "/businesses"),
        ("POST", "/products"),
        ("POST", "/businesses/KT-2026-000001-1/submit"),
        ("DELETE", "/products/019391f0-0000-7000-8000-000000000000/photos/019391f0-0000-7000-8000-000000000001"),
    ):
        answer = product.call(method, path, json={"name": "x"} if method == "POST" else None)
        assert answer.status_code in (401, 422), answer.text
    answer = product.post("/businesses/KT-2026-000001-1/submit")
    problem(answer, 401, "sign_in_required")
    assert answer.headers["www-authenticate"] == 'Bearer realm="Pasar Etam"'


def test_a_browser_token_opens_nothing_here(product: Product) -> None:
    token = product.person()
    with product.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sign_in SET kind = 'web' WHERE kind = 'api'")
    problem(product.get("/products", token), 401, "invalid_token")


def test_the_clock_ends_a_token(product: Product) -> None:
    token = product.person()
    assert product.get("/products", token).status_code == 200
    with product.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE sign_in SET expires_at = now() - interval '1 second'")
    problem(product.get("/products", token), 401, "invalid_token")


def test_signing_out_ends_this_token_alone(product: Product) -> None:
    phone = product.tokens[product.person()]
    here, there = (str(product.sign_in(phone).json()["access_token"]) for _ in range(2))
    assert product.call("DELETE", "/auth/token", here).status_code == 204
    problem(product.call("DELETE", "/auth/token", here), 401, "invalid_token")
    problem(product.call("DELETE", "/auth/token"), 401, "sign_in_required")
    assert product.get("/products", there).status_code == 200
