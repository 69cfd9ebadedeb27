from __future__ import annotations

import gzip

from app import config
from tests.web.guards.asking import Told, ask
from web.guards import stack

LONG = b"<p>Amplang kuku macan dari Sangatta</p>" * 200


def guarded(app: Told, **changes: object) -> object:
    return stack.wrap(app, config.load().model_copy(update=changes))


def test_a_long_page_travels_packed_and_a_picture_as_it_is() -> None:
    page = ask(stack.wrap(Told(content=LONG), config.load()), headers={"accept-encoding": "gzip"})
    assert gzip.decompress(page.body) == LONG
    picture = Told(content=LONG, headers=[(b"content-type", b"image/webp")])
    assert ask(stack.wrap(picture, config.load()), headers={"accept-encoding": "gzip"}).body == LONG


def test_what_a_guard_refuses_still_has_the_headers_and_an_id() -> None:
    app = Told()
    answer = ask(stack.wrap(app, config.load()), "POST", "/keranjang", headers={"sec-fetch-site": "cross-site"})
    assert answer.status == 403
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["x-request-id"]
    assert app.bodies == []


def test_a_foreign_page_cannot_even_make_us_read_its_body() -> None:
    app = Told()
    answer = ask(
        stack.wrap(app, config.load()),
        "POST",
        "/masuk",
        headers={"sec-fetch-site": "cross-site", "content-length": "99999999"},
    )
    assert answer.status == 403


def test_only_production_is_strict_about_its_name() -> None:
    open_to_all = config.load()
    strict = open_to_all.model_copy(update={"env": "production", "base_url": "https://pasar.example"})
    assert ask(stack.wrap(Told(), open_to_all), headers={"host": "whatever"}).status == 200
    assert ask(stack.wrap(Told(), strict), headers={"host": "whatever"}).status == 421
    assert ask(stack.wrap(Told(), strict), headers={"host": "pasar.example"}).status == 200
