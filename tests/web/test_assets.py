"""Texts of ours are packed once; whatever a client can read, it gets the same file under the same name."""

from __future__ import annotations

import gzip

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from app import config
from tests.web.guards.asking import Answer, ask
from web.assets import AN_HOUR, FOR_EVER, NamedFiles
from web.guards import stack
from web.templating import STATIC, served, static

MAIN = "css/main.css"
PLAIN = {"accept-encoding": "identity"}
PACKED = {"accept-encoding": "gzip, deflate, br"}


@pytest.fixture(scope="module")
def product() -> ASGIApp:
    """The files behind all the guards."""
    return stack.wrap(Starlette(routes=[Mount("/static", NamedFiles())]), config.load())


def test_a_stylesheet_is_sent_packed_as_well_as_can_be_with_its_length(product: ASGIApp) -> None:
    answer = ask(product, path=static(MAIN), headers=PACKED)
    assert answer.status == 200
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["cache-control"] == FOR_EVER
    assert gzip.decompress(answer.body) == served(MAIN)
    assert len(answer.body) == len(gzip.compress(served(MAIN), 9))


def test_who_cannot_unpack_gets_it_plain(product: ASGIApp) -> None:
    for headers in (PLAIN, {}):
        answer = ask(product, path=static(MAIN), headers=headers)
        assert "content-encoding" not in answer.headers
        assert answer.body == served(MAIN)
        assert answer.headers["content-length"] == str(len(served(MAIN)))
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == FOR_EVER


def test_each_form_has_its_own_mark_and_either_is_enough_not_to_be_sent_again(product: ASGIApp) -> None:
    def again(shown: str) -> Answer:
        return ask(product, path=static(MAIN), headers={**PACKED, "if-none-match": shown})

    plain = ask(product, path=static(MAIN), headers=PLAIN).headers["etag"]
    packed = ask(product, path=static(MAIN), headers=PACKED).headers["etag"]
    assert plain != packed
    for shown in (plain, packed, f"W/{packed}", f'"old", {plain}'):
        answer = again(shown)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["etag"] == packed
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["cache-control"] == FOR_EVER
        assert "content-encoding" not in answer.headers
    assert again('"old"').status == 200


def test_the_head_alone_says_the_same(product: ASGIApp) -> None:
    for headers in (PLAIN, PACKED):
        whole = ask(product, path=static(MAIN), headers=headers)
        head = ask(product, "HEAD", static(MAIN), headers=headers)
        assert (head.status, head.body) == (200, b"")
        own = {"x-request-id": ""}
        assert head.headers | own == whole.headers | own


def test_the_name_is_made_from_what_is_sent_and_another_name_is_not_pinned(product: ASGIApp) -> None:
    for name in (MAIN, "css/main.000000000000.css"):
        answer = ask(product, path=f"/static/{name}")
        assert answer.status == 200
        assert answer.body == served(MAIN)
        assert answer.headers["cache-control"] == AN_HOUR


def test_a_small_text_and_a_picture_are_sent_as_they_are(product: ASGIApp) -> None:
    staying = {"version": "3.0", "spec_version": "2.4"}  # or the client counts as gone before a file is read
    for name in ("img/icon.svg", "img/icon-192.png"):
        answer = ask(product, path=static(name), headers=PACKED, asgi=staying)
        assert "content-encoding" not in answer.headers
        assert answer.body == (STATIC / name).read_bytes()
        assert answer.headers["cache-control"] == FOR_EVER


def test_what_is_not_in_the_folder_is_missing(product: ASGIApp) -> None:
    for path in ("css/other.css", "../templating.py", "css/../../../pyproject.toml", "css"):
        assert ask(product, path=f"/static/{path}").status == 404, path
