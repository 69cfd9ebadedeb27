"""`docs/performance.md`, written from what was measured and from nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measuring import WORKERS
from bench.peers import LISTS, PAGES
from bench.points import BARE, OURS

PAGES_MEASURED = ("home", "listing", "product", "search", "add to cart", "checkout")
HAND = "hand-written SQL"
MEMORY_GOAL_MIB = 150


@dataclass(frozen=True)
class Goal:
    """`ours` against `theirs`, with so many processes."""

    ours: str
    theirs: str
    workers: int
    least: float
    wording: str


GOALS = (
    Goal(f"product, cached | {OURS}", f"product | {BARE}", 1, 0.8, "cached product page / bare handler, one process"),
    Goal(f"product | {OURS}", f"product | {PAGES.name}", 2, 4, f"product page, uncached / {PAGES.name}"),
    Goal(f"listing | {OURS}", f"listing | {LISTS.name}", 2, 12, f"listing, uncached / {LISTS.name}"),
    Goal(f"search | {OURS}", f"search | {LISTS.name}", 2, 30, f"search, uncached / {LISTS.name}"),
    Goal(f"add to cart | {OURS}", f"add to cart | {PAGES.name}", 2, 4, f"add to cart / {PAGES.name}"),
    Goal(f"hot checkout | {OURS}", f"hot checkout | {HAND}", 2, 0.4, "checkout of one hot product / hand-written SQL"),
)


class Measured:
    """The rounds, asked for medians."""

    def __init__(self, result: dict[str, Any]) -> None:
        self.rounds: list[dict[str, dict[str, float]]] = result["measured"]

    def has(self, point: str, workers: int) -> bool:
        return f"{point} | {workers}" in self.rounds[0]

    def of(self, point: str, workers: int, figure: str = "rate") -> float:
        return statistics.median(one[f"{point} | {workers}"][figure] for one in self.rounds)

    def ratios(self, ours: str, theirs: str, workers: int) -> list[float]:
        """One ratio a round."""
        return [one[f"{ours} | {workers}"]["rate"] / one[f"{theirs} | {workers}"]["rate"] for one in self.rounds]


def write(result: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines(result)) + "\n", encoding="utf-8")


def lines(result: dict[str, Any]) -> Iterator[str]:
    measured = Measured(result)
    machine = result["machine"]
    yield "# Performance"
    yield ""
    yield "Written by `make bench` from its own measurements. **Use the ratios, not the figures**: one server's figures move by"
    yield "half between runs and machines, ratios within one run by a tenth."
    yield ""
    yield from goals(measured, result)
    yield ""
    yield "## Every page"
    yield from pages(measured)
    yield ""
    yield "## The peers' own figures"
    yield from peers(measured)
    yield ""
    yield "## Everybody buys one product"
    yield from hot(measured, result)
    yield ""
    yield "## Memory"
    yield from memory(result["memory_kib"])
    yield ""
    yield "## How it was measured"
    yield from manner(result, machine)


def goals(measured: Measured, result: dict[str, Any]) -> Iterator[str]:
    yield "| goal | wanted | measured (lowest to highest round) | |"
    yield "|---|---|---|---|"
    for goal in GOALS:
        ratios = measured.ratios(goal.ours, goal.theirs, goal.workers)
        middle = statistics.median(ratios)
        met = "met" if middle >= goal.least else "**not met**"
        yield f"| {goal.wording} | >= {goal.least:g} | {middle:.2f} ({min(ratios):.2f} to {max(ratios):.2f}) | {met} |"
    heaviest = max(mib for name, weights in result["memory_kib"].items() if OURS in name for mib in in_mib(weights))
    met = "met" if heaviest < MEMORY_GOAL_MIB else "**not met**"
    yield f"| heaviest web process after the load | < {MEMORY_GOAL_MIB} MiB | {heaviest:.0f} MiB | {met} |"


def pages(measured: Measured) -> Iterator[str]:
    yield ""
    yield "Requests a second, p50 and p95 in milliseconds; the last columns are medians of each round's ratio."
    yield ""
    yield f"| page | processes | rate | p50 | p95 | of the bare handler | x {PAGES.name} | x {LISTS.name} |"
    yield "|---|---|---|---|---|---|---|---|"
    for page in PAGES_MEASURED:
        for variant in (f"{page}, cached", page):
            for workers in WORKERS:
                own = f"{variant} | {OURS}"
                if measured.has(own, workers):
                    yield row(measured, variant, page, own, workers)


def row(measured: Measured, variant: str, page: str, own: str, workers: int) -> str:
    shares = []
    for other, places in ((BARE, 3), (PAGES.name, 1), (LISTS.name, 1)):
        theirs = f"{page} | {other}"
        known = measured.has(theirs, workers)
        shares.append(f"{statistics.median(measured.ratios(own, theirs, workers)):.{places}f}" if known else "")
    figures = [
        f"{measured.of(own, workers, name):.{places}f}" for name, places in (("rate", 0), ("p50", 1), ("p95", 1))
    ]
    return "| " + " | ".join([variant, str(workers), *figures, *shares]) + " |"


def peers(measured: Measured) -> Iterator[str]:
    yield ""
    yield "| page | of | processes | rate | p50 | p95 |"
    yield "|---|---|---|---|---|---|"
    for page in PAGES_MEASURED:
        for other in (BARE, PAGES.name, LISTS.name):
            for workers in WORKERS:
                point = f"{page} | {other}"
                if measured.has(point, workers):
                    rate, p50, p95 = (measured.of(point, workers, name) for name in ("rate", "p50", "p95"))
                    yield f"| {page} | {other} | {workers} | {rate:.1f} | {p50:.1f} | {p95:.1f} |"


def hot(measured: Measured, result: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield "16 buyers, one product, synchronous commits: the product through its JSON interface, beside SQL written by hand in"
    yield "psycopg that leaves the same rows behind (order, line, history, audit, event, payment, reservation) in eleven"
    yield "statements and checks nothing. The product also limits open orders, quotes delivery, checks every rule and answers with"
    yield "the order as it stands, in six statements; the rest of the distance is HTTP, validation and the interpreter. The hot row"
    yield "itself is held for the commit only."
    yield ""
    yield "| who | processes | checkouts a second | p50 ms | p95 ms | of hand-written |"
    yield "|---|---|---|---|---|---|"
    for workers in WORKERS:
        for who in (OURS, HAND):
            point = f"hot checkout | {who}"
            rate, p50, p95 = (measured.of(point, workers, name) for name in ("rate", "p50", "p95"))
            share = statistics.median(measured.ratios(point, f"hot checkout | {HAND}", workers))
            yield f"| {who} | {workers} | {rate:.0f} | {p50:.1f} | {p95:.1f} | {share:.2f} |"
    seen = result["checked"]
    yield ""
    yield (
        f"Afterwards the database was asked: {seen['answered']:,} checkouts were answered, all are there, and"
        f" {seen['stock_rows_that_disagree']} stock rows disagree with their reservations."
    )


def memory(weights: dict[str, list[int]]) -> Iterator[str]:
    yield ""
    yield "Proportional set size (PSS) of each process that answers requests, after the load."
    yield ""
    yield "| server, processes | MiB each |"
    yield "|---|---|"
    for name, kib in weights.items():
        yield f"| {name} | {', '.join(f'{mib:.0f}' for mib in in_mib(kib))} |"


def in_mib(weights: list[int]) -> list[float]:
    return [kib / 1024 for kib in weights]


def manner(result: dict[str, Any], machine: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield (
        f"- {machine['cores']} cores of {machine['cpu']}, {machine['memory_gib']} GiB, Python {machine['python']}, PostgreSQL"
        f" {machine['postgresql']}; {result['at']}; {result['rounds']} rounds, {result['minutes']} minutes."
    )
    busy = result["load_before"]
    quiet = "the machine was quiet" if busy < machine["cores"] / 2 else "**the machine was busy with other work**"
    yield f"- Load average before the first measurement: {busy:.1f}, so {quiet}."
    yield "- All servers are up at once on the same machine; points are taken in turn, each round with one and with two processes."
    yield "  The load is `wrk` with 16 connections from one thread: each waits for its answer, so a slow server is asked less."
    yield "- Every answer was looked at before it was measured (status and words of the page); one refused or broken answer ends"
    yield "  the run."
    yield f"- The catalogue has 10,000 products of 400 shops in 28 categories, the same in all databases: our own, {PAGES.name} and"
    yield f"  {LISTS.name}, on one PostgreSQL with durable commits. Product pages go round 200 products."
    yield "- Requests say what a phone's browser says, gzip included: ours compresses, the peers do not."
    yield "- *Cached* is a visitor without cookies; the other rows carry a cookie, so the page cache is passed by and the page is"
    yield "  made anew."
    yield "- *Bare handler*: an `async def` FastAPI handler that answers the same bytes, on the same server with the same settings."
    yield "- The peers run as in their own sandbox with gunicorn's synchronous workers: no debugging, cached templates and"
    yield f"  sessions, kept connections, thumbnails made before. {LISTS.name} is the last version whose lists come from the"
    yield "  database; its search is Haystack's simple backend. A peer with a search server beside it would search faster."
    yield "- Our web processes run alone, as the supervisor starts them; the worker does not (the peers have none)."
    yield (
        "- Sizes as sent / uncompressed, bytes: "
        + ", ".join(f"{page} {sent:,} / {plain:,}" for page, (sent, plain) in result["sizes"].items() if sent)
        + "."
    )
