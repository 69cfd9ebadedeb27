"""`db`: migrate, check, url, psql."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import typer
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from rich.markup import escape
from sqlalchemy import create_engine

from app import config, db, embedded
from app.cli import catalogue
from app.cli.terminal import err, out
from app.embedded import Cluster
from app.kit import postgres

ROOT = Path(__file__).resolve().parent.parent.parent

group = typer.Typer(no_args_is_help=True, help="The database and its migrations.")


def migrations(url: str | None = None) -> Config:
    settings = Config(ROOT / "alembic.ini")
    if url:
        settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return settings


def bring_to_newest(url: str) -> None:
    """Apply every migration that is missing. Two callers at once do it once."""
    command.upgrade(migrations(url), "head")


@group.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    url = embedded.start_for(config.settings())
    bring_to_newest(url)
    head = ScriptDirectory.from_config(migrations()).get_current_head()
    out.print(f"The database is at migration {head}.")


@group.command()
def check() -> None:
    """Compare a migrated database with the models: columns, constraints, indexes, triggers, functions."""
    with tempfile.TemporaryDirectory(prefix="pasar-check-") as folder:
        cluster = Cluster(Path(folder), durable=False)
        try:
            cluster.start()
            differences = compare(cluster)
        finally:
            cluster.destroy()
    for line in differences:
        err.print(escape(line))
    if differences:
        err.print(f"{len(differences)} differences between the migrations and the models.")
        raise typer.Exit(1)
    out.print("The migrated database equals the models.")


def compare(cluster: Cluster) -> list[str]:
    """The differences between a database made by the migrations (-) and one made from the models (+)."""
    migrated = cluster.create_database("migrated")
    bring_to_newest(migrated)
    # The models are imported by then: the migration environment imports every one of them.
    modelled = cluster.create_database("modelled")
    seen: list[set[str]] = []
    for url in (migrated, modelled):
        engine = create_engine(db.driver_url(url))
        if url == modelled:
            catalogue.create_all(engine)
        with engine.connect() as connection:
            seen.append(catalogue.read(connection))
        engine.dispose()
    only_migrated, only_modelled = seen[0] - seen[1], seen[1] - seen[0]
    return sorted(
        [f"- {line}" for line in only_migrated] + [f"+ {line}" for line in only_modelled], key=lambda line: line[2:]
    )


@group.command()
def url() -> None:
    """Print the address of the database of a run in progress (or the configured one)."""
    settings = config.settings()
    if settings.database_url is not None:
        out.print(settings.database_url.get_secret_value(), soft_wrap=True)
        return
    cluster = Cluster(settings.data_dir)
    if not cluster.answers():
        err.print("The embedded database is not running. It runs as long as `make run` does.")
        raise typer.Exit(1)
    out.print(cluster.url(), soft_wrap=True)


@group.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database. Further arguments go to psql: `db psql -- -c 'SELECT 1'`."""
    address = embedded.start_for(config.settings()).replace("postgresql+psycopg://", "postgresql://")
    us = postgres.Owner(os.geteuid(), os.getegid())
    program = postgres.readable_install(us) / "bin" / "psql"
    done = subprocess.run([str(program), address, *context.args], check=False)
    raise typer.Exit(done.returncode)
