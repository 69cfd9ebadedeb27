from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from app.cli import config as command


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (SecretStr("postgresql://pasar:rahasia@db/pasar"), "********"),
        (SecretStr(""), ""),
        (None, ""),
        (True, "1"),
        (False, "0"),
        (4, "4"),
        (Path("/srv/pasar"), "/srv/pasar"),
        ("s3://kunci:rahasia@toko/foto", "s3://kunci:********@toko/foto"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_a_value_is_shown_without_what_must_stay_secret(value: object, shown: str) -> None:
    assert command.masked(value) == shown


def test_every_setting_is_printed_by_its_name_and_no_secret_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    command.show()
    printed = capsys.readouterr().out
    assert "PASAR_ENV=development" in printed
    assert "PASAR_SECRET_KEY=********" in printed
    assert "test-secret-key" not in printed
    assert "QUFBQUFB" not in printed
