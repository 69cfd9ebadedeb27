"""What a database looks like, as comparable lines. Alembic's own check sees no CHECK, no trigger and no function."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text
from sqlmodel import SQLModel

SHAPES = (
    """
    SELECT format('column %s.%s %s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN ' not null' END,
                  CASE a.attidentity WHEN 'a' THEN ' identity always' WHEN 'd' THEN ' identity by default' END,
                  ' default ' || pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE c.relnamespace = to_regnamespace('public') AND c.relkind IN ('r', 'p', 'v', 'm')
       AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
    """,
    # PostgreSQL 18 names every NOT NULL; the columns above already say it
    """
    SELECT format('constraint %s.%s %s', c.relname, conname, pg_get_constraintdef(k.oid))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
     WHERE connamespace = to_regnamespace('public') AND contype <> 'n' AND c.relname <> 'alembic_version'
    """,
    "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    "SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    """
    SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc
     WHERE pronamespace = to_regnamespace('public') AND prokind IN ('f', 'p')
    """,
    "SELECT format('sequence %s %s', sequencename, data_type) FROM pg_sequences WHERE schemaname = 'public'",
    "SELECT format('view %s %s', viewname, definition) FROM pg_views WHERE schemaname = 'public'",
    """
    SELECT format('type %s %s', t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder))
      FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
     WHERE t.typnamespace = to_regnamespace('public') GROUP BY t.typname
    """,
)


def read(connection: Connection) -> set[str]:
    """One line for each column, constraint, index, trigger, function, sequence, view and enumeration."""
    lines: set[str] = set()
    for shape in SHAPES:
        lines.update(" ".join(str(line).split()) for line in connection.execute(text(shape)).scalars())
    return lines


def create_all(engine: Engine) -> None:
    """Every table of the models imported so far, with the triggers that hang on them."""
    SQLModel.metadata.create_all(engine)
