"""The document says what was measured: medians of each round's ratio, and whether a goal was met."""

from typing import Any

from bench import report
from bench.measuring import WORKERS
from bench.peers import LISTS, PAGES
from bench.points import BARE, OURS
from bench.report import HAND, PAGES_MEASURED, Goal, Measured

OTHERS = (BARE, PAGES.name, LISTS.name)


def outcome(rate: float) -> dict[str, float]:
    return {"rate": rate, "requests": 10, "bytes_each": 1.0, "p50": 1.0, "p95": 2.0, "p99": 3.0}


def one_round(ours: float, theirs: float) -> dict[str, dict[str, float]]:
    found = {}
    for workers in WORKERS:
        for page in PAGES_MEASURED:
            found[f"{page}, cached | {OURS} | {workers}"] = outcome(ours)
            found[f"{page} | {OURS} | {workers}"] = outcome(ours)
            found |= {f"{page} | {other} | {workers}": outcome(theirs) for other in OTHERS}
        found[f"hot checkout | {OURS} | {workers}"] = outcome(ours)
        found[f"hot checkout | {HAND} | {workers}"] = outcome(theirs)
    return found


def result(*rounds: tuple[float, float], load: float = 0.2, kib: int = 100 * 1024) -> dict[str, Any]:
    return {
        "machine": {"cores": 2, "cpu": "Any", "memory_gib": 24, "python": "3.11", "postgresql": "18"},
        "at": "2026-11-25T05:00+00:00",
        "minutes": 1.0,
        "load_before": load,
        "rounds": len(rounds),
        "sizes": {"home": [5_000, 25_000]},
        "measured": [one_round(*one) for one in rounds],
        "checked": {"answered": 10, "orders": 11, "stock_rows_that_disagree": 0},
        "memory_kib": {f"{OURS}, 1": [kib], f"{PAGES.name}, 1": [kib]},
    }


def test_a_ratio_is_the_median_of_the_rounds_ratios_not_of_the_figures() -> None:
    measured = Measured(result((100, 10), (300, 100), (90, 10)))
    assert measured.ratios(f"product | {OURS}", f"product | {PAGES.name}", 1) == [10, 3, 9]
    assert measured.of(f"product | {OURS}", 1) == 100


def test_the_document_says_which_goals_were_met() -> None:
    text = "\n".join(report.lines(result((200, 10), (200, 10), kib=160 * 1024)))
    lines = {line.split(" | ")[0].removeprefix("| "): line for line in text.splitlines()}
    assert lines[f"product page, uncached / {PAGES.name}"].endswith("| >= 4 | 20.00 (20.00 to 20.00) | met |")
    assert lines[f"search, uncached / {LISTS.name}"].endswith("| >= 30 | 20.00 (20.00 to 20.00) | **not met** |")
    assert lines["heaviest web process after the load"].endswith("| < 150 MiB | 160 MiB | **not met** |")


def test_a_busy_machine_is_named() -> None:
    assert "the machine was quiet" in "\n".join(report.lines(result((1, 1))))
    assert "**the machine was busy with other work**" in "\n".join(report.lines(result((1, 1), load=5)))


def test_every_goal_is_about_points_that_are_measured() -> None:
    measured = Measured(result((1, 1)))
    for goal in report.GOALS:
        assert isinstance(goal, Goal)
        assert measured.has(goal.ours, goal.workers)
        assert measured.has(goal.theirs, goal.workers)
