"""What happens to businesses."""

from dataclasses import dataclass
from uuid import UUID

from app.outbox import bulletin
from app.outbox.event import Event


@dataclass(frozen=True)
class BusinessEvent(Event):
    business_id: UUID
    number: str

    @property
    def key(self) -> str:
        return f"business:{self.business_id}"


@dataclass(frozen=True)
class RegisterChanged(BusinessEvent):
    """What the public reads in the register became something else."""

    @property
    def public_subject(self) -> str:
        return bulletin.subject("business", self.business_id)


@dataclass(frozen=True)
class BusinessSubmitted(BusinessEvent):
    """Ready for the office to look at."""


@dataclass(frozen=True)
class BusinessApproved(RegisterChanged):
    """In the register from now on."""


@dataclass(frozen=True)
class BusinessReturned(BusinessEvent):
    """Sent back with the fields to mend."""


@dataclass(frozen=True)
class BusinessRejected(BusinessEvent):
    """Not taken into the register."""


@dataclass(frozen=True)
class BusinessSuspended(RegisterChanged):
    """Its goods vanish from sale at once."""


@dataclass(frozen=True)
class BusinessReinstated(RegisterChanged):
    """Active again after a suspension."""


@dataclass(frozen=True)
class BusinessChanged(RegisterChanged):
    """Public wording of an active business changed."""

    version: int


@dataclass(frozen=True)
class BusinessClosed(RegisterChanged):
    """The owner or the office closed it for good."""
