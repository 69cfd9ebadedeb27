"""Which business a seller is working for on this page, and for whom.

Somebody with one business never sees the question. Whoever has several, or helps an owner, carries the business's number in
the address (`?usaha=`); pages of a product or an order know it from the thing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from app.actor import Actor
from app.catalogue import shelves
from app.catalogue.shelves import OwnShop
from app.db import Session
from app.errors import NotFound
from app.orders import queries as orders
from app.orders.queries import STAGES
from app.payments import queries as payments
from app.registry import files, membership
from app.registry.files import OwnBusiness
from web.deps import Visit

OVER = frozenset({"closed", "merged", "rejected"})


@dataclass(frozen=True)
class Desk:
    """`actor` is who acts, with the owner named when that is somebody else; `named` says that the address must carry the
    business's number."""

    actor: Actor
    business: OwnBusiness
    shop: OwnShop | None
    assisting: bool
    named: bool
    counts: dict[str, int] = field(default_factory=dict)
    others: tuple[OwnBusiness, ...] = ()
    """The other businesses this person is a member of."""

    @property
    def may_sell(self) -> bool:
        """Its people and the facilitator of its place; the office keeps the register and does not trade."""
        place = self.business.district_code or "", self.business.village_code
        return not self.assisting or self.actor.facilitates(*place)

    def path(self, path: str, **query: object) -> str:
        """An address of this desk."""
        asked = {"usaha": self.business.number} if self.named else {}
        asked |= {name: str(value) for name, value in query.items() if value not in (None, "")}
        return f"{path}?{urlencode(asked)}" if asked else path


def found(session: Session, visit: Visit, number: str = "") -> Desk | None:
    """The desk of the business named, else of the actor's own; None for somebody who has none. Foreign is missing: NotFound."""
    own = files.mine(session, visit.actor)
    business = next((row for row in own if row.number == number), None)
    if number and business is None:
        return of(session, visit, files.for_edit(session, visit.actor, number), own)
    business = business or usual(session, own)
    return of(session, visit, business, own) if business else None


def usual(session: Session, own: list[OwnBusiness]) -> OwnBusiness | None:
    """The business somebody most likely means: one with a shop, then one in the register, then one under way."""
    living = [row for row in own if row.status not in OVER]
    active = [row for row in living if row.status == "active"]
    selling = [row for row in active if shelves.shop_of_business(session, row.id)]
    return next(iter((*selling, *active, *living, *own)), None)


def of_business(session: Session, visit: Visit, number: str) -> Desk:
    """The desk of one business, named by its page's address. Raises NotFound for a foreign one."""
    desk = found(session, visit, number) if number else None
    if desk is None:
        raise NotFound
    return desk


def of_shop(session: Session, visit: Visit, shop_id: UUID) -> Desk:
    """The desk a product or an order belongs to. Raises NotFound for a foreign one."""
    return of_business(session, visit, shelves.shop(session, visit.actor, shop_id).business_number)


def of(session: Session, visit: Visit, business: OwnBusiness, own: list[OwnBusiness]) -> Desk:
    assisting = business.number not in {row.number for row in own}
    actor = acting(session, visit.actor, business) if assisting else visit.actor
    shop = shop_of(session, actor, business)
    living = [row for row in own if row.status not in OVER]
    named = assisting or len(living) > 1
    waiting = counts(session, actor, shop) if shop else {}
    others = tuple(row for row in own if row.number != business.number)
    return Desk(actor, business, shop, assisting, named, waiting, others)


def acting(session: Session, actor: Actor, business: OwnBusiness) -> Actor:
    """The helper, with the owner named beside them in everything that is recorded."""
    owner = membership.owner_account(session, business.id)
    named = actor.acting_for(owner) if owner else actor
    helping = actor.has("facilitator") and not actor.is_office
    return replace(named, channel="facilitator") if helping else named


def shop_of(session: Session, actor: Actor, business: OwnBusiness) -> OwnShop | None:
    """The shop, when there is one and the actor may sell for it: the office keeps the register and does not trade."""
    shop_id = shelves.shop_of_business(session, business.id)
    try:
        return shelves.shop(session, actor, shop_id) if shop_id else None
    except NotFound:
        return None


def counts(session: Session, actor: Actor, shop: OwnShop) -> dict[str, int]:
    """What waits, by stage of the orders, and what of it the tabs show."""
    by_status = orders.seller_counts(session, actor, shop_id=shop.id)
    stages = {stage: sum(by_status.get(status, 0) for status in statuses) for stage, statuses in STAGES.items()}
    slips = [row for row in payments.transfers_for_seller(session, actor, shop.id) if row.proof_count]
    transfers, refunds = len(slips), len(payments.refunds_for_seller(session, actor, shop_id=shop.id))
    return {
        **stages,
        "fulfil": by_status.get("accepted", 0) + by_status.get("ready", 0),
        "orders": stages["new"],
        "transfers": transfers,
        "refunds": refunds,
        "money": transfers + refunds,
    }
