"""What a checkout would cost right now, shop by shop, and what stands in its way. Reads only; `placing` freezes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.catalogue import queries as catalogue
from app.catalogue.views import SaleItem, ShopTerms
from app.config import settings
from app.orders import offers, queries, rules
from app.orders.offers import DeliveryOption
from app.orders.rules import Facts, Item, PricedItem

PAYMENTS = ("cod", "transfer", "stripe", "sandbox")


@dataclass(frozen=True)
class QuoteLine:
    product_id: UUID
    name: str
    slug: str
    unit: str
    category_slug: str
    stock_mode: str
    weight_gram: int | None
    quantity: int
    price_amount: int
    available: int | None
    """None where stock is not counted."""
    why_not: str | None

    @property
    def line_amount(self) -> int:
        return self.price_amount * self.quantity

    @property
    def problem(self) -> str | None:
        if self.why_not is None and self.available is not None and self.available < self.quantity:
            return rules.stock_sentence(self.name, self.available, self.unit)
        return self.why_not


@dataclass(frozen=True)
class ShopQuote:
    terms: ShopTerms
    lines: tuple[QuoteLine, ...]
    options: tuple[DeliveryOption, ...]
    method: str

    @property
    def shop_id(self) -> UUID:
        return self.terms.shop_id

    @property
    def name(self) -> str:
        return self.terms.name

    @property
    def slug(self) -> str:
        return self.terms.slug

    @property
    def district_code(self) -> str:
        return self.terms.district_code

    @cached_property
    def items_amount(self) -> int:
        return sum(line.line_amount for line in self.lines)

    @cached_property
    def weight_gram(self) -> int | None:
        return rules.total_weight((line.weight_gram, line.quantity) for line in self.lines)

    @cached_property
    def ask_first(self) -> bool:
        return any(line.stock_mode == "ask_first" for line in self.lines)

    @cached_property
    def chosen(self) -> DeliveryOption:
        return next(option for option in self.options if option.method == self.method)

    @property
    def delivery_amount(self) -> int | None:
        return self.chosen.amount

    @property
    def delivery_days(self) -> int | None:
        """In how many days it arrives. Nothing is promised for goods that are still to be made."""
        made = any(line.stock_mode == "made_to_order" for line in self.lines)
        return None if made else self.chosen.days

    @property
    def total_amount(self) -> int | None:
        return None if self.delivery_amount is None else self.items_amount + self.delivery_amount


@dataclass(frozen=True)
class Quote:
    """A frozen offer. `token` travels with the checkout form; `hash` is what the order keeps of it."""

    method: str
    region_code: str | None
    shops: tuple[ShopQuote, ...]
    missing: tuple[UUID, ...]

    @cached_property
    def items_amount(self) -> int:
        return sum(shop.items_amount for shop in self.shops)

    @cached_property
    def delivery_amount(self) -> int | None:
        amounts = [shop.delivery_amount for shop in self.shops]
        known = [amount for amount in amounts if amount is not None]
        return sum(known) if len(known) == len(amounts) else None

    @property
    def total_amount(self) -> int | None:
        return None if self.delivery_amount is None else self.items_amount + self.delivery_amount

    @property
    def complete(self) -> bool:
        """Whether it can be ordered as it stands."""
        return bool(self.shops) and not self.goods_problems and not self.delivery_problems

    @property
    def goods_problems(self) -> tuple[str, ...]:
        return self.not_for_sale + tuple(
            line.problem for shop in self.shops for line in shop.lines if line.problem and not line.why_not
        )

    @cached_property
    def not_for_sale(self) -> tuple[str, ...]:
        """What cannot be bought at all, however little of it."""
        gone = ("Ada barang yang tidak dijual lagi. Hapus barang itu dari keranjang dahulu.",) if self.missing else ()
        return gone + tuple(line.why_not for shop in self.shops for line in shop.lines if line.why_not)

    @property
    def delivery_problems(self) -> tuple[str, ...]:
        return tuple(shop.chosen.why_not for shop in self.shops if shop.chosen.why_not)

    @property
    def problems(self) -> tuple[str, ...]:
        return self.goods_problems + self.delivery_problems

    @property
    def payment_methods(self) -> tuple[str, ...]:
        """The ways to pay that every shop takes and that fit these goods and this delivery."""
        return tuple(method for method in PAYMENTS if self.payment_problem(method) is None)

    def payment_problem(self, method: str) -> str | None:
        """Why this checkout cannot be paid so; None when it can."""
        if method not in switched_on():
            return "Cara bayar ini sedang tidak tersedia. Pilih cara bayar lain."
        if method == "cod" and self.method == "expedition":
            return "Bayar di tempat tidak bisa untuk kiriman ekspedisi. Pilih transfer atau pembayaran daring."
        for shop in self.shops:
            if method not in shop.terms.payment_methods:
                return f"{shop.name} tidak menerima cara bayar ini. Pilih cara bayar lain."
            if shop.ask_first and method in {"stripe", "sandbox"}:
                return (
                    f"Ada barang {shop.name} yang harus ditanyakan dahulu, jadi belum bisa dibayar daring."
                    " Pilih transfer atau bayar di tempat."
                )
        return None

    @cached_property
    def facts(self) -> Facts:
        return Facts.of(
            self.method,
            self.region_code,
            (
                PricedItem(shop.shop_id, line.product_id, line.quantity, line.price_amount)
                for shop in self.shops
                for line in shop.lines
            ),
            {shop.shop_id: shop.delivery_amount for shop in self.shops},
            {shop.shop_id: shop.delivery_days for shop in self.shops},
        )

    @property
    def hash(self) -> str:
        return self.facts.hash

    @property
    def token(self) -> str:
        return self.facts.token

    def changes_since(self, token: str) -> list[str]:
        """What differs from the quote a form carried, in sentences; empty when nothing does."""
        return rules.changes(
            rules.read_token(token),
            self.facts,
            product_names={line.product_id: line.name for shop in self.shops for line in shop.lines},
            shop_names={shop.shop_id: shop.name for shop in self.shops},
        )


def switched_on() -> frozenset[str]:
    """The payment methods this installation offers at all."""
    current = settings()
    gateways = [("stripe", current.stripe_enabled), ("sandbox", current.sandbox_enabled)]
    return frozenset({"cod", "transfer"} | {name for name, on in gateways if on})


def quote(
    session: Session,
    items: Sequence[Item],
    *,
    method: str,
    region_code: str | None = None,
    ways: Sequence[str] = offers.METHODS,
) -> Quote:
    """Price these items now, every price from the database, with what each of these ways of delivery costs to `region_code`.

    Never raises for goods that cannot be bought or places nobody delivers to: the quote says so itself.
    """
    wanted = rules.summed(items)
    sale, terms = catalogue.on_offer(session, [item.product_id for item in wanted])
    by_shop: dict[UUID, list[QuoteLine]] = {}
    for item in wanted:
        if (found := sale.get(item.product_id)) is not None:
            by_shop.setdefault(found.shop_id, []).append(line_of(found, item.quantity))
    rates = offers.rates_of(session, list(by_shop)) if set(ways) != {"pickup"} else {}
    shops = []
    for shop_id, lines in sorted(by_shop.items(), key=lambda pair: pair[0]):
        weight = rules.total_weight((line.weight_gram, line.quantity) for line in lines)
        options = offers.options(
            terms[shop_id].name,
            rates.get(shop_id, offers.Rates()),
            weight_gram=weight,
            region_code=region_code,
            ways=ways,
        )
        shops.append(ShopQuote(terms[shop_id], tuple(lines), options, method))
    missing = tuple(item.product_id for item in wanted if item.product_id not in sale)
    return Quote(method, None if method == "pickup" else region_code, tuple(shops), missing)


def line_of(item: SaleItem, quantity: int) -> QuoteLine:
    return QuoteLine(
        product_id=item.product_id,
        name=item.name,
        slug=item.slug,
        unit=item.unit,
        category_slug=item.category_slug,
        stock_mode=item.stock_mode,
        weight_gram=item.weight_gram,
        quantity=quantity,
        price_amount=item.price_amount,
        available=item.available,
        why_not=None if item.purchasable else rules.not_for_sale_sentence(item.name, item.why_not),
    )


def of_cart(session: Session, actor: Actor, token: str | None, *, method: str, region_code: str | None = None) -> Quote:
    """The quote of everything in the cart; empty for an empty cart."""
    return quote(session, queries.cart_items(session, actor, token), method=method, region_code=region_code)
