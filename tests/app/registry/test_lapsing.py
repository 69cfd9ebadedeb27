"""A check ends with the fact it was about, and the badge with it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import Session, select

from app.audit import queries as audit
from app.outbox.models import OutboxEvent
from app.registry import queries, registration, verification
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts, registry
from tests.factories.registry import SANGKULIRANG

ALL = ("identity", "nib", "place", "product", "registry")


def checked(session: Session, owner: Any) -> Any:
    business = registration.start(session, owner, registry.with_everything())
    registration.submit(session, owner, business.id)
    return verification.approve(session, accounts.staff(session, "verifier"), business.id, ALL)


def badges(session: Session, business: Any) -> list[str]:
    return [badge.kind for badge in queries.by_id(session, business.id).badges]


@pytest.mark.parametrize(
    ("draft", "ended"),
    [
        (BusinessDraft(nib="3210987654321"), "nib"),
        (BusinessDraft(cleared=frozenset({"nib"})), "nib"),
        (BusinessDraft(address="Jalan Lain 9"), "place"),
        (BusinessDraft(district_code=SANGKULIRANG), "place"),
        (BusinessDraft(cleared=frozenset({"village_code"})), "place"),
        (BusinessDraft(main_product="kopi"), "product"),
        (BusinessDraft(owner=OwnerDraft(nik="6408045708909901")), "identity"),
        (BusinessDraft(owner=OwnerDraft(name="Orang Lain")), "identity"),
    ],
)
def test_a_changed_fact_ends_its_check_and_no_other(session: Session, draft: BusinessDraft, ended: str) -> None:
    owner = accounts.somebody(session)
    business = checked(session, owner)
    assert badges(session, business) == list(ALL)
    registration.change(session, owner, business.id, draft)
    assert badges(session, business) == [kind for kind in ALL if kind != ended]
    acts = {row.action: row.detail for row in audit.of_subject(session, "business", business.id)}
    assert acts["business.checks_ended"] == {"checks": [ended]}


@pytest.mark.parametrize(
    "draft",
    [
        BusinessDraft(name="Nama Baru"),
        BusinessDraft(nib="1234567890123", address="Jalan  Contoh 7", turnover_amount=5),
        BusinessDraft(owner=OwnerDraft(name="pemilik  uji", sex="female")),
    ],
)
def test_what_stays_as_it_was_keeps_its_check(session: Session, draft: BusinessDraft) -> None:
    owner = accounts.somebody(session)
    business = checked(session, owner)
    registration.change(session, owner, business.id, draft)
    assert badges(session, business) == list(ALL)
    assert "business.checks_ended" not in {row.action for row in audit.of_subject(session, "business", business.id)}


def test_a_person_known_otherwise_loses_the_identity_check_of_every_business(session: Session) -> None:
    owner = accounts.somebody(session)
    first = checked(session, owner)
    second = registration.start(session, owner, registry.draft(name="Usaha Kedua"))
    version = first.version
    registration.save_step(session, owner, second.id, BusinessDraft(owner=OwnerDraft(name="Orang Lain")))
    assert badges(session, first) == ["nib", "place", "product", "registry"]
    events = session.exec(select(OutboxEvent).where(OutboxEvent.kind == "BusinessChanged")).all()
    assert [(event.payload["number"], event.payload["version"]) for event in events] == [(first.number, version + 1)]
