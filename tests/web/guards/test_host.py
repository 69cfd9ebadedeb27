from __future__ import annotations

import pytest

from tests.web.guards.asking import Told, ask
from web.guards.host import OwnHost


def status(host: str, path: str = "/") -> int:
    app = Told()
    answer = ask(OwnHost(app, "https://pasar.example"), path=path, headers={"host": host})
    assert (len(app.bodies) == 1) == (answer.status == 200)
    return answer.status


@pytest.mark.parametrize("host", ["pasar.example", "PASAR.example", "pasar.example:443"])
def test_our_own_name_is_answered(host: str) -> None:
    assert status(host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "", "pasar.example.evil.example", "pasar.example:8000", "10.0.0.1", "[", "a b", "x@evil"]
)
def test_another_name_is_not(host: str) -> None:
    assert status(host) == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_probes_come_by_address(path: str) -> None:
    assert status("10.0.0.1:8000", path) == 200


def test_a_name_given_by_a_stranger_in_another_header_changes_nothing() -> None:
    answer = ask(
        OwnHost(Told(), "https://pasar.example"), headers={"host": "evil.example", "x-forwarded-host": "pasar.example"}
    )
    assert answer.status == 421
