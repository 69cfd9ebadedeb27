"""What search does when something happened. Each reads what is true now, so repeating or reordering does no harm."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import select

from app.catalogue.events import ProductChanged, ShopChanged
from app.catalogue.models import Product, Shop
from app.db import Transactions
from app.orders.events import OrderFact
from app.orders.models import OrderLine
from app.outbox import bulletin
from app.registry.events import BusinessEvent
from search import indexer
from search.engines import choosing

WORDS = bulletin.subject("search", "words")


def refresh_and_tell(begin: Transactions, product_ids: Sequence[UUID]) -> None:
    """A list copied between the change and this moment knows the goods by their old words."""
    indexer.refresh(begin, product_ids)
    with begin() as session:
        bulletin.tell(session, WORDS)


def on_product_changed(begin: Transactions, event: ProductChanged) -> None:
    refresh_and_tell(begin, [event.product_id])


def on_shop_changed(begin: Transactions, event: ShopChanged) -> None:
    with begin() as session:
        product_ids = session.exec(select(Product.id).where(Product.shop_id == event.shop_id)).all()
    refresh_and_tell(begin, product_ids)


def on_business_changed(begin: Transactions, event: BusinessEvent) -> None:
    """Suspended, reinstated, closed or renamed: everything it sells is read again."""
    with begin() as session:
        product_ids = session.exec(select(Product.id).join(Shop).where(Shop.business_id == event.business_id)).all()
    refresh_and_tell(begin, product_ids)


def on_stock_taken_or_freed(begin: Transactions, event: OrderFact) -> None:
    """An outside engine sorts sold-out goods last and has to be told; PostgreSQL reads the stock itself."""
    if choosing.outside() is None:
        return
    with begin() as session:
        product_ids = session.exec(select(OrderLine.product_id).where(OrderLine.order_id == event.order_id)).all()
    indexer.refresh(begin, product_ids)
