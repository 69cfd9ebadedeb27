"""What wrk is given to send."""

import pytest

from bench import load
from bench.load import Ask, Missing


def test_a_page_is_asked_for_as_a_phone_does() -> None:
    assert Ask("/produk?q=madu", cookie="uji=1").head_and_body() == (
        b"GET /produk?q=madu HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nAccept-Language: id\r\n"
        b"Accept-Encoding: gzip\r\nCookie: uji=1\r\n\r\n"
    )


def test_a_form_carries_its_length() -> None:
    head, _, body = (
        Ask("/keranjang", "POST", form=(("jumlah", "1"), ("nama", "Bu Siti"))).head_and_body().partition(b"\r\n\r\n")
    )
    assert body == b"jumlah=1&nama=Bu+Siti"
    assert b"Content-Length: 21\r\n" in head + b"\r\n"
    assert b"Content-Type: application/x-www-form-urlencoded" in head


def test_a_document_is_json() -> None:
    sent = Ask("/api/v1/checkouts", "POST", document="{}").head_and_body()
    assert b"Content-Type: application/json\r\nContent-Length: 2" in sent
    assert sent.endswith(b"\r\n\r\n{}")


def test_a_machine_without_wrk_is_told_what_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load.shutil, "which", lambda name: None)
    with pytest.raises(Missing, match="apt install wrk"):
        load.require_wrk()
