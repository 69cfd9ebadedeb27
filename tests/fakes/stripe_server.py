"""A strict, stateful stand-in for Stripe over real HTTP, for the real SDK to talk to.

It knows Checkout Sessions, refunds and events: parameters are checked against the SDK's own types, idempotency keys replay or
refuse, money cannot be refunded twice, and its webhooks carry signatures made by the SDK. Tests press the buyer's buttons
through its methods.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import stripe
from stripe.params import EventListParams, RefundCreateParams, RefundListParams, RefundRetrieveParams
from stripe.params.checkout import SessionCreateParams, SessionExpireParams, SessionRetrieveParams

from tests.fakes.stripe_params import ParameterFault, check

KEY = "sk_test_fake"
SECRET = "whsec_" + "0123456789abcdef" * 2
SHORTEST_SECONDS = 30 * 60
LONGEST_SECONDS = 24 * 60 * 60
LARGEST_IDR = 999_999_999_999

Answer = tuple[int, dict[str, Any]]


@dataclass
class FakeStripe:
    """One account. `down` answers everything with 503; `lose_answers` does the work and then drops that many connections;
    `busy` says that many times that the same request is still being worked on."""

    url: str = ""
    livemode: bool = False
    down: bool = False
    lose_answers: int = 0
    busy: int = 0
    refund_status: str = "succeeded"
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    replies: dict[str, tuple[str, Answer]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    serials: Iterator[int] = field(default_factory=lambda: count(1))

    # --- what a buyer or Stripe itself does ---

    def pay(self, ref: str, *, total: int | None = None, currency: str = "idr") -> dict[str, Any]:
        """The buyer pays: `total` in sen when it is not what was asked."""
        return self.changed(
            ref,
            "checkout.session.completed",
            status="complete",
            payment_status="paid",
            amount_total=total if total is not None else self.sessions[ref]["amount_total"],
            currency=currency,
        )

    def complete_unpaid(self, ref: str) -> dict[str, Any]:
        """A delayed method: the page is done, the money is not there."""
        return self.changed(ref, "checkout.session.completed", status="complete", payment_status="unpaid")

    def delayed_paid(self, ref: str) -> dict[str, Any]:
        return self.changed(ref, "checkout.session.async_payment_succeeded", payment_status="paid")

    def delayed_failed(self, ref: str) -> dict[str, Any]:
        return self.changed(ref, "checkout.session.async_payment_failed", payment_status="unpaid")

    def time_out(self, ref: str) -> dict[str, Any]:
        return self.changed(ref, "checkout.session.expired", status="expired", url=None)

    def changed(self, ref: str, kind: str, **values: Any) -> dict[str, Any]:
        with self.lock:
            self.sessions[ref] |= values
            return self.event(kind, self.sessions[ref])

    def event(self, kind: str, about: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """A new event, with an id of its own; `changes` overwrite its fields."""
        made = {
            "id": self.name("evt"),
            "object": "event",
            "api_version": stripe.api_version,
            "created": int(time.time()),
            "type": kind,
            "livemode": self.livemode,
            "data": {"object": json.loads(json.dumps(about))},
        } | changes
        with self.lock:
            self.events.append(made)
        return made

    def webhook(self, event: dict[str, Any], *, secret: str = SECRET) -> tuple[bytes, dict[str, str]]:
        """Body and headers as Stripe would post them, signed by the SDK's own code."""
        raw = json.dumps(event, indent=2).encode()
        return raw, {"Stripe-Signature": signature(raw, secret)}

    # --- the API ---

    def answer(self, method: str, path: str, query: str, body: str, headers: dict[str, str]) -> Answer | None:
        """What Stripe would answer; None when the answer is lost on the way."""
        with self.lock:
            self.calls.append(f"{method} {path}")
            if self.down:
                return error(503, "api_error", "down")
            if self.busy:
                self.busy -= 1
                return error(409, "idempotency_error", "There is currently another in-progress request using this key")
            if headers.get("authorization") != f"Bearer {KEY}":
                return error(401, "invalid_request_error", "Invalid API Key provided")
            if headers.get("stripe-version") != stripe.api_version:
                return error(400, "invalid_request_error", "unexpected API version")
            found = self.idempotent(method, path, body, headers, lambda: self.route(method, path, query, body))
            if self.lose_answers:
                self.lose_answers -= 1
                return None
            return found

    def idempotent(self, method: str, path: str, body: str, headers: dict[str, str], work: Any) -> Answer:
        key = headers.get("idempotency-key")
        if method != "POST" or key is None:
            return attempted(work)
        asked = hashlib.sha256(f"{path}?{body}".encode()).hexdigest()
        if key in self.replies:
            known, kept = self.replies[key]
            if known != asked:
                return error(
                    400, "idempotency_error", "Keys for idempotent requests can only be used with the same parameters"
                )
            return kept
        answer = attempted(work)
        self.replies[key] = asked, answer
        return answer

    def route(self, method: str, path: str, query: str, body: str) -> Answer:
        given = nested(query if method == "GET" else body)
        match [method, *path.strip("/").split("/")]:
            case ["POST", "v1", "checkout", "sessions"]:
                return self.create_session(check(given, SessionCreateParams))
            case ["GET", "v1", "checkout", "sessions", ref] if ref in self.sessions:
                check(given, SessionRetrieveParams)
                return 200, self.sessions[ref]
            case ["POST", "v1", "checkout", "sessions", ref, "expire"] if ref in self.sessions:
                check(given, SessionExpireParams)
                return self.expire_session(ref)
            case ["POST", "v1", "refunds"]:
                return self.create_refund(check(given, RefundCreateParams))
            case ["GET", "v1", "refunds"]:
                return self.list_refunds(check(given, RefundListParams))
            case ["GET", "v1", "refunds", ref] if ref in self.refunds:
                check(given, RefundRetrieveParams)
                return 200, self.refunds[ref]
            case ["GET", "v1", "events"]:
                check(given, EventListParams)
                return 200, listed(self.events, "/v1/events")
        return error(404, "invalid_request_error", f"No such resource: {path}", code="resource_missing")

    def create_session(self, given: dict[str, Any]) -> Answer:
        if given.get("mode") != "payment" or not given.get("line_items") or not given.get("success_url"):
            return error(400, "invalid_request_error", "a hosted payment needs mode, line_items and success_url")
        now = int(time.time())
        ends = given.get("expires_at", now + LONGEST_SECONDS)
        if not now + SHORTEST_SECONDS <= ends <= now + LONGEST_SECONDS:
            return error(400, "invalid_request_error", "`expires_at` must be between 30 minutes and 24 hours from now")
        total = 0
        for item in given["line_items"]:
            price = item["price_data"]
            if price["currency"] != "idr" or price.get("unit_amount", -1) < 0:
                return error(400, "invalid_request_error", "Invalid currency or amount")
            total += price["unit_amount"] * item.get("quantity", 1)
        if total > LARGEST_IDR:
            return error(400, "invalid_request_error", "amount too large", code="amount_too_large")
        ref = self.name("cs_test")
        session = {
            "id": ref,
            "object": "checkout.session",
            "livemode": self.livemode,
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "amount_total": total,
            "currency": "idr",
            "metadata": given.get("metadata", {}),
            "client_reference_id": given.get("client_reference_id"),
            "payment_intent": self.name("pi"),
            "success_url": given["success_url"],
            "cancel_url": given.get("cancel_url"),
            "expires_at": ends,
            "url": f"https://checkout.stripe.com/c/pay/{ref}",
        }
        self.sessions[ref] = session
        return 200, dict(session)

    def expire_session(self, ref: str) -> Answer:
        session = self.sessions[ref]
        if session["status"] != "open":
            return error(
                400, "invalid_request_error", 'Only Checkout Sessions with a status in ["open"] can be expired.'
            )
        self.time_out(ref)
        return 200, session

    def create_refund(self, given: dict[str, Any]) -> Answer:
        intent = given.get("payment_intent")
        paid = next(
            (
                one
                for one in self.sessions.values()
                if one["payment_intent"] == intent and one["payment_status"] == "paid"
            ),
            None,
        )
        if paid is None:
            return error(400, "invalid_request_error", "This PaymentIntent has no successful charge to refund")
        known = [one for one in self.refunds.values() if one["payment_intent"] == intent and one["status"] != "failed"]
        left = paid["amount_total"] - sum(one["amount"] for one in known)
        amount = given.get("amount", left)
        if not 0 < amount <= left:
            return error(
                400,
                "invalid_request_error",
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                code="amount_too_large",
            )
        made = {
            "id": self.name("re"),
            "object": "refund",
            "amount": amount,
            "currency": paid["currency"],
            "payment_intent": intent,
            "status": self.refund_status,
            "metadata": given.get("metadata", {}),
        }
        self.refunds[made["id"]] = made
        return 200, dict(made)

    def list_refunds(self, given: dict[str, Any]) -> Answer:
        intent = given.get("payment_intent")
        return 200, listed(
            [one for one in self.refunds.values() if intent in (None, one["payment_intent"])], "/v1/refunds"
        )

    def name(self, prefix: str) -> str:
        return f"{prefix}_{next(self.serials):06d}"


def attempted(work: Any) -> Answer:
    try:
        return work()  # type: ignore[no-any-return]
    except ParameterFault as fault:
        return error(400, "invalid_request_error", str(fault), code=fault.code, param=fault.parameter)


def error(status: int, kind: str, message: str, **more: str) -> Answer:
    return status, {"error": {"type": kind, "message": message} | more}


def listed(items: list[dict[str, Any]], url: str) -> dict[str, Any]:
    return {"object": "list", "url": url, "has_more": False, "data": items}


def signature(raw: bytes, secret: str = SECRET, at: float | None = None) -> str:
    return stripe.WebhookSignature.generate_signature_header(
        raw.decode(), secret, timestamp=int(time.time() if at is None else at)
    )


def nested(form: str) -> dict[str, Any]:
    """`a[b][0][c]=x` as Stripe reads it: hashes and arrays."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True):
        first, rest = re.match(r"([^\[]+)(.*)", name).groups()  # type: ignore[union-attr]
        place, keys = root, [first, *re.findall(r"\[([^\]]*)\]", rest)]
        for key in keys[:-1]:
            place = place.setdefault(key, {})
        place[keys[-1]] = value
    return {name: arrays(value) for name, value in root.items()}


def arrays(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [arrays(value[key]) for key in sorted(value, key=int)]
    return {key: arrays(one) for key, one in value.items()}


class Backlog(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


@contextmanager
def running() -> Iterator[FakeStripe]:
    """A fake account on a free loopback port."""
    fake = FakeStripe()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"  # one request a connection: no test leaves one open

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            answer = fake.answer(self.command, parts.path, parts.query, body, headers)
            if answer is None:
                self.close_connection = True
                self.connection.close()
                return
            status, content = answer
            raw = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = handle_one  # noqa: N815 - the names are the library's

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

        def handle(self) -> None:
            try:
                super().handle()
            except (ConnectionError, ValueError):
                return  # the connection was dropped on purpose

        def finish(self) -> None:
            try:
                super().finish()
            except (ConnectionError, ValueError):
                return

    server = Backlog(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
