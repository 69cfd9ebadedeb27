from __future__ import annotations

import pytest

from tests.web.guards.asking import Told, ask
from web.guards.csrf import SameOrigin

BASE = "https://pasar.example"


def status(headers: dict[str, str], *, method: str = "POST", path: str = "/keranjang", scheme: str = "https") -> int:
    app = Told()
    answer = ask(SameOrigin(app, BASE), method, path, headers=headers, scheme=scheme)
    assert (len(app.bodies) == 1) == (answer.status == 200)
    return answer.status


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_may_act(site: str) -> None:
    assert status({"sec-fetch-site": site}) == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "SAME-ORIGIN", "anything"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "FROB"])
def test_other_peoples_pages_may_not(site: str, method: str) -> None:
    assert status({"sec-fetch-site": site}, method=method) == 403


def test_what_the_browser_says_counts_more_than_an_origin_that_fits() -> None:
    assert status({"sec-fetch-site": "cross-site", "origin": BASE}) == 403


@pytest.mark.parametrize("origin", [BASE, "https://pasar.example:443", "https://PASAR.example"])
def test_an_older_browser_is_known_by_its_origin(origin: str) -> None:
    assert status({"origin": origin}) == 200


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "", "http://pasar.example", "https://pasar.example:8443", "https://pasar.example.evil.example",
     "https://evil.example/pasar.example", "pasar.example", "https://[", "https://pasar.example:99999", "file://"],
)  # fmt: skip
def test_a_foreign_origin_is_refused(origin: str) -> None:
    assert status({"origin": origin}) == 403


def test_the_host_the_page_came_from_fits_as_well() -> None:
    """At home the same server is called by an address of the house, not by its public name."""
    headers = {"host": "192.168.1.7:8000", "origin": "http://192.168.1.7:8000"}
    assert status(headers, scheme="http") == 200
    assert status(headers | {"origin": "http://192.168.1.8:8000"}, scheme="http") == 403


def test_a_program_and_a_very_old_telephone_say_nothing_and_may_act() -> None:
    assert status({}) == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_link_from_anywhere_may_be_followed(method: str) -> None:
    assert status({"sec-fetch-site": "cross-site"}, method=method) == 200


def test_a_program_with_its_token_is_not_a_browser() -> None:
    headers = {"authorization": "Bearer abc", "origin": "https://office.example"}
    assert status(headers, path="/api/v1/checkouts") == 200
    assert status(headers, path="/keranjang") == 403


def test_a_cookie_alone_is_not_enough_for_the_machine_face() -> None:
    assert status({"cookie": "sesi=abc", "sec-fetch-site": "cross-site"}, path="/api/v1/checkouts") == 403


def test_hooks_are_known_by_their_signature() -> None:
    assert status({"origin": "https://gateway.example"}, path="/api/v1/hooks/payments/stripe") == 200
