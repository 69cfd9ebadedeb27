"""The gateways' door: stored once, answered at once, never a fault, whatever is thrown at it."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from httpx import Response

from app.config import settings
from app.kit import clock
from app.payments import inbox, signatures
from app.payments.providers import registry, sandbox
from tests.api.conftest import Product, checkout, problem

HOOK = "/hooks/payments/sandbox"
NOTICES = "SELECT count(*) FROM payment_notice"
PAID = "SELECT status FROM payment WHERE id = :id"
POSTED = "SELECT count(*) FROM ledger_transaction"


def signature(body: bytes, *, later: int = 0, with_secret: str | None = None) -> str:
    at = clock.now() + timedelta(seconds=later)
    return signatures.sign(with_secret or sandbox.secret(settings()), body, at)


def tell(product: Product, body: bytes, header: str | bytes | None = None, path: str = HOOK) -> Response:
    headers: dict[bytes, Any] = {b"content-type": b"application/json"}
    if header is not None:
        headers[sandbox.HEADER.encode()] = header if isinstance(header, bytes) else header.encode()
    return product.client.post(f"/api/v1{path}", content=body, headers=headers)


def event(**changes: Any) -> bytes:
    known = {"id": "evt_lain", "type": "charge.paid", "livemode": False, "app": "toko-lain", "ref": "sb_lain"}
    return json.dumps(known | changes).encode()


def paid_charge(product: Product, token: str) -> tuple[str, bytes]:
    """A checkout whose buyer has paid at the gateway: the payment, and the message on its way to us."""
    listed = product.published(token)
    body = product.post("/checkouts", json=checkout((listed["id"], 1), payment_method="sandbox")).json()
    (payment,) = body["payments"]
    ref = urlsplit(payment["redirect_url"]).path.rpartition("/")[2]
    message = sandbox.pressed(product.begin, ref, "pay", "paid")
    assert message is not None
    return str(payment["id"]), message


def wait_for(product: Product, payment_id: str, status: str) -> None:
    deadline = time.monotonic() + 10
    while product.value(PAID, id=payment_id) != status:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_message_settles_its_payment(product: Product, seller: str) -> None:
    payment_id, message = paid_charge(product, seller)
    before = product.value(NOTICES)
    answer = tell(product, message, signature(message))
    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert product.value(NOTICES) == before + 1
    wait_for(product, payment_id, "paid")


def test_fifty_deliveries_of_one_message_are_one(product: Product, seller: str) -> None:
    payment_id, message = paid_charge(product, seller)
    notices, posted, header = product.value(NOTICES), product.value(POSTED), signature(message)
    with ThreadPoolExecutor(25) as crowd:
        answers = list(crowd.map(lambda _: tell(product, message, header), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    wait_for(product, payment_id, "paid")
    assert product.value(NOTICES) == notices + 1
    assert product.value(POSTED) == posted + 1


def test_news_about_other_shops_is_stored_and_changes_nothing(product: Product) -> None:
    before, posted = product.value(NOTICES), product.value(POSTED)
    body = event(id="evt_asing")
    assert tell(product, body, signature(body)).status_code == 200
    assert (product.value(NOTICES), product.value(POSTED)) == (before + 1, posted)


def hostile() -> list[tuple[str, bytes, str | bytes | None]]:
    """Everything that is not surely the gateway's."""
    good = event(id="evt_jahat")
    header = signature(good)
    flipped = header[:-1] + ("0" if header[-1] != "0" else "1")
    return [
        ("no signature", good, None),
        ("an empty one", good, ""),
        ("one nibble off", good, flipped),
        ("one more newline", good + b"\n", header),
        ("the same meaning, other bytes", json.dumps(json.loads(good), indent=1).encode(), header),
        ("another secret", good, signature(good, with_secret="rahasia-lain-rahasia-lain-rahasia-lain")),
        ("301 seconds old", good, signature(good, later=-302)),
        ("ten minutes ahead", good, signature(good, later=600)),
        ("ten years ahead", good, signature(good, later=10 * 365 * 86400)),
        ("not ASCII", good, "t=1,v1=é".encode()),
        ("not UTF-8", good, b"t=1,v1=\xff\xfe"),
        ("no time", good, "v1=abc"),
        ("a time too long", good, f"t={'9' * 400},v1=abc"),
        ("two times", good, f"t=1,{header}"),
        ("a body that is not UTF-8", b"\xff\xfe{}", signature(b"\xff\xfe{}")),
        ("no JSON", b"halo", signature(b"halo")),
        ("a list", b"[]", signature(b"[]")),
        ("nothing in it", b"{}", signature(b"{}")),
        ("no body", b"", signature(b"")),
        ("a string", b'"x"', signature(b'"x"')),
        ("nested deep", b"[" * 50_000, signature(b"[" * 50_000)),
        ("a number too long", b'{"id":' + b"9" * 5_000 + b"}", signature(b'{"id":' + b"9" * 5_000 + b"}")),
        ("live news in rehearsal", event(livemode=True), signature(event(livemode=True))),
        ("an id that is no text", event(id=5), signature(event(id=5))),
        ("an id with NUL", event(id="evt\0"), signature(event(id="evt\0"))),
        ("an id without end", event(id="e" * 9_000), signature(event(id="e" * 9_000))),
        ("a kind that is an object", event(type={}), signature(event(type={}))),
    ]


def test_what_is_not_surely_the_gateways_is_refused_and_not_kept(product: Product) -> None:
    before = product.value(NOTICES)
    for name, body, header in hostile():
        answer = tell(product, body, header)
        assert answer.status_code == 400, (name, answer.status_code, answer.text)
        problem(answer, 400, "bad_notice")
    assert product.value(NOTICES) == before


def test_odd_refs_of_signed_messages_are_never_a_fault(product: Product) -> None:
    for number, ref in enumerate(["", "x" * 300, "\u0000", "%00", 5, None, [], "sb_tidak_ada"]):
        body = event(id=f"evt_ref_{number}", app="pasar-etam", ref=ref)
        assert tell(product, body, signature(body)).status_code == 200, ref


def test_too_large_is_told_before_anything_is_read(product: Product) -> None:
    before = product.value(NOTICES)
    body = event(id="evt_besar", filler="x" * (256 * 1024))
    problem(tell(product, body, signature(body)), 413, "too_large")
    fits = event(id="evt_pas", filler="x" * (255 * 1024))
    assert tell(product, fits, signature(fits)).status_code == 200
    assert product.value(NOTICES) == before + 1


def test_unknown_and_switched_off_gateways_are_missing(product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    body = event(id="evt_mati")
    missing = tell(product, body, signature(body), "/hooks/payments/midtrans")
    problem(missing, 404, "not_found")
    for name in ("stripe", "cod", "transfer", "%00", "Sandbox", "sandbox%20"):
        assert tell(product, body, signature(body), f"/hooks/payments/{name}").text == missing.text
    switched_off = settings().model_copy(update={"env": "production"})
    monkeypatch.setattr(registry, "settings", lambda: switched_off)
    assert tell(product, body, signature(body)).text == missing.text
    assert product.value("SELECT count(*) FROM payment_notice WHERE event_id = 'evt_mati'") == 0


def test_nobodys_token_and_no_origin_matter_here(product: Product) -> None:
    body = event(id="evt_asal")
    headers = {
        sandbox.HEADER: signature(body),
        "Authorization": "Bearer tidak-ada",
        "Origin": "https://lain.example",
        "Sec-Fetch-Site": "cross-site",
        "Content-Type": "application/octet-stream",
        "Cookie": "sesi=x",
    }
    answer = product.client.post(f"/api/v1{HOOK}", content=body, headers=headers)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


def test_a_fault_in_working_it_off_is_no_fault_of_the_answer(
    product: Product, seller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id, message = paid_charge(product, seller)

    def broken(*_: Any) -> bool:
        raise RuntimeError("the gateway cannot be asked")

    with monkeypatch.context() as context:
        context.setattr(inbox, "work", broken)
        assert tell(product, message, signature(message)).status_code == 200
        deadline = time.monotonic() + 10
        attempts = "SELECT max(attempts) FROM payment_notice WHERE processed_at IS NULL"
        while product.value(attempts) != 1 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert product.value(PAID, id=payment_id) == "pending"
    problem(product.get("/hooks/payments/sandbox"), 405, "method_not_allowed")
