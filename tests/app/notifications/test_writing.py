"""Templates become plain text in which nothing is missing."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.kit import ids
from app.notifications import writing
from app.notifications.models import Fact, Message

FACTS: dict[str, Fact] = {
    "number": "PE-2026-000001-5-1",
    "business": "Amplang <Contoh> & Anak",
    "total_amount": 125000,
    "amount": 125000,
    "waits_for": "seller",
    "waited_for": "payment",
    "reason": "Stok habis",
    "was_paid": True,
    "delivery_method": "pickup",
    "pickup_address": "Jl. Contoh 1",
    "product": "Amplang 250 g",
    "missing": 3,
}


def message(template: str, **changes: object) -> Message:
    given: dict[str, object] = {
        "dedupe_key": "k",
        "thread": "k",
        "template": template,
        "facts": FACTS,
        "link_path": "/x",
    }
    return Message(**(given | changes))


@pytest.mark.parametrize("template", writing.known())
def test_every_template_has_a_subject_a_text_and_the_link(template: str) -> None:
    letter = writing.letter(message(template))
    assert letter.subject
    assert "\n" not in letter.subject
    assert letter.text.endswith("http://testserver/x")
    assert "None" not in letter.text
    assert "\n\n\n" not in letter.text
    assert "{" not in letter.subject + letter.text


@pytest.mark.parametrize(
    "template", [name for name in writing.known() if name.endswith(("rejected/buyer", "cancelled/buyer"))]
)
def test_an_unknown_reason_is_left_out(template: str) -> None:
    letter = writing.letter(message(template, facts=FACTS | {"reason": None, "was_paid": False}))
    assert "lasan" not in letter.text
    assert "dikembalikan" not in letter.text


def test_money_is_written_as_people_write_it_and_names_are_not_escaped() -> None:
    text = writing.letter(message("order_paid/buyer")).text
    assert "Rp125.000" in text
    assert "Amplang <Contoh> & Anak" in text


def test_the_key_of_an_order_page_is_derived_when_the_text_is_written() -> None:
    group = UUID(int=5)
    written = message("order_paid/buyer", order_group_id=group, link_path="/pesanan/PE-2026-000001-5")
    letter = writing.letter(written)
    key = ids.derived_key("test-secret-key-test-secret-key-test-secret", "order_group", str(group))
    assert letter.path == f"/pesanan/PE-2026-000001-5?kunci={key}"
    assert f"http://testserver/pesanan/PE-2026-000001-5?kunci={key}" in letter.text
    assert key not in repr(written), "a backup of the table opens no order"
