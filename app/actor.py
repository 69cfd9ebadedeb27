"""Who acts, for whom, and through which door. Every verb takes one, every audit row names one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal
from uuid import UUID

Channel = Literal["web", "api", "facilitator", "import", "system", "demo"]
Role = Literal["administrator", "verifier", "analyst", "facilitator"]


@dataclass(frozen=True)
class Grant:
    """A role, and the district or village it is limited to (None: the whole regency)."""

    role: Role
    district_code: str | None = None
    village_code: str | None = None


@dataclass(frozen=True)
class Actor:
    """`account_id` is None for a guest and for the system itself."""

    account_id: UUID | None = None
    grants: frozenset[Grant] = field(default_factory=frozenset)
    channel: Channel = "web"
    on_behalf_of: UUID | None = None

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    def has(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    @property
    def is_office(self) -> bool:
        """Staff of the economic office, whatever their desk. A facilitator is not office staff."""
        return self.has("administrator", "verifier", "analyst")

    def facilitates(self, district_code: str, village_code: str | None) -> bool:
        """Whether this actor is a facilitator for that place: a grant for a district covers its villages."""
        return any(
            grant.role == "facilitator"
            and grant.district_code == district_code
            and (grant.village_code is None or grant.village_code == village_code)
            for grant in self.grants
        )

    def acting_for(self, account_id: UUID) -> Actor:
        """The same actor, with the person named who benefits."""
        return replace(self, on_behalf_of=account_id)


GUEST = Actor()
SYSTEM = Actor(channel="system")
