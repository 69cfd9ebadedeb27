"""A HEAD is answered like the GET of the same page, without its body."""

from __future__ import annotations

from tests.web.guards.asking import Told, ask
from web.guards.head import HeadAsGet


def test_a_head_gets_the_head_of_the_get() -> None:
    told = Told(headers=[(b"content-type", b"text/html"), (b"content-length", b"4")], content=b"halo")
    answer = ask(HeadAsGet(told), "HEAD", "/produk")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-length"] == "4"
    assert told.bodies == [b""]


def test_everything_else_passes_as_it_is() -> None:
    assert ask(HeadAsGet(Told()), "GET", "/produk").body == b"halo"
    told = Told()
    assert ask(HeadAsGet(told), "POST", "/keranjang", body=(b"produk=1",)).body == b"halo"
    assert told.bodies == [b"produk=1"]
