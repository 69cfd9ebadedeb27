"""`audit`: the proof that no record of who did what was changed."""

from __future__ import annotations

import typer
from rich.markup import escape

from app.audit import queries, sealing
from app.cli.terminal import database, err, out

group = typer.Typer(no_args_is_help=True, help="The audit: who did what to which record.")


@group.callback()
def audit() -> None:
    """The audit: who did what to which record."""


@group.command()
def verify() -> None:
    """Recompute the chain of seals over all records. Exit code 1 when one no longer fits what was sealed.

    Compare the root it prints with one that was kept elsewhere: the worker logs it every day.
    """
    with database() as begin, begin() as session:
        faults = list(sealing.verify(session))
        root = queries.root(session)
    for fault in faults:
        err.print(escape(fault.sentence), soft_wrap=True)
    if faults:
        err.print(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found.")
        raise typer.Exit(1)
    if root is None:
        out.print("Nothing is sealed yet; the worker seals every five minutes.")
        return
    out.print(f"The chain is whole. Root of seal {root.seal}: {root.digest}", soft_wrap=True)
