"""`reference`: the official code lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.cli.terminal import database, out
from app.reference import load

group = typer.Typer(no_args_is_help=True, help="Official code lists: regions, KBLI.")


@group.command("load")
def load_shipped() -> None:
    """Load the shipped lists that have changed; `serve` does this at every start."""
    with database() as begin, begin() as session:
        loaded = load.everything(session)
    out.print(f"Loaded: {', '.join(loaded)}." if loaded else "Every list is up to date.")


@group.command()
def load_kbli(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV: code, title, section.")
    ],
    version: Annotated[int, typer.Option(help="2020 or 2025.")],
) -> None:
    """Load a full official KBLI list in place of the shipped excerpt."""
    with database() as begin, begin() as session:
        count = load.load_kbli(session, version, file)
    out.print(f"KBLI {version}: {count} codes.")
