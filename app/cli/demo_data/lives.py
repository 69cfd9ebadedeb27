"""What stands of the rehearsal, counted. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from app.accounts.models import Account
from app.catalogue.models import Product
from app.orders.models import CustomerOrder
from app.registry.models import Business


@dataclass(frozen=True)
class Count:
    """Rows by status where there is one."""

    accounts: int
    businesses: dict[str, int]
    products: dict[str, int]
    orders: dict[str, int]

    def lines(self) -> list[str]:
        return [
            f"accounts    {self.accounts}",
            f"businesses  {told(self.businesses)}",
            f"products    {told(self.products)}",
            f"orders      {told(self.orders)}",
        ]


def told(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    return f"{sum(counts.values())} ({listed})" if counts else "0"


def count(session: Session) -> Count:
    """Invented accounts, and everything in a system that has some: a demo system holds nothing else but what its visitors made."""
    accounts = session.exec(select(func.count()).select_from(Account).where(col(Account.is_demo))).one()
    return Count(
        accounts,
        dict(session.exec(select(Business.status, func.count()).group_by(col(Business.status))).all()),
        dict(session.exec(select(Product.status, func.count()).group_by(col(Product.status))).all()),
        dict(session.exec(select(CustomerOrder.status, func.count()).group_by(col(CustomerOrder.status))).all()),
    )
