"""`config`: the settings in force, secrets masked."""

from __future__ import annotations

import re

from pydantic import SecretStr
from rich.markup import escape

from app import config
from app.cli.terminal import out

PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")


def show() -> None:
    """Print every setting in force, as the environment names it; secrets are masked."""
    settings = config.settings()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        source = "" if name in settings.model_fields_set else "  (default)"
        out.print(escape(f"PASAR_{name.upper()}={masked(value)}") + f"[dim]{source}[/dim]", soft_wrap=True)


def masked(value: object) -> str:
    """A value fit for a screen and a support mail: a secret only says whether it is set, an address loses its password."""
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return PASSWORD.sub(r"\1:********@", str(value))
