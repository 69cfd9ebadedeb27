"""A link that opens a chat with the text typed in."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notifications.channels import whatsapp


def test_the_link_holds_the_number_without_plus_and_the_whole_text() -> None:
    link = whatsapp.link("+6281234567890", "Pesanan siap\nLihat: http://pasar/p?kunci=a&b=c #1")
    parts = urlsplit(link)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "wa.me", "/6281234567890")
    assert parse_qs(parts.query) == {"text": ["Pesanan siap\nLihat: http://pasar/p?kunci=a&b=c #1"]}
    assert parts.fragment == ""


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_any_text_stays_inside_the_text_parameter(text: str) -> None:
    parts = urlsplit(whatsapp.link("+6281234567890", text))
    assert parts.path == "/6281234567890"
    assert parse_qs(parts.query, strict_parsing=True) == {"text": [text]}


@pytest.mark.parametrize(
    "phone",
    ["", "+", "0812/../evil", "+62812?x=", "+62812 345", "+1234567", "+1234567890123456", "+６２８１２３４５６７８"],
)
def test_what_is_not_a_number_gives_no_link(phone: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        whatsapp.link(phone, "x")


def test_a_long_text_is_cut_to_what_phones_take() -> None:
    query = parse_qs(urlsplit(whatsapp.link("+6281234567890", "a" * 5000)).query)
    assert query == {"text": ["a" * whatsapp.LONGEST_TEXT]}
