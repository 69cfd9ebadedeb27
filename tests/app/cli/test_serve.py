from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from app import config
from app.cli import serve
from app.cli.serve import Address
from app.config import ConfigurationFault, Settings


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.4", False),
        ("pasar.example", False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(host: str, loopback: bool) -> None:
    assert Address(host, 8000).loopback is loopback


def test_demo_accounts_are_not_served_to_a_network_unless_asked_for() -> None:
    reachable = Address("0.0.0.0", 8000)
    with pytest.raises(ConfigurationFault, match="PASAR_DEMO_PUBLIC=1"):
        serve.refuse_public_demo(Settings(env="demo", demo_public=False), reachable)
    serve.refuse_public_demo(Settings(env="demo", demo_public=True), reachable)
    serve.refuse_public_demo(Settings(env="demo", demo_public=False), Address("127.0.0.1", 8000))
    serve.refuse_public_demo(Settings(env="development", demo_public=False), reachable)


def test_host_and_port_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "::1")
    monkeypatch.setenv("PORT", "8123")
    assert serve.listening_address() == Address("::1", 8123)
    assert serve.listening_address().url == "http://[::1]:8123"
    monkeypatch.setenv("HOST", "")
    monkeypatch.setenv("PORT", "")
    assert serve.listening_address() == Address("127.0.0.1", 8000)


@pytest.mark.parametrize("port", ["x", "0", "-1", "65536", "80 80", "٨٠"])
def test_an_impossible_port_is_refused_with_a_sentence(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(ConfigurationFault, match="is not a port number"):
        serve.listening_address()


def test_a_taken_port_is_named_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "PORT_PATIENCE", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationFault, match=rf"port {port} .*PORT=8001"):
            serve.bind(Address("127.0.0.1", port))


def test_the_base_address_follows_the_port_unless_it_was_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASAR_DATABASE_URL", "postgresql://before")
    monkeypatch.delenv("PASAR_BASE_URL")
    serve.tell_children(Settings(data_dir=tmp_path), Address("0.0.0.0", 8123), "postgresql://embedded")
    assert os.environ["PASAR_BASE_URL"] == "http://127.0.0.1:8123"
    assert os.environ["PASAR_DATABASE_URL"] == "postgresql://embedded"

    monkeypatch.setenv("PASAR_BASE_URL", "https://pasar.example")
    serve.tell_children(Settings(data_dir=tmp_path), Address("127.0.0.1", 8123), None)
    assert os.environ["PASAR_BASE_URL"] == "https://pasar.example"
    assert config.settings().base_url == "https://pasar.example"
