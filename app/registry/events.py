"""What happened to a registered business, for everybody above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class BusinessFact(Event):
    """Events of one business are handled in the order they happened."""

    business_id: UUID
    number: str

    @property
    def key(self) -> str:
        return f"business:{self.business_id}"


@dataclass(frozen=True)
class BusinessRegistered(BusinessFact):
    """A draft was begun. `for_somebody_else`: by a facilitator or officer, so the owner should hear of it."""

    for_somebody_else: bool


@dataclass(frozen=True)
class BusinessSubmitted(BusinessFact):
    """Waiting for the office to decide."""


@dataclass(frozen=True)
class BusinessApproved(BusinessFact):
    """In the public register from now on."""


@dataclass(frozen=True)
class BusinessReturned(BusinessFact):
    """The owner should correct the marked fields and submit again."""


@dataclass(frozen=True)
class BusinessRejected(BusinessFact):
    """Refused with a reason."""


@dataclass(frozen=True)
class BusinessSuspended(BusinessFact):
    """Out of the public register until reinstated; nothing of it is for sale meanwhile."""


@dataclass(frozen=True)
class BusinessReinstated(BusinessFact):
    """Back in the public register."""


@dataclass(frozen=True)
class BusinessClosed(BusinessFact):
    """Ended for good; a draft was thrown away."""


@dataclass(frozen=True)
class BusinessChanged(BusinessFact):
    """Something shown of an active business is different now: its facts or its badges."""
