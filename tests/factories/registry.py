"""Businesses brought to where a test needs them, through the same verbs as everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlmodel import Session

from app.actor import Actor
from app.registry import registration, verification
from app.registry.models import Business
from app.registry.rules import BusinessDraft, OwnerDraft
from tests.factories import accounts

SANGATTA_UTARA = "64.08.04"
TELUK_LINGGA = "64.08.04.1010"
SANGKULIRANG = "64.08.05"

serials = count(1)


def fresh_nik() -> str:
    """A NIK nobody else in this run has: a woman born on 17 August 1990."""
    return f"640804570890{next(serials):04d}"


def draft(**facts: Any) -> BusinessDraft:
    """The few fields a registration needs, and whatever else a test gives."""
    known: dict[str, Any] = {
        "name": "Amplang Uji",
        "district_code": SANGATTA_UTARA,
        "main_product": "amplang ikan tenggiri",
    }
    return BusinessDraft(**{**known, **facts})


def started(session: Session, owner: Actor | None = None, **facts: Any) -> Business:
    return registration.start(session, owner or accounts.somebody(session), draft(**facts))


def submitted(session: Session, owner: Actor | None = None, **facts: Any) -> Business:
    owner = owner or accounts.somebody(session)
    return registration.submit(session, owner, started(session, owner, **facts).id)


def active(session: Session, owner: Actor | None = None, checks: Sequence[str] = (), **facts: Any) -> Business:
    """In the register, approved by a verifier made for it."""
    business = submitted(session, owner, **facts)
    return verification.approve(session, accounts.staff(session, "verifier"), business.id, checks)


def with_everything(**facts: Any) -> BusinessDraft:
    """Every field filled in; the personal ones with values a test can search for."""
    known: dict[str, Any] = {
        "owner": OwnerDraft(name="Pemilik Uji", nik=fresh_nik(), sex="female"),
        "village_code": TELUK_LINGGA,
        "address": "Jalan Contoh 7",
        "kbli_version": 2020,
        "kbli_code": "10792",
        "nib": "1234567890123",
        "capital_amount": 987_654_321,
        "turnover_amount": 1_234_567_891,
        "workers_male": 2,
        "workers_female": 3,
    }
    return draft(**{**known, **facts})
