"""Tables of the statistics."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, UniqueConstraint, event
from sqlmodel import Field, SQLModel

from app.audit.models import insert_only
from app.db import Timestamp
from app.kit import ids

KINDS = ("sale", "reversal", "refund", "cancellation")


class SaleFact(SQLModel, table=True):
    """What happened to one product of one order, on the business date it happened; never changed afterwards.

    `sale`: paid for (prepaid) or handed over and collected (cash). `reversal`: a sale undone, negative, dated in its
    own month. `refund`: money given back, negative (delivery included). `cancellation`: an order that ended without
    being fulfilled. `source_id` is the order, or the refund for what a refund caused. Amounts are whole rupiah of
    goods, delivery left out.
    """

    __tablename__ = "sale_fact"
    __table_args__ = (
        UniqueConstraint("order_id", "product_id", "kind", "source_id", name="uq_sale_fact_once"),
        CheckConstraint("kind IN ('sale','reversal','refund','cancellation')", name="kind_known"),
        CheckConstraint(
            "CASE kind WHEN 'sale' THEN gross_amount >= 0 AND quantity > 0"
            " WHEN 'cancellation' THEN gross_amount = 0 AND quantity = 0"
            " ELSE gross_amount <= 0 AND quantity <= 0 END",
            name="sign_of_kind",
        ),
        Index("ix_sale_fact_period", "business_date", "district_code", "category_slug"),
    )

    id: UUID = Field(default_factory=ids.uuid7, primary_key=True)
    order_id: UUID
    product_id: UUID
    business_id: UUID = Field(index=True)
    kind: str
    source_id: UUID
    business_date: date
    district_code: str
    village_code: str | None = None
    category_slug: str
    channel: str
    gross_amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    quantity: int
    recorded_at: datetime = Field(sa_type=Timestamp)


TRIGGERS = ("sale_fact_insert_only",)

event.listen(SaleFact.__table__, "after_create", insert_only("sale_fact"))  # type: ignore[attr-defined]
