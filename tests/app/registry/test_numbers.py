"""Public numbers: checked, in order, without gaps or doubles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from app.kit import clock, ids
from app.registry import numbers
from tests.conftest import Database

years = st.integers(2020, 2099)
serials = st.integers(1, 999_999)


@given(years, serials)
def test_a_number_carries_its_year_and_serial_and_is_sound(year: int, serial: int) -> None:
    number = ids.checked_number("KT", year, serial)
    assert number.startswith(f"KT-{year}-{serial:06d}-")
    assert numbers.is_sound(number)


@given(years, serials, st.integers(0, 10), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(year: int, serial: int, place: int, by: int) -> None:
    number = ids.checked_number("KT", year, serial)
    positions = [index for index, character in enumerate(number) if character.isdigit()]
    index = positions[place]
    mistyped = number[:index] + str((int(number[index]) + by) % 10) + number[index + 1 :]
    assert not numbers.is_sound(mistyped)


@given(st.text(max_size=30))
def test_any_text_is_judged_without_breaking(text: str) -> None:
    assert numbers.is_sound(text) in (True, False)


def test_numbers_follow_each_other_and_begin_anew_each_year(session: Session) -> None:
    with clock.at(datetime(2031, 12, 31, 15, 59, tzinfo=UTC)):
        assert [numbers.next_number(session)[:14] for _ in range(2)] == ["KT-2031-000001", "KT-2031-000002"]
    with clock.at(datetime(2031, 12, 31, 16, 0, tzinfo=UTC)):  # midnight in WITA
        assert numbers.next_number(session)[:14] == "KT-2032-000001"


def test_numbers_taken_at_once_are_all_different_and_a_failed_registration_leaves_no_gap(database: Database) -> None:
    class Changed(Exception):
        """Somebody went away in the middle."""

    def take(turn: int) -> str | None:
        try:
            with database.begin() as session:
                number = numbers.next_number(session)
                if turn % 4 == 0:
                    raise Changed
                return number
        except Changed:
            return None

    with ThreadPoolExecutor(12) as pool:
        taken = sorted(number for number in pool.map(take, range(24)) if number)

    assert [int(number.split("-")[2]) for number in taken] == list(range(1, 19))
