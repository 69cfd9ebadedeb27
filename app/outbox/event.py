"""The base of every event: a frozen fact in the past tense, with ids and immutable facts of the moment, never a snapshot."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Self, get_args, get_type_hints
from uuid import UUID

from app.db import Transactions

Plain = str | int | bool | None


@dataclasses.dataclass(frozen=True)
class Event:
    """Subclasses are frozen dataclasses of UUID, str, int, bool, datetime, date or None."""

    @property
    def key(self) -> str:
        """Events of one key are handled one at a time, in the order announced."""
        raise NotImplementedError

    @property
    def public_subject(self) -> str | None:
        """Of what the public now reads something else (`bulletin.subject`); None for an event nobody sees from outside."""
        return None

    def to_payload(self) -> dict[str, Plain]:
        return {field.name: plain(getattr(self, field.name)) for field in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Plain]) -> Self:
        hints = get_type_hints(cls)
        return cls(**{field.name: revived(payload[field.name], hints[field.name]) for field in dataclasses.fields(cls)})


Handler = Callable[[Transactions, Any], None]
"""Called at least once per event; opens its own transactions and must be idempotent."""

Reactions = Mapping[type[Event], tuple[Handler, ...]]


def plain(value: object) -> Plain:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, bool)):
        return value
    raise TypeError(f"an event does not carry {type(value).__name__}")


def revived(value: Plain, hint: object) -> object:
    wanted = {option for option in (get_args(hint) or (hint,)) if option is not type(None)}
    if value is None or not isinstance(value, str):
        return value
    for kind, read in ((UUID, UUID), (datetime, datetime.fromisoformat), (date, date.fromisoformat)):
        if kind in wanted:
            return read(value)
    return value
