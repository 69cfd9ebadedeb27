"""A redirect never leaves this host."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web import redirects


@pytest.mark.parametrize("path", ["/", "/keranjang", "/pesanan/PE-1?kunci=a", "/a/b#c"])
def test_a_path_of_this_host_is_kept(path: str) -> None:
    assert redirects.own_path(path) == path


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil",
        "/\\evil",
        "/%09/../\t//evil",
        "https:evil",
        "https://evil",
        "evil",
        "",
        None,
        "javascript:alert(1)",
        "/\x00",
        "/a\r\nb",
    ],
)
def test_anything_else_goes_home(wanted: str | None) -> None:
    assert redirects.own_path(wanted) == "/"


@given(st.text())
def test_whatever_is_asked_the_answer_is_a_path(wanted: str) -> None:
    answer = redirects.own_path(wanted)
    assert answer.startswith("/")
    assert not answer.startswith(("//", "/\\"))


def test_a_notice_is_added_before_the_fragment() -> None:
    assert redirects.with_notice("/a", "x") == "/a?kabar=x"
    assert redirects.with_notice("/a?b=1#c", "x") == "/a?b=1&kabar=x#c"
