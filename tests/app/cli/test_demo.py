"""The rehearsal at a small scale: what stands afterwards adds up, concerns nobody real, and comes out the same every time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlmodel import Session
from typer.testing import CliRunner

from app import config, db
from app.__main__ import app
from app.accounts import passwords, queries, roles
from app.accounts.models import Account
from app.catalogue import access, photos
from app.catalogue import queries as catalogue
from app.cli import guide
from app.cli.demo_data import courses, customers, firms, goods, people, pictures, scale, seeding, stocking
from app.cli.demo_data.people import BUYER, CAST, PASSWORD, RANGE, SELLER
from app.cli.demo_data.scale import FULL, SMALL
from app.config import Settings
from app.kit import clock
from app.ledger import queries as ledger
from app.media import store
from app.orders.models import STATUSES
from app.payments import proving
from app.reference import regions
from app.registry.models import Business
from tests.conftest import Database, clone, drop

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
DRAWN = ("amplang", "abon")

pytestmark = pytest.mark.xdist_group("demo")  # one small rehearsal for all of them, on one worker


@pytest.fixture(scope="module")
def seeded(administration: Engine) -> Iterator[Database]:
    """A database with a small rehearsal in it, for everybody here who only reads."""
    name = f"demo_{uuid4().hex[:12]}"
    url = clone(administration, name)
    engine = db.connect(url, pool_size=4)
    made = Database(url, engine, db.transactions(engine))
    with clock.at(NOW):
        assert seeding.seed(made.begin, SMALL, drawn=DRAWN) is not None
    yield made
    engine.dispose()
    drop(administration, name)


@pytest.fixture
def there(seeded: Database) -> Iterator[Session]:
    with clock.at(NOW), Session(seeded.engine) as session:
        yield session


def numbers(session: Session, query: str) -> dict[object, int]:
    return {row[0]: row[1] for row in session.execute(text(query))}


def faults(session: Session, query: str) -> list[object]:
    return [tuple(row) for row in session.execute(text(query))]


def account_of(session: Session, serial: int) -> Account:
    found = session.execute(text("SELECT id FROM account WHERE phone_e164 = :p"), {"p": f"{RANGE}{serial:04d}"})
    return session.get_one(Account, found.scalar_one())


# --- who is there ----------------------------------------------------------------------------------------------------


def test_the_demo_accounts_have_their_roles_and_the_known_password(there: Session) -> None:
    held = {
        part.serial: {
            (grant.role, grant.district_code)
            for grant in roles.actor_of(there, account_of(there, part.serial).id).grants
        }
        for part in CAST
    }
    assert held == {
        1: {("administrator", None)},
        2: {("verifier", None)},
        3: {("analyst", None)},
        4: {("facilitator", "64.08.04")},
        SELLER: set(),
        BUYER: set(),
    }
    stored = account_of(there, SELLER).password_hash
    assert passwords.verified(PASSWORD, stored)[0]
    assert numbers(there, "SELECT password_hash, count(*) FROM account GROUP BY 1").keys() == {stored}


def test_everybody_is_invented_and_says_so(there: Session) -> None:
    assert faults(there, f"SELECT name FROM account WHERE NOT is_demo OR phone_e164 NOT LIKE '{RANGE}____'") == []
    assert faults(there, "SELECT name FROM account WHERE name NOT LIKE '% (contoh)' OR email IS NOT NULL") == []
    assert faults(there, "SELECT name FROM business_owner WHERE name NOT LIKE '% (contoh)'") == []
    assert faults(there, f"SELECT 1 FROM order_group WHERE contact_phone NOT LIKE '{RANGE}____'") == []
    for firm in firms.of(FULL, clock.today()):
        assert firms.nik(firm).startswith("99")  # no province has that number
        assert firms.nib(firm).startswith("00000")


def test_no_message_goes_to_a_real_telephone_and_few_wait(there: Session) -> None:
    assert faults(there, f"SELECT phone FROM message WHERE phone NOT LIKE '{RANGE}____' OR mail_status <> 'none'") == []
    waiting = numbers(there, "SELECT desk_status, count(*) FROM message GROUP BY 1")
    assert 0 < waiting["pending"] < 60
    old = "SELECT 1 FROM message WHERE desk_status = 'pending' AND created_at < timestamptz '2026-11-11 03:30Z'"
    assert faults(there, old) == []


# --- what is there ---------------------------------------------------------------------------------------------------


def test_every_district_has_businesses_and_every_desk_of_the_office_something_to_do(there: Session) -> None:
    assert numbers(there, "SELECT district_code, count(*) FROM business GROUP BY 1").keys() == {
        district.code for district in regions.districts()
    }
    by_status = numbers(there, "SELECT status, count(*) FROM business GROUP BY 1")
    assert sum(by_status.values()) == SMALL.businesses
    assert {"draft", "submitted", "needs_correction", "rejected", "active"} <= by_status.keys()
    assert by_status["submitted"] == 2 * SMALL.waiting
    assert faults(there, "SELECT 1 FROM payment WHERE status = 'review'") == [(1,)]
    assert (1,) in faults(there, "SELECT 1 FROM refund WHERE status = 'manual_pending'")


def test_the_sellers_shop_is_open_and_trusted_and_has_an_order_in_every_status(there: Session) -> None:
    seller = roles.actor_of(there, account_of(there, SELLER).id)
    (shop_id,) = access.shops_to_run(there, seller)
    row = there.execute(
        text("SELECT status, trusted, takes_transfer, business_id FROM shop WHERE id = :id"), {"id": shop_id}
    ).one()
    assert (row.status, row.trusted, row.takes_transfer) == ("open", True, True)
    assert there.get_one(Business, row.business_id).status == "active"
    statuses = numbers(there, f"SELECT status, count(*) FROM customer_order WHERE shop_id = '{shop_id}' GROUP BY 1")
    assert statuses.keys() == set(STATUSES)
    sizes = "SELECT group_id, count(*) FROM product WHERE shop_id = '{}' AND group_id IS NOT NULL GROUP BY 1"
    assert max(numbers(there, sizes.format(shop_id)).values()) == 3


def test_the_demo_buyer_can_still_order(there: Session) -> None:
    buyer = account_of(there, BUYER)
    open_unpaid = (
        "SELECT o.status, count(*) FROM customer_order o JOIN order_group g ON g.id = o.group_id"
        f" WHERE g.account_id = '{buyer.id}' AND o.hold_until > timestamptz '{NOW}' GROUP BY 1"
    )
    assert numbers(there, open_unpaid) == {"awaiting_payment": 1}
    assert len(faults(there, f"SELECT number FROM order_group WHERE account_id = '{buyer.id}'")) >= 9


def test_a_picture_lies_in_the_store_once_for_all_its_products(there: Session) -> None:
    shown = numbers(there, "SELECT id, count(*) FROM product_photo GROUP BY 1")
    assert len(shown) == len(DRAWN)
    assert max(shown.values()) > 1
    assert all(store.exists(photos.key_of(picture, "360.webp")) for picture in shown)  # type: ignore[arg-type]
    assert [name for name in goods.pictures() if not pictures.file_of(name).is_file()] == []


# --- that it adds up -------------------------------------------------------------------------------------------------


def test_money_stock_and_sums_agree(there: Session) -> None:
    assert ledger.verify(there) == []
    assert proving.verify(there) == []
    assert faults(there, "SELECT number FROM customer_order WHERE total_amount <> items_amount + delivery_amount") == []
    lines = (
        "SELECT o.number FROM customer_order o JOIN order_line l ON l.order_id = o.id"
        " GROUP BY o.id HAVING sum(l.line_amount) <> o.items_amount"
    )
    assert faults(there, lines) == []
    groups = (
        "SELECT g.number FROM order_group g JOIN customer_order o ON o.group_id = g.id"
        " GROUP BY g.id HAVING sum(o.total_amount) <> g.total_amount"
    )
    assert faults(there, groups) == []
    held = (
        "SELECT s.product_id FROM stock s LEFT JOIN stock_reservation r ON r.product_id = s.product_id AND r.counted"
        " AND r.status IN ('active','committed') GROUP BY s.product_id"
        " HAVING s.reserved <> coalesce(sum(r.quantity), 0)"
    )
    assert faults(there, held) == []


def test_sales_are_facts_of_the_day_they_were_paid_on(there: Session) -> None:
    misdated = (
        "SELECT f.id FROM sale_fact f JOIN customer_order o ON o.id = f.order_id WHERE f.kind = 'sale'"
        " AND f.business_date <> (o.paid_at AT TIME ZONE 'Asia/Makassar')::date"
    )
    assert faults(there, misdated) == []
    told = there.execute(text("SELECT sum(gross_amount) FROM sale_fact WHERE kind = 'sale'")).scalar_one()
    sold = there.execute(text("SELECT sum(items_amount) FROM customer_order WHERE paid_at IS NOT NULL")).scalar_one()
    assert told == sold > 0
    months = numbers(there, "SELECT date_trunc('month', placed_at)::date, count(*) FROM customer_order GROUP BY 1")
    assert len(months) >= 6


def test_nothing_lies_ahead_and_nothing_is_left_for_the_worker(there: Session) -> None:
    for table, column in (("customer_order", "placed_at"), ("audit_record", "at"), ("order_event", "at")):
        assert faults(there, f"SELECT 1 FROM {table} WHERE {column} > timestamptz '{NOW}' LIMIT 1") == []
    assert faults(there, "SELECT kind FROM outbox_event WHERE done_at IS NULL OR dead_at IS NOT NULL") == []
    overdue = f"SELECT number FROM customer_order WHERE hold_until < timestamptz '{NOW}'"
    assert faults(there, overdue) == []
    public = there.execute(text("SELECT count(*) FROM search_document")).scalar_one()
    assert public == catalogue.public_count(there)


def test_an_orders_history_is_whole_and_in_order(there: Session) -> None:
    torn = (
        "SELECT order_id FROM (SELECT order_id, from_status, at, lag(to_status) OVER w AS before, lag(at) OVER w AS earlier"
        " FROM order_event WINDOW w AS (PARTITION BY order_id ORDER BY id)) steps"
        " WHERE from_status IS DISTINCT FROM before OR at < earlier"
    )
    assert faults(there, torn) == []
    last = (
        "SELECT o.number FROM customer_order o WHERE o.status <>"
        " (SELECT to_status FROM order_event e WHERE e.order_id = o.id ORDER BY id DESC LIMIT 1)"
    )
    assert faults(there, last) == []


# --- that it is believable -------------------------------------------------------------------------------------------


def test_people_come_back_and_some_to_the_shop_they_know(there: Session) -> None:
    checkouts = numbers(there, "SELECT contact_phone, count(*) FROM order_group GROUP BY 1")
    assert max(checkouts.values()) >= 3
    known = (
        "SELECT 1 FROM customer_order o JOIN order_group g ON g.id = o.group_id"
        " GROUP BY g.contact_phone, o.shop_id HAVING count(*) > 2"
    )
    assert faults(there, known) != []


def test_orders_are_refused_with_a_reason_and_money_that_was_paid_goes_back(there: Session) -> None:
    refused = numbers(there, "SELECT reason, count(*) FROM customer_order WHERE status = 'rejected' GROUP BY 1")
    assert refused
    assert refused.keys() <= set(courses.REFUSALS)
    assert "succeeded" in numbers(there, "SELECT status, count(*) FROM refund GROUP BY 1")
    lost = "SELECT 1 FROM customer_order WHERE status IN ('rejected','cancelled','expired') AND ended_at IS NULL"
    assert faults(there, lost) == []


def test_checks_run_out_soon_and_shops_stand_empty_and_goods_wait_for_the_office(there: Session) -> None:
    soon = (
        "SELECT 1 FROM business_verification WHERE withdrawn_at IS NULL"
        " AND valid_until BETWEEN date '2026-11-25' AND date '2026-12-25'"
    )
    assert faults(there, soon) != []
    empty = "SELECT 1 FROM shop s WHERE status = 'open' AND NOT EXISTS (SELECT 1 FROM product p WHERE p.shop_id = s.id)"
    assert faults(there, empty) != []
    assert {"published", "pending"} <= numbers(there, "SELECT status, count(*) FROM product GROUP BY 1").keys()


def test_every_end_a_payment_can_come_to_occurs(there: Session) -> None:
    assert numbers(there, "SELECT status, count(*) FROM payment GROUP BY 1").keys() == {
        "pending", "processing", "paid", "failed", "expired", "cancelled", "review",
    }  # fmt: skip
    assert numbers(there, "SELECT status, count(*) FROM stock_reservation GROUP BY 1").keys() == {
        "active", "committed", "consumed", "released", "expired",
    }  # fmt: skip


def test_at_full_size_there_is_a_firm_and_a_shop_of_every_kind() -> None:
    planned = firms.of(FULL, clock.today())
    assert Counter(firm.becomes for firm in planned).keys() == {
        "draft", "submitted", "needs_correction", "active", "suspended", "rejected", "closed",
    }  # fmt: skip
    assert Counter(firm.shop for firm in planned).keys() == {"none", "empty", "new", "trusted", "paused", "barred"}
    assert Counter(firm.becomes for firm in planned)["submitted"] == 2 * FULL.waiting


def test_trade_has_its_seasons_its_weekdays_and_its_hours() -> None:
    with clock.at(NOW):
        moments = customers.moments(20_000, NOW)
    months = Counter(at.month for at in moments)
    assert months[10] > months[8] > months[6], "more with every month"
    middle = NOW - timedelta(days=scale.DAYS_OF_TRADE // 2)
    assert 1.3 < sum(at > middle for at in moments) / sum(at <= middle for at in moments) < 2.2
    weekend = sum(at.weekday() >= 5 for at in moments) / len(moments)
    assert 0.31 < weekend < 0.39
    assert max(Counter(at.hour for at in moments).items(), key=lambda pair: pair[1])[0] == 19
    feast, _ = customers.FEASTS[1]
    assert customers.appetite(feast - timedelta(days=2), 1) > 1.6 * customers.appetite(feast + timedelta(days=8), 1)


def test_a_good_is_wanted_more_in_its_months_and_some_sellers_are_late() -> None:
    nanas = next(good for good in goods.goods() if good.months and good.mode == "counted")
    plain = replace(nanas, months=frozenset())
    wares = [stocking.Ware(uuid4(), good, 10_000, 500, 900) for good in (nanas, plain)]
    stall = SimpleNamespace(wares=wares)
    month = min(nanas.months)
    with clock.at(datetime(2026, month, 15, 3, tzinfo=UTC)):
        baskets = [customers.basket(stall, scale.dice(f"{number}"), sent=False) for number in range(400)]  # type: ignore[arg-type]
    first = Counter(basket[0][0] is wares[0] for basket in baskets)
    assert first[True] > 1.8 * first[False]
    lives = [courses.thrown(scale.dice(f"{number}"), signed_in=True) for number in range(1_000)]
    assert 50 < sum(life.handing >= timedelta(days=4) for life in lives) < 130
    assert Counter(life.answer for life in lives).keys() == {"accept", "reject", "silent", "withdraw"}
    assert 40 < sum(not life.pays for life in lives) < 120


# --- once, whole, and the same ---------------------------------------------------------------------------------------

SUMMARY = (
    "SELECT status, count(*), 0 FROM business GROUP BY 1",
    "SELECT status, count(*), sum(price_amount) FROM product GROUP BY 1",
    "SELECT status, count(*), sum(total_amount) FROM customer_order GROUP BY 1",
    "SELECT method || status, count(*), sum(amount - suffix) FROM payment GROUP BY 1",
    "SELECT kind, count(*), sum(gross_amount) FROM sale_fact GROUP BY 1",
    "SELECT business_date::text, count(*), sum(gross_amount) FROM sale_fact GROUP BY 1",
    "SELECT action, count(*), 0 FROM audit_record GROUP BY 1",
    "SELECT template, count(*), 0 FROM message GROUP BY 1",
    "SELECT mode, sum(on_hand), sum(reserved) FROM stock GROUP BY 1",
)


def summary(session: Session) -> list[list[object]]:
    return [sorted(faults(session, query), key=str) for query in SUMMARY]


class PowerCut(Exception):
    pass


def test_an_interrupted_seeding_leaves_nothing_and_the_next_comes_out_the_same(
    there: Session, database: Database
) -> None:
    def cut(part: float, _doing: str) -> None:
        if part > 0.3:
            raise PowerCut

    with clock.at(NOW):
        with pytest.raises(PowerCut):
            seeding.seed(database.begin, SMALL, cut, drawn=DRAWN)
        with database.begin() as session:
            assert not queries.any_account(session)
            assert faults(session, "SELECT 1 FROM audit_record UNION ALL SELECT 1 FROM outbox_event") == []
        heard: list[tuple[float, str]] = []
        lived = seeding.seed(database.begin, SMALL, lambda *told: heard.append(told), drawn=DRAWN)
        with database.begin() as session:
            again = summary(session)
    assert lived is not None
    assert again == summary(there)
    parts = [part for part, _ in heard]
    assert parts == sorted(parts)
    assert 0 <= parts[0] < parts[-1] <= 1
    named = list(dict.fromkeys(doing for _, doing in heard))
    assert named[-4:] == ["October 2026", "November 2026", "pictures", "search index"]


def test_a_system_with_anybody_in_it_is_left_alone(seeded: Database, there: Session) -> None:
    before = summary(there)
    assert seeding.seed(seeded.begin, SMALL) is None
    assert summary(there) == before


def test_the_full_size_is_what_was_promised() -> None:
    there = firms.of(FULL, clock.today())
    assert len(there) >= 400
    assert len({firm.name for firm in there}) == len(there)
    menus = stocking.menus(there, FULL.products)
    assert sum(len(sizes) for menu in menus.values() for _, sizes in menu) >= 3_000
    assert FULL.orders >= 1_370  # checkouts: one in eight makes two orders
    assert len(goods.pictures()) >= 40
    assert scale.DAYS_OF_TRADE == 182


# --- commands --------------------------------------------------------------------------------------------------------


def test_demo_data_is_refused_outside_a_demo_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASAR_ENV", "development")
    config.settings.cache_clear()
    refused = CliRunner().invoke(app, ["demo", "seed"])
    assert refused.exit_code == 1
    assert "PASAR_ENV=demo" in str(refused.exception)


def test_status_counts_what_is_there(seeded: Database, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASAR_DATABASE_URL", database.url)
    config.settings.cache_clear()
    assert CliRunner().invoke(app, ["demo", "status"]).output == "There is no demo data.\n"

    monkeypatch.setenv("PASAR_DATABASE_URL", seeded.url)
    config.settings.cache_clear()
    told = CliRunner().invoke(app, ["demo", "status"])
    assert told.exit_code == 0
    assert f"businesses  {SMALL.businesses} (" in " ".join(told.output.splitlines())


def test_the_guide_names_every_demo_account_and_only_in_a_demo() -> None:
    shown = "\n".join(guide.visits("http://127.0.0.1:8000"))
    for part in CAST:
        assert people.phone(part.serial) in shown
        assert f"http://127.0.0.1:8000{part.page}" in shown
    assert PASSWORD in shown
    assert PASSWORD not in "\n".join(guide.first_steps("http://127.0.0.1:8000"))
    assert "sandbox gateway" in guide.engines(Settings(env="demo"), None)[2]
