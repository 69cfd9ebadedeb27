"""The newest migration, read from the files alone."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from app.kit import migrations

ROOT = Path(__file__).resolve().parents[3]


def test_it_is_the_one_that_alembic_would_name() -> None:
    known = ScriptDirectory.from_config(Config(ROOT / "alembic.ini")).get_current_head()
    assert migrations.newest(ROOT / "migrations" / "versions") == known
    assert known is not None


def test_it_is_the_one_nothing_builds_upon_whatever_the_files_are_called(tmp_path: Path) -> None:
    assert migrations.newest(tmp_path) is None
    (tmp_path / "b.py").write_text('"""One."""\n\nrevision = "0001"\ndown_revision = None\n')
    assert migrations.newest(tmp_path) == "0001"
    (tmp_path / "a.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    assert migrations.newest(tmp_path) == "0002"
    (tmp_path / "c.py").write_text('"""No migration: a revision = "x" in words."""\n')
    assert migrations.newest(tmp_path) == "0002"
