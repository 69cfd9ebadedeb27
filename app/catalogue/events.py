"""What happens to shops, goods and stock."""

from dataclasses import dataclass
from uuid import UUID

from app.outbox import bulletin
from app.outbox.event import Event


@dataclass(frozen=True)
class ProductChanged(Event):
    """Words, price, pictures or visibility of a product: whoever keeps a copy reads it again."""

    product_id: UUID
    version: int
    shop_id: UUID

    @property
    def key(self) -> str:
        return f"product:{self.product_id}"

    @property
    def public_subject(self) -> str:
        """The shop: its other goods' pages name this one, too."""
        return bulletin.subject("shop", self.shop_id)


@dataclass(frozen=True)
class ShopChanged(Event):
    """A shop opened, paused or changed its name: everything it sells is to be read again."""

    shop_id: UUID

    @property
    def key(self) -> str:
        return f"shop:{self.shop_id}"

    @property
    def public_subject(self) -> str:
        return bulletin.subject("shop", self.shop_id)


@dataclass(frozen=True)
class PictureRemoved(Event):
    """A product no longer shows this picture; when none does, its files go."""

    photo_id: UUID

    @property
    def key(self) -> str:
        return f"picture:{self.photo_id}"


@dataclass(frozen=True)
class HoldReleased(Event):
    """The seller has less than was held: this unpaid order gets nothing."""

    order_id: UUID
    product_id: UUID

    @property
    def key(self) -> str:
        return f"order:{self.order_id}"


@dataclass(frozen=True)
class StockShortage(Event):
    """The seller has less than was promised to paid orders: the orders to cut are the seller's to name."""

    product_id: UUID
    shop_id: UUID
    missing: int

    @property
    def key(self) -> str:
        return f"product:{self.product_id}"
