"""THE table: which event wakes which function. Handlers may be called more than once and open their own transactions."""

from __future__ import annotations

from app.accounts import events as accounts
from app.catalogue import events as catalogue
from app.catalogue import photos
from app.notifications import telling, telling_owners, telling_payments, telling_sellers
from app.orders import cancelling
from app.orders import events as orders
from app.outbox.event import Reactions
from app.payments import ending, refunds
from app.payments import events as payments
from app.registry import events as registry
from app.statistics import recording
from search import handlers as search

TABLE: Reactions = {
    accounts.AccountOpened: (),
    accounts.PasswordChanged: (),
    registry.BusinessSubmitted: (),
    registry.BusinessApproved: (telling_owners.on_business_approved,),
    registry.BusinessReturned: (telling_owners.on_business_returned,),
    registry.BusinessRejected: (telling_owners.on_business_rejected,),
    registry.BusinessSuspended: (search.on_business_changed, telling_owners.on_business_suspended),
    registry.BusinessReinstated: (search.on_business_changed, telling_owners.on_business_reinstated),
    registry.BusinessChanged: (search.on_business_changed,),
    registry.BusinessClosed: (search.on_business_changed,),
    catalogue.ProductChanged: (search.on_product_changed,),
    catalogue.ShopChanged: (search.on_shop_changed,),
    catalogue.PictureRemoved: (photos.on_picture_removed,),
    catalogue.HoldReleased: (cancelling.on_hold_released,),
    catalogue.StockShortage: (telling_sellers.on_stock_shortage,),
    orders.OrderPlaced: (telling.on_order_placed, search.on_stock_taken_or_freed),
    orders.OrderAgreed: (telling.on_order_agreed,),
    orders.OrderPaid: (recording.on_order_paid, telling.on_order_paid),
    orders.OrderAccepted: (telling.on_order_accepted,),
    orders.OrderRejected: (
        recording.on_order_rejected,
        telling.on_order_rejected,
        search.on_stock_taken_or_freed,
        refunds.on_order_rejected,
        ending.on_order_rejected,
    ),
    orders.OrderReady: (telling.on_order_ready,),
    orders.OrderHandedOver: (telling.on_order_handed_over,),
    orders.OrderDelivered: (),
    orders.OrderCompleted: (),
    orders.OrderExpired: (
        recording.on_order_expired,
        telling.on_order_expired,
        search.on_stock_taken_or_freed,
        ending.on_order_expired,
    ),
    orders.OrderCancelled: (
        recording.on_order_cancelled,
        telling.on_order_cancelled,
        search.on_stock_taken_or_freed,
        refunds.on_order_cancelled,
        ending.on_order_cancelled,
    ),
    payments.PaymentNeedsReview: (telling_payments.on_payment_needs_review,),
    payments.RefundOpened: (telling_payments.on_refund_opened,),
    payments.RefundSucceeded: (recording.on_refund_succeeded, telling_payments.on_refund_succeeded),
}
