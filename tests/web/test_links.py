"""Addresses of the same page with something changed."""

from __future__ import annotations

from starlette.requests import Request

from web.links import Here


def here(query: str, path: str = "/produk") -> Here:
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": [],
        "server": ("x", 80),
    }
    return Here(Request(scope))


def test_what_is_asked_stays_where_it_stands_and_what_is_new_comes_last() -> None:
    page = here("q=madu&urut=harga")
    assert page() == "/produk?q=madu&urut=harga"
    assert page(q="gula aren", halaman=2) == "/produk?q=gula+aren&urut=harga&halaman=2"
    assert page(q=None, urut=None) == "/produk"
    assert page(halaman=None) == "/produk?q=madu&urut=harga"
    assert page() == "/produk?q=madu&urut=harga", "asking changes nothing"


def test_every_sign_is_quoted_and_a_message_is_told_once() -> None:
    page = here("q=a%26b%3D%22%3Cx%3E&kabar=masuk&a%26b=%C3%A9")
    assert page() == "/produk?q=a%26b%3D%22%3Cx%3E&a%26b=%C3%A9"
    assert page(q='"&=é') == "/produk?q=%22%26%3D%C3%A9&a%26b=%C3%A9"
    assert here("kabar=masuk", "/usaha")() == "/usaha"
    assert here("kabar=masuk").query == {"kabar": "masuk"}
