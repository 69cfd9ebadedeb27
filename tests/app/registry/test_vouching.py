"""For whom a facilitator may vouch."""

from __future__ import annotations

from sqlmodel import Session

from app.accounts import signup
from app.actor import Actor
from app.registry import registration, vouching
from app.registry.rules import OwnerDraft
from tests.factories import accounts, registry
from tests.factories.registry import SANGATTA_UTARA, SANGKULIRANG, TELUK_LINGGA


def facilitator(session: Session, village_code: str | None = None) -> Actor:
    return accounts.staff(session, "facilitator", district_code=SANGATTA_UTARA, village_code=village_code)


def place(session: Session, helper: Actor, person: Actor) -> vouching.Place | None:
    assert person.account_id is not None
    return vouching.place_of(session, helper, person.account_id)


def test_a_person_whose_registered_business_lies_in_the_own_place(session: Session) -> None:
    owner = accounts.somebody(session)
    registry.active(session, owner, village_code=TELUK_LINGGA)
    assert place(session, facilitator(session), owner) == (SANGATTA_UTARA, TELUK_LINGGA)
    assert place(session, facilitator(session, TELUK_LINGGA), owner) == (SANGATTA_UTARA, TELUK_LINGGA)
    assert place(session, facilitator(session, "64.08.04.2001"), owner) is None


def test_nobody_with_a_business_elsewhere_too(session: Session) -> None:
    owner = accounts.somebody(session)
    registry.active(session, owner)
    registry.active(session, owner, district_code=SANGKULIRANG)
    assert place(session, facilitator(session), owner) is None


def test_nobody_without_a_business(session: Session) -> None:
    assert place(session, facilitator(session), accounts.somebody(session)) is None


def test_a_draft_alone_vouches_for_nobody_who_has_a_password(session: Session) -> None:
    owner = accounts.somebody(session)
    registry.started(session, owner)
    assert place(session, facilitator(session), owner) is None
    registry.submitted(session, owner)
    assert place(session, facilitator(session), owner) is None


def test_somebody_who_never_had_a_password_has_nothing_to_lose(session: Session) -> None:
    helper = facilitator(session)
    number = accounts.fresh_phone()
    registration.start(session, helper, registry.draft(owner=OwnerDraft(name="Ibu Baru", phone=number)))
    opened = signup.by_phone(session, number)
    assert opened.password_hash is None
    assert vouching.place_of(session, helper, opened.id) == (SANGATTA_UTARA, None)


def test_a_closed_business_does_not_stand_in_the_way(session: Session) -> None:
    owner = accounts.somebody(session)
    registry.active(session, owner)
    gone = registry.active(session, owner, district_code=SANGKULIRANG)
    registration.close(session, owner, gone.id)
    assert place(session, facilitator(session), owner) == (SANGATTA_UTARA, None)
