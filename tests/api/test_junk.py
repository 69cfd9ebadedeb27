"""Rubbish to every call: a problem document, never a fault of ours."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from httpx import Response
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.api.conftest import Product, problem

UUID = "019391f0-0000-7000-8000-000000000000"
WORDS = ["", " ", "\0", "%", "a" * 5_000, "9" * 400, "-1", "1e999", "NaN", "'; DROP TABLE product; --", "\u202e", "🥥", "é",
         "../../etc", "null", UUID, "{}", "\r\n", "64.08.04", "2026-02-30", "true"]  # fmt: skip
VALUES: list[Any] = [None, True, -1, 0, 10**40, 1.5, float("nan"), float("inf"), "", "\0", "\ud800", "a" * 20_000, [], {}, [[]],
                     {"\0": 1}, "2026-13-45", UUID]  # fmt: skip
BODIES = [b"", b"null", b"[]", b"{", b"\xff\xfe{", b"\x00", b'{"a":' * 50_000, b"[" * 50_000, b'{"a":NaN}', b"9" * 9_000,
          b'{"\\ud800":"\\udfff"}', b'{"a":1,"a":2}', b"\xef\xbb\xbf{}", b'"x"', b"-", b'{"a":"\\u0000"}']  # fmt: skip
TYPES = ["application/json", "text/plain", "", "multipart/form-data", "multipart/form-data; boundary=x",
         "application/x-www-form-urlencoded", "application/json; charset=utf-16", "application/problem+json", "é/é"]  # fmt: skip


HEADERS = ["Authorization", "If-Match", "If-None-Match", "Idempotency-Key", "Accept", "Accept-Encoding", "Range"]


@pytest.fixture(scope="module")
def described(product: Product) -> dict[str, Any]:
    found: dict[str, Any] = product.get("/openapi.json").json()
    return found


@pytest.fixture(scope="module")
def callers(product: Product, seller: str) -> list[str | None]:
    return [None, seller, product.person(role="administrator")]


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every call but the one that would end the token the others are made with."""
    for path, item in described["paths"].items():
        for method, operation in item.items():
            if (method, path) != ("delete", "/auth/token"):
                yield method.upper(), path, operation


def filled(path: str, value: str) -> str:
    while "{" in path:
        before, _, rest = path.partition("{")
        path = before + quote(value, safe="") + rest.partition("}")[2]
    return path


def sound(answer: Response, *what: object) -> None:
    """Whatever was sent: an answer, or a problem document of ours; never a fault."""
    assert answer.status_code < 500, (what, answer.status_code, answer.text)
    if answer.status_code >= 400:
        problem(answer, answer.status_code, answer.json()["code"])


def test_rubbish_in_the_path(product: Product, described: dict[str, Any], callers: list[str | None]) -> None:
    words = [word for word in WORDS if word.strip() and "/" not in word and "\n" not in word]
    for method, path, operation in operations(described):
        if "{" in path:
            for number, word in enumerate(words):
                body = {} if "requestBody" in operation else None
                answer = product.call(method, filled(path, word), callers[number % 3], json=body)
                sound(answer, method, path, word)
                assert answer.status_code >= 400, (method, path, word)


def test_rubbish_in_the_query(product: Product, described: dict[str, Any], callers: list[str | None]) -> None:
    for method, path, operation in operations(described):
        named = [parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "query"]
        for name in named:
            for number, word in enumerate(WORDS):
                sound(
                    product.call(method, filled(path, "T01"), callers[number % 3], params={name: word}),
                    path,
                    name,
                    word,
                )
        many = "&".join(f"{name}=%FF%00&{name}=1" for name in [*named, "x"])
        sound(product.call(method, f"{filled(path, 'T21')}?{many}&&=&%", callers[1]), path, many)


def test_rubbish_in_the_body(product: Product, described: dict[str, Any], callers: list[str | None]) -> None:
    for method, path, _ in operations(described):
        if method != "GET":
            for number, body in enumerate(BODIES):
                for content_type in (TYPES[0], TYPES[1 + number % (len(TYPES) - 1)]):
                    headers = {"Content-Type": content_type.encode(), "If-Match": "*"}
                    answer = product.call(method, filled(path, UUID), callers[1], content=body, headers=headers)
                    sound(answer, method, path, body[:40], content_type)
                    assert answer.status_code >= 400


def test_rubbish_in_one_field_of_a_good_body(
    product: Product, described: dict[str, Any], callers: list[str | None]
) -> None:
    shapes = described["components"]["schemas"]
    for method, path, operation in operations(described):
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema is not None:
            good = example(schema, shapes)
            if path in ("/businesses", "/products"):
                assert product.call(method, path, callers[1], json=good).status_code == 201, good
            for field, body in broken_bodies(good):
                text = json.dumps(body).encode()
                headers = {"Content-Type": "application/json", "If-Match": "*"}
                answer = product.call(method, filled(path, UUID), callers[1], content=text, headers=headers)
                sound(answer, method, path, field, text[:200])


def broken_bodies(good: Any) -> Iterator[tuple[str, Any]]:
    """The body with one field after the other replaced, at any depth."""
    if isinstance(good, dict):
        for number, (field, value) in enumerate(good.items()):
            for rubbish in VALUES[number % 3 :: 3]:
                yield field, {**good, field: rubbish}
            for inner, part in broken_bodies(value):
                yield f"{field}.{inner}", {**good, field: part}
    elif isinstance(good, list) and good:
        for inner, part in broken_bodies(good[0]):
            yield f"0.{inner}", [part]


GOOD: dict[str, Any] = {
    "phone": "081570000000", "district_code": "64.08.04", "village_code": None, "category": "makanan", "photos": [],
    "region_code": None, "nik": None, "nib": "1234567890123", "kbli": {"version": 2020, "code": "10792"}, "business": None,
    "fields": ["address"], "checks": ["place"],
}  # fmt: skip
"""Of the fields whose type alone does not make a good value."""


def example(schema: dict[str, Any], shapes: dict[str, Any]) -> Any:
    """A body that would be taken."""
    if "$ref" in schema:
        return example(shapes[schema["$ref"].rpartition("/")[2]], shapes)
    if "anyOf" in schema:
        return example(schema["anyOf"][0], shapes)
    if "enum" in schema or "const" in schema:
        return schema.get("const") or schema["enum"][0]
    if schema.get("type") == "object":
        return {
            name: GOOD[name] if name in GOOD else example(part, shapes)
            for name, part in schema.get("properties", {}).items()
        }
    if schema.get("type") == "array":
        return [example(schema["items"], shapes)]
    kind = schema.get("format") or schema.get("type")
    return {"integer": 1, "uuid": UUID, "date": "2020-01-31", "boolean": True}.get(str(kind), "teks")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=json_values,
    address=st.sampled_from(["/auth/token", "/businesses", "/products", "/checkouts", f"/businesses/{UUID}/return"]),
)
def test_any_json_at_all(product: Product, seller: str, body: Any, address: str) -> None:
    text = json.dumps(body).encode()
    answer = product.post(address, seller, content=text, headers={"Content-Type": "application/json"})
    sound(answer, address, text)
    assert answer.status_code >= 400


def test_rubbish_in_the_headers(product: Product, described: dict[str, Any], seller: str) -> None:
    rubbish: list[bytes] = [
        b"",
        b"x" * 300,
        b"\xff\xfe",
        b'W/"',
        b'"' * 50,
        b"*, *",
        "é".encode(),
        b"a,b,c" * 100,
    ]
    for method, path, operation in operations(described):
        for number, name in enumerate(HEADERS):
            for value in rubbish[(number + len(path)) % 5 :: 5]:
                headers: dict[bytes, bytes] = {name.encode(): value}
                if name != "Authorization":
                    headers[b"Authorization"] = f"Bearer {seller}".encode()
                more: dict[str, Any] = {"json": {}} if "requestBody" in operation else {}
                sound(
                    product.client.request(method, f"/api/v1{filled(path, UUID)}", headers=headers, **more), name, value
                )


def test_unknown_addresses_and_methods_are_problems_too(product: Product) -> None:
    for path in ("/api/v2/products", "/api/", "/api/v1/products/x%0A", "/api/v1/businesses/a%2Fb"):
        problem(product.client.get(path), 404, "not_found")
    problem(product.get("/tidak-ada"), 404, "not_found")
    problem(product.get("/products/"), 404, "not_found")
    refused = product.call("PUT", "/products")
    problem(refused, 405, "method_not_allowed")
    assert {"GET", "POST"} >= set(refused.headers["allow"].replace(" ", "").split(","))
    problem(product.post("/products", content=b"x" * (1024 * 1024 + 1)), 413, "too_large")
