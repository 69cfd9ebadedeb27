"""Everybody buys one product: hand-written SQL that leaves behind what a checkout leaves behind, row for row, and nothing else.

No rule is checked, nothing is quoted, no sentence is prepared: what remains is the work PostgreSQL and psycopg must do. Sixteen
threads with a connection each, spread over as many processes as the product has.

    python -m bench.hot URL PRODUCT SECONDS PROCESSES
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from app.kit import ids
from bench.load import CONNECTIONS

PRICED = """
SELECT p.id, p.name, p.slug, p.unit, p.category_slug, p.price_amount, p.weight_gram, s.id AS shop_id, s.pickup_address,
       b.id AS business_id, b.name AS business_name, b.number AS business_number, b.slug AS shop_slug, b.district_code
  FROM product p JOIN shop s ON s.id = p.shop_id JOIN business b ON b.id = s.business_id
 WHERE p.id = %(product)s AND p.status = 'published' AND s.status = 'open' AND b.status = 'active'
"""

GROUP = """
INSERT INTO order_group (id, number, channel, contact_name, contact_phone, delivery_method, payment_method, quote_hash,
                         items_amount, delivery_amount, total_amount, placed_at, business_date)
VALUES (%(group)s, %(number)s, 'api', 'Siti', %(phone)s, 'pickup', 'cod', %(mark)s, %(price_amount)s, 0, %(price_amount)s,
        %(now)s, %(today)s)
"""

ORDER = """
INSERT INTO customer_order (id, group_id, number, position, shop_id, business_id, business_name, business_number, shop_slug,
                            district_code, pickup_address, status, ask_first, payment_method, delivery_method, weight_gram,
                            items_amount, delivery_amount, total_amount, commission_basis_points, commission_amount,
                            hold_until, placed_at)
VALUES (%(order)s, %(group)s, %(number)s || '-1', 1, %(shop_id)s, %(business_id)s, %(business_name)s, %(business_number)s,
        %(shop_slug)s, %(district_code)s, %(pickup_address)s, 'awaiting_seller', false, 'cod', 'pickup', %(weight_gram)s,
        %(price_amount)s, 0, %(price_amount)s, 0, 0, %(until)s, %(now)s)
"""

LINE = """
INSERT INTO order_line (id, order_id, position, product_id, name, slug, unit, category_slug, stock_mode, weight_gram, quantity,
                        unit_price_amount, line_amount)
VALUES (%(line)s, %(order)s, 1, %(id)s, %(name)s, %(slug)s, %(unit)s, %(category_slug)s, 'counted', %(weight_gram)s, 1,
        %(price_amount)s, %(price_amount)s)
"""

STEP = (
    "INSERT INTO order_event (order_id, at, to_status, party) VALUES (%(order)s, %(now)s, 'awaiting_seller', 'buyer')"
)

ACT = """
INSERT INTO audit_record (at, channel, action, subject_kind, subject_id, detail)
VALUES (%(now)s, 'api', 'order.placed', 'order', %(order_text)s::text, '{"to": "awaiting_seller"}')
"""

ANNOUNCED = """
INSERT INTO outbox_event (kind, key, payload, announced_at, available_at, attempts, handled_by)
VALUES ('OrderPlaced', %(order_text)s::text, jsonb_build_object('order_id', %(order_text)s::text, 'group_id', %(group_text)s::text),
        %(now)s, %(now)s, 0, '{}')
"""

PAYMENT = """
INSERT INTO payment (id, group_id, order_id, shop_id, method, status, currency, amount, suffix, received_amount,
                     refunded_amount, payee, attempt, asked, created_at, changed_at)
VALUES (%(payment)s, %(group)s, %(order)s, %(shop_id)s, 'cod', 'pending', 'IDR', %(price_amount)s, 0, 0, 0, '{}', 0, '{}',
        %(now)s, %(now)s)
"""

SHARE = """
INSERT INTO payment_share (payment_id, order_id, amount, refunded_amount, state)
VALUES (%(payment)s, %(order)s, %(price_amount)s, 0, 'open')
"""

TAKE = """
WITH taken AS (UPDATE stock SET reserved = reserved + 1 WHERE product_id = %(id)s AND on_hand - reserved >= 1 RETURNING 1)
INSERT INTO stock_reservation (order_id, product_id, quantity, counted, status, expires_at, created_at)
SELECT %(order)s, %(id)s, 1, true, 'active', %(until)s, %(now)s FROM taken
"""


def buy(connection: psycopg.Connection[dict[str, Any]], product: str) -> None:
    """One checkout of one piece, the stock last, because from there on everybody else waits."""
    with connection.transaction():
        facts = connection.execute(PRICED, {"product": product}).fetchone()
        serial = connection.execute("SELECT nextval('order_group_serial') AS serial").fetchone()
        if facts is None or serial is None:
            raise RuntimeError("the hot product is not for sale")
        group, order, now = ids.uuid7(), ids.uuid7(), datetime.now(UTC)
        facts |= {
            "group": group,
            "order": order,
            "line": ids.uuid7(),
            "payment": ids.uuid7(),
            "group_text": str(group),
            "order_text": str(order),
            "number": ids.checked_number("PE", 2026, serial["serial"]),
            "phone": f"+62819{serial['serial']:08d}",
            "mark": "0" * 64,
            "now": now,
            "today": date.today(),  # noqa: DTZ011 - any day will do
            "until": now + timedelta(hours=48),
        }
        for statement in (GROUP, ORDER, LINE, STEP, ACT, ANNOUNCED, PAYMENT, SHARE):
            connection.execute(statement, facts)
        if connection.execute(TAKE, facts).rowcount != 1:
            raise RuntimeError("the hot product is sold out")


def buyer(url: str, product: str, start: float, seconds: float) -> list[float]:
    """Buys again and again; how long each checkout took, in milliseconds."""
    took = []
    with psycopg.connect(url, row_factory=dict_row, autocommit=True) as connection:
        time.sleep(max(0.0, start - time.time()))
        while time.time() < start + seconds:
            began = time.perf_counter()
            buy(connection, product)
            took.append((time.perf_counter() - began) * 1000)
    return took


def crowd(url: str, product: str, start: float, seconds: float, size: int) -> list[float]:
    with ThreadPoolExecutor(size) as threads:
        buyers = [threads.submit(buyer, url, product, start, seconds) for _ in range(size)]
        return [one for told in buyers for one in told.result()]


def crowd_in_process(given: tuple[str, str, float, float, int]) -> list[float]:
    return crowd(*given)


def main(url: str, product: str, seconds: float, processes: int) -> None:
    start = time.time() + 1.5
    share = (url, product, start, seconds, CONNECTIONS // processes)
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        took = sorted(one for part in pool.map(crowd_in_process, [share] * processes, chunksize=1) for one in part)
    middle, late = took[len(took) // 2], took[int(len(took) * 0.95)]
    said = {"rate": len(took) / seconds, "requests": len(took), "p50": middle, "p95": late}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
