"""What search does when something happened. Each reads what is true now, so repeating or reordering does no harm."""

from __future__ import annotations

from sqlmodel import select

from app.catalogue.events import ProductChanged, ShopChanged
from app.catalogue.models import Product, Shop
from app.db import Transactions
from app.orders.events import OrderFact
from app.orders.models import OrderLine
from app.registry.events import BusinessEvent
from search import indexer
from search.engines import choosing


def on_product_changed(begin: Transactions, event: ProductChanged) -> None:
    indexer.refresh(begin, [event.product_id])


def on_shop_changed(begin: Transactions, event: ShopChanged) -> None:
    with begin() as session:
        product_ids = session.exec(select(Product.id).where(Product.shop_id == event.shop_id)).all()
    indexer.refresh(begin, product_ids)


def on_business_changed(begin: Transactions, event: BusinessEvent) -> None:
    """Suspended, reinstated, closed or renamed: everything it sells is read again."""
    with begin() as session:
        product_ids = session.exec(select(Product.id).join(Shop).where(Shop.business_id == event.business_id)).all()
    indexer.refresh(begin, product_ids)


def on_stock_taken_or_freed(begin: Transactions, event: OrderFact) -> None:
    """An outside engine sorts sold-out goods last and has to be told; PostgreSQL reads the stock itself."""
    if choosing.outside() is None:
        return
    with begin() as session:
        product_ids = session.exec(select(OrderLine.product_id).where(OrderLine.order_id == event.order_id)).all()
    indexer.refresh(begin, product_ids)
