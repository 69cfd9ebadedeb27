"""The rehearsal gateway: it behaves like a real one, with its own records, a hosted page and signed messages over HTTP.

Never in production. What it tells the shop travels through the same door as any gateway's message: an HTTP request to the
hook, with a signature over the raw body. A message that does not arrive is not sent again, so that reconciliation has
something to prove.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, select

from app.config import Settings, settings
from app.db import Transactions
from app.errors import Invalid, NotFound
from app.kit import clock, ids, texts
from app.payments import signatures
from app.payments.errors import BadNotice, GatewayRefused
from app.payments.models import SandboxCharge, SandboxRefund
from app.payments.providers.port import APP, Intent, Notice, Opened, Returned, Seen

HEADER = "Sandbox-Signature"
HOOK = "/api/v1/hooks/payments/sandbox"
TIMEOUT_SECONDS = 10
LATE_BY_SECONDS = 1.0
"""How long after the news of its end the charge of `late` is paid all the same: long enough for the shop to have acted on it."""

WRONG_BY = 1_000
"""How many rupiah the charge of `wrong_amount` is off."""

OUTCOMES: dict[str, str] = {
    "pay": "Bayar",
    "pending": "Bayar tertunda",
    "fail": "Gagal",
    "expire": "Kedaluwarsa",
    "duplicate": "Bayar, kabar dikirim dua kali",
    "late": "Bayar sesudah kedaluwarsa",
    "wrong_amount": "Bayar dengan jumlah salah",
}
"""The buttons of the hosted page: value and label."""

PAYABLE = frozenset({"open", "processing"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ChargeView:
    """What the hosted page shows."""

    ref: str
    amount: int
    status: str
    expires_at: datetime
    return_url: str


class SandboxGateway:
    """The port over the rehearsal gateway's own records; every method is a transaction of its own."""

    name = "sandbox"
    livemode = False

    def __init__(self, begin: Transactions) -> None:
        self.begin = begin

    def open(self, intent: Intent) -> Opened:
        with self.begin() as session:
            session.execute(
                insert(SandboxCharge)
                .values(
                    ref=f"sb_{ids.token()}",
                    key=intent.key,
                    payment_id=intent.payment_id,
                    amount=intent.amount,
                    paid_amount=0,
                    refunded_amount=0,
                    status="open",
                    return_url=intent.success_url,
                    expires_at=intent.expires_at,
                    created_at=clock.now(),
                )
                .on_conflict_do_nothing(index_elements=["key"])
            )
            charge = session.exec(select(SandboxCharge).where(SandboxCharge.key == intent.key)).one()
            if (charge.payment_id, charge.amount) != (intent.payment_id, intent.amount):
                raise GatewayRefused
            return Opened(charge.ref, f"{settings().base_url.rstrip('/')}/bayar-uji/{charge.ref}")

    def fetch(self, ref: str) -> Seen:
        with self.begin() as session:
            return seen(locked(session, ref))

    def expire(self, ref: str) -> Seen:
        with self.begin() as session:
            charge = locked(session, ref)
            if charge.status == "open":
                charge.status = "expired"
                session.flush()
            return seen(charge)

    def refund(self, ref: str, amount: int, key: str) -> Returned:
        with self.begin() as session:
            charge = locked(session, ref)
            known = session.get(SandboxRefund, key)
            if known is None:
                if charge.status != "paid" or amount > charge.paid_amount - charge.refunded_amount:
                    return Returned("", "failed")
                charge.refunded_amount += amount
                session.add(SandboxRefund(key=key, ref=ref, amount=amount))
                session.flush()
            elif (known.ref, known.amount) != (ref, amount):
                return Returned("", "failed")
            return Returned(key, "succeeded")

    def fetch_refund(self, ref: str) -> Returned:
        with self.begin() as session:
            return Returned(ref, "succeeded" if session.get(SandboxRefund, ref) else "failed")

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        found = signatures.verified([secret(settings())], raw, signatures.header_of(headers, HEADER))
        event_id, kind, livemode, ref = (found.get(name) for name in ("id", "type", "livemode", "ref"))
        if not short_text(event_id) or not short_text(kind) or livemode is not False:
            raise BadNotice("not an event of the rehearsal gateway")
        if not short_text(ref) or found.get("app") != APP:
            return Notice(str(event_id), str(kind), False, None, None)
        return Notice(str(event_id), str(kind), False, str(ref), None)


def charge_view(session: Session, ref: str) -> ChargeView:
    """Raises NotFound."""
    charge = None if texts.unwritable(ref) else session.get(SandboxCharge, ref)
    if charge is None:
        raise NotFound
    return ChargeView(charge.ref, charge.amount, seen(charge).state, charge.expires_at, charge.return_url)


def press(begin: Transactions, ref: str, outcome: str) -> str:
    """One button of the hosted page: the charge changes, the shop is told by webhook. Returns where the buyer goes next.

    A button that makes no sense any more (paying what is paid) changes nothing. Raises Invalid for an unknown outcome, NotFound.
    """
    if outcome not in OUTCOMES:
        raise Invalid.one("outcome", "Pilih salah satu tombol di halaman ini.", code="unknown")
    for place, status in enumerate(told_states(outcome)):
        if place:
            time.sleep(LATE_BY_SECONDS)
        event = pressed(begin, ref, outcome, status)
        if event is None:
            continue
        deliver(event)
        if outcome == "duplicate":
            deliver(event)
    with begin() as session:
        return charge_view(session, ref).return_url


def told_states(outcome: str) -> tuple[str, ...]:
    """The states the shop is told of, one after the other."""
    if outcome == "late":
        return ("expired", "paid")
    return ({"pending": "processing", "fail": "failed", "expire": "expired"}.get(outcome, "paid"),)


def pressed(begin: Transactions, ref: str, outcome: str, status: str) -> bytes | None:
    """Move the charge and return the message about it; None when the charge cannot become that."""
    with begin() as session:
        charge = locked(session, ref)
        now = seen(charge).state
        payable = now in PAYABLE or (outcome == "late" and now in {"expired", "failed"})
        if status == "paid" and payable:
            charge.status, charge.paid_amount = "paid", paid_amount(charge, outcome)
        elif status != "paid" and now in PAYABLE:
            charge.status = status
        elif not (outcome == "duplicate" and now == "paid"):
            return None
        session.flush()
        return message(charge)


def paid_amount(charge: SandboxCharge, outcome: str) -> int:
    if outcome != "wrong_amount":
        return charge.amount
    return charge.amount - WRONG_BY if charge.amount > WRONG_BY else charge.amount + WRONG_BY


def message(charge: SandboxCharge) -> bytes:
    """A message like a real gateway's: what happened to which charge, under an id of its own."""
    body = {
        "id": f"evt_{ids.token()}",
        "type": f"charge.{charge.status}",
        "livemode": False,
        "app": APP,
        "ref": charge.ref,
        "amount": charge.paid_amount or charge.amount,
        "created": int(clock.now().timestamp()),
    }
    return json.dumps(body, separators=(",", ":")).encode()


def deliver(raw: bytes) -> None:
    """Post a signed message to the shop's hook. One that is not taken is lost: reconciliation asks."""
    current = settings()
    headers = {"Content-Type": "application/json", HEADER: signatures.sign(secret(current), raw, clock.now())}
    try:
        answer = httpx.post(
            f"{current.base_url.rstrip('/')}{HOOK}", content=raw, headers=headers, timeout=TIMEOUT_SECONDS
        )
        if not answer.is_success:
            log.warning("sandbox_message_refused", status=answer.status_code)
    except httpx.HTTPError as fault:
        log.warning("sandbox_message_lost", fault=type(fault).__name__)


def secret(current: Settings) -> str:
    """The secret both sides share, derived so that nobody has to set one for a rehearsal."""
    return ids.derived_key(current.secret_key.get_secret_value(), "sandbox_gateway", "webhook")


def locked(session: Session, ref: str) -> SandboxCharge:
    if texts.unwritable(ref):
        raise NotFound
    charge = session.get(SandboxCharge, ref, with_for_update=True, populate_existing=True)
    if charge is None:
        raise NotFound
    return charge


def seen(charge: SandboxCharge) -> Seen:
    """The charge as it is now; an open one whose time is over has expired by itself."""
    over = charge.status == "open" and charge.expires_at <= clock.now()
    return Seen(
        ref=charge.ref,
        state="expired" if over else charge.status,  # type: ignore[arg-type]  # held by the table's CHECK
        amount=charge.paid_amount if charge.status == "paid" else charge.amount,
        currency="IDR",
        payment_id=charge.payment_id,
        ours=True,
        livemode=False,
    )


def short_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 255 and not texts.unwritable(value)
