"""Which businesses there are: where, what they make, since when, and how far their registration is. Decides, writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from random import Random

from app.cli.demo_data import goods, people
from app.cli.demo_data.goods import Trade
from app.cli.demo_data.scale import Scale, dice
from app.reference import regions

TOWNS = {"64.08.04": 9, "64.08.12": 5, "64.08.09": 5, "64.08.05": 4, "64.08.02": 3, "64.08.08": 3}
"""Where more people live; every other district counts 2."""

INLAND = frozenset({"64.08.01", "64.08.02", "64.08.03", "64.08.06", "64.08.07", "64.08.08", "64.08.17", "64.08.18"})
"""Nobody lives from the sea there."""

LONGEST_AGO = timedelta(days=570)
DECIDED_LATEST = timedelta(days=190)
"""Most are in the register before the trade begins; a few come in while it runs."""

BARRED_EVERY = 71

WAITING_STATES = ("draft", "submitted", "submitted", "needs_correction", "rejected")


@dataclass(frozen=True)
class Firm:
    """`becomes` is where its registration stands today, `shop` what its shop is like. `age` is how long ago it signed up."""

    serial: int
    name: str
    trade: Trade
    owner: str
    woman: bool
    district_code: str
    village_code: str | None
    age: timedelta
    becomes: str
    shop: str
    assisted: bool
    started_on: date | None
    capital_amount: int | None
    turnover_amount: int | None
    workers: tuple[int, int] | None
    has_nik: bool
    has_nib: bool


def of(scale: Scale, today: date) -> list[Firm]:
    """The demo seller's first, then the others from the oldest registration to the newest."""
    random = dice("firms")
    places = spread(scale.businesses, random)
    names = fresh_names(random)
    waiting = [state for state in WAITING_STATES for _ in range(scale.waiting)]
    made = [the_sellers(today)]
    for serial in range(1, scale.businesses):
        trade = trade_for(places[serial], random)
        state = waiting[serial - 1] if serial <= len(waiting) else rare_end(serial)
        made.append(one(serial, names(trade), trade, places[serial], state, today, random))
    return sorted(made, key=lambda firm: firm.age, reverse=True)


def spread(count: int, random: Random) -> list[str]:
    """A district for each business: every district has some, towns have more."""
    districts = [district.code for district in regions.districts()]
    weights = [TOWNS.get(code, 2) for code in districts]
    chosen = districts + random.choices(districts, weights, k=max(0, count - len(districts)))
    rest = chosen[:count]
    random.shuffle(rest)
    return rest


def trade_for(district_code: str, random: Random) -> Trade:
    fitting = [trade for trade in goods.trades() if not (trade.coast and district_code in INLAND)]
    return random.choices(fitting, [trade.share for trade in fitting])[0]


class fresh_names:  # noqa: N801 - called like a function
    """Names nobody has yet: one of the trade's words and one from the list."""

    def __init__(self, random: Random) -> None:
        self.left: dict[str, list[str]] = {}
        self.random = random

    def __call__(self, trade: Trade) -> str:
        if trade.key not in self.left:
            pairs = [f"{first} {second}" for first, second in product(trade.names, goods.words("words"))]
            self.random.shuffle(pairs)
            self.left[trade.key] = pairs
        return self.left[trade.key].pop()


def rare_end(serial: int) -> str:
    if serial % 97 == 0:
        return "suspended"
    return "closed" if serial % 83 == 0 else "active"


def shop_of(state: str, random: Random) -> str:
    """`none` has not opened one, `empty` has nothing in it, `new` waits with every new thing for the office, `barred` was shut by
    the office, which leaves the business in the register."""
    if state != "active":
        return "trusted" if state in ("suspended", "closed") else "none"
    return random.choices(("trusted", "new", "empty", "none", "paused"), (70, 12, 6, 9, 3))[0]


def barred_if_due(serial: int, shop: str) -> str:
    return "barred" if serial % BARRED_EVERY == 0 and shop == "trusted" else shop


def age_of(state: str, random: Random) -> timedelta:
    """Who waits at a desk signed up lately; the others mostly before the trade begins."""
    if state in ("draft", "submitted"):
        return timedelta(days=random.choice((0, 1, 1, 2, 2, 3, 3, 4, 7)), minutes=random.randint(300, 1_200))
    if state in ("suspended", "closed"):
        return timedelta(days=random.randint(90, LONGEST_AGO.days), minutes=random.randint(0, 500))
    if state in ("needs_correction", "rejected"):
        return timedelta(days=random.randint(12, 40), minutes=random.randint(0, 500))
    if random.random() < 0.12:
        return timedelta(days=random.randint(15, 180), minutes=random.randint(0, 500))
    return timedelta(days=random.randint(DECIDED_LATEST.days, LONGEST_AGO.days), minutes=random.randint(0, 500))


def one(serial: int, name: str, trade: Trade, district_code: str, state: str, today: date, random: Random) -> Firm:
    age = age_of(state, random)
    began = today - age - timedelta(days=random.randint(30, 4_000))
    capital = round(random.triangular(*trade.capital, trade.capital[0] * 2), -5)
    known = random.random()
    owner = people.name(random)
    return Firm(
        serial=serial,
        name=name,
        trade=trade,
        owner=owner,
        woman=random.random() < 0.57,
        district_code=district_code,
        village_code=random.choice(regions.villages(district_code)).code if random.random() < 0.93 else None,
        age=age,
        becomes=state,
        shop=barred_if_due(serial, shop_of(state, random)),
        assisted=district_code == people.home_district() and random.random() < 0.15,
        started_on=began if random.random() < 0.88 else None,
        capital_amount=int(capital) if known < 0.9 else None,
        turnover_amount=int(capital * random.uniform(1.5, 6)) if known < 0.7 else None,
        workers=split(random.randint(1, trade.most_workers), random) if known < 0.85 else None,
        has_nik=random.random() < 0.6,
        has_nib=random.random() < 0.45,
    )


def split(workers: int, random: Random) -> tuple[int, int]:
    women = random.randint(0, workers)
    return workers - women, women


def the_sellers(today: date) -> Firm:
    """The shop of the demo seller: a year in the register, one check about to end."""
    district = people.home_district()
    return Firm(
        serial=0,
        name="Amplang Salmah",
        trade=next(trade for trade in goods.trades() if trade.key == "amplang"),
        owner="",
        woman=True,
        district_code=district,
        village_code=regions.villages(district)[0].code,
        age=timedelta(days=359, hours=3),
        becomes="active",
        shop="trusted",
        assisted=False,
        started_on=today - timedelta(days=2_300),
        capital_amount=18_000_000,
        turnover_amount=96_000_000,
        workers=(1, 4),
        has_nik=True,
        has_nib=True,
    )


def nik(firm: Firm) -> str:
    """A number that fits the rules and nobody's card: there is no province 99."""
    day = 1 + firm.serial % 28 + (40 if firm.woman else 0)
    return f"990101{day:02d}{1 + firm.serial % 12:02d}{70 + firm.serial % 29:02d}{1 + firm.serial:04d}"


def nib(firm: Firm) -> str:
    """Thirteen digits that begin like no real one."""
    return f"00000{firm.serial + 1:08d}"
