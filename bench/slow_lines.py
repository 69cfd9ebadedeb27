"""`docs/slow-lines.md`, written from what Lighthouse measured and from nothing else."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLOW, USUAL = "slow 3G", "mobile preset"
WANTED = {"performance": 95, "accessibility": 100, "best-practices": 100, "seo": 100}
KB = 1000


@dataclass(frozen=True)
class Page:
    """One kind of page with every look at it, asked for medians."""

    name: str
    looks: dict[str, Any]

    def of(self, line: str, figure: str) -> float:
        return statistics.median(look[figure] for look in self.looks[line])

    def spread(self, line: str, figure: str) -> tuple[float, float]:
        values = [look[figure] for look in self.looks[line]]
        return min(values), max(values)

    def score(self, category: str) -> int:
        """Out of a hundred, as Lighthouse shows it."""
        return round(100 * statistics.median(look["scores"][category] for look in self.looks[USUAL]))

    def faults(self, category: str) -> list[str]:
        """What kept the score from a hundred in any look."""
        return list(dict.fromkeys(fault for look in self.looks[USUAL] for fault in look["faults"][category]))

    def wanted(self, category: str) -> int | None:
        """None where the page is not for search engines: it says `noindex` on purpose, which Lighthouse counts as a fault."""
        return None if category == "seo" and not self.looks["visit"]["listed"] else WANTED[category]

    @property
    def paint_goal(self) -> int | None:
        goal: int | None = self.looks["visit"]["paint"]
        return goal

    @property
    def weight_goal(self) -> int:
        return int(self.looks["visit"]["kilobytes"])


def write(found: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines(found)) + "\n", encoding="utf-8")


def lines(found: dict[str, Any]) -> Iterator[str]:
    pages = [Page(name, looks) for name, looks in found["pages"].items()]
    yield "# Slow lines"
    yield ""
    yield "Written by `make lighthouse` from its own measurements: every kind of page of the demo system, as a first visit with a"
    yield "cheap phone. The sizes are held by tests, too: `tests/web/pages/test_weight.py`, `tests/journeys/test_in_chromium.py`."
    yield ""
    yield "## A first visit on slow 3G"
    yield ""
    yield "400 kbit/s, 400 ms there and back, a processor six times slower, simulated by Lighthouse. The largest thing of the page"
    yield "(LCP) is there after so many seconds, median (fastest to slowest look)."
    yield ""
    yield "| page | LCP s | wanted | | first paint s | blocked ms | shift | kB | wanted | requests |"
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield from (slow(page) for page in pages)
    yield ""
    yield "Sizes are as sent, with the answers' headers, and hold everything fetched before anybody scrolls."
    yield ""
    yield "## Scores"
    yield ""
    yield "Lighthouse's own mobile preset (1.6 Mbit/s, 150 ms, processor four times slower)."
    yield ""
    yield f"| page | {' | '.join(WANTED)} | |"
    yield f"|---|{'---|' * len(WANTED)}---|"
    yield from (scores(page) for page in pages)
    yield ""
    yield from remarks(pages)
    yield ""
    yield "## How it was measured"
    yield ""
    yield from manner(found)


def slow(page: Page) -> str:
    least, most = (f"{value / 1000:.1f}" for value in page.spread(SLOW, "paint"))
    paint, goal = page.of(SLOW, "paint"), page.paint_goal
    heavy = page.of(SLOW, "bytes") / KB
    too_heavy = " **over**" if heavy > page.weight_goal else ""
    cells = [
        page.name,
        f"{paint / 1000:.2f} ({least} to {most})",
        f"<= {goal / 1000:.1f}" if goal else "",
        met(paint <= goal) if goal else "",
        f"{page.of(SLOW, 'first') / 1000:.2f}",
        f"{page.of(SLOW, 'blocked'):.0f}",
        f"{page.of(SLOW, 'shift'):.3f}",
        f"{heavy:.1f}{too_heavy}",
        f"<= {page.weight_goal}",
        f"{page.of(SLOW, 'requests'):.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def scores(page: Page) -> str:
    shown, missed = [], False
    for category in WANTED:
        score, wanted = page.score(category), page.wanted(category)
        missed = missed or (wanted is not None and score < wanted)
        shown.append(f"{score}" if wanted is not None else f"({score})")
    return f"| {page.name} | {' | '.join(shown)} | {met(not missed)} |"


def met(reached: bool) -> str:
    return "met" if reached else "**not met**"


def remarks(pages: list[Page]) -> Iterator[str]:
    """What cost points, and what cannot count."""
    yield "- SEO in brackets does not count: carts, orders and desks say `noindex` on purpose."
    yield "- Whether search engines may come is left out: a demo system keeps them away by robots.txt, since invented shops in a"
    yield "  search engine would be a lie told to strangers; a test holds that a real one lets them in."
    yield "- HTTPS and HTTP/2 are the proxy's work and not there on loopback, which Lighthouse takes as secure; over HTTP/1.1 every"
    yield "  picture beyond six waits for a connection, so a proxy with HTTP/2 can only be faster."
    for category, wanted in WANTED.items():
        for page in pages:
            if page.wanted(category) is not None and page.score(category) < wanted:
                yield f"- {page.name}, {category}: {'; '.join(page.faults(category)[:4])}."


def manner(found: dict[str, Any]) -> Iterator[str]:
    busy = found["load_before"]
    quiet = "the machine was quiet" if busy < found["cores"] / 2 else "**the machine was busy with other work**"
    yield (
        f"- Lighthouse {found['lighthouse']}, {found['chromium']}, {found['cores']} cores, Python {found['python']}; {found['at']};"
        f" {found['runs']} looks at each page on each line, {found['minutes']} minutes."
    )
    yield f"- Load average before: {busy:.1f}, so {quiet}. Simulated times start from observed ones: other work adds to them."
    yield "- The product serves itself with its demo data, one web process and the worker, without a proxy. Who is signed in or has"
    yield "  a cart is known by a cookie; the others are visitors for the first time."
