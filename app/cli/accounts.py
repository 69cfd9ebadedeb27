"""`accounts`: the operator's way in."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer
from rich.markup import escape

from app.accounts import passwords, signup
from app.actor import Role
from app.cli.terminal import database, out

PASSWORD_BYTES = 12

group = typer.Typer(no_args_is_help=True, help="Accounts of the office.")


@group.callback()
def accounts() -> None:
    """Accounts of the office."""


@group.command("create-officer")
def create_officer(
    phone: Annotated[str, typer.Option(help="The officer's mobile number, as people write it: 0812...")],
    role: Annotated[Role, typer.Option(help="What the officer may do.")],
    name: Annotated[str, typer.Option(help="The officer's name, as the log of acts shows it.")] = "Petugas",
    district: Annotated[str | None, typer.Option(help="The district of a facilitator, as a code: 64.08.04.")] = None,
    ask: Annotated[bool, typer.Option("--ask-password", help="Type the password instead of having one made.")] = False,
) -> None:
    """Make an account with a role; an account that exists keeps its password and gets the role.

    Makes the first account of an empty system. The password is printed once and stored only as a hash.
    """
    password = (
        typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        if ask
        else secrets.token_urlsafe(PASSWORD_BYTES)
    )
    with database() as begin, begin() as session:
        account = signup.create_officer(
            session, phone=phone, role=role, name=name, password=password, district_code=district
        )
        is_new, _ = passwords.verified(password, account.password_hash)
    if not is_new:
        out.print(f"The account of {escape(phone)} is now {role}. Its password stays as it was.")
        return
    out.print(f"The account of {escape(phone)} is made: {role}.")
    if not ask:
        out.print(f"Password: {escape(password)}", soft_wrap=True)
