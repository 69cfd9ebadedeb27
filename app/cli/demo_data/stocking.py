"""Shops and their goods: opened when the business is registered, filled in the weeks after, looked at by the office."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from random import Random
from uuid import UUID

from sqlmodel import Session

from app.actor import Actor
from app.catalogue import editing, photos, publishing, shops
from app.catalogue import stock as shelf
from app.catalogue.rules import ProductDraft, ShopDraft
from app.cli.demo_data import goods
from app.cli.demo_data.firms import Firm
from app.cli.demo_data.goods import Good, Size
from app.cli.demo_data.people import People
from app.cli.demo_data.pictures import Album
from app.cli.demo_data.registering import Registered
from app.cli.demo_data.scale import dice
from app.cli.demo_data.timeline import Timeline
from app.kit import clock
from app.orders import delivery
from app.reference import regency, regions

BANK = "Bank Contoh"
REFUSED = "Tulis berat dan isi bungkusnya pada keterangan."
DESCRIPTIONS = (
    "Usaha keluarga. Pesanan diproses pagi dan sore.",
    "Dibuat sendiri di rumah produksi, bahan dari sekitar kampung.",
    "Buka setiap hari kecuali Jumat siang. Terima pesanan untuk acara.",
    "Produksi kecil tiap hari supaya selalu segar.",
)
NEAREST_COURIER = 5_000
SILENT = 6
"""Every so manieth shop has not said how long its delivery takes."""
HANDS_FULL = 999
UNSEEN = timedelta(days=2)
"""The office has not yet come to the goods of these last days."""

PHOTOGRAPHED = 0.45
"""The other goods show the drawing of their kind."""


@dataclass(eq=False)
class Ware:
    """A product on sale, with what is on its shelf as we last left it."""

    product_id: UUID
    good: Good
    price_amount: int
    weight_gram: int | None
    on_hand: int
    reserved: int = 0

    @property
    def counted(self) -> bool:
        return self.good.mode == "counted"

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved if self.counted else HANDS_FULL


@dataclass(eq=False)
class Stall:
    """An open shop as buyers meet it."""

    firm: Firm
    actor: Actor
    business_id: UUID
    shop_id: UUID
    popularity: float
    transfer: bool
    gateway: bool
    courier: frozenset[str]
    expedition: frozenset[str]
    wares: list[Ware] = field(default_factory=list)
    shut: bool = False


Menu = Sequence[tuple[Good, Sequence[Size]]]


@dataclass
class Stocking:
    session: Session
    timeline: Timeline
    people: People
    album: Album
    menus: Mapping[int, Menu]
    stalls: list[Stall] = field(default_factory=list)
    random: Random = field(default_factory=lambda: dice("stocking"))

    def when_active(self, made: Registered) -> None:
        """A business is registered: its shop opens soon, or never."""
        if made.firm.shop != "none":
            self.timeline.after(timedelta(minutes=self.random.randint(20, 2_000)), lambda: self.open(made))

    def open(self, made: Registered) -> None:
        firm, random = made.firm, self.random
        shop = shops.open_shop(self.session, made.actor, made.business_id)
        transfer = firm.serial == 0 or random.random() < 0.75
        shops.set_up(self.session, made.actor, shop.id, settings_of(firm, transfer, random))
        stall = Stall(
            firm=firm,
            actor=made.actor,
            business_id=made.business_id,
            shop_id=shop.id,
            popularity=3.0 if firm.serial == 0 else random.paretovariate(1.6),
            transfer=transfer,
            gateway=True,
            courier=self.set_courier(made, shop.id),
            expedition=self.set_expedition(made, shop.id),
        )
        if firm.shop in ("trusted", "paused", "barred"):
            shops.trust(self.session, self.people.verifier, shop.id, trusted=True)
        self.stalls.append(stall)
        self.fill(stall)
        if firm.shop == "paused":
            self.timeline.put(self.timeline.now - timedelta(days=5), lambda: self.pause(stall))
        if firm.shop == "barred":
            self.timeline.put(self.timeline.now - timedelta(days=8), lambda: self.bar(stall))
        if firm.becomes in ("suspended", "closed") or firm.shop == "barred":
            self.timeline.put(self.timeline.now - timedelta(days=30), lambda: shut(stall))

    def set_courier(self, made: Registered, shop_id: UUID) -> frozenset[str]:
        """Its own district for little or nothing, perhaps a few more."""
        codes = [district.code for district in regions.districts() if district.code != made.firm.district_code]
        chosen = [made.firm.district_code, *self.random.sample(codes, self.random.choice((0, 0, 1, 2, 3)))]
        if made.firm.serial and self.random.random() < 0.2:
            return frozenset()
        for far, code in enumerate(chosen):
            price = NEAREST_COURIER * self.random.choice((0, 1, 1, 2)) if far == 0 else 10_000 + 5_000 * far
            days = None if made.firm.serial % SILENT == SILENT - 1 else far and far + 1
            delivery.set_courier_rate(self.session, made.actor, shop_id, code, price, days=days)
        return frozenset(chosen)

    def set_expedition(self, made: Registered, shop_id: UUID) -> frozenset[str]:
        own = regency.current()
        if made.firm.serial and self.random.random() < 0.65:
            return frozenset()
        others = [place.code for place in regions.regencies(own.province_code) if place.code != own.code]
        chosen = self.random.sample(sorted(others), min(len(others), self.random.randint(2, 4)))
        if made.firm.serial == 0:
            chosen = sorted(others)
        for code in chosen:
            delivery.set_expedition_rate(
                self.session, made.actor, shop_id, code,
                per_kilogram_amount=self.random.choice((12_000, 15_000, 18_000)), minimum_amount=15_000,
                days=None if made.firm.serial % SILENT == SILENT - 1 else 3 + made.firm.serial % 3,
            )  # fmt: skip
        return frozenset(chosen)

    def fill(self, stall: Stall) -> None:
        """Half of the goods at once, the others over the next weeks."""
        if stall.firm.shop == "empty":
            return
        at = timedelta(minutes=30)
        menu = self.menus.get(stall.firm.serial, ())
        if stall.firm.shop == "new" and len(menu) > 1:
            # something new, at which the office has still to look
            *menu, (good, sizes) = menu
            ago = timedelta(minutes=self.random.randint(60, UNSEEN.days * 24 * 60))
            self.timeline.put(self.timeline.now - ago, partial(self.list_good, stall, good, sizes))
        for number, (good, sizes) in enumerate(menu):
            if number > 2 and self.random.random() < 0.4:
                at += timedelta(days=self.random.randint(1, 9))
            at += timedelta(minutes=self.random.randint(2, 25))
            self.timeline.after(at, partial(self.list_good, stall, good, sizes))

    def list_good(self, stall: Stall, good: Good, sizes: Sequence[Size]) -> None:
        first: UUID | None = None
        factor = self.random.uniform(0.9, 1.14)
        for size in sizes:
            draft = draft_of(good, size, factor, self.random, alone=len(sizes) == 1)
            if first is None:
                product = editing.add(self.session, stall.actor, stall.shop_id, draft)
                first = product.id
            else:
                product = editing.add_variant(self.session, stall.actor, first, draft)
            picture = self.album.picture(good.picture)
            if picture is not None and self.random.random() < PHOTOGRAPHED:
                photos.attach_kept(self.session, stall.actor, product.id, picture)
            ware = Ware(product.id, good, product.price_amount, size.weight_gram, draft.on_hand or 0)
            if product.status == "pending" and clock.now() > self.timeline.now - UNSEEN:
                continue
            if product.status == "pending":
                wait = timedelta(hours=self.random.randint(20, 96))
                self.timeline.after(wait, partial(self.judge, stall, ware))
            else:
                self.on_sale(stall, ware)
        if first is not None and len(sizes) > 1 and sizes[0].label != f"{sizes[0].weight_gram} g":
            editing.change(self.session, stall.actor, first, ProductDraft(variant=sizes[0].label))

    def judge(self, stall: Stall, ware: Ware) -> None:
        if self.random.random() < 0.06:
            publishing.refuse(self.session, self.people.verifier, ware.product_id, reason=REFUSED)
            return
        publishing.approve(self.session, self.people.verifier, ware.product_id)
        self.on_sale(stall, ware)

    def on_sale(self, stall: Stall, ware: Ware) -> None:
        """Most stay on sale; a few are taken off after a while."""
        stall.wares.append(ware)
        fate = self.random.random()
        if stall.firm.serial and fate < 0.04:
            off = publishing.hide if fate < 0.025 else publishing.archive
            self.timeline.after(timedelta(days=self.random.randint(20, 120)), lambda: self.take_off(stall, ware, off))

    def take_off(self, stall: Stall, ware: Ware, off: Callable[[Session, Actor, UUID], object]) -> None:
        stall.wares.remove(ware)
        off(self.session, stall.actor, ware.product_id)

    def pause(self, stall: Stall) -> None:
        shut(stall)
        shops.pause(self.session, stall.actor, stall.shop_id)

    def bar(self, stall: Stall) -> None:
        shops.suspend(self.session, self.people.verifier, stall.shop_id)

    def stalls_of(self, serial: int) -> Stall:
        return next(stall for stall in self.stalls if stall.firm.serial == serial)

    def restock(self, stall: Stall, ware: Ware) -> None:
        ware.on_hand += self.random.choice((12, 20, 30, 40))
        shelf.set_on_hand(self.session, stall.actor, ware.product_id, ware.on_hand)


def shut(stall: Stall) -> None:
    stall.shut = True


def settings_of(firm: Firm, transfer: bool, random: Random) -> ShopDraft:
    return ShopDraft(
        description=random.choice(DESCRIPTIONS),
        pickup_address=f"Gang Contoh {firm.serial + 1}, {regions.name(firm.village_code or firm.district_code)}",
        takes_cod=True,
        takes_transfer=transfer,
        bank_name=BANK if transfer else None,
        bank_account_number=f"0000{firm.serial + 1:06d}" if transfer else None,
        bank_account_holder=f"Pemilik {firm.name} (contoh)" if transfer else None,
    )


def draft_of(good: Good, size: Size, factor: float, random: Random, *, alone: bool) -> ProductDraft:
    counted = good.mode == "counted"
    empty = random.random() < 0.04
    return ProductDraft(
        name=f"{good.name} {size.label}" if alone and size.label else good.name,
        description=good.description,
        category=good.category,
        price_amount=max(1_000, round(size.price_amount * factor / 500) * 500),
        unit=good.unit,
        weight_gram=size.weight_gram,
        stock_mode=good.mode,
        on_hand=(0 if empty else random.randint(8, 60)) if counted else None,
        variant=size.label or None,
    )


def menus(firms: Sequence[Firm], products: int) -> dict[int, Menu]:
    """What each shop carries, by the firm's serial: its own trade first, then a sister's, until the products are shared out."""
    random = dice("menus")
    keepers = [
        firm for firm in firms if firm.shop in ("trusted", "new", "paused", "barred") and firm.becomes != "draft"
    ]
    wishes = {firm.serial: wish(firm, random) for firm in keepers}
    most = {serial: sum(len(sizes) for _, sizes in menu) for serial, menu in wishes.items()}
    given = dict.fromkeys(wishes, 0)
    left = products
    while left > 0:
        hungry = [serial for serial in wishes if given[serial] < most[serial]]
        if not hungry:
            break
        for serial in random.sample(hungry, min(left, len(hungry))):
            given[serial] += 1
            left -= 1
    return {serial: cut(menu, most[serial] if serial == 0 else given[serial]) for serial, menu in wishes.items()}


def wish(firm: Firm, random: Random) -> list[tuple[Good, tuple[Size, ...]]]:
    own = list(goods.of_trade(firm.trade.key))
    others = [good for sister in firm.trade.sisters for good in goods.of_trade(sister)]
    random.shuffle(others)
    return [(good, good.sizes) for good in own + others[: random.randint(1, 6)]]


def cut(menu: Menu, products: int) -> list[tuple[Good, Sequence[Size]]]:
    kept: list[tuple[Good, Sequence[Size]]] = []
    for good, sizes in menu:
        if products <= 0:
            break
        kept.append((good, sizes[:products]))
        products -= len(sizes)
    return kept
