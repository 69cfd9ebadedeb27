"""`search`: the copies of the catalogue that goods are found in."""

from __future__ import annotations

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from app.cli.terminal import database, err, out
from search import reindex as indexes
from search import standing
from search.engines.port import EngineAway

group = typer.Typer(no_args_is_help=True, help="The search indexes: copies of the catalogue, made again at any time.")


@group.command()
def reindex() -> None:
    """Build every search index again from the catalogue; search goes on meanwhile."""
    columns = (TextColumn("products"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with database() as begin, Progress(*columns, console=out) as bar:
        with begin() as session:
            task = bar.add_task("products", total=indexes.steps(session))
        try:
            count = indexes.rebuild(begin, lambda done: bar.advance(task, done))
        except EngineAway as fault:
            err.print(f"The search engine does not answer; PostgreSQL's own index is up to date. {fault}", markup=False)
            raise typer.Exit(1) from fault
    out.print(f"{count} products can be found.")


@group.command()
def status() -> None:
    """Show each index with what it holds, and which one answers. Exit code 1 while one is incomplete."""
    with database() as begin:
        rows = standing.of_every_index(begin)
    table = Table("engine", "products", "of", "last built", "state")
    for row in rows:
        built = f"{row.rebuilt_at:%Y-%m-%d %H:%M} UTC" if row.rebuilt_at else "-"
        table.add_row(row.engine, "-" if row.held is None else str(row.held), str(row.public), built, row.state)
    out.print(table)
    if any(row.state != "complete" for row in rows):
        raise typer.Exit(1)
