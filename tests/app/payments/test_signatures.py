"""Signatures: made and checked, and equal to the SDK's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import stripe as sdk
from hypothesis import given
from hypothesis import strategies as st

from app.kit import clock
from app.payments import signatures
from app.payments.errors import BadNotice

NOW = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
SECRET = "whsec_test"


def test_what_was_signed_is_read_within_its_time() -> None:
    body = b'{"a": [1, 2.5, null]}'
    header = signatures.sign(SECRET, body, NOW)
    for seconds in (-60, 0, 299, 300):
        with clock.at(NOW + timedelta(seconds=seconds)):
            assert signatures.verified([SECRET], body, header) == {"a": [1, 2.5, None]}
    for seconds in (-61, 301, -86_400, 86_400 * 3_650):
        with clock.at(NOW + timedelta(seconds=seconds)), pytest.raises(BadNotice):
            signatures.verified([SECRET], body, header)


def test_any_of_several_secrets_and_signatures_will_do() -> None:
    body = b"{}"
    header = f"{signatures.sign('old', body, NOW)},v1={signatures.digest(SECRET, int(NOW.timestamp()), body)}"
    with clock.at(NOW):
        assert signatures.verified(["new", SECRET], body, header) == {}
        assert signatures.verified(["old", "new"], body, header) == {}
        for none in ([], [""], ["", "other"]):
            with pytest.raises(BadNotice):
                signatures.verified(none, body, header)


def test_the_sdk_signs_as_we_do() -> None:
    body = '{"id":"evt_1"}'
    theirs = sdk.WebhookSignature.generate_signature_header(body, SECRET, timestamp=int(NOW.timestamp()))
    with clock.at(NOW):
        assert signatures.verified([SECRET], body.encode(), theirs) == {"id": "evt_1"}
        assert signatures.sign(SECRET, body.encode(), NOW) == theirs


@given(body=st.binary(max_size=200), header=st.text(max_size=200))
def test_whatever_comes_is_refused_and_never_a_fault(body: bytes, header: str) -> None:
    with pytest.raises(BadNotice):
        signatures.verified([SECRET], body, header)


@given(body=st.binary(max_size=100))
def test_whatever_is_signed_is_an_object_or_refused(body: bytes) -> None:
    with clock.at(NOW):
        try:
            found = signatures.verified([SECRET], body, signatures.sign(SECRET, body, NOW))
        except BadNotice:
            return
    assert isinstance(found, dict)


def test_a_header_is_found_however_it_is_written() -> None:
    assert signatures.header_of({"stripe-SIGNATURE": "x"}, "Stripe-Signature") == "x"
    assert signatures.header_of({"Other": "x"}, "Stripe-Signature") is None
