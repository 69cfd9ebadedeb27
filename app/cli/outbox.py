"""`outbox`: events that could not be delivered."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from app.cli.terminal import database, err, out
from app.outbox import queries, upkeep

group = typer.Typer(no_args_is_help=True, help="Events that were given up (dead letters).")


@group.command()
def dead(limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many to list, oldest first.")] = 100) -> None:
    """List the events that were given up, with the last fault of each."""
    with database() as begin, begin() as session:
        letters = queries.dead_letters(session, limit=limit)
    if not letters:
        out.print("No dead letters.")
        return
    table = Table("number", "event", "key", "tries", "given up", "last fault")
    for letter in letters:
        table.add_row(
            str(letter.id),
            letter.kind,
            letter.key,
            str(letter.attempts),
            f"{letter.dead_at:%Y-%m-%d %H:%M} UTC",
            letter.last_error,
        )
    out.print(table)


@group.command()
def retry(
    number: Annotated[
        int | None, typer.Argument(help="The number of one dead letter, as `outbox dead` shows it.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
) -> None:
    """Make a dead letter due again, with a fresh count of tries."""
    if (number is None) == (not every):
        raise typer.BadParameter("name one dead letter, or --all")
    with database() as begin, begin() as session:
        revived = upkeep.retry_dead(session, number)
    if number is not None and revived == 0:
        err.print(f"There is no dead letter {number}.")
        raise typer.Exit(1)
    out.print(f"{revived} made due again.")
