"""`python -m bench`: measure, keep the figures as JSON, write docs/performance.md from them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

os.environ.setdefault("PASAR_ENV", "development")
os.environ.pop("PASAR_DATABASE_URL", None)  # never the shop of this machine

from app.cli.terminal import out
from bench import measuring, report
from bench.load import Missing
from bench.servers import ROOT

CACHE = ROOT / "build" / "bench"
DOCUMENT = ROOT / "docs" / "performance.md"

command = typer.Typer(add_completion=False)


def keep(known: dict[str, Any], figures: Path) -> None:
    figures.write_text(json.dumps(known, indent=1))


@command.command()
def bench(
    rounds: Annotated[int, typer.Option(help="How often every point is measured.")] = 5,
    cache: Annotated[Path, typer.Option(help="Where the peers and the databases are kept between runs.")] = CACHE,
    only_report: Annotated[bool, typer.Option(help="Write the document again from the last figures.")] = False,
) -> None:
    """Benchmarks as ratios within one run: pages, cart and checkout beside a bare handler, django-oscar and hand-written SQL."""
    figures = cache / "figures.json"
    if not only_report:
        try:
            measuring.run(cache, rounds, lambda known: keep(known, figures))
        except Missing as missing:
            out.print(str(missing))
            raise typer.Exit(1) from None
    report.write(json.loads(figures.read_text()), DOCUMENT)
    out.print(f"Written: {DOCUMENT}")


command()
