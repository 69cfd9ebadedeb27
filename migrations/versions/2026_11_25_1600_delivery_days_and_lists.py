"""In how many days goods arrive, promised by a rate and kept by an order; what lists need is indexed: the newest, the goods of a category, what is sold out

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FROZEN = """
    CREATE TRIGGER customer_order_frozen BEFORE UPDATE OF id, group_id, number, shop_id, business_id,
    district_code, payment_method, delivery_method, {promise}items_amount, delivery_amount, total_amount,
    commission_basis_points, commission_amount, placed_at OR DELETE ON customer_order FOR EACH STATEMENT EXECUTE
    FUNCTION refuse_change()
    """

SOLD_OUT = sa.Column(
    "sold_out", sa.Boolean(), sa.Computed("mode = 'counted' AND on_hand <= reserved", persisted=True), nullable=False
)

DAYS = (("courier_rate", "days"), ("expedition_rate", "days"), ("customer_order", "delivery_days"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, column in DAYS:
        op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
        op.create_check_constraint(op.f(f"ck_{table}_{column}_bounds"), table, f"{column} BETWEEN 0 AND 60")
    freeze(promise="delivery_days, ")
    op.create_index(
        "ix_business_newest",
        "business",
        [sa.literal_column("registered_on DESC"), sa.literal_column("id DESC")],
        postgresql_where=sa.text("status = 'active'"),
    )
    op.drop_index(op.f("ix_product_category_slug"), "product")
    op.create_index(
        "ix_product_counted", "product", ["category_slug", "shop_id"], postgresql_where=sa.text("status = 'published'")
    )

    op.create_index(
        "ix_product_found",
        "product",
        ["id"],
        postgresql_include=["shop_id", "category_slug", "price_amount", "halal", "published_at"],
        postgresql_where=sa.text("status = 'published'"),
    )
    op.add_column("stock", SOLD_OUT)
    op.create_index("ix_stock_sold_out", "stock", ["product_id"], postgresql_where=sa.text("sold_out"))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_stock_sold_out", "stock")
    op.drop_column("stock", "sold_out")
    op.drop_index("ix_product_found", "product")
    op.drop_index("ix_product_counted", "product")
    op.create_index(op.f("ix_product_category_slug"), "product", ["category_slug"])
    op.drop_index("ix_business_newest", "business")
    freeze(promise="")
    for table, column in DAYS:
        op.drop_column(table, column)


def freeze(*, promise: str) -> None:
    """What was agreed with the buyer never changes; a trigger names its columns, so it is made anew."""
    op.execute("DROP TRIGGER customer_order_frozen ON customer_order")
    op.execute(FROZEN.format(promise=promise))
