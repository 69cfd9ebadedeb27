"""Power cuts at the four riskiest points of the loop: the next start works, nothing is lost and nothing is doubled.

A lock held by the test stops the product exactly where it should die; then everything is killed at once.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psycopg
import pytest
from sqlalchemy import text

from app import db
from app.accounts import passwords
from app.accounts.models import Account
from app.kit import postgres
from tests.factories import orders
from tests.journeys import people
from tests.journeys.installation import Installation, free_port, until
from tests.journeys.people import Person, Placed

pytestmark = pytest.mark.xdist_group("killed")

LONGEST_WAIT = 90.0
PRICE = 25_000


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("killed")
    installation = Installation(folder / "data", free_port(), folder / "log")
    installation.start()
    yield installation
    installation.stop()


@dataclass
class Market:
    """A shop of this test alone with ten of one product, and what the database says about its orders."""

    installation: Installation
    product_id: object
    slug: str
    shop_id: object
    seller: Person

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return rows(self.installation, query, shop=self.shop_id, product=self.product_id)

    def now(self) -> dict[str, object]:
        """Every count that a crash might falsify, of this shop only."""
        own = "(SELECT id FROM customer_order WHERE shop_id = %(shop)s)"
        paid_for = f"(SELECT payment_id FROM payment_share WHERE order_id IN {own})"
        (stock,) = self.rows("SELECT on_hand, reserved FROM stock WHERE product_id = %(product)s")
        return {
            "orders": tally(self.rows("SELECT status FROM customer_order WHERE shop_id = %(shop)s")),
            "stock": stock,
            "holds": tally(self.rows("SELECT status FROM stock_reservation WHERE product_id = %(product)s")),
            "payments": tally(self.rows(f"SELECT status FROM payment WHERE id IN {paid_for}")),
            "postings": tally(self.rows(f"SELECT kind FROM ledger_transaction WHERE payment_id IN {paid_for}")),
            "facts": tally(self.rows(f"SELECT kind FROM sale_fact WHERE order_id IN {own}")),
        }

    def messages(self) -> dict[object, int]:
        """By template, of this shop's orders."""
        return tally(
            self.rows(
                "SELECT template FROM message WHERE facts ->> 'number' IN"
                " (SELECT number FROM customer_order WHERE shop_id = %(shop)s)"
            )
        )


def tally(found: list[tuple[object, ...]]) -> dict[object, int]:
    return dict(Counter(row[0] for row in found))


def rows(installation: Installation, query: str, **given: object) -> list[tuple[object, ...]]:
    with psycopg.connect(installation.cluster.url(), autocommit=True) as connection:
        cursor = connection.execute(query, given)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def market(installation: Installation) -> Market:
    engine = db.connect(installation.cluster.url(), pool_size=1)
    with db.transactions(engine)() as session:
        shop = orders.seller(session, "Toko Uji")
        product_id = orders.product(session, shop, "Amplang uji", price_amount=PRICE, on_hand=10)
        owner = session.get_one(Account, shop.actor.account_id)
        owner.password_hash = passwords.hashed(people.PASSWORD)
        phone = owner.phone_e164.replace("+62", "0")
        slug = session.execute(text("SELECT slug FROM product WHERE id = :id"), {"id": product_id}).scalar_one()
    engine.dispose()
    return Market(installation, product_id, str(slug), shop.shop_id, Person(installation, "Penjual Uji", phone))


# --- the moment --------------------------------------------------------------------------------------------------------


@contextmanager
def stopped_at(installation: Installation, lock: str, **given: object) -> Iterator[Callable[[], bool]]:
    """Hold a lock the product will run into. Yields whether somebody waits for it."""
    holder = psycopg.connect(installation.cluster.url())
    watcher = psycopg.connect(installation.cluster.url(), autocommit=True)
    holder.execute(lock, given)  # type: ignore[arg-type]
    pid = holder.info.backend_pid

    def somebody_waits() -> bool:
        blocked = "SELECT 1 FROM pg_stat_activity WHERE %(pid)s = ANY(pg_blocking_pids(pid))"
        return watcher.execute(blocked, {"pid": pid}).fetchone() is not None

    try:
        yield somebody_waits
    finally:
        holder.close()
        watcher.close()


@contextmanager
def meanwhile(do: Callable[[], object]) -> Iterator[None]:
    """Something a person does that will not get an answer, because the product dies under it."""
    ended: list[object] = []

    def press() -> None:
        try:
            ended.append(do())
        except (
            httpx.TransportError,
            AssertionError,
        ) as fault:  # cut off, or told that it did not work: never a success
            ended.append(fault)

    thread = threading.Thread(target=press)
    thread.start()
    yield
    thread.join(LONGEST_WAIT)
    assert len(ended) == 1
    assert isinstance(ended[0], httpx.TransportError), ended


def kill_and_start(installation: Installation) -> None:
    installation.kill_everything()
    installation.start()


def nobody_looks_at_payments(installation: Installation) -> None:
    """The worker's next looks at messages and charges are an hour away, so that only what the test lets happen settles."""
    put_off = (
        "UPDATE scheduled_job SET due_at = clock_timestamp() + interval '1 hour'"
        " WHERE name = %(job)s AND lease_until IS NULL RETURNING name"
    )
    for job in ("payments.work-off-messages", "payments.reconcile"):
        assert until(lambda wanted=job: bool(rows(installation, put_off, job=wanted)), LONGEST_WAIT)


def time_passes(installation: Installation) -> None:
    """The leases of the dead run out and what was put off is due: minutes in a moment."""
    for statement in (
        "UPDATE outbox_event SET lease_until = NULL, available_at = clock_timestamp() WHERE done_at IS NULL",
        "UPDATE payment_notice SET due_at = clock_timestamp() WHERE processed_at IS NULL",
        "UPDATE scheduled_job SET due_at = clock_timestamp(), lease_until = NULL WHERE name LIKE 'payments.work-off%%'",
        "UPDATE idempotency_key SET lease_until = clock_timestamp() - interval '1 second' WHERE status IS NULL",
    ):
        rows(installation, statement)


def everything_carried(installation: Installation) -> bool:
    """Whether every event has been worked off, and none given up."""
    open_events, dead = rows(
        installation, "SELECT count(*) FILTER (WHERE done_at IS NULL), count(dead_at) FROM outbox_event"
    )[0]
    assert dead == 0
    return open_events == 0


def book_is_whole(installation: Installation) -> bool:
    verified = installation.command("ledger", "verify")
    assert verified.returncode == 0, verified.stderr
    return "no fault" in verified.stdout


def fills_the_checkout(buyer: Person, market: Market, quantity: int) -> None:
    people.puts_in_cart(buyer, market.slug, quantity)
    buyer.browser.get("/checkout")


def orders_now(buyer: Person, payment: str) -> people.Page:
    """Press "Pesan sekarang" on the page the buyer has before them: a second press is the same press."""
    return buyer.browser.submit(
        "/checkout", press=("langkah", "pesan"), nama=buyer.name, no_hp=buyer.phone, cara_bayar=payment
    )


# --- the four points -------------------------------------------------------------------------------------------------


def test_between_the_order_and_its_payment(installation: Installation, market: Market) -> None:
    """The order stands, the gateway was never asked: the same press again leads to the one payment of the one order."""
    buyer = Person(installation, "Pembeli Uji")
    fills_the_checkout(buyer, market, 2)
    with (
        stopped_at(installation, "LOCK TABLE sandbox_charge IN EXCLUSIVE MODE") as somebody_waits,
        meanwhile(lambda: orders_now(buyer, "sandbox")),
    ):
        assert until(somebody_waits, LONGEST_WAIT)
        installation.kill_everything()
    installation.start()
    cut = market.now()
    assert cut["orders"] == {"awaiting_payment": 1}
    assert (cut["stock"], cut["holds"]) == ((10, 2), {"active": 1})
    assert (cut["postings"], cut["facts"]) == ({}, {})

    page = orders_now(buyer, "sandbox")
    assert page.path.startswith("/bayar-uji/")
    buyer.browser.submit(page.path, press=("outcome", "pay"))
    buyer.sees("Lunas")
    time_passes(installation)
    assert until(lambda: everything_carried(installation), LONGEST_WAIT)
    assert market.now() == {
        "orders": {"confirmed": 1},
        "stock": (10, 2),
        "holds": {"committed": 1},
        "payments": {"paid": 1},
        "postings": {"payment_received": 1},
        "facts": {"sale": 1},
    }
    assert market.messages() == {"order_placed/buyer": 1, "order_paid/buyer": 1, "order_paid/seller": 1}
    assert book_is_whole(installation)


def test_the_gateway_has_the_money_and_the_shop_dies_twice_while_settling(
    installation: Installation, market: Market
) -> None:
    """First with the message just stored, then with the worker in the middle of settling it."""
    buyer = Person(installation, "Pembeli Uji")
    fills_the_checkout(buyer, market, 3)
    page = orders_now(buyer, "sandbox")
    nobody_looks_at_payments(installation)
    unsettled = market.now()
    assert (unsettled["orders"], unsettled["payments"]) == ({"awaiting_payment": 1}, {"pending": 1})

    shelf = "SELECT 1 FROM stock WHERE product_id = %(product)s FOR UPDATE"
    stored = (
        "SELECT 1 FROM payment_notice WHERE processed_at IS NULL AND provider_ref IN"
        " (SELECT provider_ref FROM payment JOIN payment_share ON payment_id = payment.id"
        " JOIN customer_order ON customer_order.id = payment_share.order_id WHERE customer_order.shop_id = %(shop)s)"
    )
    with (
        stopped_at(installation, shelf, product=market.product_id) as somebody_waits,
        meanwhile(lambda: buyer.browser.submit(page.path, press=("outcome", "pay"))),
    ):
        assert until(lambda: bool(market.rows(stored)) and somebody_waits(), LONGEST_WAIT)
        installation.kill_everything()
    installation.start()
    assert market.now() == unsettled
    assert len(market.rows(stored)) == 1

    with stopped_at(installation, shelf, product=market.product_id) as somebody_waits:
        time_passes(installation)
        assert until(somebody_waits, LONGEST_WAIT)  # nobody but the worker is there to settle
        installation.kill_everything()
    installation.start()
    assert market.now() == unsettled

    time_passes(installation)
    assert until(lambda: market.now()["payments"] == {"paid": 1}, LONGEST_WAIT)
    assert until(lambda: everything_carried(installation), LONGEST_WAIT)
    assert market.now() == {
        "orders": {"confirmed": 1},
        "stock": (10, 3),
        "holds": {"committed": 1},
        "payments": {"paid": 1},
        "postings": {"payment_received": 1},
        "facts": {"sale": 1},
    }
    assert market.messages() == {"order_placed/buyer": 1, "order_paid/buyer": 1, "order_paid/seller": 1}
    buyer.browser.get("/pesanan-saya")
    buyer.sees("Sudah dibayar")
    assert book_is_whole(installation)


def test_between_the_cash_in_hand_and_what_follows_from_it(installation: Installation, market: Market) -> None:
    """Goods and cash have changed hands; statistics and messages come after the next start, once."""
    buyer = Person(installation, "Pembeli Uji")
    fills_the_checkout(buyer, market, 4)
    placed = people.placed(orders_now(buyer, "cod"))
    seller = market.seller
    seller.signs_in()
    answers(seller, placed)
    assert until(lambda: everything_carried(installation), LONGEST_WAIT)
    with stopped_at(installation, "LOCK TABLE message IN EXCLUSIVE MODE") as somebody_waits:
        seller.browser.submit("/serah")
        seller.sees("Pesanan ditandai sudah diserahkan.")
        assert until(somebody_waits, LONGEST_WAIT)  # the worker is in the middle of telling the buyer
        installation.kill_everything()
    installation.start()
    cut = market.now()
    assert (cut["orders"], cut["stock"], cut["payments"]) == ({"handed_over": 1}, (6, 0), {"paid": 1})
    assert (cut["holds"], cut["postings"]) == ({"consumed": 1}, {"payment_received": 1})
    assert "order_handed_over/buyer" not in market.messages()

    time_passes(installation)
    assert until(lambda: everything_carried(installation), LONGEST_WAIT)
    assert market.now() == {**cut, "facts": {"sale": 1}}
    assert market.messages() == {
        "order_placed/buyer": 1,
        "order_placed/seller": 1,
        "order_accepted/buyer": 1,
        "order_ready/buyer": 1,
        "order_handed_over/buyer": 1,
    }
    seller.browser.get(f"/jual/pesanan/{placed.order()}")
    seller.sees("Sudah diserahkan")
    assert not seller.page.has_form("/serah")
    assert book_is_whole(installation)


def answers(seller: Person, placed: Placed) -> None:
    seller.browser.get(f"/jual/pesanan/{placed.order()}")
    seller.browser.submit("/terima")
    seller.browser.submit("/siap")


def test_the_database_alone_dies_in_the_middle_of_placing(installation: Installation, market: Market) -> None:
    """PostgreSQL is killed with the order half written: it comes back by itself, and the same press makes one order."""
    buyer = Person(installation, "Pembeli Uji")
    fills_the_checkout(buyer, market, 5)
    shelf = "SELECT 1 FROM stock WHERE product_id = %(product)s FOR UPDATE"
    answered: list[int] = []

    def press() -> None:
        form = buyer.browser.page.form("/checkout")
        values = {name: found[0] for name, found in form.values.items()}
        values |= {"nama": buyer.name, "no_hp": buyer.phone, "cara_bayar": "cod", "langkah": "pesan"}
        answered.append(buyer.browser.client.post("/checkout", data=values).status_code)

    with stopped_at(installation, shelf, product=market.product_id) as somebody_waits:
        thread = threading.Thread(target=press)
        thread.start()
        assert until(somebody_waits, LONGEST_WAIT)
        for pid in list(postgres.processes_of(installation.cluster.pgdata)):
            os.kill(pid, signal.SIGKILL)
        thread.join(LONGEST_WAIT)
    assert answered == [503]  # told that it did not work and may be tried again, never that it did
    assert until(lambda: installation.cluster.answers() and installation.ready(), LONGEST_WAIT)
    nothing = {"orders": {}, "stock": (10, 0), "holds": {}, "payments": {}, "postings": {}, "facts": {}}
    assert market.now() == nothing

    time_passes(installation)
    placed = people.placed(orders_now(buyer, "cod"))
    assert people.placed(buyer.browser.get(placed.path)) == placed
    assert until(lambda: everything_carried(installation), LONGEST_WAIT)
    assert market.now() == {
        **nothing,
        "orders": {"awaiting_seller": 1},
        "stock": (10, 5),
        "holds": {"active": 1},
        "payments": {"pending": 1},
    }
    assert market.messages() == {"order_placed/buyer": 1, "order_placed/seller": 1}
