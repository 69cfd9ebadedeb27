"""The migrated database every test database is cloned from."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from app import db
from app.catalogue import categories
from app.reference import load
from migrations.metadata import metadata

ROOT = Path(__file__).resolve().parent.parent


def build(cluster_url: str, name: str) -> None:
    """Create the database and bring it to the newest migration, with the reference data loaded."""
    administration = create_engine(db.driver_url(cluster_url), isolation_level="AUTOCOMMIT")
    with administration.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    administration.dispose()
    prepare(make_url(cluster_url).set(database=name).render_as_string(hide_password=False))


def prepare(url: str) -> None:
    if any((ROOT / "migrations" / "versions").glob("*.py")):
        settings = Config(ROOT / "alembic.ini")
        settings.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
        command.upgrade(settings, "head")
    engine = create_engine(db.driver_url(url))
    if not any((ROOT / "migrations" / "versions").glob("*.py")):
        metadata.create_all(engine)
    with db.transactions(engine)() as session:
        load.everything(session)
        categories.load(session)
    engine.dispose()
