"""Sellers are told what their goods need: reactions of this domain."""

from __future__ import annotations

from app.catalogue import events
from app.catalogue.models import Product, Shop
from app.db import Transactions
from app.kit import clock
from app.notifications import recipients, sending
from app.notifications.sending import Notice
from app.registry.models import Business


def on_stock_shortage(begin: Transactions, event: events.StockShortage) -> None:
    """Fewer there than promised to paid orders: once a day for each size of the gap."""
    with begin() as session:
        product = session.get_one(Product, event.product_id)
        shop = session.get_one(Shop, event.shop_id)
        business = session.get_one(Business, shop.business_id)
        for account_id in recipients.of_business(session, business.id):
            notice = Notice(
                template="stock_shortage/seller",
                facts={"product": product.name, "missing": event.missing},
                dedupe_key=f"stock_shortage/seller:{product.id}:{event.missing}:{clock.today()}:{account_id}",
                thread=f"stock:{product.id}:{account_id}",
                district_code=business.district_code,
                village_code=business.village_code,
                link_path="/jual/pesanan",
            )
            sending.to_account(session, account_id, notice)
