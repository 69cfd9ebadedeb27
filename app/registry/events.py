"""What happens to businesses."""

from dataclasses import dataclass
from uuid import UUID

from app.outbox.event import Event


@dataclass(frozen=True)
class BusinessEvent(Event):
    business_id: UUID
    number: str

    @property
    def key(self) -> str:
        return f"business:{self.business_id}"


@dataclass(frozen=True)
class BusinessSubmitted(BusinessEvent):
    """Ready for the office to look at."""


@dataclass(frozen=True)
class BusinessApproved(BusinessEvent):
    """In the register from now on."""


@dataclass(frozen=True)
class BusinessReturned(BusinessEvent):
    """Sent back with the fields to mend."""


@dataclass(frozen=True)
class BusinessRejected(BusinessEvent):
    """Not taken into the register."""


@dataclass(frozen=True)
class BusinessSuspended(BusinessEvent):
    """Its goods vanish from sale at once."""


@dataclass(frozen=True)
class BusinessReinstated(BusinessEvent):
    """Active again after a suspension."""


@dataclass(frozen=True)
class BusinessChanged(BusinessEvent):
    """Public wording of an active business changed."""

    version: int


@dataclass(frozen=True)
class BusinessClosed(BusinessEvent):
    """The owner or the office closed it for good."""
