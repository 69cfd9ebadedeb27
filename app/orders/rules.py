"""Pure decisions about carts, quotes and orders: sums, delivery charges, deadlines, what changed since a quote."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from uuid import UUID

from app.kit import clock
from app.kit.money import rupiah
from app.orders import models

GRAMS_PER_KILOGRAM = 1000

PAY_WITHIN = {
    "transfer": timedelta(hours=24),
    "sandbox": timedelta(minutes=20),
    "stripe": timedelta(minutes=30),
}
"""How long a buyer may take to pay, by payment method; for Stripe its own minimum."""

GRACE = {"transfer": timedelta(0), "sandbox": timedelta(0), "stripe": timedelta(minutes=15)}
"""How much longer the stock stays held, so that a payment made in the last second still finds it."""

LAST_ORDERS = time(15)
"""What comes later in the day is counted from the next one: nobody brings amplang at eleven at night."""

SELLER_ANSWERS_WITHIN = timedelta(hours=48)
COMPLETE_AFTER_DELIVERY = timedelta(days=7)
COMPLETE_AFTER_HAND_OVER = timedelta(days=14)

BUYER_CANCELS = frozenset({models.AWAITING_SELLER, models.AWAITING_PAYMENT, models.CONFIRMED})
"""Until the seller accepted, a buyer may change their mind without asking."""

CONTACT_SHOWN = frozenset(
    {models.AWAITING_SELLER, models.CONFIRMED, models.ACCEPTED, models.READY, models.HANDED_OVER, models.DELIVERED}
)
"""While there is something to fulfil or to ask, the seller may call the buyer; before and after, the number is masked."""

SELLER_STEPS: dict[str, tuple[str, ...]] = {
    models.AWAITING_SELLER: ("accept", "reject"),
    models.AWAITING_PAYMENT: ("cancel",),
    models.CONFIRMED: ("accept", "reject"),
    models.ACCEPTED: ("mark_ready", "cancel"),
    models.READY: ("hand_over", "cancel"),
    models.HANDED_OVER: ("mark_delivered",),
}

GATEWAYS = frozenset({"stripe", "sandbox"})
"""Paid to the platform, one payment for the whole checkout."""

LONGEST_QUOTE_TOKEN = 8192
LONGEST_QUOTE = 65536


@dataclass(frozen=True)
class Item:
    """So many of one product."""

    product_id: UUID
    quantity: int


@dataclass(frozen=True)
class PricedItem:
    """An item at its price; amounts in whole rupiah."""

    shop_id: UUID
    product_id: UUID
    quantity: int
    price_amount: int

    @property
    def line_amount(self) -> int:
        return self.price_amount * self.quantity


@dataclass(frozen=True)
class ShopTotal:
    shop_id: UUID
    items_amount: int
    delivery_amount: int

    @property
    def total_amount(self) -> int:
        return self.items_amount + self.delivery_amount


@dataclass(frozen=True)
class Totals:
    """Sums of a checkout. The whole is defined as the sum of its shops, so nothing can be lost between them."""

    shops: tuple[ShopTotal, ...]

    @property
    def items_amount(self) -> int:
        return sum(shop.items_amount for shop in self.shops)

    @property
    def delivery_amount(self) -> int:
        return sum(shop.delivery_amount for shop in self.shops)

    @property
    def total_amount(self) -> int:
        return sum(shop.total_amount for shop in self.shops)


def summed(items: Iterable[Item]) -> tuple[Item, ...]:
    """The same product named twice is one item; the order of first appearance stays."""
    quantities: dict[UUID, int] = {}
    for item in items:
        quantities[item.product_id] = quantities.get(item.product_id, 0) + item.quantity
    return tuple(Item(product_id, quantity) for product_id, quantity in quantities.items())


def totals(lines: Sequence[PricedItem], delivery: Mapping[UUID, int]) -> Totals:
    """Per shop, in shop-id order, what its lines cost plus its one delivery charge."""
    ordered = sorted(lines, key=lambda line: line.shop_id)
    return Totals(
        tuple(
            ShopTotal(shop_id, sum(line.line_amount for line in of_shop), delivery[shop_id])
            for shop_id, of_shop in groupby(ordered, key=lambda line: line.shop_id)
        )
    )


def stock_sentence(name: str, available: int, unit: str) -> str:
    return f"{name} sedang habis." if available < 1 else f"Stok {name} tinggal {available} {unit}."


def not_for_sale_sentence(name: str, why_not: str | None) -> str:
    reason = why_not or "Barang ini sudah tidak dijual."
    return f"{name} tidak dapat dibeli: {reason[0].lower()}{reason[1:]}"


def total_weight(weights: Iterable[tuple[int | None, int]]) -> int | None:
    """Grams of (weight, quantity) pairs; None as soon as one weight is unknown: an unknown weight is not a light one."""
    pairs = list(weights)
    known = [weight * quantity for weight, quantity in pairs if weight is not None]
    return sum(known) if len(known) == len(pairs) else None


def started_kilograms(weight_gram: int) -> int:
    """1 g and 1,000 g are one kilogram, 1,001 g are two; a parcel weighs at least one."""
    return max(1, -(-weight_gram // GRAMS_PER_KILOGRAM))


def expedition_amount(weight_gram: int, *, per_kilogram_amount: int, minimum_amount: int) -> int:
    return max(minimum_amount, per_kilogram_amount * started_kilograms(weight_gram))


def first_status(payment_method: str, *, ask_first: bool) -> str:
    """Cash and ask-first orders wait for the seller's answer, the others for money."""
    return models.AWAITING_SELLER if ask_first or payment_method == "cod" else models.AWAITING_PAYMENT


def hold_until(status: str, payment_method: str, begins: datetime) -> datetime:
    """When the wait of an order in `awaiting_seller` or `awaiting_payment` ends, grace included."""
    if status == models.AWAITING_SELLER:
        return begins + SELLER_ANSWERS_WITHIN
    return begins + PAY_WITHIN[payment_method] + GRACE[payment_method]


def arrives_by(days: int | None, *, payment_method: str, placed_at: datetime, paid_at: datetime | None) -> date | None:
    """The promised day: so many days after the order was placed, or after the money came when it is paid before. None when no
    day was promised, or while that money has not come."""
    begins = placed_at if payment_method == "cod" else paid_at
    return None if days is None or begins is None else first_day(begins) + timedelta(days=days)


def first_day(begins: datetime) -> date:
    """The day from which the days of a delivery are counted."""
    late = begins.astimezone(clock.zone()).time() >= LAST_ORDERS
    return clock.business_date(begins) + timedelta(days=1 if late else 0)


def seller_steps(status: str, payment_method: str) -> tuple[str, ...]:
    """The verbs open to the seller. While a gateway's page is open for the whole checkout, no part of it is taken away."""
    if status == models.AWAITING_PAYMENT and payment_method in GATEWAYS:
        return ()
    return SELLER_STEPS.get(status, ())


PROGRESS = (
    models.AWAITING_PAYMENT, models.AWAITING_SELLER, models.CONFIRMED, models.ACCEPTED, models.READY, models.HANDED_OVER,
    models.DELIVERED, models.COMPLETED,
)  # fmt: skip


def group_status(statuses: Sequence[str]) -> str:
    """The state of a checkout: its least advanced living order; when none lives, how they ended."""
    living = [status for status in statuses if status in PROGRESS]
    if living:
        return min(living, key=PROGRESS.index)
    return statuses[0] if len(set(statuses)) == 1 else models.CANCELLED


@dataclass(frozen=True)
class Facts:
    """Everything of a quote the buyer relies on. Two equal quotes have equal facts and so equal hashes."""

    method: str
    region_code: str | None
    lines: tuple[tuple[UUID, int, int], ...]
    """(product, quantity, price in rupiah), by product."""
    delivery: tuple[tuple[UUID, int | None], ...]
    """(shop, charge in rupiah or None when it does not deliver so), by shop."""
    days: tuple[tuple[UUID, int], ...] = ()
    """(shop, days until it arrives), by shop; only of those that promised some."""

    @classmethod
    def of(
        cls,
        method: str,
        region_code: str | None,
        lines: Iterable[PricedItem],
        delivery: Mapping[UUID, int | None],
        days: Mapping[UUID, int | None] | None = None,
    ) -> Facts:
        return cls(
            method,
            region_code,
            tuple(sorted((line.product_id, line.quantity, line.price_amount) for line in lines)),
            tuple(sorted(delivery.items(), key=lambda pair: pair[0])),
            tuple(sorted((shop, number) for shop, number in (days or {}).items() if number is not None)),
        )

    @property
    def text(self) -> str:
        return json.dumps(
            [
                self.method,
                self.region_code,
                [[product.hex, quantity, price] for product, quantity, price in self.lines],
                [[shop.hex, amount] for shop, amount in self.delivery],
                [[shop.hex, number] for shop, number in self.days],
            ],
            separators=(",", ":"),
        )

    @property
    def hash(self) -> str:
        """SHA-256 in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def token(self) -> str:
        """The facts themselves, for a form to carry: what a buyer saw can then be compared with what is true. Not a
        secret and not trusted: a forged one only changes the sentence its forger reads."""
        return base64.urlsafe_b64encode(zlib.compress(self.text.encode(), 9)).decode()


def read_token(token: str) -> Facts | None:
    """What a form carried; None when damaged."""
    if len(token) > LONGEST_QUOTE_TOKEN:
        return None
    try:
        unpacked = zlib.decompressobj().decompress(base64.urlsafe_b64decode(token.encode("ascii")), LONGEST_QUOTE)
        method, region_code, lines, delivery, days = json.loads(unpacked)
        return Facts(
            str(method),
            None if region_code is None else str(region_code),
            tuple((UUID(product), int(quantity), int(price)) for product, quantity, price in lines),
            tuple((UUID(shop), None if amount is None else int(amount)) for shop, amount in delivery),
            tuple((UUID(shop), int(number)) for shop, number in days),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, zlib.error, binascii.Error, RecursionError):
        return None


def changes(
    seen: Facts | None, now: Facts, *, product_names: Mapping[UUID, str], shop_names: Mapping[UUID, str]
) -> list[str]:
    """One sentence for each difference between what the buyer saw and what is true now; empty when nothing differs."""
    if seen is None:
        return ["Rincian pesanan tidak terbaca."]
    if seen == now:
        return []
    found = line_changes(seen, now, product_names) + delivery_changes(seen, now, shop_names)
    return found or ["Rincian pesanan berubah."]


def line_changes(seen: Facts, now: Facts, names: Mapping[UUID, str]) -> list[str]:
    before = {product: (quantity, price) for product, quantity, price in seen.lines}
    after = {product: (quantity, price) for product, quantity, price in now.lines}
    found = []
    for product in sorted(before.keys() | after.keys()):
        name = names.get(product, "Satu barang")
        if product not in after:
            found.append(f"{name} tidak ada lagi dalam pesanan.")
        elif product not in before:
            found.append(f"{name} ditambahkan ke pesanan.")
        else:
            (old_quantity, old_price), (quantity, price) = before[product], after[product]
            if price != old_price:
                found.append(f"Harga {name} berubah dari {rupiah(old_price)} menjadi {rupiah(price)}.")
            if quantity != old_quantity:
                found.append(f"Jumlah {name} berubah dari {old_quantity} menjadi {quantity}.")
    return found


def delivery_changes(seen: Facts, now: Facts, names: Mapping[UUID, str]) -> list[str]:
    found = []
    if (seen.method, seen.region_code) != (now.method, now.region_code):
        found.append("Cara terima atau tujuan berubah, jadi ongkos kirim dihitung ulang.")
    before = dict(seen.delivery)
    for shop, amount in now.delivery:
        old = before.get(shop)
        if amount is not None and old is not None and amount != old:
            name = names.get(shop, "satu toko")
            found.append(f"Ongkos kirim {name} berubah dari {rupiah(old)} menjadi {rupiah(amount)}.")
    promised = dict(now.days)
    for shop, number in seen.days:
        name = names.get(shop, "satu toko")
        if shop not in promised:
            found.append(f"{name} tidak lagi menjanjikan hari tiba.")
        elif promised[shop] != number:
            found.append(f"Lama pengiriman {name} berubah dari {number} hari menjadi {promised[shop]} hari.")
    return found
