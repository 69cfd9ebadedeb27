"""Personal fields at rest open where they were sealed, under a key that is still there, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit import sealing
from app.kit.sealing import CannotOpen, Place

OLD = b"o" * 32
NEW = b"n" * 32
HERE = Place("business_owner", "nik_sealed", "row-1")


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_sealed_opens_again_at_its_place(value: str) -> None:
    assert sealing.unseal({"k1": NEW}, HERE, sealing.seal({"k1": NEW}, HERE, value)) == value


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("business_owner", "nik_sealed", "row-2"),
        Place("business_owner", "phone_sealed", "row-1"),
        Place("account", "nik_sealed", "row-1"),
    ],
)
def test_a_value_moved_to_another_row_column_or_table_does_not_open(elsewhere: Place) -> None:
    sealed = sealing.seal({"k1": NEW}, HERE, "6408045708900001")
    with pytest.raises(CannotOpen):
        sealing.unseal({"k1": NEW}, elsewhere, sealed)


@given(st.data())
def test_a_value_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(sealing.seal({"k1": NEW}, HERE, "6408045708900001"))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotOpen):
        sealing.unseal({"k1": NEW}, HERE, bytes(sealed))


@given(st.binary(max_size=80))
def test_bytes_nobody_sealed_are_refused_and_never_break_anything(noise: bytes) -> None:
    with pytest.raises(CannotOpen):
        sealing.unseal({"k1": NEW}, HERE, noise)


def test_after_a_change_of_keys_old_values_open_and_new_ones_use_the_new_key() -> None:
    before = sealing.seal({"k1": OLD}, HERE, "6408045708900001")
    keys = {"k2": NEW, "k1": OLD}

    assert sealing.unseal(keys, HERE, before) == "6408045708900001"

    after = sealing.seal(keys, HERE, "6408045708900001")
    assert after.startswith(b"k2:")
    assert sealing.unseal({"k2": NEW}, HERE, after) == "6408045708900001"
    with pytest.raises(CannotOpen):
        sealing.unseal({"k2": NEW}, HERE, before)


def test_a_key_of_the_same_name_with_other_bytes_opens_nothing() -> None:
    sealed = sealing.seal({"k1": OLD}, HERE, "6408045708900001")
    with pytest.raises(CannotOpen):
        sealing.unseal({"k1": NEW}, HERE, sealed)


def test_equal_values_are_sealed_differently_every_time() -> None:
    assert sealing.seal({"k1": NEW}, HERE, "6408045708900001") != sealing.seal({"k1": NEW}, HERE, "6408045708900001")


def test_the_blind_index_is_equal_for_equal_values_of_one_field_under_one_key_only() -> None:
    index = sealing.blind_index("key", "business_owner.nik", "6408045708900001")

    assert len(index) == 16
    assert index == sealing.blind_index("key", "business_owner.nik", "6408045708900001")
    assert index != sealing.blind_index("key", "business_owner.nik", "6408045708900002")
    assert index != sealing.blind_index("key", "account.nik", "6408045708900001")
    assert index != sealing.blind_index("other key", "business_owner.nik", "6408045708900001")
