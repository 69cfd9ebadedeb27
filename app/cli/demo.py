"""`demo`: the rehearsal's invented data, made on the first run of a demo system and never anywhere else."""

from __future__ import annotations

import time

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app import config
from app.cli.demo_data import lives, scale, seeding
from app.cli.terminal import database, out
from app.config import ConfigurationFault
from app.db import Transactions

group = typer.Typer(no_args_is_help=True, help="The invented data of a demo system.")


@group.callback()
def demo() -> None:
    """The invented data of a demo system."""


@group.command()
def seed() -> None:
    """Fill an empty demo system: businesses, goods, half a year of orders. All of it, or nothing when interrupted."""
    if not config.settings().demo:
        raise ConfigurationFault(["Demo data is made with PASAR_ENV=demo only."])
    with database() as begin:
        if not fill(begin):
            out.print("Somebody is registered already: the data stays as it is.")


@group.command()
def status() -> None:
    """What there is of the rehearsal."""
    with database() as begin, begin() as session:
        found = lives.count(session)
    if not found.accounts:
        out.print("There is no demo data.")
        return
    for line in found.lines():
        out.print(line, soft_wrap=True)


def fill(begin: Transactions) -> bool:
    """Make the demo data with a bar that shows how far it is. False when anybody is registered already."""
    began = time.monotonic()
    columns = (
        TextColumn("Making demo data (once): {task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as progress:
        task = progress.add_task("", total=1.0, visible=False)
        lived = seeding.seed(
            begin,
            scale.FULL,
            lambda part, doing: progress.update(task, completed=part, description=doing, visible=True),
        )
    if lived is None:
        return False
    out.print(
        f"Made demo data: {lived.businesses} businesses, {lived.products} products, {lived.orders} orders"
        f" in {time.monotonic() - began:.0f} s."
    )
    return True
