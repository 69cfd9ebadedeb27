"""Invented things in each of their states, for the page that shows how everything looks."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

from app.catalogue.views import Card
from app.orders.arrivals import Arrival
from app.orders.views import OrderView, Step
from app.reference.regions import Place
from app.registry.queries import Badge
from web.pages.office.sheets import Cell, Line, Sheet

NOBODY = UUID(int=0)
DISTRICT = Place("64.08.04", None, "Sangatta Utara", "district", "kecamatan", "64.08")
CITY = Place("64.72", None, "Kota Samarinda", "regency", "kota", "64")

CARD = Card(
    product_id=NOBODY, slug="contoh", name="Amplang ikan tenggiri · 250 g", price_amount=25_000, unit="bungkus",
    stock_mode="counted", available=40, category_slug="amplang", halal=True, photo_id=None, business_name="Toko Contoh",
    business_number="KT-2026-000000-0", business_slug="contoh", district_code="64.08.04", district_name="Sangatta Utara",
)  # fmt: skip

CARDS: tuple[tuple[Card, Arrival | None, Place | None], ...] = (
    (CARD, None, None),
    (replace(CARD, available=3, category_slug="madu", name="Madu kelulut"), Arrival("courier", 5_000, 2), DISTRICT),
    (
        replace(CARD, available=0, category_slug="nanas", name="Nanas madu", halal=False),
        Arrival("courier", 0, 0),
        DISTRICT,
    ),
    (
        replace(CARD, stock_mode="made_to_order", available=None, category_slug="rotan", name="Keranjang rotan"),
        Arrival("expedition", 36_000, None, made_first=True),
        CITY,
    ),
    (
        replace(CARD, stock_mode="ask_first", available=None, category_slug="ikan-segar", name="Ikan kakap merah"),
        Arrival(None),
        DISTRICT,
    ),
    (
        replace(
            CARD, category_slug="batik", name="Kain batik wakaroros tulis dengan nama yang panjang sekali untuk kartu"
        ),
        Arrival(None),
        CITY,
    ),
)
ARRIVALS = (
    *((arrival, place) for _, arrival, place in CARDS if arrival is not None),
    (Arrival("courier", 5_000), DISTRICT),
    (Arrival(None, weight_missing=True), CITY),
)

BADGES = (
    Badge("identity", "Dinas Contoh", date(2026, 4, 7), date(2027, 4, 7)),
    Badge("place", "Dinas Contoh", date(2026, 4, 7), date(2027, 4, 7)),
)
BUSINESS = SimpleNamespace(
    slug="contoh", name="Toko Contoh", main_product="Amplang ikan", district="Sangatta Utara", village="Swarga Bara",
    badges=BADGES,
)  # fmt: skip
STOCKS = tuple(
    SimpleNamespace(
        id=NOBODY, photo_id=None, category_slug=kind, full_name=name, stock_mode=mode, on_hand=n, reserved=held
    )
    for kind, name, mode, n, held in (
        ("amplang", "Amplang", "counted", 12, 0),
        ("kue", "Kue kering", "counted", 9, 4),
        ("rotan", "Keranjang", "made_to_order", None, 0),
        ("ikan-segar", "Kakap", "ask_first", None, 0),
    )
)

ORDERS = ("awaiting_seller", "awaiting_payment", "confirmed", "accepted", "ready", "handed_over", "delivered", "completed",
    "expired", "rejected", "cancelled")  # fmt: skip
PAYMENTS = ("created", "pending", "processing", "paid", "failed", "expired", "cancelled", "review")
REFUNDS = ("requested", "submitted", "manual_pending", "succeeded", "failed")
BUSINESSES = ("draft", "submitted", "needs_correction", "active", "suspended", "rejected", "closed", "merged")
SHOPS = ("preparing", "open", "paused", "suspended", "closed")
PRODUCTS = ("draft", "pending", "published", "hidden", "archived")
IMPORTS = ("received", "running", "done", "failed")
RELEASES = ("draft", "audited", "published", "withdrawn")

SHEET = Sheet(
    ("Kecamatan", "Mikro", "Kecil"),
    (
        Line("Sangatta Utara", (Cell("57", "#lembar"), Cell("3"))),
        Line("Busang", (Cell("dirahasiakan"), Cell("–"))),
        Line("Kabupaten Kutai Timur", (Cell("60"), Cell("3")), total=True),
    ),
)

WRONG = {
    "salah_nama": "Tulis nama Anda.",
    "salah_harga": "Tulis harga dalam rupiah bulat, misalnya 15000 atau 15.000.",
}


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    count: int | None


FACET = (Choice("makanan", "Makanan", 699), Choice("minuman", "Minuman", 400))


def steps(now: datetime) -> tuple[Step, ...]:
    return (
        Step(now - timedelta(days=1), "awaiting_payment", "buyer", None),
        Step(now - timedelta(hours=20), "confirmed", "system", None),
        Step(now, "cancelled", "seller", "sedang melaut"),
    )


def order(now: datetime, status: str, method: str = "courier") -> OrderView:
    """An order promised in two days, in this state."""
    return OrderView(
        id=NOBODY, number="PE-2026-000000-0-1", shop_id=NOBODY, business_name="Toko Contoh",
        business_number="KT-2026-000000-0", shop_slug="contoh", pickup_address=None, status=status,
        payment_method="transfer", delivery_method=method, items_amount=25_000, delivery_amount=5_000, total_amount=30_000,
        hold_until=now + timedelta(days=1), paid_at=None, reason=None, lines=(), timeline=(), delivery_days=2,
        arrives_by=None if status == "awaiting_payment" else (now + timedelta(days=2)).date(),
    )  # fmt: skip
