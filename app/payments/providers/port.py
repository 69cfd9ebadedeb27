"""What the product asks of any gateway, in its own words: rupiah, four states, no vendor's objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

State = Literal["open", "processing", "paid", "failed", "expired"]

APP = "pasar-etam"
"""Marks what is ours in an account shared with other shops."""


@dataclass(frozen=True)
class Intent:
    """A charge to be opened. Repeating it with the same key and the same content opens it once."""

    payment_id: UUID
    number: str
    amount: int
    success_url: str
    cancel_url: str
    expires_at: datetime
    key: str


@dataclass(frozen=True)
class Opened:
    """Where the buyer goes to pay, and the gateway's own name for it."""

    ref: str
    redirect_url: str


@dataclass(frozen=True)
class Seen:
    """A charge as the gateway tells it now. `amount` in whole rupiah is None when it cannot be told as such."""

    ref: str
    state: State
    amount: int | None
    currency: str
    payment_id: UUID | None
    ours: bool
    livemode: bool


@dataclass(frozen=True)
class Notice:
    """A verified message: a hint to look, never the truth itself. `ref` is None when it is about nothing of ours."""

    event_id: str
    kind: str
    livemode: bool
    ref: str | None
    payment_id: UUID | None


@dataclass(frozen=True)
class Returned:
    """The answer to a refund: `succeeded`, `submitted` (on its way) or `failed`."""

    ref: str
    status: Literal["succeeded", "submitted", "failed"]


class Gateway(Protocol):
    """One way through which the platform collects. Every method talks to the outside: never call it in a transaction."""

    name: str
    livemode: bool

    def open(self, intent: Intent) -> Opened:
        """Raises GatewayDown when it is not known whether a charge was opened, GatewayRefused when surely none was."""

    def fetch(self, ref: str) -> Seen:
        """The charge now. Raises GatewayDown."""

    def expire(self, ref: str) -> Seen:
        """Close it for good if it is still open; tells what it is then, which may be paid. Raises GatewayDown."""

    def refund(self, ref: str, amount: int, key: str) -> Returned:
        """Send `amount` rupiah back, once per key. Raises GatewayDown."""

    def fetch_refund(self, ref: str) -> Returned:
        """A refund now. Raises GatewayDown."""

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Notice:
        """Verify and read a message. Raises BadNotice for anything that is not surely the gateway's."""
