"""Orders as they stand in the tables at some moment, for those who only read them (statistics, notifications).

The way there (stock, payment, the verbs) is left out; the rows themselves are whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, select

from app.catalogue.models import Product, Shop
from app.kit import clock, ids
from app.orders.models import CustomerOrder, OrderEvent, OrderGroup, OrderLine
from app.registry.models import Business

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)
AWAITING = ("awaiting_seller", "awaiting_payment")


@dataclass(frozen=True)
class Line:
    amount: int = 15_000
    quantity: int = 1
    category: str = "makanan"
    product_id: UUID = field(default_factory=ids.uuid7)


def business(session: Session, name: str = "Amplang Contoh", district_code: str = "64.08.04") -> Business:
    key = ids.uuid7()
    made = Business(
        id=key,
        number=f"KT-{key}",
        slug=str(key),
        name=name,
        main_product="amplang",
        source="self",
        status="active",
        district_code=district_code,
        registered_on=NOON.date(),
        created_at=NOON,
    )
    session.add(made)
    session.flush()
    return made


def shop_of(session: Session, business_id: UUID) -> Shop:
    found = session.exec(select(Shop).where(Shop.business_id == business_id)).first()
    if found is None:
        found = Shop(business_id=business_id, status="open", created_at=NOON)
        session.add(found)
        session.flush()
    return found


def product(session: Session, shop: Shop, key: UUID) -> None:
    if session.get(Product, key) is not None:
        return
    made = Product(
        id=key,
        shop_id=shop.id,
        slug=str(key),
        name="Amplang 250 g",
        category_slug="makanan",
        price_amount=15_000,
        unit="bungkus",
        status="published",
        created_at=NOON,
        changed_at=NOON,
        published_at=NOON,
    )
    session.add(made)
    session.flush()


def put(
    session: Session,
    *lines: Line,
    status: str = "confirmed",
    paid_at: datetime | None = NOON,
    ended_at: datetime | None = None,
    payment_method: str = "transfer",
    delivery_method: str = "courier",
    delivery_amount: int = 10_000,
    district_code: str = "64.08.04",
    village_code: str | None = "64.08.04.1010",
    business_id: UUID | None = None,
    business_name: str = "Amplang Contoh",
    account_id: UUID | None = None,
    contact_phone: str = "+6281234567890",
    **more: object,
) -> CustomerOrder:
    """One order of one checkout, with its lines. The price of a line is its amount divided by its quantity."""
    goods: Sequence[Line] = lines or (Line(),)
    items_amount = sum(line.amount for line in goods)
    business_id = business_id or business(session, business_name).id
    shop = shop_of(session, business_id)
    group = OrderGroup(
        number=f"PE-{ids.uuid7()}",
        account_id=account_id,
        channel="web",
        contact_name="Siti Contoh",
        contact_phone=contact_phone,
        delivery_method=delivery_method,
        region_code=None if delivery_method == "pickup" else "64.08.04",
        payment_method=payment_method,
        quote_hash="x",
        items_amount=items_amount,
        delivery_amount=delivery_amount,
        total_amount=items_amount + delivery_amount,
        placed_at=NOON,
        business_date=clock.business_date(NOON),
    )
    order = CustomerOrder(
        group_id=group.id,
        number=f"{group.number}-1",
        position=1,
        shop_id=shop.id,
        business_id=business_id,
        business_name=business_name,
        business_number="KT-2026-000001-5",
        shop_slug="amplang-contoh",
        district_code=district_code,
        village_code=village_code,
        status=status,
        payment_method=payment_method,
        delivery_method=delivery_method,
        items_amount=items_amount,
        delivery_amount=delivery_amount,
        total_amount=items_amount + delivery_amount,
        hold_until=NOON if status in AWAITING else None,
        placed_at=NOON,
        paid_at=paid_at,
        ended_at=ended_at,
        **more,
    )
    session.add(group)
    session.flush()
    session.add(order)
    session.flush()
    for position, line in enumerate(goods, start=1):
        product(session, shop, line.product_id)
        session.add(
            OrderLine(
                order_id=order.id,
                position=position,
                product_id=line.product_id,
                name="Amplang 250 g",
                slug="amplang-250-g",
                unit="bungkus",
                category_slug=line.category,
                stock_mode="counted",
                quantity=line.quantity,
                unit_price_amount=line.amount // line.quantity,
                line_amount=line.amount,
            )
        )
    session.flush()
    return order


def move(session: Session, order: CustomerOrder, status: str, *, at: datetime = NOON, party: str = "system") -> None:
    """The order as it stands afterwards, and the step in its history."""
    session.add(OrderEvent(order_id=order.id, at=at, from_status=order.status, to_status=status, party=party))
    order.status = status
    order.hold_until = NOON if status in AWAITING else None
    order.ended_at = at if status in ("rejected", "cancelled", "expired", "completed") else None
    session.add(order)
    session.flush()
