"""The first tables: everything the loop stands on, with the functions and triggers that guard it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


class TransactionId(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


FUNCTIONS = (
    """
    CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is insert-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION ledger_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE wanted uuid; found_sum numeric; found_rows bigint;
    BEGIN
        IF TG_TABLE_NAME = 'ledger_entry' THEN wanted := NEW.transaction_id; ELSE wanted := NEW.id; END IF;
        SELECT coalesce(sum(amount), 0), count(*) INTO found_sum, found_rows FROM ledger_entry WHERE transaction_id = wanted;
        IF found_sum <> 0 OR found_rows < 2 THEN
            RAISE EXCEPTION 'ledger transaction % has % entries and sums to %', wanted, found_rows, found_sum
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION ledger_transaction_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NOT EXISTS (SELECT 1 FROM ledger_transaction WHERE id = NEW.transaction_id
                          AND written_in = pg_current_xact_id()) THEN
            RAISE EXCEPTION 'ledger transaction % was closed when it was committed', NEW.transaction_id
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END $$
    """,
    """
    CREATE OR REPLACE FUNCTION order_group_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT (COALESCE(SUM(items_amount), 0), COALESCE(SUM(delivery_amount), 0)) FROM customer_order
             WHERE group_id = NEW.id) IS DISTINCT FROM (NEW.items_amount::numeric, NEW.delivery_amount::numeric)
           OR EXISTS (SELECT 1 FROM customer_order o
                       WHERE o.group_id = NEW.id
                         AND o.items_amount IS DISTINCT FROM
                             (SELECT SUM(line_amount) FROM order_line l WHERE l.order_id = o.id)) THEN
            RAISE EXCEPTION 'the orders of group % do not add up', NEW.number USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
    END $$
    """,
)

SEQUENCES = ("CREATE SEQUENCE order_group_serial MAXVALUE 999999 CYCLE",)

INSERT_ONLY = (
    "audit_record",
    "audit_seal",
    "business_report",
    "ledger_account",
    "ledger_entry",
    "ledger_transaction",
    "order_event",
    "order_line",
    "sale_fact",
)

GUARDS = (
    """
    CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON ledger_transaction DEFERRABLE INITIALLY
    DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_transaction_balances()
    """,
    """
    CREATE CONSTRAINT TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED FOR
    EACH ROW EXECUTE FUNCTION ledger_transaction_balances()
    """,
    """
    CREATE TRIGGER ledger_entry_open BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION
    ledger_transaction_is_open()
    """,
    """
    CREATE TRIGGER order_group_frozen BEFORE UPDATE OF id, number, account_id, payment_method, quote_hash,
    items_amount, delivery_amount, total_amount, placed_at, business_date OR DELETE ON order_group FOR EACH
    STATEMENT EXECUTE FUNCTION refuse_change()
    """,
    """
    CREATE CONSTRAINT TRIGGER order_group_adds_up AFTER INSERT ON order_group DEFERRABLE INITIALLY DEFERRED FOR
    EACH ROW EXECUTE FUNCTION order_group_adds_up()
    """,
    """
    CREATE TRIGGER customer_order_frozen BEFORE UPDATE OF id, group_id, number, shop_id, business_id,
    district_code, payment_method, delivery_method, items_amount, delivery_amount, total_amount,
    commission_basis_points, commission_amount, placed_at OR DELETE ON customer_order FOR EACH STATEMENT EXECUTE
    FUNCTION refuse_change()
    """,
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for statement in (*FUNCTIONS, *SEQUENCES):
        op.execute(statement)
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("phone_e164", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Uuid(), nullable=True),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("phone_e164 ~ '^\\+62[0-9]{7,13}$'", name=op.f("ck_account_phone_e164_shape")),
        sa.CheckConstraint("status IN ('active','disabled')", name=op.f("ck_account_status_known")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_account_name_length")),
        sa.ForeignKeyConstraint(["opened_by"], ["account.id"], name=op.f("fk_account_opened_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("phone_e164", name=op.f("uq_account_phone_e164")),
    )
    op.create_table(
        "audit_record",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("transaction_id", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_account_id", sa.Uuid(), nullable=True),
        sa.Column("beneficiary_account_id", sa.Uuid(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("detail", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "channel IN ('web','api','facilitator','import','system','demo')",
            name=op.f("ck_audit_record_channel_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_record")),
    )
    op.create_index("ix_audit_record_chain", "audit_record", ["transaction_id", "id"], unique=False)
    op.create_index("ix_audit_record_subject", "audit_record", ["subject_kind", "subject_id", "id"], unique=False)
    op.create_table(
        "audit_seal",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("last_transaction_id", TransactionId(), nullable=False),
        sa.Column("last_record_id", sa.BigInteger(), nullable=False),
        sa.Column("record_count", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
    )
    op.create_table(
        "category",
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("parent_slug", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_slug"], ["category.slug"], name=op.f("fk_category_parent_slug_category")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_category")),
    )
    op.create_index(op.f("ix_category_parent_slug"), "category", ["parent_slug"], unique=False)
    op.create_table(
        "idempotency_key",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("(status IS NULL) = (answer IS NULL)", name=op.f("ck_idempotency_key_answer_whole")),
        sa.PrimaryKeyConstraint("scope", "key", name=op.f("pk_idempotency_key")),
    )
    op.create_index("ix_idempotency_key_created_at", "idempotency_key", ["created_at"], unique=False)
    op.create_table(
        "kbli",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.Column("section", sa.String(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.CheckConstraint("NOT complete OR level = 'division'", name=op.f("ck_kbli_complete_divisions")),
        sa.CheckConstraint(
            "level IN ('section','division','group','class','subclass')", name=op.f("ck_kbli_level_known")
        ),
        sa.CheckConstraint("version IN (2020, 2025)", name=op.f("ck_kbli_version_known")),
        sa.ForeignKeyConstraint(["version", "parent_code"], ["kbli.version", "kbli.code"], name="fk_kbli_parent"),
        sa.PrimaryKeyConstraint("version", "code", name=op.f("pk_kbli")),
    )
    op.create_index("ix_kbli_parent", "kbli", ["version", "parent_code"], unique=False)
    op.create_table(
        "ledger_account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code = kind OR code LIKE kind || ':%'", name=op.f("ck_ledger_account_code_of_kind")),
        sa.CheckConstraint(
            "kind IN ('gateway_clearing','buyer_funds','seller_payable','suspense','refund_payable','direct_receipts','direct_sales','direct_suspense')",
            name=op.f("ck_ledger_account_kind_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("code", name=op.f("uq_ledger_account_code")),
    )
    op.create_table(
        "ledger_transaction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("written_in", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transaction")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_transaction_key")),
    )
    op.create_index("ix_ledger_transaction_payment", "ledger_transaction", ["payment_id"], unique=False)
    op.create_table(
        "number_sequence",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last_serial", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_number_sequence")),
    )
    op.create_table(
        "outbox_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("handled_by", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("done_at IS NULL OR dead_at IS NULL", name=op.f("ck_outbox_event_one_end")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    op.create_index(
        "ix_outbox_event_dead", "outbox_event", ["id"], unique=False, postgresql_where=sa.text("dead_at IS NOT NULL")
    )
    op.create_index(
        "ix_outbox_event_due",
        "outbox_event",
        ["id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_outbox_event_open",
        "outbox_event",
        ["key", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "payment_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.Column("processed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint("processed_at IS NULL OR dead_at IS NULL", name=op.f("ck_payment_notice_one_end")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_notice")),
        sa.UniqueConstraint(
            "provider", "livemode", "event_id", name=op.f("uq_payment_notice_provider_livemode_event_id")
        ),
    )
    op.create_index(
        "ix_payment_notice_dead",
        "payment_notice",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "ix_payment_notice_open",
        "payment_notice",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "reference_file",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_reference_file")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("bps_code", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("parent_code", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(level = 'province') = (parent_code IS NULL)", name=op.f("ck_region_only_provinces_are_roots")
        ),
        sa.CheckConstraint(
            "kind IN ('provinsi','kabupaten','kota','kecamatan','desa','kelurahan')", name=op.f("ck_region_kind_known")
        ),
        sa.CheckConstraint("level IN ('province','regency','district','village')", name=op.f("ck_region_level_known")),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        sa.UniqueConstraint("bps_code", name=op.f("uq_region_bps_code")),
    )
    op.create_index(op.f("ix_region_parent_code"), "region", ["parent_code"], unique=False)
    op.create_table(
        "sale_fact",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("category_slug", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("gross_amount", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "CASE kind WHEN 'sale' THEN gross_amount >= 0 AND quantity > 0 WHEN 'cancellation' THEN gross_amount = 0 AND quantity = 0 ELSE gross_amount <= 0 AND quantity <= 0 END",
            name=op.f("ck_sale_fact_sign_of_kind"),
        ),
        sa.CheckConstraint("kind IN ('sale','reversal','refund','cancellation')", name=op.f("ck_sale_fact_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale_fact")),
        sa.UniqueConstraint("order_id", "product_id", "kind", "source_id", name="uq_sale_fact_once"),
    )
    op.create_index(op.f("ix_sale_fact_business_id"), "sale_fact", ["business_id"], unique=False)
    op.create_index(
        "ix_sale_fact_period", "sale_fact", ["business_date", "district_code", "category_slug"], unique=False
    )
    op.create_table(
        "sandbox_charge",
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("paid_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('open','processing','paid','failed','expired')", name=op.f("ck_sandbox_charge_status_known")
        ),
        sa.CheckConstraint(
            "refunded_amount BETWEEN 0 AND paid_amount", name=op.f("ck_sandbox_charge_refunded_within_paid")
        ),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_sandbox_charge")),
        sa.UniqueConstraint("key", name=op.f("uq_sandbox_charge_key")),
    )
    op.create_table(
        "scheduled_job",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_scheduled_job")),
    )
    op.create_table(
        "search_index",
        sa.Column("engine", sa.String(), nullable=False),
        sa.Column("rebuilt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stale_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("engine", name=op.f("pk_search_index")),
    )
    op.create_table(
        "search_word",
        sa.Column("word", sa.String(collation="C"), nullable=False),
        sa.Column("length", sa.SmallInteger(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index(op.f("ix_search_word_length"), "search_word", ["length"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("counted_by", sa.String(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("counted_by IN ('account','address')", name=op.f("ck_sign_in_failure_counted_by_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index("ix_sign_in_failure_recent", "sign_in_failure", ["counted_by", "key_hash", "at"], unique=False)
    op.create_table(
        "business_owner",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=True),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sex IN ('male','female')", name=op.f("ck_business_owner_sex_known")),
        sa.CheckConstraint("(nik_sealed IS NULL) = (nik_index IS NULL)", name=op.f("ck_business_owner_nik_whole")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_business_owner_name_length")),
        sa.CheckConstraint("length(nik_index) = 16", name=op.f("ck_business_owner_nik_index_length")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_business_owner_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_owner")),
        sa.UniqueConstraint("account_id", name=op.f("uq_business_owner_account_id")),
        sa.UniqueConstraint("nik_index", name=op.f("uq_business_owner_nik_index")),
    )
    op.create_table(
        "cart",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(token_hash, account_id) = 1", name=op.f("ck_cart_one_holder")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_cart_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cart")),
        sa.UniqueConstraint("account_id", name=op.f("uq_cart_account_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_cart_token_hash")),
    )
    op.create_index(op.f("ix_cart_changed_at"), "cart", ["changed_at"], unique=False)
    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("currency = 'IDR'", name=op.f("ck_ledger_entry_currency_idr")),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entry_amount_not_zero")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ledger_account.id"], name=op.f("fk_ledger_entry_account_id_ledger_account")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["ledger_transaction.id"],
            name=op.f("fk_ledger_entry_transaction_id_ledger_transaction"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
    )
    op.create_index(op.f("ix_ledger_entry_account_id"), "ledger_entry", ["account_id"], unique=False)
    op.create_index("ix_ledger_entry_order", "ledger_entry", ["order_id", "account_id"], unique=False)
    op.create_index(op.f("ix_ledger_entry_transaction_id"), "ledger_entry", ["transaction_id"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("thread", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("recipient_name", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("order_group_id", sa.Uuid(), nullable=True),
        sa.Column("link_path", sa.String(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_address", sa.String(), nullable=True),
        sa.Column("mail_status", sa.String(), nullable=False),
        sa.Column("mail_attempts", sa.Integer(), nullable=False),
        sa.Column("mail_due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail_error", sa.String(), nullable=True),
        sa.Column("mail_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk_status", sa.String(), nullable=False),
        sa.Column("desk_opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("desk_sent_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(desk_status = 'sent') = (desk_sent_at IS NOT NULL)", name=op.f("ck_message_desk_sent_at")),
        sa.CheckConstraint("desk_status = 'none' OR phone IS NOT NULL", name=op.f("ck_message_desk_needs_a_phone")),
        sa.CheckConstraint(
            "desk_status IN ('none','pending','sent','unsendable','not_needed')",
            name=op.f("ck_message_desk_status_known"),
        ),
        sa.CheckConstraint(
            "mail_status = 'none' OR mail_address IS NOT NULL", name=op.f("ck_message_mail_needs_an_address")
        ),
        sa.CheckConstraint(
            "mail_status IN ('none','waiting','sent','failed')", name=op.f("ck_message_mail_status_known")
        ),
        sa.CheckConstraint("account_id IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_message_someone_to_tell")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_message_dedupe_key")),
    )
    op.create_index(
        "ix_message_desk",
        "message",
        ["district_code", "created_at"],
        unique=False,
        postgresql_where=sa.text("desk_status = 'pending'"),
    )
    op.create_index(
        "ix_message_inbox",
        "message",
        ["account_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_message_mail", "message", ["mail_due_at"], unique=False, postgresql_where=sa.text("mail_status = 'waiting'")
    )
    op.create_index(
        "ix_message_thread", "message", ["thread"], unique=False, postgresql_where=sa.text("desk_status = 'pending'")
    )
    op.create_table(
        "order_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("contact_name", sa.String(), nullable=False),
        sa.Column("contact_phone", sa.String(), nullable=False),
        sa.Column("delivery_method", sa.String(), nullable=False),
        sa.Column("region_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("payment_method", sa.String(), nullable=False),
        sa.Column("quote_hash", sa.String(), nullable=False),
        sa.Column("items_amount", sa.BigInteger(), nullable=False),
        sa.Column("delivery_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("business_date", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(delivery_method = 'pickup') = (region_code IS NULL)", name=op.f("ck_order_group_destination_known")
        ),
        sa.CheckConstraint(
            "delivery_method IN ('pickup','courier','expedition')", name=op.f("ck_order_group_delivery_method_known")
        ),
        sa.CheckConstraint(
            "payment_method IN ('cod','transfer','stripe','sandbox')", name=op.f("ck_order_group_payment_method_known")
        ),
        sa.CheckConstraint(
            "items_amount >= 0 AND delivery_amount >= 0", name=op.f("ck_order_group_amounts_not_negative")
        ),
        sa.CheckConstraint("total_amount = items_amount + delivery_amount", name=op.f("ck_order_group_total_adds_up")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_order_group_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_group")),
        sa.UniqueConstraint("number", name=op.f("uq_order_group_number")),
    )
    op.create_index(
        "ix_order_group_account",
        "order_group",
        ["account_id", "placed_at"],
        unique=False,
        postgresql_where=sa.text("account_id IS NOT NULL"),
    )
    op.create_index(
        "ix_order_group_browser",
        "order_group",
        ["browser_hash", "placed_at"],
        unique=False,
        postgresql_where=sa.text("browser_hash IS NOT NULL"),
    )
    op.create_index("ix_order_group_contact_phone", "order_group", ["contact_phone", "placed_at"], unique=False)
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("attempts BETWEEN 0 AND 5", name=op.f("ck_recovery_code_attempts_bounded")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recovery_code_account_id_account")),
        sa.ForeignKeyConstraint(["issued_by"], ["account.id"], name=op.f("fk_recovery_code_issued_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
    )
    op.create_index(op.f("ix_recovery_code_account_id"), "recovery_code", ["account_id"], unique=False)
    op.create_table(
        "region_alias",
        sa.Column("region_code", sa.String(), nullable=False),
        sa.Column("alias", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_region_alias_region_code_region"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("region_code", "alias", name=op.f("pk_region_alias")),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "role <> 'facilitator' OR district_code IS NOT NULL", name=op.f("ck_role_grant_facilitator_has_a_place")
        ),
        sa.CheckConstraint(
            "role IN ('administrator','verifier','analyst','facilitator')", name=op.f("ck_role_grant_role_known")
        ),
        sa.CheckConstraint(
            "village_code IS NULL OR district_code IS NOT NULL", name=op.f("ck_role_grant_village_in_a_district")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")),
        sa.ForeignKeyConstraint(["granted_by"], ["account.id"], name=op.f("fk_role_grant_granted_by_account")),
        sa.ForeignKeyConstraint(["revoked_by"], ["account.id"], name=op.f("fk_role_grant_revoked_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_account_id"), "role_grant", ["account_id"], unique=False)
    op.create_index(
        "uq_role_grant_live",
        "role_grant",
        [
            "account_id",
            "role",
            sa.literal_column("coalesce(district_code, '')"),
            sa.literal_column("coalesce(village_code, '')"),
        ],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "sandbox_refund",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["ref"], ["sandbox_charge.ref"], name=op.f("fk_sandbox_refund_ref_sandbox_charge")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sandbox_refund")),
    )
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("idle_expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('web','api')", name=op.f("ck_sign_in_kind_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sign_in_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_sign_in_account_id"), "sign_in", ["account_id"], unique=False)
    op.create_index(op.f("ix_sign_in_expires_at"), "sign_in", ["expires_at"], unique=False)
    op.create_table(
        "business",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("claimed", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("district_code", sa.String(), nullable=True),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("main_product", sa.String(), nullable=True),
        sa.Column("kbli_version", sa.Integer(), nullable=True),
        sa.Column("kbli_code", sa.String(), nullable=True),
        sa.Column("kbli_listed", sa.Boolean(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("nib", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("edited_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_reason", sa.String(), nullable=True),
        sa.Column("correction_fields", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("nib ~ '^[0-9]{13}$'", name=op.f("ck_business_nib_shape")),
        sa.CheckConstraint("source IN ('self','facilitator','office','import')", name=op.f("ck_business_source_known")),
        sa.CheckConstraint(
            "status IN ('draft','closed') OR (district_code IS NOT NULL AND main_product IS NOT NULL)",
            name=op.f("ck_business_complete_when_submitted"),
        ),
        sa.CheckConstraint(
            "status IN ('draft','submitted','needs_correction','active','suspended','rejected','closed','merged')",
            name=op.f("ck_business_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('active','suspended') OR registered_on IS NOT NULL",
            name=op.f("ck_business_registration_dated"),
        ),
        sa.CheckConstraint(
            "village_code IS NULL OR village_code LIKE district_code || '.%'",
            name=op.f("ck_business_village_in_its_district"),
        ),
        sa.CheckConstraint("(kbli_version IS NULL) = (kbli_code IS NULL)", name=op.f("ck_business_kbli_with_version")),
        sa.CheckConstraint("kbli_version IN (2020, 2025)", name=op.f("ck_business_kbli_version_known")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 150", name=op.f("ck_business_name_length")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_business_created_by_account")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_business_decided_by_account")),
        sa.ForeignKeyConstraint(["district_code"], ["region.code"], name=op.f("fk_business_district_code_region")),
        sa.ForeignKeyConstraint(["owner_id"], ["business_owner.id"], name=op.f("fk_business_owner_id_business_owner")),
        sa.ForeignKeyConstraint(["village_code"], ["region.code"], name=op.f("fk_business_village_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business")),
        sa.UniqueConstraint("number", name=op.f("uq_business_number")),
        sa.UniqueConstraint("slug", name=op.f("uq_business_slug")),
    )
    op.create_index(
        "ix_business_active_name",
        "business",
        [sa.literal_column("lower(name)"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        "ix_business_desk", "business", ["submitted_at"], unique=False, postgresql_where=sa.text("status = 'submitted'")
    )
    op.create_index(op.f("ix_business_owner_id"), "business", ["owner_id"], unique=False)
    op.create_index("ix_business_place", "business", ["district_code", "village_code"], unique=False)
    op.create_table(
        "business_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("capital_amount", sa.BigInteger(), nullable=True),
        sa.Column("turnover_amount", sa.BigInteger(), nullable=True),
        sa.Column("workers_male", sa.Integer(), nullable=True),
        sa.Column("workers_female", sa.Integer(), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("capital_amount >= 0", name=op.f("ck_business_report_capital_not_negative")),
        sa.CheckConstraint("turnover_amount >= 0", name=op.f("ck_business_report_turnover_not_negative")),
        sa.CheckConstraint("workers_female BETWEEN 0 AND 5000", name=op.f("ck_business_report_workers_female_bounds")),
        sa.CheckConstraint("workers_male BETWEEN 0 AND 5000", name=op.f("ck_business_report_workers_male_bounds")),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_business_report_business_id_business")),
        sa.ForeignKeyConstraint(["reported_by"], ["account.id"], name=op.f("fk_business_report_reported_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_report")),
    )
    op.create_index("ix_business_report_latest", "business_report", ["business_id", "reported_on", "id"], unique=False)
    op.create_table(
        "business_verification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('registry','identity','place','nib','product')", name=op.f("ck_business_verification_kind_known")
        ),
        sa.CheckConstraint("valid_until > checked_on", name=op.f("ck_business_verification_period_forward")),
        sa.ForeignKeyConstraint(
            ["business_id"], ["business.id"], name=op.f("fk_business_verification_business_id_business")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name=op.f("fk_business_verification_checked_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_business_verification")),
    )
    op.create_index(
        "uq_business_verification_live",
        "business_verification",
        ["business_id", "kind"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('owner','staff')", name=op.f("ck_membership_role_known")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_membership_account_id_account")),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_membership_business_id_business")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(
        "ix_membership_account", "membership", ["account_id"], unique=False, postgresql_where=sa.text("until IS NULL")
    )
    op.create_index(
        "uq_membership_live",
        "membership",
        ["business_id", "account_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "shop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=True),
        sa.Column("pickup_address", sa.String(), nullable=True),
        sa.Column("takes_cod", sa.Boolean(), nullable=False),
        sa.Column("takes_transfer", sa.Boolean(), nullable=False),
        sa.Column("takes_gateway", sa.Boolean(), nullable=False),
        sa.Column("bank_name", sa.String(), nullable=True),
        sa.Column("bank_account_number", sa.String(), nullable=True),
        sa.Column("bank_account_holder", sa.String(), nullable=True),
        sa.Column("trusted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('preparing','open','paused','suspended','closed')", name=op.f("ck_shop_status_known")
        ),
        sa.CheckConstraint(
            "(bank_name IS NULL) = (bank_account_number IS NULL) AND (bank_name IS NULL) = (bank_account_holder IS NULL)",
            name=op.f("ck_shop_bank_account_whole"),
        ),
        sa.CheckConstraint("NOT takes_transfer OR bank_name IS NOT NULL", name=op.f("ck_shop_transfer_needs_account")),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_shop_business_id_business")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop")),
        sa.UniqueConstraint("business_id", name=op.f("uq_shop_business_id")),
    )
    op.create_table(
        "courier_rate",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("price_amount BETWEEN 0 AND 10000000", name=op.f("ck_courier_rate_price_bounds")),
        sa.ForeignKeyConstraint(["district_code"], ["region.code"], name=op.f("fk_courier_rate_district_code_region")),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_courier_rate_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "district_code", name=op.f("pk_courier_rate")),
    )
    op.create_table(
        "customer_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("business_id", sa.Uuid(), nullable=False),
        sa.Column("business_name", sa.String(), nullable=False),
        sa.Column("business_number", sa.String(), nullable=False),
        sa.Column("shop_slug", sa.String(), nullable=False),
        sa.Column("district_code", sa.String(), nullable=False),
        sa.Column("village_code", sa.String(), nullable=True),
        sa.Column("pickup_address", sa.String(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("ask_first", sa.Boolean(), nullable=False),
        sa.Column("payment_method", sa.String(), nullable=False),
        sa.Column("delivery_method", sa.String(), nullable=False),
        sa.Column("weight_gram", sa.BigInteger(), nullable=True),
        sa.Column("items_amount", sa.BigInteger(), nullable=False),
        sa.Column("delivery_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("commission_basis_points", sa.Integer(), nullable=False),
        sa.Column("commission_amount", sa.BigInteger(), nullable=False),
        sa.Column("hold_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(status IN ('awaiting_seller','awaiting_payment')) = (hold_until IS NOT NULL)",
            name=op.f("ck_customer_order_waiting_has_an_end"),
        ),
        sa.CheckConstraint(
            "delivery_method IN ('pickup','courier','expedition')", name=op.f("ck_customer_order_delivery_method_known")
        ),
        sa.CheckConstraint(
            "payment_method IN ('cod','transfer','stripe','sandbox')",
            name=op.f("ck_customer_order_payment_method_known"),
        ),
        sa.CheckConstraint(
            "status IN ('awaiting_seller','awaiting_payment','confirmed','accepted','ready','handed_over','delivered','completed','expired','rejected','cancelled')",
            name=op.f("ck_customer_order_status_known"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('handed_over','delivered','completed') OR paid_at IS NOT NULL",
            name=op.f("ck_customer_order_paid_when_handed_over"),
        ),
        sa.CheckConstraint(
            "commission_basis_points BETWEEN 0 AND 10000 AND commission_amount BETWEEN 0 AND total_amount",
            name=op.f("ck_customer_order_commission_bounds"),
        ),
        sa.CheckConstraint(
            "items_amount >= 0 AND delivery_amount >= 0", name=op.f("ck_customer_order_amounts_not_negative")
        ),
        sa.CheckConstraint(
            "total_amount = items_amount + delivery_amount", name=op.f("ck_customer_order_total_adds_up")
        ),
        sa.ForeignKeyConstraint(["business_id"], ["business.id"], name=op.f("fk_customer_order_business_id_business")),
        sa.ForeignKeyConstraint(["group_id"], ["order_group.id"], name=op.f("fk_customer_order_group_id_order_group")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_customer_order_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_order")),
        sa.UniqueConstraint("group_id", "shop_id", name="uq_customer_order_shop_once"),
        sa.UniqueConstraint("number", name=op.f("uq_customer_order_number")),
    )
    op.create_index(op.f("ix_customer_order_business_id"), "customer_order", ["business_id"], unique=False)
    op.create_index(
        "ix_customer_order_due",
        "customer_order",
        ["hold_until"],
        unique=False,
        postgresql_where=sa.text("hold_until IS NOT NULL"),
    )
    op.create_index(op.f("ix_customer_order_group_id"), "customer_order", ["group_id"], unique=False)
    op.create_index("ix_customer_order_shop", "customer_order", ["shop_id", "placed_at", "id"], unique=False)
    op.create_index("ix_customer_order_shop_status", "customer_order", ["shop_id", "status"], unique=False)
    op.create_index(
        "ix_customer_order_silent",
        "customer_order",
        ["handed_over_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('handed_over','delivered')"),
    )
    op.create_table(
        "expedition_rate",
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("regency_code", sa.String(), nullable=False),
        sa.Column("per_kilogram_amount", sa.BigInteger(), nullable=False),
        sa.Column("minimum_amount", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minimum_amount BETWEEN 0 AND 10000000", name=op.f("ck_expedition_rate_minimum_bounds")),
        sa.CheckConstraint("per_kilogram_amount BETWEEN 1 AND 10000000", name=op.f("ck_expedition_rate_price_bounds")),
        sa.ForeignKeyConstraint(["regency_code"], ["region.code"], name=op.f("fk_expedition_rate_regency_code_region")),
        sa.ForeignKeyConstraint(
            ["shop_id"], ["shop.id"], name=op.f("fk_expedition_rate_shop_id_shop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shop_id", "regency_code", name=op.f("pk_expedition_rate")),
    )
    op.create_table(
        "product_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_product_group_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product_group")),
    )
    op.create_index(op.f("ix_product_group_shop_id"), "product_group", ["shop_id"], unique=False)
    op.create_table(
        "order_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("actor_account_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("party IN ('buyer','seller','system')", name=op.f("ck_order_event_party_known")),
        sa.CheckConstraint(
            "to_status IN ('awaiting_seller','awaiting_payment','confirmed','accepted','ready','handed_over','delivered','completed','expired','rejected','cancelled')",
            name=op.f("ck_order_event_to_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_order_event_order_id_customer_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_event")),
    )
    op.create_index("ix_order_event_order", "order_event", ["order_id", "id"], unique=False)
    op.create_table(
        "payment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("shop_id", sa.Uuid(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("suffix", sa.Integer(), nullable=False),
        sa.Column("received_amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("payee", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("redirect_url", sa.String(), nullable=True),
        sa.Column("asked", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_reason", sa.String(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("review_note", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(order_id IS NULL) = (method IN ('sandbox','stripe'))", name=op.f("ck_payment_order_of_direct_payment")
        ),
        sa.CheckConstraint("(status = 'paid') <= (paid_at IS NOT NULL)", name=op.f("ck_payment_paid_is_dated")),
        sa.CheckConstraint("currency = 'IDR'", name=op.f("ck_payment_currency_idr")),
        sa.CheckConstraint("method IN ('cod','transfer','sandbox','stripe')", name=op.f("ck_payment_method_known")),
        sa.CheckConstraint(
            "status IN ('created','pending','processing','paid','failed','expired','cancelled','review')",
            name=op.f("ck_payment_status_known"),
        ),
        sa.CheckConstraint("suffix = 0 OR method = 'transfer'", name=op.f("ck_payment_suffix_of_transfer")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payment_amount_positive")),
        sa.CheckConstraint("received_amount >= 0", name=op.f("ck_payment_received_not_negative")),
        sa.CheckConstraint(
            "refunded_amount BETWEEN 0 AND received_amount", name=op.f("ck_payment_refunded_within_received")
        ),
        sa.CheckConstraint("suffix BETWEEN 0 AND 999", name=op.f("ck_payment_suffix_bounds")),
        sa.ForeignKeyConstraint(["group_id"], ["order_group.id"], name=op.f("fk_payment_group_id_order_group")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_payment_order_id_customer_order")),
        sa.ForeignKeyConstraint(["reviewed_by"], ["account.id"], name=op.f("fk_payment_reviewed_by_account")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_payment_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("method", "provider_ref", name=op.f("uq_payment_method_provider_ref")),
    )
    op.create_index(op.f("ix_payment_group_id"), "payment", ["group_id"], unique=False)
    op.create_index(
        "ix_payment_shop",
        "payment",
        ["shop_id", "status"],
        unique=False,
        postgresql_where=sa.text("shop_id IS NOT NULL"),
    )
    op.create_index(
        "ix_payment_review",
        "payment",
        ["paid_at", "id"],
        unique=False,
        postgresql_where=sa.text("review_reason IS NOT NULL AND reviewed_at IS NULL"),
    )
    op.create_index(
        "ix_payment_live",
        "payment",
        ["status", "created_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('created','pending','processing')"),
    )
    op.create_index(
        "uq_payment_of_group", "payment", ["group_id"], unique=True, postgresql_where=sa.text("order_id IS NULL")
    )
    op.create_index(
        "uq_payment_of_order", "payment", ["order_id"], unique=True, postgresql_where=sa.text("order_id IS NOT NULL")
    )
    op.create_index(
        "uq_payment_open_transfer",
        "payment",
        ["shop_id", "amount"],
        unique=True,
        postgresql_where=sa.text("method = 'transfer' AND status IN ('created','pending','processing')"),
    )
    op.create_table(
        "product",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shop_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("variant", sa.String(), nullable=True),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("category_slug", sa.String(), nullable=False),
        sa.Column("price_amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("weight_gram", sa.Integer(), nullable=True),
        sa.Column("halal", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refusal_reason", sa.String(), nullable=True),
        sa.CheckConstraint("halal IN ('certified','declared_non_halal','none')", name=op.f("ck_product_halal_known")),
        sa.CheckConstraint(
            "status IN ('draft','pending','published','hidden','archived')", name=op.f("ck_product_status_known")
        ),
        sa.CheckConstraint("(group_id IS NULL) = (variant IS NULL)", name=op.f("ck_product_variant_in_group")),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 120", name=op.f("ck_product_name_length")),
        sa.CheckConstraint("price_amount BETWEEN 1 AND 999999999", name=op.f("ck_product_price_bounds")),
        sa.CheckConstraint("weight_gram BETWEEN 1 AND 1000000", name=op.f("ck_product_weight_bounds")),
        sa.ForeignKeyConstraint(["category_slug"], ["category.slug"], name=op.f("fk_product_category_slug_category")),
        sa.ForeignKeyConstraint(["group_id"], ["product_group.id"], name=op.f("fk_product_group_id_product_group")),
        sa.ForeignKeyConstraint(["shop_id"], ["shop.id"], name=op.f("fk_product_shop_id_shop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("slug", name=op.f("uq_product_slug")),
    )
    op.create_index(op.f("ix_product_category_slug"), "product", ["category_slug"], unique=False)
    op.create_index(op.f("ix_product_group_id"), "product", ["group_id"], unique=False)
    op.create_index(
        "ix_product_newest",
        "product",
        [sa.literal_column("published_at DESC"), "id"],
        unique=False,
        postgresql_where=sa.text("status = 'published'"),
    )
    op.create_index(
        "ix_product_pending", "product", ["created_at"], unique=False, postgresql_where=sa.text("status = 'pending'")
    )
    op.create_index("ix_product_shop", "product", ["shop_id", "status"], unique=False)
    op.create_index(
        "uq_product_variant",
        "product",
        ["group_id", sa.literal_column("lower(variant)")],
        unique=True,
        postgresql_where=sa.text("status <> 'archived'"),
    )
    op.create_table(
        "cart_line",
        sa.Column("cart_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("seen_price_amount", sa.BigInteger(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_cart_line_quantity_bounds")),
        sa.ForeignKeyConstraint(["cart_id"], ["cart.id"], name=op.f("fk_cart_line_cart_id_cart"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_cart_line_product_id_product")),
        sa.PrimaryKeyConstraint("cart_id", "product_id", name=op.f("pk_cart_line")),
    )
    op.create_table(
        "order_line",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("category_slug", sa.String(), nullable=False),
        sa.Column("stock_mode", sa.String(), nullable=False),
        sa.Column("weight_gram", sa.Integer(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_price_amount", sa.BigInteger(), nullable=False),
        sa.Column("line_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "stock_mode IN ('counted','made_to_order','ask_first')", name=op.f("ck_order_line_stock_mode_known")
        ),
        sa.CheckConstraint("line_amount = unit_price_amount * quantity", name=op.f("ck_order_line_amount_adds_up")),
        sa.CheckConstraint("quantity BETWEEN 1 AND 999", name=op.f("ck_order_line_quantity_bounds")),
        sa.CheckConstraint("unit_price_amount > 0", name=op.f("ck_order_line_price_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_order_line_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_order_line_product_id_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_line")),
        sa.UniqueConstraint("order_id", "product_id", name="uq_order_line_product_once"),
    )
    op.create_index(op.f("ix_order_line_order_id"), "order_line", ["order_id"], unique=False)
    op.create_index(op.f("ix_order_line_product_id"), "order_line", ["product_id"], unique=False)
    op.create_table(
        "payment_proof",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_proof_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_proof")),
    )
    op.create_index(op.f("ix_payment_proof_payment_id"), "payment_proof", ["payment_id"], unique=False)
    op.create_table(
        "payment_share",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_amount", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open','sold','suspense')", name=op.f("ck_payment_share_state_known")),
        sa.CheckConstraint(
            "amount > 0 AND refunded_amount BETWEEN 0 AND amount", name=op.f("ck_payment_share_refunded_within_share")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.id"], name=op.f("fk_payment_share_order_id_customer_order")
        ),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_payment_share_payment_id_payment")),
        sa.PrimaryKeyConstraint("payment_id", "order_id", name=op.f("pk_payment_share")),
    )
    op.create_index(op.f("ix_payment_share_order_id"), "payment_share", ["order_id"], unique=False)
    op.create_table(
        "product_photo",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_product_photo_position_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_product_photo_product_id_product")),
        sa.PrimaryKeyConstraint("id", "product_id", name=op.f("pk_product_photo")),
    )
    op.create_index(op.f("ix_product_photo_product_id"), "product_photo", ["product_id"], unique=False)
    op.create_table(
        "refund",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("route IN ('gateway','manual')", name=op.f("ck_refund_route_known")),
        sa.CheckConstraint("source IN ('sale','suspense')", name=op.f("ck_refund_source_known")),
        sa.CheckConstraint(
            "status IN ('requested','submitted','manual_pending','succeeded','failed')",
            name=op.f("ck_refund_status_known"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_amount_positive")),
        sa.ForeignKeyConstraint(["finished_by"], ["account.id"], name=op.f("fk_refund_finished_by_account")),
        sa.ForeignKeyConstraint(["order_id"], ["customer_order.id"], name=op.f("fk_refund_order_id_customer_order")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.ForeignKeyConstraint(["requested_by"], ["account.id"], name=op.f("fk_refund_requested_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
        sa.UniqueConstraint("key", name=op.f("uq_refund_key")),
    )
    op.create_index(
        "ix_refund_open",
        "refund",
        ["status", "requested_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('requested','submitted','manual_pending')"),
    )
    op.create_index(op.f("ix_refund_order_id"), "refund", ["order_id"], unique=False)
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.create_table(
        "search_document",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_search_document_product_id_product"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_search_document")),
    )
    op.create_index("ix_search_document_words", "search_document", ["words"], unique=False, postgresql_using="gin")
    op.create_table(
        "stock",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "missing = 0 OR (missing > 0 AND on_hand = reserved AND mode = 'counted')",
            name=op.f("ck_stock_missing_held"),
        ),
        sa.CheckConstraint("mode <> 'counted' OR reserved <= on_hand", name=op.f("ck_stock_reserved_within_on_hand")),
        sa.CheckConstraint("mode IN ('counted','made_to_order','ask_first')", name=op.f("ck_stock_mode_known")),
        sa.CheckConstraint("on_hand BETWEEN 0 AND 999999", name=op.f("ck_stock_on_hand_bounds")),
        sa.CheckConstraint("reserved >= 0", name=op.f("ck_stock_reserved_not_negative")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_product_id_product")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_stock")),
    )
    op.create_table(
        "stock_reservation",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status IN ('active','committed','consumed','released','expired')",
            name=op.f("ck_stock_reservation_status_known"),
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_stock_reservation_quantity_positive")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_stock_reservation_product_id_product")),
        sa.PrimaryKeyConstraint("order_id", "product_id", name=op.f("pk_stock_reservation")),
    )
    op.create_index(
        "ix_stock_reservation_live",
        "stock_reservation",
        ["product_id", sa.literal_column("created_at DESC")],
        unique=False,
        postgresql_where=sa.text("status IN ('active','committed')"),
    )
    for table in INSERT_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_insert_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for statement in GUARDS:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("before the first tables there is nothing to go back to: drop the database instead")
