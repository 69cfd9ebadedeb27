"""`python -m app`: every operator command."""

from __future__ import annotations

import sys

import typer
from rich.markup import escape

from app import config, worker
from app import db as database
from app.cli import accounts, audit, db, demo, ledger, outbox, reference, search, serve
from app.cli import config as config_command
from app.cli.terminal import err, sentences
from app.config import ConfigurationFault
from app.kit import clock, logs
from app.reference import regency

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a trace with local variables would show personal data
    help="Pasar Etam: the marketplace and business registry of a regency.",
)
app.command("serve")(serve.serve)
app.command("config")(config_command.show)
app.add_typer(accounts.group, name="accounts")
app.add_typer(audit.group, name="audit")
app.add_typer(db.group, name="db")
app.add_typer(demo.group, name="demo")
app.add_typer(ledger.group, name="ledger")
app.add_typer(outbox.group, name="outbox")
app.add_typer(reference.group, name="reference")
app.add_typer(search.group, name="search")


@app.command("worker")
def work() -> None:
    """Run one worker process alone; `serve` starts one by itself."""
    settings = config.settings()
    if settings.database_url is None:
        raise ConfigurationFault(["PASAR_DATABASE_URL is not set; `serve` starts the embedded database and a worker"])
    logs.configure(json=settings.production)
    engine = database.connect(settings.database_url.get_secret_value())
    process = worker.Worker(database.transactions(engine))
    process.stop_on_signals()
    process.run()
    engine.dispose()


def main() -> None:
    """Exit code 0 only on success; a fault an operator can act on is told in sentences, any other with its trace."""
    clock.keep_calendar_of(lambda: regency.current().zone)
    try:
        app(prog_name="python -m app")
    except Exception as fault:
        told = sentences(fault)
        if not told:
            raise
        for sentence in told:
            err.print(escape(sentence), soft_wrap=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
