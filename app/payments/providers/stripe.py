"""Stripe's hosted Checkout: the only file that speaks to Stripe, and the only one that knows its rupiah have hundredths.

Stripe objects are read as attributes and never as dicts; webhooks are hints and the charge is read again before acting. Payment
methods are left to the account's dashboard (`payment_method_types` no longer exists in this API version). Tested over HTTP
against a strict fake, never against live Stripe.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import stripe
import structlog

from app.kit import texts
from app.payments import signatures
from app.payments.errors import BadNotice, GatewayDown, GatewayRefused
from app.payments.providers.port import APP, Intent, Notice, Opened, Returned, Seen, State

SEN = 100
"""Stripe counts IDR in hundredths: Rp15.000 is 1500000."""

TIMEOUT_SECONDS = 10
RETRIES = 1
"""After a lost answer, under the same key. The buyer is waiting: longer silence is told as such."""

STILL_RUNNING = 409
"""The same request is being worked on at this moment: not a refusal, it may well open the charge."""

MOST_REFUNDS = 100
HEADER = "Stripe-Signature"
CHECKOUT_EVENTS = frozenset(
    f"checkout.session.{name}" for name in ("completed", "expired", "async_payment_succeeded", "async_payment_failed")
)

log = structlog.get_logger(__name__)


class StripeGateway:
    """A gateway over one Stripe account."""

    name = "stripe"

    def __init__(
        self, secret_key: str, webhook_secrets: Sequence[str], *, environment: str, api_base: str | None = None
    ) -> None:
        self.livemode = secret_key.startswith(("sk_live_", "rk_live_"))
        self.webhook_secrets = tuple(webhook_secrets)
        self.environment = environment
        self.client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base} if api_base else {},
            max_network_retries=RETRIES,
            http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS, allow_sync_methods=True),
        )

    def open(self, intent: Intent) -> Opened:
        marks = {"app": APP, "env": self.environment, "payment_id": str(intent.payment_id)}
        try:
            session = self.client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "locale": "id",
                    "client_reference_id": intent.number,
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": "idr",
                                "unit_amount": intent.amount * SEN,
                                "product_data": {"name": f"Pasar Etam {intent.number}"},
                            },
                        }
                    ],
                    "success_url": intent.success_url,
                    "cancel_url": intent.cancel_url,
                    "expires_at": int(intent.expires_at.timestamp()),
                    "metadata": marks,
                    "payment_intent_data": {"metadata": marks, "transfer_group": intent.number},
                },
                {"idempotency_key": intent.key},
            )
        except (stripe.InvalidRequestError, stripe.IdempotencyError) as fault:
            if fault.http_status == STILL_RUNNING:
                raise refusal(fault) from fault
            raise GatewayRefused from refusal(fault)
        except stripe.StripeError as fault:
            raise refusal(fault) from fault
        if not session.url:
            raise GatewayDown
        return Opened(session.id, session.url)

    def fetch(self, ref: str) -> Seen:
        try:
            return self.seen(self.client.v1.checkout.sessions.retrieve(ref))
        except stripe.InvalidRequestError as fault:
            raise GatewayRefused from refusal(fault)
        except stripe.StripeError as fault:
            raise refusal(fault) from fault

    def expire(self, ref: str) -> Seen:
        """ "Not open" is an answer, too: it was paid or has expired, and the charge itself says which."""
        try:
            return self.seen(self.client.v1.checkout.sessions.expire(ref))
        except stripe.InvalidRequestError:
            return self.fetch(ref)
        except stripe.StripeError as fault:
            raise refusal(fault) from fault

    def refund(self, ref: str, amount: int, key: str) -> Returned:
        try:
            session = self.client.v1.checkout.sessions.retrieve(ref)
            intent = session.payment_intent
            if intent is None:
                return Returned("", "failed")
            name = intent if isinstance(intent, str) else intent.id
            made = self.made_before(name, key) or self.client.v1.refunds.create(
                {
                    "payment_intent": name,
                    "amount": amount * SEN,
                    "metadata": {"app": APP, "env": self.environment, "refund": key},
                },
                {"idempotency_key": key},
            )
        except stripe.InvalidRequestError as fault:
            log.warning("stripe_refund_refused", code=fault.code)
            return Returned("", "failed")
        except stripe.StripeError as fault:
            raise refusal(fault) from fault
        return returned(made)

    def made_before(self, intent: str, key: str) -> stripe.Refund | None:
        """The refund of this key, should it exist: Stripe forgets its idempotency keys after a day, we may be away for longer."""
        found = self.client.v1.refunds.list({"payment_intent": intent, "limit": MOST_REFUNDS})
        return next((one for one in found.data if one.metadata and getattr(one.metadata, "refund", None) == key), None)

    def fetch_refund(self, ref: str) -> Returned:
        try:
            return returned(self.client.v1.refunds.retrieve(ref))
        except stripe.StripeError as fault:
            raise refusal(fault) from fault

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        found = signatures.verified(self.webhook_secrets, raw, signatures.header_of(headers, HEADER))
        event_id, kind, livemode = found.get("id"), found.get("type"), found.get("livemode")
        if found.get("object") != "event" or not text(event_id) or not text(kind) or not isinstance(livemode, bool):
            raise BadNotice("not an event")
        if livemode != self.livemode:
            raise BadNotice("an event of the other mode")
        ref, payment_id = self.subject(str(kind), found.get("data"))
        return Notice(str(event_id), str(kind), livemode, ref, payment_id)

    def subject(self, kind: str, data: object) -> tuple[str | None, UUID | None]:
        """The charge an event is about; nothing for kinds we do not handle and for charges of others in this account."""
        held = data.get("object") if isinstance(data, dict) else None
        if kind not in CHECKOUT_EVENTS or not isinstance(held, dict):
            return None, None
        marks = held.get("metadata")
        if not isinstance(marks, dict) or marks.get("app") != APP or marks.get("env") != self.environment:
            return None, None
        ref = held.get("id")
        return (ref if text(ref) else None), uuid_of(marks.get("payment_id"))

    def seen(self, session: Any) -> Seen:
        marks = session.metadata.to_dict() if session.metadata else {}
        return Seen(
            ref=session.id,
            state=state_of(session),
            amount=rupiah_of(session.amount_total),
            currency=str(session.currency or "").upper(),
            payment_id=uuid_of(marks.get("payment_id")),
            ours=marks.get("app") == APP and marks.get("env") == self.environment,
            livemode=bool(session.livemode),
        )


def returned(made: stripe.Refund) -> Returned:
    if made.status == "succeeded":
        return Returned(made.id, "succeeded")
    return Returned(made.id, "failed" if made.status in ("failed", "canceled") else "submitted")


def state_of(session: Any) -> State:
    """`completed` alone is not paid: a delayed method completes first and pays later."""
    if session.payment_status == "paid":
        return "paid"
    if session.status == "expired":
        return "expired"
    return "processing" if session.status == "complete" else "open"


def rupiah_of(sen: int | None) -> int | None:
    """Whole rupiah; None for an amount that is none, which therefore fits no payment of ours."""
    if sen is None or sen % SEN:
        return None
    return sen // SEN


def refusal(fault: stripe.StripeError) -> GatewayDown:
    """Our own message for every fault: Stripe's may quote what was sent."""
    log.warning("stripe_fault", kind=type(fault).__name__, status=fault.http_status, code=fault.code)
    return GatewayDown()


def text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and not texts.unwritable(value)


def uuid_of(value: object) -> UUID | None:
    try:
        return UUID(str(value))
    except ValueError:
        return None
