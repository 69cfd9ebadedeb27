"""What happened to an account, for everybody above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class AccountFact(Event):
    """Events of one account are handled in the order they happened."""

    account_id: UUID

    @property
    def key(self) -> str:
        return f"account:{self.account_id}"


@dataclass(frozen=True)
class AccountOpened(AccountFact):
    """`by_somebody_else`: a facilitator or officer opened it for its owner, who has no password yet."""

    by_somebody_else: bool


@dataclass(frozen=True)
class PasswordChanged(AccountFact):
    """All other sign-ins were ended. `recovered`: with a code from the office instead of the old password."""

    recovered: bool


@dataclass(frozen=True)
class AccountDisabled(AccountFact):
    """All sign-ins were ended and no new one is possible."""
