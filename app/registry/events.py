"""What happened to a registered business, for everybody above."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class BusinessEvent(Event):
    """Events of one business are handled in the order they happened."""

    business_id: UUID
    number: str

    @property
    def key(self) -> str:
        return f"business:{self.business_id}"


@dataclass(frozen=True)
class BusinessSubmitted(BusinessEvent):
    """Waiting for the office to decide."""


@dataclass(frozen=True)
class BusinessApproved(BusinessEvent):
    """In the public register from now on."""


@dataclass(frozen=True)
class BusinessReturned(BusinessEvent):
    """The owner should correct the marked fields and submit again."""


@dataclass(frozen=True)
class BusinessRejected(BusinessEvent):
    """Refused with a reason."""


@dataclass(frozen=True)
class BusinessSuspended(BusinessEvent):
    """Out of the public register until reinstated; nothing of it is for sale meanwhile."""


@dataclass(frozen=True)
class BusinessReinstated(BusinessEvent):
    """Back in the public register."""


@dataclass(frozen=True)
class BusinessClosed(BusinessEvent):
    """Ended for good; a draft was thrown away."""


@dataclass(frozen=True)
class BusinessChanged(BusinessEvent):
    """Something shown of an active business is different now: its facts or its badges."""

    version: int
