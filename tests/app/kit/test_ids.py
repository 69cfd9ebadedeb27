"""Keys sort by time, tokens cannot be guessed, paper numbers catch a slip of the pen."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import ids


def test_row_keys_sort_by_the_time_they_were_made() -> None:
    early = [ids.uuid7() for _ in range(3)]
    assert {key.version for key in early} == {7}
    assert len(set(early)) == 3


def test_keys_made_one_after_the_other_keep_their_order_within_a_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([1_764_000_000_000_000_000 + step for step in (0, 300, 700, 500_000, 999_999, 1_000_000)])
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(moments))
    made = [ids.uuid7() for _ in range(6)]
    assert made == sorted(made)
    assert {(key.version, key.variant) for key in made} == {(7, uuid.RFC_4122)}
    assert [key.int >> 80 for key in made] == [1_764_000_000_000] * 5 + [1_764_000_000_001]


def test_a_token_has_at_least_128_bits_and_is_stored_as_its_digest() -> None:
    token = ids.token()
    assert len(token) * 6 >= 128
    assert len(ids.fingerprint(token)) == 32
    assert ids.token() != token


def test_a_link_key_depends_on_secret_purpose_and_subject() -> None:
    key = ids.derived_key("s", "order_group", "1")
    assert len(key) == 32
    assert (
        len(
            {
                key,
                ids.derived_key("t", "order_group", "1"),
                ids.derived_key("s", "x", "1"),
                ids.derived_key("s", "order_group", "2"),
            }
        )
        == 4
    )
    assert ids.keys_match(key, ids.derived_key("s", "order_group", "1"))
    assert not ids.keys_match(key, "\udcff")


@given(st.integers(2000, 2999), st.integers(1, 999_999))
def test_a_number_has_a_sound_check_digit(year: int, serial: int) -> None:
    number = ids.checked_number("KT", year, serial)
    assert ids.number_is_sound(number, "KT")
    assert not ids.number_is_sound(number, "PE")


@given(st.integers(1, 999_999), st.integers(3, 13), st.integers(0, 9))
def test_one_wrong_digit_is_always_caught(serial: int, place: int, digit: int) -> None:
    number = ids.checked_number("KT", 2026, serial)
    if number[place] in f"-{digit}":
        return
    assert not ids.number_is_sound(number[:place] + str(digit) + number[place + 1 :], "KT")


@given(st.text(max_size=20))
def test_no_text_breaks_the_check(text: str) -> None:
    assert isinstance(ids.number_is_sound(text, "KT"), bool)


def test_a_year_has_room_for_999999_numbers() -> None:
    with pytest.raises(ValueError, match="999,999"):
        ids.checked_number("KT", 2026, 1_000_000)
