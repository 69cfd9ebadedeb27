"""Names in addresses are short, plain and never empty."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import slugs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('Amplang Ikan "Ibu Etam" 250 g', "amplang-ikan-ibu-etam-250-g"),
        ("  Kopi -- Luwak!  ", "kopi-luwak"),
        ("Café Étam", "cafe-etam"),
        ("???", "tanpa-nama"),
        ("", "tanpa-nama"),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_name_becomes_its_plain_words(text: str, expected: str) -> None:
    assert slugs.slug(text) == expected


@given(st.text())
def test_every_name_has_an_address_of_bounded_length(text: str) -> None:
    found = slugs.slug(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", found)
    assert len(found) <= slugs.LONGEST
