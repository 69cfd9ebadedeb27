"""How a buyer reaches the sellers of a checkout: while there is something to fulfil or to ask, as sellers see the buyer's."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import Session

from app.accounts import queries as accounts
from app.catalogue import queries as catalogue
from app.orders import rules
from app.orders.views import GroupView
from app.registry import membership


def sellers(session: Session, group: GroupView) -> dict[UUID, str]:
    """The seller's phone (E.164) by order, for the orders that are under way; before and after, and for a shop without an
    owner, there is none."""
    living = [order for order in group.orders if order.status in rules.CONTACT_SHOWN]
    terms = catalogue.shop_terms(session, [order.shop_id for order in living])
    owners = membership.owner_accounts(session, {terms[order.shop_id].business_id for order in living})
    phones = accounts.phones(session, set(owners.values()))
    owner_of = {order.id: owners.get(terms[order.shop_id].business_id) for order in living}
    return {order_id: phones[owner] for order_id, owner in owner_of.items() if owner in phones}
