"""`python -m bench.lighthouse`: Lighthouse looks at every kind of page as a cheap phone gets it; writes docs/slow-lines.md.

The whole product is served with its demo data on loopback. Lighthouse comes from npm into build/bench, where nothing is
committed; node, npm and Chromium are the machine's own (Debian: `apt install nodejs npm chromium`).
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

os.environ.pop("PASAR_DATABASE_URL", None)  # never the shop of this machine

import typer
from rich.progress import track

from app.cli.terminal import out
from bench import slow_lines, visits
from bench.load import Missing
from bench.servers import ROOT, Server, run
from bench.slow_lines import SLOW, USUAL
from bench.visits import Visit

CACHE = ROOT / "build" / "bench" / "lighthouse"
DOCUMENT = ROOT / "docs" / "slow-lines.md"
VERSION = "12.8.2"

LINES = {
    SLOW: (
        "--throttling-method=simulate",
        "--throttling.rttMs=400",
        "--throttling.throughputKbps=400",
        "--throttling.cpuSlowdownMultiplier=6",
        "--only-categories=performance",
    ),
    USUAL: ("--only-categories=performance,accessibility,best-practices,seo", "--skip-audits=is-crawlable"),
}
"""The first gives the times and sizes, the second, Lighthouse's own default, the scores. Rehearsals ask search engines to stay
away on purpose, which a test of robots.txt holds, so that one audit is left out."""

CHROMIUM = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"
PLAINLY = ("--quiet", "--output=json", "--output-path=stdout", f"--chrome-flags={CHROMIUM}")
NPM_INSTALL = ("npm", "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts")
FIRST_START = 600.0
LONGEST_LOOK = 180
TRIES = 3

command = typer.Typer(add_completion=False)


@command.command()
def lighthouse(
    runs: Annotated[int, typer.Option(help="How often every page is looked at on each line.")] = 5,
    only: Annotated[str, typer.Option(help="Only pages whose name holds this; nothing is written.")] = "",
    cache: Annotated[Path, typer.Option(help="Where Lighthouse, the demo system and the figures are kept.")] = CACHE,
    again: Annotated[
        bool, typer.Option(help="Serve the demo system of the last run, if it is of this version.")
    ] = False,
    only_report: Annotated[bool, typer.Option(help="Write the document again from the last figures.")] = False,
) -> None:
    """Times, sizes and scores of every kind of page on a slow line, by Lighthouse: medians of several looks."""
    figures = cache / "figures.json"
    if not only_report:
        try:
            for found in measured(cache, runs, only, again=again):
                if not only:
                    figures.write_text(json.dumps(found, indent=1))
        except Missing as missing:
            out.print(str(missing))
            raise typer.Exit(1) from None
        if only:
            out.print("\n".join(slow_lines.lines(found)), soft_wrap=True, markup=False)
            return
    slow_lines.write(json.loads(figures.read_text()), DOCUMENT)
    out.print(f"Written: {DOCUMENT}")


def measured(cache: Path, runs: int, only: str, *, again: bool) -> Iterator[dict[str, Any]]:
    """Everything known so far, after every round of looks."""
    program = installed(cache)
    busy_before = os.getloadavg()[0]
    with serving(cache, again=again) as base_url:
        began = time.monotonic()
        wanted = [visit for visit in visits.all_of(base_url) if only in visit.name]
        found: dict[str, dict[str, Any]] = {visit.name: {"visit": told(visit)} for visit in wanted}
        for number in range(1, runs + 1):
            looks = [(visit, line) for visit in wanted for line in LINES]
            for visit, line in track(looks, f"Looking at pages, {number} of {runs}", console=out, transient=True):
                found[visit.name].setdefault(line, []).append(look(program, base_url, visit, line))
            yield {
                "at": datetime.now(UTC).isoformat(timespec="minutes"),
                "runs": number,
                "minutes": round((time.monotonic() - began) / 60, 1),
                "load_before": busy_before,
                "lighthouse": VERSION,
                "chromium": version_of(["chromium", "--version"]),
                "cores": os.cpu_count(),
                "python": platform.python_version(),
                "pages": found,
            }


def told(visit: Visit) -> dict[str, Any]:
    return {"paint": visit.goal.paint, "kilobytes": visit.goal.kilobytes, "listed": visit.listed}


# --- the product -----------------------------------------------------------------------------------------------------


@contextmanager
def serving(cache: Path, *, again: bool) -> Iterator[str]:
    """The whole product, filled afresh unless `again`: a database of an earlier version is no help."""
    data = cache / "demo"
    if not again:
        shutil.rmtree(data, ignore_errors=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Server("Pasar Etam", 1, port)
    environment = {
        "PASAR_ENV": "demo",
        "PASAR_DATA_DIR": str(data),
        "PASAR_BASE_URL": server.url,
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    cache.mkdir(parents=True, exist_ok=True)
    log = cache / "server.log"
    log.unlink(missing_ok=True)
    server.processes.append(run([sys.executable, "-m", "app", "serve"], environment, log, folder=ROOT))
    try:
        with out.status("Filling a demo system and starting it ..."):
            server.wait("/readyz", patience=FIRST_START)
        yield server.url
    finally:
        server.stop(patience=60)


# --- Lighthouse ------------------------------------------------------------------------------------------------------


def installed(cache: Path) -> Path:
    """Lighthouse's own program, fetched the first time. Raises Missing."""
    for program in ("node", "npm", "chromium"):
        if shutil.which(program) is None:
            raise Missing(f"{program} is missing. Debian and Ubuntu: apt install nodejs npm chromium")
    program = cache / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not program.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with out.status("Installing Lighthouse ..."):
            subprocess.run(
                [*NPM_INSTALL, "--prefix", str(cache), f"lighthouse@{VERSION}"],
                check=True,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"},
            )
    return program


def look(program: Path, base_url: str, visit: Visit, line: str) -> dict[str, Any]:
    """What is kept of one look at a page on a line. Chromium does not always record what it did: then once more."""
    headers = {"Accept-Language": "id"} | ({"Cookie": visit.cookie} if visit.cookie else {})
    said = ""
    for _ in range(TRIES):
        done = subprocess.run(
            [
                "node",
                str(program),
                base_url + visit.path,
                *PLAINLY,
                f"--extra-headers={json.dumps(headers)}",
                *LINES[line],
            ],
            env={**os.environ, "CHROME_PATH": shutil.which("chromium") or ""},
            capture_output=True,
            timeout=LONGEST_LOOK,
            check=False,
        )
        if not done.returncode:
            return kept(json.loads(done.stdout))
        said = done.stderr.decode(errors="replace")[-2000:]
    raise RuntimeError(f"Lighthouse failed on {visit.name}: {said}")


def kept(result: dict[str, Any]) -> dict[str, Any]:
    audits = result["audits"]
    if result.get("runtimeError"):
        raise RuntimeError(f"Lighthouse failed: {result['runtimeError']}")
    value: Callable[[str], float] = lambda name: audits[name]["numericValue"]  # noqa: E731
    requests = [
        one
        for one in audits["network-requests"]["details"]["items"]
        if one["url"].startswith("http") and one["transferSize"]
    ]
    return {
        "paint": value("largest-contentful-paint"),
        "first": value("first-contentful-paint"),
        "blocked": value("total-blocking-time"),
        "shift": value("cumulative-layout-shift"),
        "bytes": sum(one["transferSize"] for one in requests),
        "requests": len(requests),
        "scores": {name: category["score"] for name, category in result["categories"].items()},
        "faults": {name: faults_of(category, audits) for name, category in result["categories"].items()},
    }


def faults_of(category: dict[str, Any], audits: dict[str, Any]) -> list[str]:
    """The audits that keep a category from its full score, the heaviest first."""
    weighed = [
        (reference["weight"], audits[reference["id"]])
        for reference in category["auditRefs"]
        if reference["weight"] and audits[reference["id"]]["score"] is not None
    ]
    lost = [(weight * (1 - audit["score"]), audit["title"]) for weight, audit in weighed if audit["score"] < 1]
    return [title for _, title in sorted(lost, reverse=True)]


def version_of(asked: list[str]) -> str:
    return subprocess.run(asked, capture_output=True, text=True, check=True).stdout.split(" built")[0].strip()


if __name__ == "__main__":
    command()
