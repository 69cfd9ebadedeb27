"""What happens to accounts."""

from dataclasses import dataclass
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class AccountOpened(Event):
    """`by_another` when a facilitator or officer opened it for the person."""

    account_id: UUID
    by_another: bool

    @property
    def key(self) -> str:
        return f"account:{self.account_id}"


@dataclass(frozen=True)
class PasswordChanged(Event):
    account_id: UUID

    @property
    def key(self) -> str:
        return f"account:{self.account_id}"
