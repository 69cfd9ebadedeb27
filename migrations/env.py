"""Run migrations against the address given by the caller, or by the settings."""

from alembic import context
from sqlalchemy import create_engine, pool

from app import config as product
from app.db import driver_url
from migrations.metadata import metadata


def address() -> str:
    given = context.config.get_main_option("sqlalchemy.url")
    if given:
        return given
    url = product.settings().database_url
    if url is None:
        raise SystemExit(
            "PASAR_DATABASE_URL is not set; use `python -m app db migrate`, which knows the embedded database"
        )
    return url.get_secret_value()


def run() -> None:
    engine = create_engine(driver_url(address()), poolclass=pool.NullPool)
    with engine.connect() as connection:
        # the lock keeps two starting processes from migrating at once
        connection.exec_driver_sql("SELECT pg_advisory_lock(7310002)")
        context.configure(
            connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
