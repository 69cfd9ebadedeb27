"""What all commands share: a place to speak, a database to work on, and faults told as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.errors import UndefinedColumn, UndefinedTable
from rich.console import Console
from sqlalchemy.exc import OperationalError, ProgrammingError

from app import config, db, embedded
from app.config import ConfigurationFault
from app.db import Transactions
from app.errors import DomainError, Invalid
from app.kit.postgres import EmbeddedFault

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

COMMAND_CONNECTIONS = 2


@contextmanager
def database() -> Iterator[Transactions]:
    """Transactions on the database of this installation. The embedded one is joined when a run is in progress, else
    started for the length of the command."""
    engine = db.connect(embedded.start_for(config.settings()), pool_size=COMMAND_CONNECTIONS)
    try:
        yield db.transactions(engine)
    finally:
        engine.dispose()


def sentences(fault: Exception) -> list[str]:
    """What an operator can act on, or nothing when the fault is a mistake of ours and its trace is wanted."""
    match fault:
        case ConfigurationFault():
            return fault.faults
        case Invalid():
            return [f"{error.field}: {error.message}" for error in fault.errors]
        case DomainError():
            return [fault.sentence]
        case EmbeddedFault():
            return [str(fault)]
        case ProgrammingError() if isinstance(fault.orig, UndefinedTable | UndefinedColumn):
            return ["The database lacks a migration. Run `python -m app db migrate`."]
        case OperationalError():
            return [f"The database does not answer: {str(fault.orig).strip()}"]
    return []
