"""Nothing personal reaches a log line, however deep or by whatever way."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from app.kit import logs

NIK = "6408041708900002"
PHONES = ("081234567890", "0812-3456-7890", "+62 812 3456 7890")
MAIL = "ibu.etam@example.com"


@pytest.fixture(autouse=True)
def written() -> Iterator[StringIO]:
    """What the configured process wrote."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure(json=True)
    stream = StringIO()
    ours = root.handlers[0]
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(stream)
    yield stream
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


def lines(written: StringIO) -> tuple[str, list[dict[str, object]]]:
    text = written.getvalue()
    return text, [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("canary", [NIK, *PHONES, MAIL])
def test_a_number_inside_a_sentence_is_hidden(canary: str, written: StringIO) -> None:
    structlog.get_logger().info(
        "note", note=f"warga {canary} datang", deep={"rows": [{"text": (canary, f"x{canary}x"[1:-1])}]}
    )
    text, [line] = lines(written)
    assert canary not in text
    assert "datang" in str(line["note"])


@pytest.mark.parametrize("canary", [NIK, *PHONES, MAIL])
def test_a_number_inside_an_exception_is_hidden_with_its_traceback(canary: str, written: StringIO) -> None:
    address = "Jl. Yos Sudarso II no. 7"
    try:
        try:
            raise KeyError(canary)
        except KeyError as fault:
            raise ValueError(f"cannot read {canary} of {address!r}"[:40]) from fault
    except ValueError:
        structlog.get_logger().exception("broken")
    text, [line] = lines(written)
    assert canary not in text
    assert "Yos Sudarso" not in text
    assert "exception" in line


@pytest.mark.parametrize(
    "name",
    [
        "nik",
        "owner_nik",
        "phone",
        "no_hp",
        "password",
        "sandi",
        "access_token",
        "kunci",
        "address",
        "turnover_amount",
        "contact_name",
    ],
)
def test_a_field_with_a_personal_name_is_hidden_whatever_it_holds(name: str, written: StringIO) -> None:
    structlog.get_logger().info("note", **{name: "canary"}, inner={name: {"x": "canary"}})
    text, _ = lines(written)
    assert "canary" not in text


def test_lines_of_other_libraries_are_scrubbed_too(written: StringIO) -> None:
    logging.getLogger("somebody.else").warning("calling %s about %s", PHONES[0], NIK)
    text, [line] = lines(written)
    assert NIK not in text
    assert PHONES[0] not in text
    assert line["level"] == "warning"


def test_keys_in_addresses_are_hidden() -> None:
    assert "geheim" not in logs.scrub_text("GET /pesanan/PE-1?kunci=geheim&x=1")


def test_what_is_harmless_stays_readable(written: StringIO) -> None:
    structlog.get_logger().info("order_paid", order="01a20b4a-0429-72aa-97f8-53c92cc4e49c", amount=15_000, status=200)
    _, [line] = lines(written)
    assert (line["event"], line["order"], line["amount"], line["status"]) == (
        "order_paid",
        "01a20b4a-0429-72aa-97f8-53c92cc4e49c",
        15_000,
        200,
    )


def test_a_bottomless_value_is_cut_off() -> None:
    bottomless: dict[str, object] = {}
    bottomless["again"] = bottomless
    assert "disembunyikan" in str(logs.scrub(bottomless))


def test_on_a_terminal_a_fault_is_a_traceback_as_text_and_scrubbed_all_the_same() -> None:
    logs.configure(json=False)
    stream = StringIO()
    ours = logging.getLogger().handlers[0]
    assert isinstance(ours, logging.StreamHandler)
    ours.setStream(stream)
    try:
        raise ValueError(f"no such owner: {NIK}")
    except ValueError:
        structlog.get_logger().exception("request_failed")
    assert "Traceback (most recent call last)" in stream.getvalue()
    assert "ValueError: no such owner" in stream.getvalue()
    assert NIK not in stream.getvalue()
