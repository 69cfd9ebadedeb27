"""`ledger`: the proof that the money book is whole."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.table import Table

from app.cli.terminal import database, err, out
from app.kit.money import rupiah
from app.ledger import queries
from app.payments import proving

group = typer.Typer(no_args_is_help=True, help="The money book.")


@group.command()
def verify() -> None:
    """Check that every transaction balances and that payments and book say the same. Exit code 1 on any fault."""
    with database() as begin, begin() as session:
        faults = proving.verify(session)
        accounts = len(queries.balances(session))
    for fault in faults:
        err.print(f"{fault.code}: {escape(fault.sentence)}", soft_wrap=True)
    if faults:
        err.print(f"{len(faults)} fault{'s' if len(faults) > 1 else ''} found.")
        raise typer.Exit(1)
    out.print(f"The book is whole: {accounts} accounts, no fault.")


@group.command()
def balances() -> None:
    """Show every account with its balance (debit positive)."""
    with database() as begin, begin() as session:
        found = queries.balances(session)
    table = Table("account", "balance")
    for account in found:
        table.add_row(account.code, rupiah(account.amount))
    out.print(table)
