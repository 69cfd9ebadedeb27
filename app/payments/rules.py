"""Pure decisions about payments: odd rupiah, deadlines at a gateway, what may be given back."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta

LARGEST_SUFFIX = 999

SHORTEST_CHARGE = {"stripe": timedelta(minutes=31), "sandbox": timedelta(seconds=0)}
"""How long a charge lives at least, by gateway: Stripe refuses less than half an hour, measured by its own clock, which may be a
minute ahead of ours."""

SETTLED_BEFORE_HOLD_ENDS = {"stripe": timedelta(minutes=15), "sandbox": timedelta(seconds=0)}
"""How long before the stock is let go the gateway's page closes, so that a payment of the last second still finds it."""


def suffix_for(total: int, taken: Collection[int], seed: str) -> int | None:
    """The odd rupiah (1 to 999) that make `total` an amount no other open transfer of the shop has; None when all are taken.

    Where the search begins follows from `seed` (the order's number), so that neighbours differ by more than their last digit.
    """
    start = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4]) % LARGEST_SUFFIX
    for step in range(LARGEST_SUFFIX):
        suffix = (start + step) % LARGEST_SUFFIX + 1
        if total + suffix not in taken:
            return suffix
    return None


def charge_ends(method: str, hold_until: datetime, now: datetime) -> datetime | None:
    """When a charge opened now must end at the gateway; None when the hold on the stock ends too soon for one."""
    wanted = hold_until - SETTLED_BEFORE_HOLD_ENDS[method]
    ends = max(wanted, now + SHORTEST_CHARGE[method])
    return ends if now < ends <= hold_until else None


def charge_key(payment_id: object, attempt: int) -> str:
    """The idempotency key of one attempt to open a charge."""
    return f"pay:{payment_id}:{attempt}"


def refundable(received: int, promised: int) -> int:
    """What may still be promised back of money that came."""
    return received - promised
