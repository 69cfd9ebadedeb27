from __future__ import annotations

import pytest
from psycopg.errors import UndefinedTable
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.cli import terminal
from app.config import ConfigurationFault
from app.errors import FieldError, Invalid, NotFound
from app.kit.postgres import EmbeddedFault


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (ConfigurationFault(["one", "two"]), ["one", "two"]),
        (NotFound(), ["Yang Anda cari tidak ditemukan."]),
        (Invalid(FieldError("kode", "unknown", "Kode tidak dikenal.")), ["kode: Kode tidak dikenal."]),
        (EmbeddedFault("why and what to do"), ["why and what to do"]),
        (
            ProgrammingError("SELECT", {}, UndefinedTable()),
            ["The database lacks a migration. Run `python -m app db migrate`."],
        ),
        (OperationalError("SELECT", {}, Exception("refused")), ["The database does not answer: refused"]),
        (KeyError("a mistake of ours"), []),
    ],
)
def test_a_fault_is_told_in_sentences_and_a_mistake_keeps_its_trace(fault: Exception, told: list[str]) -> None:
    assert terminal.sentences(fault) == told
