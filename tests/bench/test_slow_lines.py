"""The document about slow lines says what was measured: medians, goals met or not, and what cannot count."""

from __future__ import annotations

from typing import Any

from bench import lighthouse, slow_lines
from bench.slow_lines import SLOW, USUAL, WANTED, Page


def look(paint: float, *, score: float = 1.0, sent: int = 20_000, faults: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "paint": paint, "first": 1_500.0, "blocked": 20.0, "shift": 0.0, "bytes": sent, "requests": 5,
        "scores": dict.fromkeys(WANTED, score), "faults": {key: list(faults) for key in WANTED},
    }  # fmt: skip


def page(*looks: dict[str, Any], paint: int | None = 2_000, listed: bool = True) -> dict[str, Any]:
    return {"visit": {"paint": paint, "kilobytes": 40, "listed": listed}, SLOW: list(looks), USUAL: list(looks)}


def document(load: float = 0.3, **pages: dict[str, Any]) -> str:
    found = {
        "at": "2026-11-25T05:00+00:00", "runs": 3, "minutes": 9.0, "load_before": load, "lighthouse": "12", "chromium": "156",
        "cores": 2, "python": "3.11", "pages": pages,
    }  # fmt: skip
    return "\n".join(slow_lines.lines(found))


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(f"| {name} |"))


def test_a_goal_is_judged_by_the_median_and_the_spread_is_told() -> None:
    quick, slow = page(look(1_900), look(2_600), look(1_700)), page(look(2_100), look(1_500), look(2_200))
    text = document(cart=quick, order=slow)
    assert row(text, "cart").startswith("| cart | 1.90 (1.7 to 2.6) | <= 2.0 | met |")
    assert row(text, "order").startswith("| order | 2.10 (1.5 to 2.2) | <= 2.0 | **not met** |")
    assert "**over**" not in text
    assert "| 41.0 **over** | <= 40 |" in row(document(cart=page(look(1_000, sent=41_000))), "cart")


def test_a_page_without_a_goal_is_shown_and_not_judged() -> None:
    assert row(document(desk=page(look(9_000), paint=None)), "desk").startswith("| desk | 9.00 (9.0 to 9.0) |  |  |")


def test_scores_of_pages_that_are_not_for_search_engines_count_without_that_one() -> None:
    weak = look(1_000, score=0.8, faults=("Page is blocked from indexing",))
    hidden = page(look(1_000) | {"scores": {**dict.fromkeys(WANTED, 1.0), "seo": 0.6}}, listed=False)
    text = document(cart=hidden, home=page(weak)).partition("## Scores")[2]
    assert row(text, "cart") == "| cart | 100 | 100 | 100 | (60) | met |"
    assert row(text, "home") == "| home | 80 | 80 | 80 | 80 | **not met** |"
    assert "- home, seo: Page is blocked from indexing." in text
    assert "cart, seo" not in text


def test_a_busy_machine_is_named() -> None:
    assert "the machine was quiet" in document(cart=page(look(1)))
    assert "**the machine was busy with other work**" in document(7.0, cart=page(look(1)))


def test_of_a_look_the_times_the_bytes_that_travelled_and_the_faults_by_weight_are_kept() -> None:
    audits: dict[str, Any] = {
        name: {"numericValue": value}
        for name, value in {
            "largest-contentful-paint": 2_000.5, "first-contentful-paint": 1_500, "total-blocking-time": 7,
            "cumulative-layout-shift": 0.01,
        }.items()
    }  # fmt: skip
    requests = [("http://a/", 5_000), ("http://a/icon", 300), ("http://a/icon", 0), ("data:image/x", 90)]
    items = [{"url": url, "transferSize": size} for url, size in requests]
    audits["network-requests"] = {"details": {"items": items}}
    audits |= {
        "light": {"score": 0.5, "title": "A small fault"}, "heavy": {"score": 0, "title": "A large fault"},
        "fine": {"score": 1, "title": "Fine"}, "unasked": {"score": None, "title": "Not for this page"},
    }  # fmt: skip
    weighed = [("light", 2), ("heavy", 3), ("fine", 9), ("unasked", 9)]
    category = {"score": 0.9, "auditRefs": [{"id": name, "weight": weight} for name, weight in weighed]}
    kept = lighthouse.kept({"audits": audits, "categories": {"seo": category}})
    assert (kept["paint"], kept["bytes"], kept["requests"]) == (2_000.5, 5_300, 2)
    assert kept["scores"] == {"seo": 0.9}
    assert kept["faults"] == {"seo": ["A large fault", "A small fault"]}


def test_a_score_is_the_median_out_of_a_hundred() -> None:
    assert Page("home", page(look(1, score=0.94), look(1, score=0.99), look(1, score=0.95))).score("performance") == 95
