"""Whether the marketplace lives: how many of the open shops sell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session

from app.kit import clock

WINDOW = timedelta(days=30)

PULSE = text(
    """
    SELECT COUNT(*) AS open_shops,
           COUNT(*) FILTER (WHERE EXISTS (
               SELECT 1 FROM customer_order o WHERE o.shop_id = s.id AND o.placed_at >= :since AND o.placed_at <= :now
           )) AS with_orders
      FROM shop s JOIN business b ON b.id = s.business_id
     WHERE s.status = 'open' AND b.status = 'active'
    """
)


@dataclass(frozen=True)
class Pulse:
    """Open shops of businesses in the register, and those of them somebody ordered from within the window."""

    open_shops: int
    with_orders: int

    @property
    def percent(self) -> int | None:
        """Whole percent, half up; None without an open shop."""
        if self.open_shops == 0:
            return None
        return (self.with_orders * 200 + self.open_shops) // (self.open_shops * 2)


def now(session: Session) -> Pulse:
    """The state of this moment: whatever became of the order, somebody wanted to buy there."""
    moment = clock.now()
    row = session.execute(PULSE, {"since": moment - WINDOW, "now": moment}).one()
    return Pulse(int(row.open_shops), int(row.with_orders))
