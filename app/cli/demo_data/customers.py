"""Who buys, when, and what they put into the basket. Decides, writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from app.actor import Actor
from app.cli.demo_data import people
from app.cli.demo_data.firms import TOWNS
from app.cli.demo_data.people import BUYER, FIRST_BUYER, FIRST_GUEST
from app.cli.demo_data.scale import DAYS_OF_TRADE, Scale, dice
from app.cli.demo_data.stocking import Stall, Ware
from app.kit import clock
from app.reference import regency, regions

FEASTS = (
    (date(2026, 3, 20), 24), (date(2026, 5, 27), 10), (date(2027, 3, 10), 24), (date(2027, 5, 16), 10),
    (date(2028, 2, 27), 24), (date(2028, 5, 5), 10), (date(2029, 2, 14), 24), (date(2029, 4, 24), 10),
)  # fmt: skip
"""Idulfitri and Iduladha, and the days before them in which people buy more."""

EARLIEST, LATEST = 7, 21
HOURS = (2, 3, 5, 6, 6, 5, 4, 4, 5, 6, 7, 8, 9, 8, 5)
FROM_OUTSIDE = 0.16
MOST_WAITING = 1
MOST_EAGER = 7.0
"""How much more often the most faithful buy than most."""

AT_HOME, DELIVERED = 16, 7
"""How much likelier a shop in one's own district is, and one that delivers there."""

IN_SEASON = 2.6


@dataclass(eq=False)
class Customer:
    """`place` is a district of the regency, or another regency. With `has_account` they sign up before their first order."""

    serial: int
    name: str
    place: str
    outside: bool
    has_account: bool
    weight: float
    actor: Actor | None = None
    waits: list[datetime] = field(default_factory=list)
    stall: Stall | None = None

    @property
    def phone(self) -> str:
        return people.phone(self.serial)

    def is_free(self) -> bool:
        """Whether another checkout would not be one too many open ones."""
        self.waits = [until for until in self.waits if until > clock.now()]
        return len(self.waits) < MOST_WAITING


def of(scale: Scale) -> list[Customer]:
    """The demo buyer first. A few buy often, many once or twice; half have an account."""
    random = dice("customers")
    own = regency.current()
    inside = [district.code for district in regions.districts()]
    weights = [TOWNS.get(code, 2) for code in inside]
    outside = sorted(place.code for place in regions.regencies(own.province_code) if place.code != own.code)
    made = [Customer(BUYER, f"Hasan {people.MARK}", people.home_district(), False, True, 0.0)]
    for serial in range(1, scale.buyers * 2):
        away = bool(outside) and random.random() < FROM_OUTSIDE
        has_account = serial < scale.buyers
        made.append(
            Customer(
                serial=(FIRST_BUYER if has_account else FIRST_GUEST) + serial,
                name=people.name(random),
                place=random.choice(outside) if away else random.choices(inside, weights)[0],
                outside=away,
                has_account=has_account,
                weight=min(random.paretovariate(1.2), MOST_EAGER),
            )
        )
    return made


def moments(count: int, now: datetime) -> list[datetime]:
    """When orders come: more with every month, at weekends, after pay day, before a feast, in the evening."""
    random = dice("moments")
    today = clock.business_date(now)
    days = [today - timedelta(days=ago) for ago in range(DAYS_OF_TRADE - 1, -1, -1)]
    chosen = random.choices(days, [appetite(day, number / len(days)) for number, day in enumerate(days)], k=count)
    found = []
    for day in chosen:
        hour = random.choices(range(EARLIEST, LATEST + 1), HOURS)[0]
        at = time(hour, random.randrange(60), random.randrange(60))
        found.append(datetime.combine(day, at, regency.current().zone))
    return sorted(at for at in found if at < now)


def appetite(day: date, grown: float) -> float:
    weight = 0.6 + 0.9 * grown
    if day.weekday() >= 5:
        weight *= 1.35
    if day.day >= 26 or day.day <= 3:
        weight *= 1.25
    if any(timedelta(0) < feast - day <= timedelta(days=before) for feast, before in FEASTS):
        weight *= 1.7
    if day.month == 12:
        weight *= 1.2
    return weight


def somebody(customers: Sequence[Customer], random: Random) -> Customer | None:
    """Whoever is in the mood and has nothing open."""
    for _ in range(6):
        chosen = random.choices(customers, [customer.weight for customer in customers])[0]
        if chosen.is_free():
            return chosen
    return None


def stall_for(
    customer: Customer, stalls: Sequence[Stall], random: Random, *, like: Stall | None = None
) -> Stall | None:
    """Where they buy: near home, often where they bought before, what is known; `like` is the first shop of a checkout of two."""
    fitting = [
        stall
        for stall in stalls
        if stall is not like
        and not stall.shut
        and stall.wares
        and (not customer.outside or customer.place in stall.expedition)
    ]
    if not fitting:
        return None
    if like is None and customer.stall in fitting and random.random() < 0.45:
        return customer.stall
    return random.choices(fitting, [stall.popularity * nearness(customer, stall) for stall in fitting])[0]


def nearness(customer: Customer, stall: Stall) -> int:
    if stall.firm.district_code == customer.place:
        return AT_HOME
    return DELIVERED if customer.place in stall.courier else 1


def basket(stall: Stall, random: Random, *, sent: bool) -> list[tuple[Ware, int]]:
    """One to three things that are there; what is sent needs a weight and no question first."""
    month = clock.today().month
    there = [
        ware
        for ware in stall.wares
        if ware.free >= 1 and (not sent or (ware.weight_gram is not None and ware.good.mode != "ask_first"))
    ]
    if not there:
        return []
    weights = [
        (IN_SEASON if month in ware.good.months else 1.0) * (0.3 if ware.good.mode != "counted" else 1)
        for ware in there
    ]
    chosen: dict[int, int] = {}
    for _ in range(random.choices((1, 2, 3), (60, 28, 12))[0]):
        chosen.setdefault(random.choices(range(len(there)), weights)[0], 0)
    found = []
    for index in chosen:
        ware = there[index]
        most = 4 if ware.price_amount < 40_000 else 2 if ware.price_amount < 150_000 else 1
        found.append((ware, min(ware.free, random.randint(1, most))))
    return found
