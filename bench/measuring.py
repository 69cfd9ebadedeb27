"""The run: everything is prepared and started, looked at once, then measured in rounds, each point in turn."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app import db
from app.cli.terminal import out
from app.embedded import Cluster
from bench import load, points, servers, stocking
from bench.load import Ask, Outcome
from bench.points import BARE, OURS, Point
from bench.servers import Server

WORKERS = (1, 2)
TEMPLATE, DATABASE = "bench_pasar", "bench_pasar_run"
BARE_SECONDS = 1
HOT_SECONDS = 3
WARM_SECONDS = 4
SEEN = 20

Servers = dict[tuple[str, int], Server]


@contextmanager
def prepared(cache: Path) -> Iterator[Cluster]:
    """The cluster with the catalogue in three shops' databases; ours is copied afresh, so that every run finds the same."""
    load.require_wrk()
    cache.mkdir(parents=True, exist_ok=True)
    with Cluster(cache / "data") as cluster:
        out.print("Filling our shop ...")
        stocking.fill(cluster.create_database(TEMPLATE))
        for oscar in points.contestants():
            out.print(f"Filling {oscar.name} ...")
            oscar.install(cache)
            oscar.fill(cache, cluster)
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        cluster.create_database(DATABASE, template=TEMPLATE)
        with psycopg.connect(cluster.url(DATABASE), autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
        yield cluster


def run(cache: Path, rounds: int, tell: Callable[[dict[str, Any]], None]) -> None:
    """Measure, and tell everything known so far after each round, as plain data."""
    with prepared(cache) as cluster, ExitStack() as stack:
        url = cluster.url(DATABASE)
        engine = db.connect(url, pool_size=1)
        with db.transactions(engine)() as session:
            by_number = stocking.product_ids(session)
            hot = str(stocking.hot_product(session))
        engine.dispose()
        products = [str(by_number[number]) for number in sorted(by_number)]
        log = cache / "servers.log"
        log.unlink(missing_ok=True)
        running = start_shops(stack, cluster, cache, log)
        wanted = [*points.ours(url, products), *points.oscar(cluster)]
        answers = look(running, wanted, cache)
        running |= start_bare(stack, cache, answers, log)
        busy_before = os.getloadavg()
        began = time.monotonic()
        measured: list[dict[str, dict[str, Any]]] = []
        for number in range(rounds):
            measured.append(measured_round(running, wanted, url, hot, cache, number))
            tell(
                {
                    "machine": machine(cluster),
                    "at": datetime.now(UTC).isoformat(timespec="minutes"),
                    "minutes": round((time.monotonic() - began) / 60, 1),
                    "load_before": busy_before[0],
                    "rounds": len(measured),
                    "sizes": {page: [len(body), size] for page, (body, size) in answers.items()},
                    "measured": measured,
                    "checked": checked(url, measured),
                    "memory_kib": {
                        f"{name}, {workers}": server.weights() for (name, workers), server in running.items()
                    },
                }
            )


def start_shops(stack: ExitStack, cluster: Cluster, cache: Path, log: Path) -> Servers:
    own = {
        "PASAR_ENV": "development",
        "PASAR_DATABASE_URL": cluster.url(DATABASE),
        "PASAR_DATA_DIR": str(cache / "own"),
        "PASAR_BASE_URL": "http://127.0.0.1",
    }
    running: Servers = {}
    for workers in WORKERS:
        running[OURS, workers] = servers.ours(stack, workers, own, log)
        for oscar in points.contestants():
            running[oscar.name, workers] = oscar.serve(stack, workers, cache, cluster, log)
    for (name, _), server in running.items():
        server.wait("/healthz" if name == OURS else "/catalogue/")
    return running


def look(running: Servers, wanted: list[Point], cache: Path) -> dict[str, tuple[bytes, int]]:
    """Fetch every point from every server that will be asked, and refuse to measure a wrong answer. Then fill caches, and keep
    our answers for the bare handlers. Gives the body as sent and its size uncompressed, by page."""
    found = {}
    folder = cache / "bare"
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for point in wanted:
        for workers in WORKERS:
            asks = point.asks()
            server = running[point.contestant, workers]
            for ask in asks[: 2 if point.once else SEEN]:
                answer = fetch(server, ask)
                if answer.status_code != point.status or point.mark.encode() not in answer.content:
                    raise RuntimeError(f"{point.contestant}, {point.page}: {answer.status_code} from {ask.path}")
            if point.contestant == OURS and not point.once:
                load.send(server.port, asks, WARM_SECONDS, cache)
        if point.contestant == OURS and "cached" not in point.page:
            body = raw_body(running[OURS, 1], asks[0]) if point.mark else b""
            found[point.page] = (body, len(answer.content))
            keep(folder / point.page.replace(" ", "-"), asks[0].method, answer, body)
    return found


def fetch(server: Server, ask: Ask) -> httpx.Response:
    return httpx.request(
        ask.method, server.url + ask.path, headers=heading(ask), content=content(ask), trust_env=False, timeout=60
    )


def raw_body(server: Server, ask: Ask) -> bytes:
    """The bytes as they travel, compressed."""
    with httpx.stream(ask.method, server.url + ask.path, headers=heading(ask), trust_env=False, timeout=60) as answer:
        return b"".join(answer.iter_raw())


def heading(ask: Ask) -> dict[str, str]:
    lines = ask.head_and_body().split(b"\r\n\r\n", 1)[0].decode().split("\r\n")[2:]
    return dict(line.split(": ", 1) for line in lines)


def content(ask: Ask) -> bytes:
    return ask.head_and_body().split(b"\r\n\r\n", 1)[1]


def keep(path: Path, method: str, answer: httpx.Response, body: bytes) -> None:
    passed = ("content-type", "content-encoding", "location", "cache-control", "vary")
    headers = {name: answer.headers[name] for name in passed if name in answer.headers}
    path.with_suffix(".body").write_bytes(body)
    path.with_suffix(".json").write_text(
        json.dumps({"method": method, "status": answer.status_code, "headers": headers})
    )


def start_bare(stack: ExitStack, cache: Path, answers: dict[str, tuple[bytes, int]], log: Path) -> Servers:
    environment = {"BENCH_BARE_FOLDER": str(cache / "bare")}
    running = {(BARE, workers): servers.bare(stack, workers, environment, log) for workers in WORKERS}
    for server in running.values():
        server.wait("/home")
    return running


def measured_round(
    running: Servers, wanted: list[Point], url: str, hot: str, cache: Path, number: int
) -> dict[str, dict[str, Any]]:
    """Every point once with one and with two processes; the limit of a page right before and after the page itself."""
    found: dict[str, dict[str, Any]] = {}
    for workers in WORKERS:
        for point in wanted:
            name = f"{point.page} | {point.contestant} | {workers}"
            server = running[point.contestant, workers]
            found[name] = asdict(load.send(server.port, point.asks(), point.seconds, cache, once=point.once))
            if point.contestant == OURS and "cached" not in point.page:
                path = "/" + point.page.replace(" ", "-")
                limit = [Ask(path, "POST" if point.once else "GET")]
                bare = load.send(running[BARE, workers].port, limit, BARE_SECONDS, cache)
                found[f"{point.page} | {BARE} | {workers}"] = asdict(bare)
        found[f"hot checkout | {OURS} | {workers}"] = asdict(
            load.send(running[OURS, workers].port, points.hot(hot), HOT_SECONDS, cache, once=True)
        )
        found[f"hot checkout | hand-written SQL | {workers}"] = by_hand(url, hot, workers)
    out.print(f"Round {number + 1}: " + said(found))
    return found


def by_hand(url: str, product: str, workers: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.hot", url, product, str(HOT_SECONDS), str(workers)],
        capture_output=True,
        text=True,
        check=True,
        cwd=servers.ROOT,
    )
    read: dict[str, Any] = json.loads(done.stdout)
    return asdict(Outcome(bytes_each=0.0, p99=0.0, **read))


def said(found: dict[str, dict[str, Any]]) -> str:
    return ", ".join(f"{name.split(' | ')[0]} {one['rate']:.0f}/s" for name, one in found.items() if OURS in name)


def checked(url: str, measured: list[dict[str, dict[str, Any]]]) -> dict[str, int]:
    """What the database says of what was answered. Raises when an order was answered and is not there, or stock was lost."""
    answered = sum(
        outcome["requests"]
        for one in measured
        for name, outcome in one.items()
        if name.startswith(("checkout", "hot checkout")) and BARE not in name
    )
    with psycopg.connect(url) as connection:
        (orders,) = connection.execute("SELECT count(*) FROM customer_order").fetchone() or (0,)
        (odd,) = connection.execute(
            "SELECT count(*) FROM stock WHERE reserved <> (SELECT coalesce(sum(quantity), 0) FROM stock_reservation r"
            " WHERE r.product_id = stock.product_id AND r.counted AND r.status IN ('active','committed'))"
        ).fetchone() or (0,)
    if odd or orders < answered:
        raise RuntimeError(f"{answered} checkouts were answered, {orders} orders are there, {odd} stock rows disagree")
    return {"answered": answered, "orders": int(orders), "stock_rows_that_disagree": int(odd)}


def machine(cluster: Cluster) -> dict[str, Any]:
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        platform.machine(),
    )
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    with psycopg.connect(cluster.url("postgres")) as connection:
        (postgres,) = connection.execute("SHOW server_version").fetchone() or ("?",)
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "memory_gib": memory,
        "python": platform.python_version(),
        "postgresql": postgres,
        "settings": cluster.settings,
    }
