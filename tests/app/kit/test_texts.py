"""What no keyboard types is not stored."""

from __future__ import annotations

import pytest

from app.kit import texts


@pytest.mark.parametrize("text", ["Amplang\0", "\x1b[31m", "\ud800", "usaha\u202eytsuj", "\u2066x"])
def test_control_characters_halves_and_direction_marks_are_unwritable(text: str) -> None:
    assert texts.unwritable(text)


@pytest.mark.parametrize("text", ["", "Amplang Ibu, 250 g", "baris satu\nbaris dua\ttab\r", "Kué Ñandú 🐟", "\u00a0"])
def test_what_people_type_is_writable(text: str) -> None:
    assert not texts.unwritable(text)
