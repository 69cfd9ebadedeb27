"""Every table of the product in one metadata, for migrations and for the tests."""

import importlib
from pathlib import Path

from sqlmodel import SQLModel

import app.db  # noqa: F401 - sets the naming convention before any table is made

ROOT = Path(__file__).resolve().parent.parent


def model_modules() -> list[str]:
    """`app.orders.models`, ...: found, not listed, so that a new domain cannot be forgotten."""
    files = [*sorted((ROOT / "app").rglob("models.py")), *sorted((ROOT / "search").rglob("models.py"))]
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


for module in model_modules():
    importlib.import_module(module)

metadata = SQLModel.metadata
