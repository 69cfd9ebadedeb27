"""Which gateways this installation collects through, by name."""

from __future__ import annotations

from functools import lru_cache

from app.config import Settings, settings
from app.db import Transactions
from app.payments.errors import UnknownProvider
from app.payments.providers.port import Gateway
from app.payments.providers.sandbox import SandboxGateway
from app.payments.providers.stripe import StripeGateway


def gateway(name: str, begin: Transactions) -> Gateway:
    """The gateway of that name. Raises UnknownProvider for one that does not exist or is switched off.

    `begin` is for the rehearsal gateway, whose own records lie in the same database.
    """
    current = settings()
    if name == "sandbox" and current.sandbox_enabled:
        return SandboxGateway(begin)
    if name == "stripe" and current.stripe_enabled:
        return stripe_of(current)
    raise UnknownProvider(name)


def stripe_of(current: Settings) -> StripeGateway:
    key = current.stripe_secret_key
    return client(
        key.get_secret_value() if key else "",
        tuple(current.stripe_webhook_secrets),
        current.env,
        current.stripe_api_base,
    )


@lru_cache(maxsize=4)
def client(secret_key: str, webhook_secrets: tuple[str, ...], environment: str, api_base: str | None) -> StripeGateway:
    """One client a process and account: its connections are kept open."""
    return StripeGateway(secret_key, webhook_secrets, environment=environment, api_base=api_base)
