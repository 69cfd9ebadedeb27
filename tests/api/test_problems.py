"""Refusals as problem documents."""

from __future__ import annotations

import json

import pytest

from api import answers, problems
from app.accounts.errors import TooManyAttempts
from app.catalogue.errors import Short, StockTooLow
from app.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, SignInRequired, Unavailable
from app.idempotency.errors import InProgress
from app.kit.ids import uuid7
from app.statistics import definitions
from tests.api.conftest import Product, problem


def test_every_kind_of_refusal_has_its_status() -> None:
    expected = {
        SignInRequired: 401, problems.BadToken: 401, problems.WrongCredentials: 401, Forbidden: 403, NotFound: 404,
        Conflict: 409, InProgress: 409, problems.PreconditionFailed: 412, TooManyAttempts: 429,
        problems.PreconditionMissing: 428, Unavailable: 503,
    }  # fmt: skip
    for kind, status in expected.items():
        answer = problems.of(kind())
        body = json.loads(answer.body)
        assert (answer.status_code, body["status"]) == (status, status), kind
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert ("retry-after" in answer.headers) == (kind in (InProgress, TooManyAttempts, Unavailable))
        assert ("www-authenticate" in answer.headers) == (status == 401)


def test_missing_things_say_nothing_of_what_they_are() -> None:
    sentences = {problems.of(refusal).body for refusal in (NotFound(), NotFound("Barang itu tidak ditemukan."))}
    assert len(sentences) == 1


def test_faults_stand_beside_their_fields() -> None:
    answer = problems.of(Invalid(FieldError("name", "missing", "Tulis nama."), FieldError("nib", "invalid", "Salah.")))
    body = json.loads(answer.body)
    assert body["code"] == "invalid"
    assert body["errors"] == [
        {"field": "name", "code": "missing", "message": "Tulis nama."},
        {"field": "nib", "code": "invalid", "message": "Salah."},
    ]


def test_short_goods_are_named() -> None:
    short = Short(uuid7(), "Amplang", 5, -2)
    body = json.loads(problems.of(StockTooLow([short])).body)
    assert body["items"] == [{"product_id": str(short.product_id), "name": "Amplang", "wanted": 5, "available": 0}]


def test_a_field_somebody_made_up_is_cut_and_cleaned() -> None:
    assert problems.field_of(("body", "owner", "phone")) == "owner.phone"
    assert problems.field_of(("body", "items", 0, "quantity")) == "items.0.quantity"
    assert problems.field_of(("body", 17)) == "body"
    assert problems.field_of(("body",)) == "body"
    assert problems.field_of(("body", "\ud800" + "x" * 900)) == "?" + "x" * 199


@pytest.mark.parametrize(
    ("header", "version", "fits"),
    [
        ('"3-abc"', 3, True), ('W/"3-abc"', 3, True), ('"2-x", "3-y"', 3, True), ("*", 3, True), (' "3" ', 3, True),
        ('"4-abc"', 3, False), ('"33-abc"', 3, False), ("3.0", 3, False), ('"x"', 3, False), ("*, *", 3, False),
    ],
)  # fmt: skip
def test_a_change_fits_one_version(header: str, version: int, fits: bool) -> None:
    if fits:
        answers.require_match(header, version)
    else:
        with pytest.raises(problems.PreconditionFailed):
            answers.require_match(header, version)
    for nothing in (None, "", "  "):
        with pytest.raises(problems.PreconditionMissing):
            answers.require_match(nothing, version)


def test_a_fault_of_ours_says_nothing_of_itself(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def values(self) -> None:
            raise RuntimeError("rahasia dalam")

    with monkeypatch.context() as context:
        context.setattr(definitions, "CATALOGUE", Broken())
        answer = product.get("/statistics/tables")
    body = problem(answer, 500, "internal")
    assert "rahasia" not in answer.text
    assert set(body) == {"type", "title", "status", "detail", "code"}
    assert answer.headers["x-request-id"]
