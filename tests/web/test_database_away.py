"""When the database is away, people and programs are told so and asked to come back; nothing pretends to have worked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from httpx import Client
from pydantic import SecretStr

from app import config
from tests.api.conftest import serving
from tests.journeys.conftest import free_port


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    nowhere = SecretStr(f"postgresql://nobody@127.0.0.1:{free_port()}/nothing")
    settings = config.load().model_copy(update={"database_url": nowhere})
    with serving(settings) as found:
        yield found


def test_a_page_says_that_it_can_be_tried_again(client: Client) -> None:
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Layanan ini sedang tidak tersedia. Coba lagi beberapa saat." in answer.text


def test_a_form_is_not_answered_as_if_it_were_sent(client: Client) -> None:
    answer = client.post("/masuk", data={"no_hp": "081234567890", "sandi": "tiga-perahu-biru"})
    assert answer.status_code == 503
    assert "set-cookie" not in answer.headers


def test_a_program_gets_a_problem_document(client: Client) -> None:
    answer = client.get("/api/v1/businesses")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


def test_the_process_itself_is_alive_but_not_ready(client: Client) -> None:
    assert client.get("/healthz").text == "ok"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "unavailable"
