"""What is made and sold in the rehearsal: trades, their goods in sizes, and when each is asked for. Read from files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Size:
    """`label` is empty for a thing that comes in one size. `weight_gram` is None where nothing is sent."""

    label: str
    price_amount: int
    weight_gram: int | None


@dataclass(frozen=True)
class Good:
    """One thing as every maker of it sells it, each at a price of their own. `months` are those in which more is asked."""

    trade: str
    picture: str
    category: str
    name: str
    unit: str
    mode: str
    sizes: tuple[Size, ...]
    months: frozenset[int]
    description: str


@dataclass(frozen=True)
class Trade:
    """A kind of business. `share` says how many there are of it; `coast` that it lives by the sea; `sisters` are the trades
    whose goods it also carries."""

    key: str
    names: tuple[str, ...]
    share: int
    coast: bool
    kbli: str | None
    main_product: str
    capital: tuple[int, int]
    most_workers: int
    sisters: tuple[str, ...]


@lru_cache
def goods() -> tuple[Good, ...]:
    return tuple(good_of(row) for row in rows("goods.csv"))


@lru_cache
def of_trade(key: str) -> tuple[Good, ...]:
    return tuple(good for good in goods() if good.trade == key)


@lru_cache
def trades() -> tuple[Trade, ...]:
    return tuple(trade_of(row) for row in rows("trades.csv"))


def pictures() -> list[str]:
    """The names of the drawn pictures in use."""
    return sorted({good.picture for good in goods()})


def words(name: str) -> list[str]:
    """One of the lists of words."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8").split()


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def good_of(row: dict[str, str]) -> Good:
    return Good(
        trade=row["trade"],
        picture=row["picture"],
        category=row["category"],
        name=row["name"],
        unit=row["unit"],
        mode=row["mode"],
        sizes=tuple(size_of(written) for written in row["sizes"].split(";")),
        months=frozenset(int(month) for month in row["months"].split()),
        description=row["description"],
    )


def size_of(written: str) -> Size:
    """`250 g|27000|265`: label, rupiah, grams with the packing."""
    label, price, weight = written.split("|")
    return Size(label, int(price), int(weight) if weight else None)


def trade_of(row: dict[str, str]) -> Trade:
    return Trade(
        key=row["trade"],
        names=tuple(row["names"].split("|")),
        share=int(row["share"]),
        coast=row["coast"] == "yes",
        kbli=row["kbli"] or None,
        main_product=row["main_product"],
        capital=(int(row["least_capital"]), int(row["most_capital"])),
        most_workers=int(row["most_workers"]),
        sisters=tuple(row["sisters"].split()),
    )
