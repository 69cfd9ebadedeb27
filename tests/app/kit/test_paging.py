"""A cursor is what we gave out, or it is refused."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import paging


def made(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    st.integers(-(2**60), 2**60),
)
def test_a_cursor_names_the_position_it_was_made_of(name: str, serial: int) -> None:
    assert paging.decode(paging.encode(name, serial), str, int) == (name, serial)


@given(st.text())
def test_no_text_is_more_than_a_wrong_cursor(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(paging.decode(text, str)[0], str)


@pytest.mark.parametrize(
    "value", [{}, 5, None, [], [1], ["a", 1], [True], ["a\0b"], ["\ud800"], [["a"]], "a", [None], [1.5]]
)
def test_a_position_of_another_list_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="not a"):
        paging.decode(made(value), str)


def test_a_number_no_column_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="not a position"):
        paging.decode(made([2**63]), int)


def test_a_cursor_of_endless_length_is_not_even_read() -> None:
    with pytest.raises(ValueError, match="too long"):
        paging.decode("A" * 401, str)


def test_brackets_without_end_are_refused() -> None:
    with pytest.raises(ValueError):
        paging.decode(base64.urlsafe_b64encode(b"[" * 290).decode(), str)
