"""One phone has one spelling."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import phone


@pytest.mark.parametrize(
    "typed", ["081234567890", "0812-3456-7890", "+62 812 3456 7890", "62812 3456 7890", " 0812 3456 7890 "]
)
def test_every_spelling_of_a_number_is_the_same_number(typed: str) -> None:
    assert phone.normalise(typed) == "+6281234567890"


@pytest.mark.parametrize(
    "typed", ["", "12", "halo", "+1 212 555 0100", "0812345678901234567890", "0812;ext=5", "٠٨١٢٣٤٥٦٧٨٩٠" * 3]
)
def test_what_is_no_indonesian_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match="Nomor HP tidak dikenali"):
        phone.normalise(typed)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    with suppress(ValueError):
        assert phone.normalise(text).startswith("+62")


def test_a_mask_keeps_too_little_to_call() -> None:
    assert phone.masked("+6281234567890") == "0812••••890"
